"""Ideal circuit + device -> flat list of exact operations, with the noise that a moment of the device has.

What happens when is that of ``qec_leak.circuits.noise``; what happens are Kraus operators, never twirled tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import stim

from qec_leak._checks import check_choice, check_int
from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus, leakage_rotation
from qec_leak.circuits import tags
from qec_leak.circuits.dress import infer_roles
from qec_leak.circuits.ideal import INJECTED_LEVEL_TAG
from qec_leak.circuits.moments import (
    ANNOTATIONS,
    MEASUREMENTS,
    RESETS,
    Loop,
    Moment,
    is_classical,
    operated_qubits,
    split_moments,
)
from qec_leak.circuits.noise import NoiseModel
from qec_leak.device import Device
from qec_leak.exact import processes
from qec_leak.exact.processes import Matrix

MODES = ("coherent", "phase_randomised")


@dataclass(frozen=True, eq=False)
class Mixture:
    """One of the unitaries with its probability, nothing with what is left."""

    qubits: tuple[int, ...]
    choices: tuple[tuple[float, Matrix], ...]


@dataclass(frozen=True, eq=False)
class Channel:
    """Kraus operators on one transmon, each with at most one entry in a row and in a column."""

    qubit: int
    kraus: Kraus


@dataclass(frozen=True)
class Measure:
    """The level is projected; the record is 1 with probability ``one_given[level]``."""

    qubit: int
    one_given: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Conditional:
    """``unitary`` if sweep bit (``source`` "sweep") or record ("record") ``index`` is 1."""

    qubit: int
    source: str
    index: int
    unitary: Matrix


@dataclass(frozen=True)
class Scramble:
    """Random phases on each of the leaked levels of one transmon."""

    qubit: int


@dataclass(frozen=True)
class Snapshot:
    """Level populations are noted here."""


Operation = Mixture | Channel | Measure | Conditional | Scramble | Snapshot


@dataclass(frozen=True, eq=False)
class Schedule:
    """Operations on ``num_qubits`` transmons of ``levels`` levels, which start in level 0."""

    levels: int
    num_qubits: int
    operations: tuple[Operation, ...]

    def count(self, kind: type) -> int:
        """How many operations are of ``kind``."""
        return sum(isinstance(operation, kind) for operation in self.operations)


def make_schedule(
    circuit: stim.Circuit, device: Device, *, roles: Mapping[int, str] | None = None, levels: int = 4, mode: str
) -> Schedule:
    """The exact operations of ``device`` asked for the ideal ``circuit``.

    mode: "coherent", or "phase_randomised": random phases on the leaked levels of both transmons before every
        two-transmon operation, what unknown detunings do.
    Raises ValueError naming an instruction that has no exact form.
    """
    check_choice("mode", mode, MODES)
    check_int("levels", levels, minimum=4)
    known = {**infer_roles(circuit), **(roles or {})}
    builder = _Builder(NoiseModel(device, known, circuit), levels, mode == "phase_randomised")
    builder.blocks(split_moments(circuit))
    return Schedule(levels, max([circuit.num_qubits - 1, *known]) + 1, tuple(builder.out))


@dataclass(eq=False)
class _Builder:
    model: NoiseModel
    levels: int
    randomised: bool
    out: list[Operation] = field(default_factory=list)
    records: int = 0

    def blocks(self, blocks: tuple[Moment | Loop, ...]) -> None:
        for block in blocks:
            if isinstance(block, Loop):
                for _ in range(block.count):
                    self.blocks(block.body)
            else:
                self._moment(block)

    def _moment(self, moment: Moment) -> None:
        busy: set[int] = set()
        resetting: set[int] = set()
        duration_ns, long = 0.0, False
        for instruction in moment.instructions:
            used = operated_qubits(instruction)
            busy |= used
            self._instruction(instruction)
            if used:
                duration_ns = max(duration_ns, self.model.duration(instruction))
            resetting |= used if instruction.name in RESETS else set()
            long |= instruction.name in RESETS | MEASUREMENTS or _tag_family(instruction) == tags.ISWAP
        if duration_ns:
            self._idle(busy, resetting, duration_ns, long)
        if moment.tick is not None and moment.tick.tag == tags.POPULATION:
            self.out.append(Snapshot())

    def _idle(self, busy: set[int], resetting: set[int], duration_ns: float, long: bool) -> None:
        for q in self.model.qubits:
            idle = self.model.qubit(q).idle
            if q not in busy:
                self._channel(q, operations.idle_kraus(idle, duration_ns, levels=self.levels))
                if long:
                    self._depolarize((q,), idle.dd_error_per_us * duration_ns * 1e-3)
            elif q not in resetting:
                self._channel(q, processes.level_changes(idle, duration_ns, levels=self.levels))

    def _instruction(self, instruction: stim.CircuitInstruction) -> None:
        name, qubits = instruction.name, [t.value for t in instruction.targets_copy() if t.is_qubit_target]
        if name in ANNOTATIONS:
            return
        if is_classical(instruction):
            self._classical(instruction)
        elif not operated_qubits(instruction):
            self._given_noise(instruction, qubits)
        elif name in MEASUREMENTS:
            for target in instruction.targets_copy():
                self._measure(target, name)
        elif name in RESETS:
            for q in qubits:
                self._channel(q, operations.reset_kraus(self.model.qubit(q).reset, levels=self.levels))
                self._to_basis(q, name)
        elif name == "CZ":
            self._cz(qubits)
        elif _tag_family(instruction) == tags.ISWAP:
            self._leakage_iswap(qubits)
        elif _tag_family(instruction) == tags.INJECT:
            for q in qubits:
                self._unitary((q,), leakage_rotation(_population(instruction), levels=self.levels)[0])
        elif name != "II":
            for q in qubits:
                gate = self.model.qubit(q).gate
                self._unitary((q,), processes.clifford(name, self.levels))
                if gate.leakage:
                    self._unitary((q,), operations.gate_kraus(gate, levels=self.levels)[0])
                self._depolarize((q,), gate.error)

    def _measure(self, target: stim.GateTarget, name: str) -> None:
        q, readout = target.value, self.model.qubit(target.value).readout
        one_given = [readout.error, 1 - readout.error, readout.one_given_2, readout.one_given_3]
        one_given += [readout.one_given_3] * (self.levels - 4)
        if target.is_inverted_result_target:
            one_given = [1 - p for p in one_given]
        self._from_basis(q, name)
        self.out.append(Measure(q, tuple(one_given)))
        self.records += 1
        self._to_basis(q, name)
        if readout.leakage:
            self._channel(q, operations.readout_kraus(readout, levels=self.levels))

    def _to_basis(self, q: int, name: str) -> None:
        if name[-1] in "XY":
            self._unitary((q,), processes.clifford("H" if name[-1] == "X" else "H_YZ", self.levels))

    _from_basis = _to_basis  # H and H_YZ are their own inverses

    def _cz(self, qubits: list[int]) -> None:
        crosstalk: dict[int, float] = defaultdict(float)
        for a, b in _pairs(qubits):
            cz = self.model.device.pair(a, b).cz
            high_low = self.model.high_low(a, b, cz)
            self._scramble(high_low)
            self._unitary(high_low, operations.cz_unitary(cz, levels=self.levels))
            self._depolarize((a, b), cz.error)
            near = (self.model.neighbours[a] | self.model.neighbours[b]) - {a, b}
            for q in near:
                crosstalk[q] += cz.crosstalk / len(near)
        for q, probability in sorted(crosstalk.items()):
            self._depolarize((q,), probability)

    def _leakage_iswap(self, qubits: list[int]) -> None:
        for pair in _pairs(qubits):
            dqlr = self.model.device.pair(*pair).dqlr
            self._scramble(pair)
            unitary = operations.leakage_iswap_kraus(dqlr, levels=self.levels)[0] / dqlr.efficiency**0.5
            self.out.append(Mixture(pair, ((dqlr.efficiency, unitary),)))
            self._depolarize(pair, dqlr.error)

    def _given_noise(self, instruction: stim.CircuitInstruction, qubits: list[int]) -> None:
        """Noise that the ideal circuit itself asks for."""
        name, args = instruction.name, instruction.gate_args_copy()
        if name in ("DEPOLARIZE1", "DEPOLARIZE2"):
            for group in _pairs(qubits) if name[-1] == "2" else [(q,) for q in qubits]:
                self._depolarize(group, args[0])
        elif name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
            for q in qubits:
                self.out.append(Mixture((q,), ((args[0], processes.pauli(name[0], self.levels)),)))
        elif name == "I_ERROR" and instruction.tag == INJECTED_LEVEL_TAG:
            for q in qubits:
                self._channel(q, processes.to_level_two(self.levels))
        elif name not in ("I_ERROR", "II_ERROR") or _tag_family(instruction):
            raise ValueError(f"`circuit` must have noise that the exact simulator knows, but has {instruction!s}")

    def _classical(self, instruction: stim.CircuitInstruction) -> None:
        for control, target in _target_pairs(instruction):
            if control.is_qubit_target:
                control, target = target, control
            letter = instruction.name[-1] if instruction.name[0] == "C" else instruction.name[0]
            index = control.value if control.is_sweep_bit_target else self.records + control.value
            source = "sweep" if control.is_sweep_bit_target else "record"
            self.out.append(Conditional(target.value, source, index, processes.pauli(letter, self.levels)))

    def _unitary(self, qubits: tuple[int, ...], matrix: Matrix) -> None:
        self.out.append(Mixture(qubits, ((1.0, matrix),)))

    def _depolarize(self, qubits: tuple[int, ...], probability: float) -> None:
        if probability:
            self.out.append(Mixture(qubits, processes.depolarizing(len(qubits), probability, self.levels)))

    def _channel(self, qubit: int, kraus: Kraus) -> None:
        self.out.append(Channel(qubit, kraus))

    def _scramble(self, qubits: tuple[int, ...]) -> None:
        if self.randomised:
            self.out += [Scramble(q) for q in qubits]


def _pairs(qubits: list[int]) -> Iterable[tuple[int, int]]:
    return zip(qubits[::2], qubits[1::2], strict=True)


def _target_pairs(instruction: stim.CircuitInstruction) -> Iterable[tuple[stim.GateTarget, stim.GateTarget]]:
    targets = instruction.targets_copy()
    return zip(targets[::2], targets[1::2], strict=True)


def _tag_family(instruction: stim.CircuitInstruction) -> str:
    tag = tags.parse_tag(instruction.tag) if instruction.tag else None
    return "" if tag is None else tag.family


def _population(instruction: stim.CircuitInstruction) -> float:
    tag = tags.parse_tag(instruction.tag)
    assert tag is not None and tag.population is not None
    return tag.population
