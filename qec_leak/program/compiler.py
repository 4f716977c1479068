"""Tagged stim.Circuit -> Program. Every cross-check of a circuit lives here: the kernels trust what they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.channels.channel import LeakageChannel
from qec_leak.circuits import tags
from qec_leak.program.css import css_conflicts, has_leakage
from qec_leak.program.gates import flips_z, leaked_participant_allowed, moves_levels, one_qubit_op, two_qubit_steps
from qec_leak.program.labels import Labels
from qec_leak.program.layers import LayerTable, Rates, merged_noise, poisson_rates
from qec_leak.program.leakable import leakable_qubits
from qec_leak.program.offsets import reference_events
from qec_leak.program.products import simplified
from qec_leak.program.program import Op, Program
from qec_leak.program.prune import Instruction, pruned
from qec_leak.program.reference import Reference
from qec_leak.program.sites import SiteTable
from qec_leak.program.tables import NoiseTable, RowTable, pauli_outcomes
from qec_leak.program.totals import (
    CLASSICAL,
    count_snapshots,
    largest_feedback,
    largest_layer,
    largest_lookback,
    sweep_flips,
)
from qec_leak.program.unread import UNREAD, unread_z

_PAULI_NOISE_1 = ("X_ERROR", "Y_ERROR", "Z_ERROR", "DEPOLARIZE1", "PAULI_CHANNEL_1")
_PAULI_NOISE_2 = ("DEPOLARIZE2", "PAULI_CHANNEL_2")
_HERALDED = ("HERALDED_ERASE", "HERALDED_PAULI_CHANNEL_1")
_NOTHING = ("QUBIT_COORDS", "SHIFT_COORDS")
_CHANGE = {"X": "H", "Y": "H_YZ", "": None}
_MEASUREMENTS = {"M": "", "MX": "X", "MY": "Y", "MR": "", "MRX": "X", "MRY": "Y"}
_RESETS = {"R": "", "RX": "X", "RY": "Y", "MR": "", "MRX": "X", "MRY": "Y"}
_PAIR_MEASUREMENTS = {"MXX": 1, "MYY": 2, "MZZ": 3}
MAX_APERIODIC_ITERATIONS = 2000
"""A REPEAT whose reference state does not come back within this many iterations is refused."""


def compile_program(circuit: stim.Circuit) -> Program:
    """Compile a circuit whose leakage is in tags (grammar: ``qec_leak.circuits.tags``).

    All of Stim's Clifford gates, resets, measurements (MPP and pair measurements where no participant can be leaked),
    Pauli noise, correlated errors and annotations. REPEAT blocks stay loops.
    Raises ValueError naming the instruction and its line in ``str(circuit)`` for anything else, and for tags that do
    not parse or do not belong on their instruction.
    """
    return _Compiler(circuit).program()


@dataclass
class _Checks:
    """What can be judged only when it is known which qubits can leak."""

    moves: set[tuple[LeakageChannel, tuple[int, ...]]] = field(default_factory=set)
    swaps: set[tuple[int, int]] = field(default_factory=set)
    must_stay_computational: dict[tuple[int, ...], tuple[str, int]] = field(default_factory=dict)


class _Compiler:
    def __init__(self, circuit: stim.Circuit) -> None:
        self.circuit = circuit
        self.labels = Labels.of(circuit)
        self.num_qubits = max(circuit.num_qubits, 1)
        self.leaks = leaks = has_leakage(circuit)
        self.conflicts = css_conflicts(circuit, self.labels) if leaks else ()
        self.reference = Reference(
            len(self.labels.names), carries_sample=leaks, sample_fits=leaks and not self.conflicts
        )
        self.text = ""
        self.targets: list[int] = []
        self.values: list[int] = []
        self.loop_counts: list[int] = []
        self.noise, self.layers, self.channels = NoiseTable(), LayerTable(), SiteTable()
        self.resets, self.readouts, self.level_readouts = RowTable(), RowTable(), RowTable()
        self.rates: list[Rates] = []
        self.checks = _Checks()
        self.parsed: dict[str, tags.Tag | None] = {}
        self.depth = self.max_depth = 0
        self.made = 0  # records
        self.lookback = largest_feedback(circuit)
        self.ring = 1

    def program(self) -> Program:
        ops = self.block(self.circuit, 1)
        names = np.array(self.labels.names, dtype=np.int64)
        can_leak = leakable_qubits(len(names), self.checks.moves, self.checks.swaps)
        for qubits, (text, line) in self.checks.must_stay_computational.items():
            leaked = [q for q in qubits if can_leak[q]]
            if leaked:
                raise ValueError(
                    f"line {line}: `{text}` must act on qubits that cannot be leaked, but qubit {names[leaked[0]]} "
                    "can; write it with controlled Paulis and one-qubit measurements"
                )
        ops = merged_noise(pruned(ops, lambda op: self._never_acts(op, can_leak)), self._noise_places, self.layers)
        for k in unread_z(ops, self.targets):
            self.values[k] |= UNREAD
        self._finish_ring()
        fired = reference_events(self.circuit, ops, self.values, self.loop_counts)
        sweep = sweep_flips(self.labels.relabelled(self.circuit))
        by_name = np.zeros(self.num_qubits, dtype=bool)
        by_name[names[can_leak]] = True
        total, tagged = count_snapshots(self.circuit)
        return Program(
            num_qubits=self.num_qubits,
            num_detectors=self.circuit.num_detectors,
            num_observables=self.circuit.num_observables,
            num_measurements=self.circuit.num_measurements,
            num_sweep_bits=self.circuit.num_sweep_bits,
            num_snapshots=tagged,
            num_moments=total,
            ring_size=self.ring,
            max_targets=max((op[2] for op in ops), default=0),
            loop_depth=self.max_depth,
            ops=np.array(ops, dtype=np.int32).reshape(-1, 4),
            targets=np.array(self.targets, dtype=np.int32),
            values=np.array(self.values, dtype=np.int8),
            loop_counts=np.array(self.loop_counts, dtype=np.int64),
            reset_cum=self.resets.array(2, 3),
            readout=self.readouts.array(5),
            reference_detectors=fired[0],
            reference_observables=fired[1],
            sweep_detectors=sweep[0],
            sweep_observables=sweep[1],
            level_readout=self.level_readouts.array(4),
            qubits=names,
            can_leak=by_name,
            conflicts=tuple(c for c in self.conflicts if any(by_name[q] for q in c.qubits)),
            **self.layers.arrays(),  # type: ignore[arg-type]
            **self.noise.arrays(),  # type: ignore[arg-type]
            **self.channels.arrays(),  # type: ignore[arg-type]
        )

    def _never_acts(self, op: Instruction, can_leak: npt.NDArray[np.bool_]) -> bool:
        """An operation that only concerns leaked qubits, where none can be leaked."""
        code, start, count, site = op
        if code not in (Op.CHANNEL_1, Op.CHANNEL_2, Op.ANCHOR):
            return False
        if code in (Op.CHANNEL_1, Op.CHANNEL_2) and self.channels.moves_computational(site):
            return False
        return not any(can_leak[q] for q in self.targets[start : start + count])

    # ---- blocks and loops ----------------------------------------------------------------------------------------

    def block(self, circuit: stim.Circuit, line: int) -> list[Instruction]:
        """Operations of a block whose first instruction is on ``line``."""
        ops: list[Instruction] = []
        for item in circuit:
            if isinstance(item, stim.CircuitRepeatBlock):
                ops += self.loop(item, line)
                line += _lines(item)
            else:
                self._check_lookback(item, line)
                ops += self.instruction(item, line)
                self.made += item.num_measurements
                line += 1
        return ops

    def loop(self, item: stim.CircuitRepeatBlock, line: int) -> list[Instruction]:
        """Iterations are compiled until the reference state comes back; from there on they repeat."""
        body, count = item.body_copy(), item.repeat_count
        made = self.made
        if self._parsed("REPEAT", item.tag, line) is not None:
            raise ValueError(
                f"line {line}: `REPEAT {count}` must have no leakage tag, but has {item.tag!r}; move it to an "
                "instruction of the block"
            )
        self.depth += 1
        self.max_depth = max(self.max_depth, self.depth)
        seen: dict[tuple[object, ...], int] = {}
        iterations: list[list[Instruction]] = []
        first = period = 0
        while len(iterations) < count:
            state = self.reference.state(self.lookback)
            if state in seen:
                first, period = seen[state], len(iterations) - seen[state]
                break
            if len(iterations) >= MAX_APERIODIC_ITERATIONS:
                raise ValueError(
                    f"line {line}: `REPEAT {count}` must come back to an earlier noiseless state within "
                    f"{MAX_APERIODIC_ITERATIONS} iterations, but does not; unroll it or shorten it"
                )
            seen[state] = len(iterations)
            iterations.append(self.block(body, line + 1))
        self.depth -= 1
        ops = [op for iteration in iterations[: first if period else None] for op in iteration]
        if period:
            cycle = [op for iteration in iterations[first:] for op in iteration]
            full, rest = divmod(count - first, period)
            ops += self._repeat(cycle, full)
            ops += [op for iteration in iterations[first : first + rest] for op in iteration]
            self._advance_reference(body, rest)
        self.made = made + count * body.num_measurements
        return ops

    def _repeat(self, body: list[Instruction], count: int) -> list[Instruction]:
        self.loop_counts.append(count)
        begin = (int(Op.LOOP_BEGIN), 0, 0, len(self.loop_counts) - 1)
        return [begin, *body, (int(Op.LOOP_END), 0, len(body), 0)]

    def _advance_reference(self, body: stim.Circuit, iterations: int) -> None:
        """Bring the reference from the start of a period to where the loop ends."""
        for _ in range(iterations):
            kept = len(self.targets), len(self.loop_counts)
            self.block(body, 0)
            del self.targets[kept[0] :], self.values[kept[0] :], self.loop_counts[kept[1] :]

    # ---- instructions --------------------------------------------------------------------------------------------

    def _check_lookback(self, item: stim.CircuitInstruction, line: int) -> None:
        reach = max((-t.value for t in item.targets_copy() if t.is_measurement_record_target), default=0)
        if reach > self.made:
            raise ValueError(
                f"line {line}: `{_short(item)}` must name records made before, but rec[-{reach}] is none of the "
                f"{self.made} there are; correct it"
            )

    def instruction(self, item: stim.CircuitInstruction, line: int) -> list[Instruction]:
        name = item.name
        tag = self._tag(item, line)
        self.text = _short(item)
        item = self.labels.relabel(item)
        if name in _NOTHING:
            return []
        if name == "TICK":
            return [(int(Op.SNAPSHOT), 0, 0, int(tag is not None and tag.family == tags.POPULATION))]
        if name == "DETECTOR":
            return [self._op(Op.DETECTOR, [-t.value for t in item.targets_copy()])]
        if name == "OBSERVABLE_INCLUDE":
            return self._observable(item, line)
        if name in _MEASUREMENTS or name in _RESETS:
            return self._measure_reset(item, tag, line)
        if name in ("I", "II", "I_ERROR", "II_ERROR"):
            return self._channel(item, tag, line)
        if name in _PAULI_NOISE_1 or name in _PAULI_NOISE_2:
            return self._pauli_noise(item)
        if name in ("E", "ELSE_CORRELATED_ERROR"):
            noise = self.noise.add([(0, item.gate_args_copy()[0])])
            op = Op.CORRELATED if name == "E" else Op.ELSE_CORRELATED
            coded = [_coded(t) for t in item.targets_copy() if not t.is_combiner]
            if noise is not None:
                return [self._op(op, coded, noise)]
            return [] if name == "ELSE_CORRELATED_ERROR" else [self._op(op, [], self._never())]
        if name in _HERALDED:
            return self._heralded(item)
        if name == "MPAD":
            return [self._pad(item, tag, line)]
        if name in CLASSICAL and any(not t.is_qubit_target for t in item.targets_copy()):
            return self._classical(item, line)
        gate = stim.gate_data(name)
        if gate.is_unitary and gate.is_single_qubit_gate:
            return self._one_qubit(name, _qubits(item))
        if gate.is_unitary and gate.is_two_qubit_gate:
            return self._two_qubit(item, line)
        if name in ("MPP", "SPP", "SPP_DAG", *_PAIR_MEASUREMENTS):
            return self._products(item, line)
        raise ValueError(
            f"line {line}: `{self.text}` must be an instruction that qec_leak samples, but is not; remove it"
        )

    def _op(self, op: Op, targets: Iterable[int], param: int = 0, values: Iterable[int] | None = None) -> Instruction:
        start = len(self.targets)
        self.targets.extend(targets)
        count = len(self.targets) - start
        self.values.extend(values if values is not None else [0] * count)
        assert len(self.values) == len(self.targets)
        return int(op), start, count, param

    def _never(self) -> int:
        """Noise that starts a chain of correlated errors without ever happening (below one in 1e300 shots)."""
        index = self.noise.add([(0, 1e-300)])
        assert index is not None
        return index

    def _tag(self, item: stim.CircuitInstruction, line: int) -> tags.Tag | None:
        tag = self._parsed(item.name, item.tag, line)
        if tag is None:
            return None
        if item.name not in tags.ALLOWED_GATES[tag.family]:
            allowed = ", ".join(tags.ALLOWED_GATES[tag.family])
            fix = tags.ELSEWHERE.get((tag.family, item.name), "move it")
            raise ValueError(f"line {line}: {tag.family} must be a tag of {allowed}, but is one of {item.name}; {fix}")
        if item.name in ("I_ERROR", "II_ERROR") and item.gate_args_copy():
            raise ValueError(
                f"line {line}: `{item.name}` with {tag.family} must have its probabilities in the tag, but has "
                "arguments too; drop them"
            )
        if tag.family in (tags.ISWAP, tags.INJECT):
            raise ValueError(
                f"line {line}: {tag.family} must be dressed before sampling, but is not; use qec_leak.dress"
            )
        return tag

    def _parsed(self, name: str, text: str, line: int) -> tags.Tag | None:
        if text not in self.parsed:
            try:
                self.parsed[text] = tags.parse_tag(text)
            except tags.TagError as error:
                raise ValueError(f"line {line}: `{name}` has a bad tag: {error}") from None
        return self.parsed[text]

    def _channel(self, item: stim.CircuitInstruction, tag: tags.Tag | None, line: int) -> list[Instruction]:
        if tag is None or tag.channel is None:
            return []
        qubits = _qubits(item)
        known = [self.reference.known_z(q) for q in qubits]
        sample = self.reference.z_sample()
        values = [sample[q] + 2 * (v >= 0) for q, v in zip(qubits, known, strict=True)]
        if tag.needs_known_z and -1 in known:
            raise ValueError(
                f"line {line}: {tag.family} must stand where the qubit has a known Z value, but qubit "
                f"{self.labels.names[qubits[known.index(-1)]]} has none; use LEAKAGE_TRANSITION_1"
            )
        arity = tag.channel.num_qubits
        ops = []
        for first, last in _disjoint(qubits, arity):
            here, says = qubits[first:last], values[first:last]
            site = self.channels.add(tag.channel, says)
            if site is not None:
                ops.append(self._op(Op.CHANNEL_1 if arity == 1 else Op.CHANNEL_2, here, site, says))
        if ops:
            self.checks.moves |= {(tag.channel, tuple(qubits[k : k + arity])) for k in range(0, len(qubits), arity)}
        return ops

    def _pauli_noise(self, item: stim.CircuitInstruction) -> list[Instruction]:
        outcomes = tuple(pauli_outcomes(item.name, item.gate_args_copy()))
        one = item.name in _PAULI_NOISE_1
        if not any(p for _, p in outcomes):
            return []
        rates = poisson_rates(outcomes)
        if rates:
            self.rates.append(rates)
            return [self._op(Op.PAULI_1 if one else Op.PAULI_2, _qubits(item), len(self.rates) - 1)]
        noise = self.noise.add(outcomes)
        assert noise is not None
        return [self._op(Op.BERNOULLI_1 if one else Op.BERNOULLI_2, _qubits(item), noise)]

    def _noise_places(self, op: Instruction) -> list[tuple[tuple[int, ...], Rates]]:
        """Qubits and rates of a noise operation."""
        code, start, count, rates = op
        arity = 1 if code == Op.PAULI_1 else 2
        return [(tuple(self.targets[k : k + arity]), self.rates[rates]) for k in range(start, start + count, arity)]

    def _heralded(self, item: stim.CircuitInstruction) -> list[Instruction]:
        noise = self.noise.add(pauli_outcomes(item.name, item.gate_args_copy()))
        qubits = _qubits(item)
        self.reference.records += [False] * len(qubits)
        return [self._op(Op.PAD if noise is None else Op.HERALDED, qubits, -1 if noise is None else noise)]

    def _observable(self, item: stim.CircuitInstruction, line: int) -> list[Instruction]:
        """Records, and Paulis of the state that the frame flips, as in Stim's detector sampler (signs do not count)."""
        observable = int(item.gate_args_copy()[0])
        records = [-t.value for t in item.targets_copy() if t.is_measurement_record_target]
        paulis = [t for t in item.targets_copy() if not t.is_measurement_record_target]
        ops = [self._op(Op.OBSERVABLE, records, observable)] if records or not paulis else []
        if not paulis:
            return ops
        if self.circuit.num_sweep_bits:
            raise ValueError(
                f"line {line}: `{self.text}` must stand in a circuit without sweep bits, since what they flip of its "
                "Paulis is not known, but there are some; measure the Paulis and include the records"
            )
        self._stay_computational(line, [(t.value,) for t in paulis])
        return [*ops, self._op(Op.OBSERVABLE_PAULI, map(_coded, paulis), observable)]

    def _pad(self, item: stim.CircuitInstruction, tag: tags.Tag | None, line: int) -> Instruction:
        """Records of given bits, or of levels, that flip with the probability of the argument."""
        bits = [t.value for t in item.targets_copy()]
        flips = sum(item.gate_args_copy())
        self.reference.records += [bool(v) for v in bits]
        values = [4 * v for v in bits]
        if tag is None:
            noise = self.noise.add([(0, flips)])
            return self._op(Op.PAD, bits, -1 if noise is None else noise, values)
        if len(tag.qubits) != len(bits):
            raise ValueError(
                f"line {line}: `{self.text}` must have a target for each qubit of its tag, but has {len(bits)} for "
                f"{len(tag.qubits)}; write one bit a qubit"
            )
        if max(tag.qubits) >= self.circuit.num_qubits:
            raise ValueError(
                f"line {line}: `{self.text}` must read qubits of the circuit, but qubit {max(tag.qubits)} is none; "
                "correct its tag"
            )
        given = dict(tag.one_given)
        row = self.level_readouts.add(given[0], given[2], given[3], flips)
        return self._op(Op.MEASURE_LEVEL, [self.labels.place[q] for q in tag.qubits], row, values)

    def _one_qubit(self, name: str, qubits: list[int]) -> list[Instruction]:
        """A one-qubit gate, after which a leaked qubit's frame is the reference's value again: it acts as |0>."""
        self.reference.gate(name, qubits)
        op = one_qubit_op(name)
        ops = [] if op is None else [self._op(op, qubits, 0, self._values(qubits))]
        return [*ops, self._anchor(qubits)] if flips_z(name) else ops

    def _anchor(self, qubits: list[int]) -> Instruction:
        return self._op(Op.ANCHOR, qubits, 0, self._values(qubits))

    def _values(self, qubits: list[int]) -> list[int]:
        if not self.leaks:
            return [0] * len(qubits)
        sample = self.reference.z_sample()
        return [sample[q] for q in qubits]

    def _two_qubit(self, item: stim.CircuitInstruction, line: int) -> list[Instruction]:
        qubits = _qubits(item)
        pairs = list(zip(qubits[::2], qubits[1::2], strict=True))
        if not leaked_participant_allowed(item.name):
            self._stay_computational(line, pairs)
        if moves_levels(item.name):
            self.checks.swaps |= set(pairs)
        ops = []
        # Steps of a layer commute only if its pairs are disjoint; otherwise pair by pair.
        groups = [pairs] if len(set(qubits)) == len(qubits) else [[pair] for pair in pairs]
        for group in groups:
            for step, detail in two_qubit_steps(item.name):
                both = [q for pair in group for q in pair]
                if step in ("1", "2"):
                    ops += self._one_qubit(detail, both[int(step) - 1 :: 2])
                elif step == "ROTATION":
                    self.reference.gate(item.name, both)
                    paulis = ["IXYZ".index(p) for p in detail]
                    for a, b in group:
                        ops.append(self._op(Op.PAULI_ROTATION, [4 * a + paulis[0], 4 * b + paulis[1]]))
                else:
                    self.reference.gate(step, both)
                    ops.append(self._op(Op.CZ if step == "CZ" else Op.SWAP, both))
        return ops

    def _stay_computational(self, line: int, groups: Iterable[tuple[int, ...]]) -> None:
        for group in groups:
            self.checks.must_stay_computational.setdefault(group, (self.text, line))

    def _products(self, item: stim.CircuitInstruction, line: int) -> list[Instruction]:
        """MPP, MXX, MYY, MZZ, SPP, SPP_DAG."""
        args = item.gate_args_copy()
        ops = []
        for group in item.target_groups():
            product = simplified(group, _PAIR_MEASUREMENTS.get(item.name, 0))
            if product is None:
                raise ValueError(
                    f"line {line}: `{self.text}` must have products that are observables, but one is i or -i times one "
                    "(as X0*Z0 is); write Y0 for it"
                )
            inverted, factors = product
            self._stay_computational(line, [tuple(q for q, _ in factors)])
            targets = [4 * q + p for q, p in factors]
            if item.name.startswith("SPP"):
                if factors:
                    self.reference.rotate(item.name, group)
                    ops.append(self._op(Op.PAULI_ROTATION, targets))
                continue
            outcome = self.reference.measure_product(factors) ^ inverted
            self.reference.records.append(outcome)
            noise = self.noise.add([(0, sum(args))])
            row = -1 if noise is None else noise
            if factors:
                values = [4 * int(outcome)] + [0] * (len(targets) - 1)
                ops.append(self._op(Op.MEASURE_PAULI, targets, row, values))
            else:
                ops.append(self._op(Op.PAD, [0], row, [4 * int(outcome)]))
        return ops

    def _classical(self, item: stim.CircuitInstruction, line: int) -> list[Instruction]:
        """Paulis controlled by records or sweep bits; quantum-controlled pairs in the same instruction are CZ-like."""
        ops = []
        pauli = CLASSICAL[item.name]
        for first, second in zip(item.targets_copy()[::2], item.targets_copy()[1::2], strict=True):
            if first.is_qubit_target and second.is_qubit_target:
                ops += self._two_qubit(stim.CircuitInstruction(item.name, [first, second]), line)
                continue
            acted_on = first if item.name in ("XCZ", "YCZ") else second
            if not acted_on.is_qubit_target and item.name != "CZ":
                raise ValueError(
                    f"line {line}: `{self.text}` must act on a qubit, but acts on a bit; the bit must be the control"
                )
            if not (first.is_qubit_target or second.is_qubit_target):
                continue  # a phase of the whole state
            control, target = (second, first) if first.is_qubit_target else (first, second)
            coded = 4 * target.value + pauli
            if control.is_sweep_bit_target:
                ops.append(self._op(Op.SWEEP, [control.value, coded]))
            else:
                ops.append(self._op(Op.FEEDBACK, [-control.value, coded]))
                if self.reference.records[control.value]:
                    self.reference.pauli(pauli, target.value)
                    if pauli != 3:
                        ops.append(self._anchor([target.value]))
        return ops

    # ---- measurement and reset -----------------------------------------------------------------------------------

    def _measure_reset(self, item: stim.CircuitInstruction, tag: tags.Tag | None, line: int) -> list[Instruction]:
        """Measurements, resets and both, in any basis: basis change, Z operation, basis change."""
        parts = _parts_without_repeats(item)
        if len(parts) > 1:
            return [op for part in parts for op in self._measure_reset(part, tag, line)]
        qubits = _qubits(item)
        change = _CHANGE[_MEASUREMENTS.get(item.name, _RESETS.get(item.name, ""))]
        ops = self._one_qubit(change, qubits) if change else []
        if item.name in _MEASUREMENTS:
            ops.append(self._measure(item, qubits, tag, line))
        if item.name in _RESETS:
            ops.append(self._reset(qubits, tag))
        return ops + (self._one_qubit(change, qubits) if change else [])

    def _measure(
        self, item: stim.CircuitInstruction, qubits: list[int], tag: tags.Tag | None, line: int
    ) -> Instruction:
        error = item.gate_args_copy()[0] if item.gate_args_copy() else 0.0
        given = dict(tag.one_given) if tag is not None else {}
        if error and (0 in given or 1 in given):
            raise ValueError(
                f"line {line}: `{self.text}` must have its assignment error in argument or tag, not both; drop one"
            )
        of_zero, of_one = given.get(0, error), 1 - given[1] if 1 in given else error
        flips = poisson_rates(((1, of_zero),)) if of_zero == of_one else ()
        readout = self.readouts.add(
            of_zero, of_one, given.get(2, 1.0), given.get(3, 1.0), flips[0][1] if flips else 0.0
        )
        values = []
        for target, outcome in zip(item.targets_copy(), self.reference.measure_z(qubits), strict=True):
            record = outcome ^ target.is_inverted_result_target
            self.reference.records.append(record)
            values.append(int(outcome) + 4 * record)
        return self._op(Op.MEASURE, qubits, readout, values)

    def _reset(self, qubits: list[int], tag: tags.Tag | None) -> Instruction:
        self.reference.reset_z(qubits)
        if tag is None or not tag.reset:
            return self._op(Op.RESET, qubits, -1)
        cumulative = []
        for level in (2, 3):
            branches = dict(tag.reset).get(level, ())
            share = [sum(p for p, out in branches if out == after) for after in (1, 2, 3)]
            cumulative += np.cumsum(share).tolist()
        return self._op(Op.RESET, qubits, self.resets.add(*cumulative))

    # ---- ring of records -----------------------------------------------------------------------------------------

    def _finish_ring(self) -> None:
        reach = 1 + max(largest_lookback(self.circuit), largest_layer(self.circuit))
        while self.ring < reach:
            self.ring *= 2


