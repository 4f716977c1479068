"""A circuit as operations of the certificate, the places where qubits leave and come back, and what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.certificate.cliffords import basis_change, clifford_table, two_qubit_parts
from qec_leak.certificate.kernels import CLIFFORD, CZ, FEEDBACK, MEASURE, PAD, RESET, SWAP, SWEEP
from qec_leak.certificate.lines import Line, shortened_lines
from qec_leak.channels.channel import LeakageChannel, is_leaked
from qec_leak.circuits import tags

_MEASURED_IN = {"M": "Z", "MX": "X", "MY": "Y", "MR": "Z", "MRX": "X", "MRY": "Y"}
_RESET_IN = {"R": "Z", "RX": "X", "RY": "Y", "MR": "Z", "MRX": "X", "MRY": "Y"}
_PAIR_MEASUREMENTS = {"MXX": "X", "MYY": "Y", "MZZ": "Z"}
_CLASSICAL = {"CX": 1, "CY": 2, "CZ": 3, "XCZ": 1, "YCZ": 2}
_HERALDED = ("HERALDED_ERASE", "HERALDED_PAULI_CHANNEL_1")
_NOTHING = frozenset(
    {"X_ERROR", "Y_ERROR", "Z_ERROR", "DEPOLARIZE1", "PAULI_CHANNEL_1", "DEPOLARIZE2", "PAULI_CHANNEL_2", "E"}
    | {"ELSE_CORRELATED_ERROR", "TICK", "QUBIT_COORDS", "SHIFT_COORDS"}
)
MAX_QUBITS = 512
MAX_RECORDS = 8192


@dataclass(frozen=True)
class Spot:
    """Where a channel or reset can make a qubit leaked or bring it back: before operation ``position``."""

    position: int
    qubit: int
    line: Line


@dataclass(frozen=True, eq=False)
class Operations:
    """A circuit to certify.

    table: int32 (operations, 4), see ``qec_leak.certificate.kernels``.   line_of: the Line of each operation.
    window: operations of one period (all of them if nothing repeats).   forbidden: operations of a product.
    leaving, returning: Spots, each the first of those between the same two operations on its qubit.
    parities: the records of each output.   num_detectors: how many of them are detectors, or records.
    observables: numbers of the observables, whose parities follow.
    """

    table: npt.NDArray[np.int32]
    line_of: tuple[Line, ...]
    num_qubits: int
    num_records: int
    num_sweep_bits: int
    window: int
    forbidden: frozenset[int]
    leaving: tuple[Spot, ...]
    returning: tuple[Spot, ...]
    parities: tuple[tuple[int, ...], ...]
    num_detectors: int
    observables: tuple[int, ...]


def operations_of(circuit: stim.Circuit, outputs: str) -> Operations:
    """Raises ValueError naming instruction and line for what cannot be certified."""
    if circuit.num_qubits > MAX_QUBITS:
        raise ValueError(
            f"`circuit` must have at most {MAX_QUBITS} qubits, but has {circuit.num_qubits}; certify a smaller distance"
        )
    lines, longest = shortened_lines(circuit)
    records = sum(line.item.num_measurements for line in lines)
    if records > MAX_RECORDS:
        raise ValueError(
            f"`circuit` must have at most {MAX_RECORDS} records with its REPEAT blocks shortened, but has {records}; "
            "certify fewer rounds"
        )
    build = _Builder(circuit)
    ends = [0]
    for line in lines:
        build.line(line)
        ends.append(len(build.table))
    spans = [ends[i + longest] - ends[i] for i in range(len(ends) - longest)] if longest else [len(build.table)]
    observables = sorted(build.observables) if outputs == "detectors" else []
    parities = build.detectors if outputs == "detectors" else [[r] for r in range(build.records)]
    return Operations(
        table=np.array(build.table, dtype=np.int32).reshape(-1, 4),
        line_of=tuple(build.line_of),
        num_qubits=build.num_qubits,
        num_records=build.records,
        num_sweep_bits=circuit.num_sweep_bits,
        window=max(spans),
        forbidden=frozenset(build.forbidden),
        leaving=tuple(build.leaving.values()),
        returning=tuple(build.returning.values()),
        parities=tuple(tuple(p) for p in parities + [build.observables[k] for k in observables]),
        num_detectors=len(parities),
        observables=tuple(observables),
    )


@dataclass
class _Builder:
    circuit: stim.Circuit
    table: list[tuple[int, int, int, int]] = field(default_factory=list)
    line_of: list[Line] = field(default_factory=list)
    records: int = 0
    forbidden: set[int] = field(default_factory=set)
    leaving: dict[tuple[int, int], Spot] = field(default_factory=dict)
    returning: dict[tuple[int, int], Spot] = field(default_factory=dict)
    detectors: list[list[int]] = field(default_factory=list)
    observables: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.num_qubits = max(self.circuit.num_qubits, 1)
        self.numbers = clifford_table()[1]
        self.touched = [0] * self.num_qubits  # first place after the last operation on each qubit

    def line(self, line: Line) -> None:
        """Append the operations of an instruction."""
        item, tag = line.item, _tag(line)
        name = item.name
        if name in _NOTHING:
            return
        if name == "DETECTOR":
            self.detectors.append(self._lookbacks(line))
        elif name == "OBSERVABLE_INCLUDE":
            self.observables.setdefault(int(item.gate_args_copy()[0]), []).extend(self._lookbacks(line))
        elif name in ("I", "II", "I_ERROR", "II_ERROR"):
            if tag is not None and tag.channel is not None:
                self._channel(tag.channel, line)
        elif name in _MEASURED_IN or name in _RESET_IN:
            self._measure_reset(line, tag)
        elif name in _HERALDED or name == "MPAD":
            for target in item.targets_copy():
                self._append(line, PAD, 0, self._record(), target.value if name == "MPAD" else 0)
        elif name in ("MPP", "SPP", "SPP_DAG", *_PAIR_MEASUREMENTS):
            self._products(line)
        else:
            self._gate(line)

    def _append(self, line: Line, code: int, a: int, b: int = 0, c: int = 0) -> None:
        self.table.append((code, a, b, c))
        self.line_of.append(line)
        if code != PAD:
            for q in (a, b) if code in (CZ, SWAP) else (a,):
                self.touched[q] = len(self.table)

    def _one(self, line: Line, gate: str | None, qubit: int) -> None:
        if gate is not None:
            self._append(line, CLIFFORD, qubit, self.numbers[gate])

    def _record(self) -> int:
        self.records += 1
        return self.records - 1

    def _lookbacks(self, line: Line) -> list[int]:
        targets = line.item.targets_copy()
        if any(not t.is_measurement_record_target for t in targets):
            raise _refused(line, "have only rec[-k] targets", "remove the others")
        return [self.records + t.value for t in targets]

    def _channel(self, channel: LeakageChannel, line: Line) -> None:
        qubits, k = _qubits(line.item), channel.num_qubits
        for place in range(0, len(qubits), k):
            for p in range(k):
                q = qubits[place + p]
                spot = Spot(self.touched[q], q, line)
                key = (q, spot.position)
                if _moves(channel, p, leaving=True):
                    self.leaving.setdefault(key, spot)
                if _moves(channel, p, leaving=False):
                    self.returning.setdefault(key, spot)

    def _gate(self, line: Line) -> None:
        item = line.item
        data = stim.gate_data(item.name)
        targets = item.targets_copy()
        if data.is_unitary and data.is_single_qubit_gate:
            for target in targets:
                self._one(line, data.name, target.value)
            return
        if not (data.is_unitary and data.is_two_qubit_gate):
            raise _refused(line, "be a Clifford gate, measurement, reset, annotation or noise", "remove it")
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if a.is_qubit_target and b.is_qubit_target:
                self._pair(line, data.name, a.value, b.value)
            else:
                control, target = (a, b) if not a.is_qubit_target else (b, a)
                if not target.is_qubit_target:
                    raise _refused(line, "act on a qubit in each pair", "correct it")
                code, bit = (SWEEP, control.value) if control.is_sweep_bit_target else (FEEDBACK, 0)
                if code == FEEDBACK:
                    bit = self.records + control.value
                self._append(line, code, target.value, bit, _CLASSICAL[data.name])

    def _pair(self, line: Line, name: str, a: int, b: int) -> None:
        for step, gate in two_qubit_parts(name):
            if step in ("1", "2"):
                self._one(line, gate, (a, b)[int(step) - 1])
            else:
                self._append(line, CZ if step == "CZ" else SWAP, a, b)

    def _measure_reset(self, line: Line, tag: tags.Tag | None) -> None:
        name = line.item.name
        change = basis_change(_MEASURED_IN.get(name) or _RESET_IN[name])
        stays = tag is not None and any(out in (2, 3) and p > 0 for _, outs in tag.reset for p, out in outs)
        for target in line.item.targets_copy():
            q = target.value
            self._one(line, change, q)
            if name in _MEASURED_IN:
                self._append(line, MEASURE, q, self._record(), int(target.is_inverted_result_target))
            if name in _RESET_IN:
                if stays:  # it can also come back
                    self.returning.setdefault((q, len(self.table)), Spot(len(self.table), q, line))
                self._append(line, RESET, q, 0, int(stays))
            self._one(line, change, q)

    def _products(self, line: Line) -> None:
        """Basis changes and CX onto the last factor's qubit, what is done to that, and back."""
        name = line.item.name
        for group in line.item.target_groups():
            factors = [t for t in group if not t.is_combiner]
            pauli = _PAIR_MEASUREMENTS.get(name)
            coded = [(t.value, pauli or t.pauli_type) for t in factors]
            if len({q for q, _ in coded}) != len(coded):
                raise _refused(line, "name each qubit once a product", "simplify it")
            inverted = sum(t.is_inverted_result_target for t in factors) % 2
            first, last = len(self.table), coded[-1][0]
            self._onto_last(line, coded, undo=False)
            if name.startswith("SPP"):
                self._one(line, "S_DAG" if (name == "SPP_DAG") != bool(inverted) else "S", last)
            else:
                self._append(line, MEASURE, last, self._record(), inverted)
            self._onto_last(line, coded, undo=True)
            if len(coded) > 1:
                self.forbidden.update(range(first, len(self.table)))

    def _onto_last(self, line: Line, coded: Sequence[tuple[int, str]], *, undo: bool) -> None:
        if not undo:
            for q, pauli in coded:
                self._one(line, basis_change(pauli), q)
        for q, _ in coded[:-1]:
            self._pair(line, "CX", q, coded[-1][0])
        if undo:
            for q, pauli in coded:
                self._one(line, basis_change(pauli), q)


def _refused(line: Line, rule: str, fix: str) -> ValueError:
    return ValueError(f"line {line.number}: `{line.text}` must {rule}, but does not; {fix}")


def _tag(line: Line) -> tags.Tag | None:
    try:
        return tags.parse_tag(line.item.tag)
    except tags.TagError as error:
        raise ValueError(f"line {line.number}: `{line.item.name}` has a bad tag: {error}") from None


def _moves(channel: LeakageChannel, position: int, *, leaving: bool) -> bool:
    """Whether the channel can make a computational transmon leaked (or the other way round)."""
    return any(
        is_leaked(t.outgoing[position]) == leaving
        for row, transitions in channel.rows.items()
        if is_leaked(row[position]) != leaving
        for t in transitions
        if t.probability > 0
    )


def _qubits(item: stim.CircuitInstruction) -> list[int]:
    return [t.value for t in item.targets_copy()]
