"""Tagged stim.Circuit -> Program. What the kernel cannot run is refused here, with its line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.tableau.builder import Builder
from qec_leak.tableau.gates import CONTROLLED, EXCHANGING, TO_Z, code_of, steps_of
from qec_leak.tableau.grammar import Tag, read_tag
from qec_leak.tableau.known import refuse_unknown_values
from qec_leak.tableau.leakable import Moves
from qec_leak.tableau.program import Op, Program

_BASIS = {"X": "X", "Y": "Y"}
_MEASUREMENTS = ("M", "MX", "MY", "MR", "MRX", "MRY")
_RESETS = ("R", "RX", "RY", "MR", "MRX", "MRY")
_PAIRS = {"MXX": "X", "MYY": "Y", "MZZ": "Z"}
_PRODUCTS = ("MPP", "SPP", "SPP_DAG", *_PAIRS)
_CLASSICAL = {"CX": "X", "CY": "Y", "CZ": "Z", "XCZ": "X", "YCZ": "Y"}
_ANNOTATIONS = ("DETECTOR", "OBSERVABLE_INCLUDE", "QUBIT_COORDS", "SHIFT_COORDS")
_PLACEHOLDERS = ("I", "II", "I_ERROR", "II_ERROR")
_CODE = {"I": 0, "X": 1, "Z": 2, "Y": 3}
"""x + 2 z"""
_TWO = [4 * _CODE[a] + _CODE[b] for a in "IXYZ" for b in "IXYZ"][1:]


@dataclass(frozen=True)
class Compiled:
    """A program, the qubits behind its compact indices, and its numbers of TICKs (all; tagged)."""

    program: Program
    qubits: npt.NDArray[np.int64]
    num_moments: int
    num_rounds: int


def compile_circuit(circuit: stim.Circuit) -> Compiled:
    """The program of a circuit. Raises ValueError naming instruction and line of ``str(circuit)``."""
    compiler = _Compiler(circuit.num_qubits)
    compiler.block(circuit, 1)
    compiler.refuse_leaked()
    refuse_unknown_values(circuit)
    moments, rounds = _ticks(circuit)
    qubits = np.array(list(compiler.build.compact), np.int64)
    return Compiled(compiler.build.program(), qubits, moments, rounds)


class _Compiler:
    def __init__(self, num_qubits: int) -> None:
        self.num_qubits = num_qubits
        self.build = Builder()
        self.records = 0
        self.moves = Moves()
        self.unleakable: list[tuple[tuple[int, ...], str, int]] = []

    def block(self, circuit: stim.Circuit, line: int) -> None:
        for item in circuit:
            if isinstance(item, stim.CircuitRepeatBlock):
                try:
                    read_tag(item.tag, "REPEAT")
                except ValueError as error:
                    raise ValueError(f"line {line}: `REPEAT {item.repeat_count}`: {error}") from None
                self.build.begin_loop(item.repeat_count)
                first, before = len(self.build.ops), self.records
                body = item.body_copy()
                self.block(body, line + 1)
                self.build.end_loop(first)
                self.records = before + (self.records - before) * item.repeat_count
                line += _lines(item)
                continue
            try:
                self.instruction(item, line)
            except ValueError as error:
                raise ValueError(f"line {line}: `{_short(item)}`: {error}") from None
            line += 1

    def refuse_leaked(self) -> None:
        """Gates without a meaning for a leaked qubit are refused on qubits that can be leaked."""
        leakable = self.moves.leakable()
        for qubits, text, line in self.unleakable:
            for q in qubits:
                if q in leakable:
                    raise ValueError(
                        f"line {line}: `{text}`: qubits must be such that never leak, but qubit {q} can; write it with "
                        "controlled Paulis and one-qubit measurements"
                    )

    def instruction(self, item: stim.CircuitInstruction, line: int) -> None:
        name = item.name
        tag = read_tag(item.tag, name)
        reach = max((-t.value for t in item.targets_copy() if t.is_measurement_record_target), default=0)
        if reach > self.records:
            raise ValueError(f"rec[-{reach}] must be a record made before, but there are {self.records}; correct it")
        if name in ("I_ERROR", "II_ERROR") and tag is not None and item.gate_args_copy():
            raise ValueError("probabilities must be in the leakage tag, but are in arguments too; drop these")
        if name in _ANNOTATIONS:
            return
        if name == "TICK":
            self.build.op(Op.SNAPSHOT, param=int(_counts_levels(tag)))
        elif name in _PLACEHOLDERS:
            self.channel(item, tag)
        elif name in _MEASUREMENTS or name in _RESETS:
            self.measure_reset(item, tag)
        elif name in _PRODUCTS:
            self.products(item, line)
        elif name == "MPAD":
            self.pad([t.value for t in item.targets_copy()], _argument(item), tag)
        elif stim.gate_data(name).is_unitary:
            self.gate(item, line)
        elif not self.noise(item):
            raise ValueError("an instruction must be one that is simulated, but is not; remove it")

    # ---- gates ---------------------------------------------------------------------------------------------------

    def gate(self, item: stim.CircuitInstruction, line: int) -> None:
        if stim.gate_data(item.name).is_single_qubit_gate:
            self.one(item.name, [self.build.qubit(t.value) for t in item.targets_copy()])
            return
        run: list[tuple[int, int]] = []
        for first, second in item.target_groups():
            if first.is_qubit_target and second.is_qubit_target:
                pair = self.build.qubit(first.value), self.build.qubit(second.value)
                if any(q in other for other in run for q in pair):  # steps of pairs that share a qubit stay in order
                    self.steps(item.name, run)
                    run = []
                run.append(pair)
                if item.name in EXCHANGING:
                    self.moves.exchange(first.value, second.value)
                elif item.name not in CONTROLLED:
                    self.unleakable.append(((first.value, second.value), _short(item), line))
                continue
            self.steps(item.name, run)
            run = []
            self.classical(item.name, first, second)
        self.steps(item.name, run)

    def steps(self, name: str, pairs: list[tuple[int, int]]) -> None:
        if not pairs:
            return
        for gate, place in steps_of(name):
            if place < 0:
                self.build.op(Op.CZ if gate == "CZ" else Op.SWAP, [q for pair in pairs for q in pair])
            else:
                self.one(gate, [pair[place] for pair in pairs])

    def one(self, name: str, qubits: list[int]) -> None:
        """A one-qubit gate on compact indices."""
        if name != "I":
            self.build.op(Op.ONE, qubits, code_of(name))

    def classical(self, name: str, first: stim.GateTarget, second: stim.GateTarget) -> None:
        """A Pauli controlled by a record or a sweep bit."""
        bits = [t for t in (first, second) if not t.is_qubit_target]
        if name != "CZ" and not (first if name in ("XCZ", "YCZ") else second).is_qubit_target:
            raise ValueError("a bit must be the control, but is what is acted on; exchange the targets")
        if len(bits) == 2:
            return  # a global phase
        target = first if first.is_qubit_target else second
        op = Op.SWEEP if bits[0].is_sweep_bit_target else Op.FEEDBACK
        self.build.op(op, [abs(bits[0].value), 4 * self.build.qubit(target.value) + _CODE[_CLASSICAL[name]]])

    def products(self, item: stim.CircuitInstruction, line: int) -> None:
        """Product measurements and rotations: CX gates onto the first qubit, what is done to it, and back."""
        for group in item.target_groups():
            inverted, factors = _product([t for t in group if not t.is_combiner], _PAIRS.get(item.name))
            if not factors:
                if not item.name.startswith("SPP"):
                    self.pad([int(inverted)], _argument(item), None)
                continue
            axes = list(factors.values())
            self.unleakable.append((tuple(factors), _short(item), line))
            qubits = [self.build.qubit(q) for q in factors]
            self.to_z(qubits, axes)
            gather = [(q, qubits[0]) for q in qubits[1:]]
            for pair in gather:
                self.steps("CX", [pair])
            if item.name.startswith("SPP"):
                self.one("S_DAG" if inverted != (item.name == "SPP_DAG") else "S", qubits[:1])
            else:
                p = _argument(item)
                self.build.op(Op.MEASURE, [2 * qubits[0] + inverted], self.build.add_readout(p, p, 1.0, 1.0))
                self.records += 1
            for pair in reversed(gather):
                self.steps("CX", [pair])
            self.to_z(qubits, axes)

    def to_z(self, qubits: list[int], axes: list[str]) -> None:
        for q, axis in zip(qubits, axes, strict=True):
            gate = TO_Z[axis]
            if gate is not None:
                self.one(gate, [q])

    def pad(self, bits: list[int], flips: float, tag: Tag | None) -> None:
        """Records of bits, or of the levels of the tag's qubits."""
        self.records += len(bits)
        if tag is None:
            self.build.op(Op.PAD, bits, self.build.chance(flips))
            return
        assert tag.reads_one is not None
        if len(tag.qubits) != len(bits):
            raise ValueError(
                f"each qubit of the tag must have one bit, but {len(tag.qubits)} have {len(bits)}; add one"
            )
        if max(tag.qubits) >= self.num_qubits:
            raise ValueError(f"the tag must name qubits of the circuit, but {max(tag.qubits)} is none; correct it")
        coded = [2 * self.build.qubit(q) + bit for q, bit in zip(tag.qubits, bits, strict=True)]
        self.build.op(Op.LEVEL, coded, self.build.add_level_readout(tag.reads_one, flips))

    # ---- measurement and reset -----------------------------------------------------------------------------------

    def measure_reset(self, item: stim.CircuitInstruction, tag: Tag | None) -> None:
        measures, resets = item.name in _MEASUREMENTS, item.name in _RESETS
        change = TO_Z[_BASIS.get(item.name[-1], "Z")]
        readout = self.readout(_argument(item), tag) if measures else -1
        reset = self.build.add_reset(tag.reset) if tag is not None and tag.reset else -1
        if tag is not None and tag.reset:
            for t in item.targets_copy():
                self.moves.add_reset(t.value, tag.reset)
        for part in _without_repeats(item.targets_copy()):
            qubits = [self.build.qubit(t.value) for t in part]
            if change is not None:
                self.one(change, qubits)
            if measures:
                inverted = [t.is_inverted_result_target for t in part]
                self.build.op(Op.MEASURE, [2 * q + i for q, i in zip(qubits, inverted, strict=True)], readout)
                self.records += len(part)
            if resets:
                self.build.op(Op.RESET, qubits, reset)
            if change is not None:
                self.one(change, qubits)

    def readout(self, error: float, tag: Tag | None) -> int:
        given = (tag.reads_one if tag is not None else None) or {}
        if error and (0 in given or 1 in given):
            raise ValueError("the assignment error must be in argument or tag, but is in both; drop one")
        flips = given.get(0, error), 1 - given[1] if 1 in given else error
        return self.build.add_readout(*flips, given.get(2, 1.0), given.get(3, 1.0))

    # ---- noise ---------------------------------------------------------------------------------------------------

    def channel(self, item: stim.CircuitInstruction, tag: Tag | None) -> None:
        if tag is None or tag.rows is None:
            return
        channel = self.build.add_channel(tag)
        targets = [t.value for t in item.targets_copy()]
        for k in range(0, len(targets), tag.arity):
            self.moves.add_channel(tag, tuple(targets[k : k + tag.arity]))
        op = Op.CHANNEL_1 if tag.arity == 1 else Op.CHANNEL_2
        self.build.op(op, map(self.build.qubit, targets), channel)

    def noise(self, item: stim.CircuitInstruction) -> bool:
        """Pauli noise; False for what is none."""
        name, args, targets = item.name, item.gate_args_copy(), item.targets_copy()
        if name in ("E", "ELSE_CORRELATED_ERROR"):
            coded = [4 * self.build.qubit(t.value) + _CODE[t.pauli_type] for t in targets if not t.is_combiner]
            self.build.op(Op.CORRELATED if name == "E" else Op.ELSE_CORRELATED, coded, self.build.chance(args[0]))
            return True
        outcomes = _outcomes(name, args)
        if outcomes is None:
            return False
        op = Op.NOISE_2 if name in ("DEPOLARIZE2", "PAULI_CHANNEL_2") else Op.NOISE_1
        if name.startswith("HERALDED"):
            op = Op.HERALDED
            self.records += len(targets)
        self.build.op(op, [self.build.qubit(t.value) for t in targets], self.build.add_noise(outcomes))
        return True