def _short(item: stim.CircuitInstruction) -> str:
    text = str(item)
    return text if len(text) <= 60 else text[:57] + "..."


def _qubits(item: stim.CircuitInstruction) -> list[int]:
    return [t.value for t in item.targets_copy()]


def _parts_without_repeats(item: stim.CircuitInstruction) -> list[stim.CircuitInstruction]:
    """The instruction in pieces that name each qubit once (Stim fuses neighbouring lines that are alike)."""
    parts: list[list[stim.GateTarget]] = [[]]
    seen: set[int] = set()
    for target in item.targets_copy():
        if target.value in seen:
            parts.append([])
            seen = set()
        parts[-1].append(target)
        seen.add(target.value)
    return [stim.CircuitInstruction(item.name, part, item.gate_args_copy(), tag=item.tag) for part in parts]


def _disjoint(qubits: list[int], arity: int) -> Iterator[tuple[int, int]]:
    """(first, last) of stretches of ``qubits``, groups of ``arity``, that name each qubit once."""
    first, seen = 0, set[int]()
    for k in range(0, len(qubits), arity):
        group = set(qubits[k : k + arity])
        if seen & group:
            yield first, k
            first, seen = k, set()
        seen |= group
    yield first, len(qubits)


def _coded(target: stim.GateTarget) -> int:
    return 4 * int(target.value) + "IXYZ".index(target.pauli_type)


def _lines(item: stim.CircuitRepeatBlock) -> int:
    return 2 + sum(_lines(x) if isinstance(x, stim.CircuitRepeatBlock) else 1 for x in item.body_copy())