def _product(factors: list[stim.GateTarget], axis: str | None) -> tuple[bool, dict[int, str]]:
    """Whether a product of Paulis has the sign -1, and its Pauli on each qubit; ``axis``: where targets name none."""
    product = stim.PauliString({})
    for t in factors:
        product *= (-1 if t.is_inverted_result_target else 1) * stim.PauliString({t.value: axis or t.pauli_type})
    if product.sign.imag:
        raise ValueError("a product must be an observable, but is i or -i times one (as X0*Z0 is); write Y0 for it")
    return product.sign == -1, {q: "_XYZ"[product[q]] for q in product.pauli_indices()}


def _outcomes(name: str, args: list[float]) -> list[tuple[int, float]] | None:
    """(Pauli code, probability) of noise, None for what is none."""
    if name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
        return [(_CODE[name[0]], args[0])]
    if name == "DEPOLARIZE1":
        return [(_CODE[p], args[0] / 3) for p in "XYZ"]
    if name == "PAULI_CHANNEL_1":
        return [(_CODE[p], a) for p, a in zip("XYZ", args, strict=True)]
    if name == "DEPOLARIZE2":
        return [(code, args[0] / 15) for code in _TWO]
    if name == "PAULI_CHANNEL_2":
        return list(zip(_TWO, args, strict=True))
    if name == "HERALDED_ERASE":
        return [(_CODE[p], args[0] / 4) for p in "IXYZ"]
    if name == "HERALDED_PAULI_CHANNEL_1":
        return [(_CODE[p], a) for p, a in zip("IXYZ", args, strict=True)]
    return None


def _argument(item: stim.CircuitInstruction) -> float:
    args = item.gate_args_copy()
    return float(args[0]) if args else 0.0


def _without_repeats(targets: list[stim.GateTarget]) -> list[list[stim.GateTarget]]:
    """The targets in stretches that name each qubit once."""
    parts: list[list[stim.GateTarget]] = []
    for target in targets:
        if not parts or any(target.value == other.value for other in parts[-1]):
            parts.append([])
        parts[-1].append(target)
    return parts


def _counts_levels(tag: Tag | None) -> bool:
    return tag is not None and tag.family == "LEAKAGE_POPULATION"


def _ticks(circuit: stim.Circuit) -> tuple[int, int]:
    """TICKs of a run: all, and those that ask for level populations."""
    total = tagged = 0
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            inner = _ticks(item.body_copy())
            total, tagged = total + item.repeat_count * inner[0], tagged + item.repeat_count * inner[1]
        elif item.name == "TICK":
            total, tagged = total + 1, tagged + _counts_levels(read_tag(item.tag, "TICK"))
    return total, tagged


def _lines(block: stim.CircuitRepeatBlock) -> int:
    return 2 + sum(_lines(x) if isinstance(x, stim.CircuitRepeatBlock) else 1 for x in block.body_copy())


def _short(item: stim.CircuitInstruction) -> str:
    text = str(item)
    return text if len(text) <= 60 else text[:57] + "..."
