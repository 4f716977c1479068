"""Turns a dressed circuit, its chip and its processes into steps of the exact simulator.

The circuit's tags say which process acts where (``cz|``, ``idle|``, ``reset|``, ...); what it does comes from the
process's Kraus operators, not from the tags' twirled tables.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import stim

from qec_leak._checks import broken_rule
from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits import tags
from qec_leak.circuits.moments import ANNOTATIONS, has_bits, is_noise
from qec_leak.circuits.noise import TWIRLED_PAULIS
from qec_leak.circuits.operation import MEASUREMENTS, RESETS, Operation, operation_of
from qec_leak.circuits.process import Chip, Place, Process, duration_ns
from qec_leak.circuits.processes import BUILT_IN, READOUT, RESET
from qec_leak.exact import operators
from qec_leak.exact.steps import Channel, Controlled, Measure, Scramble, Snapshot, Step

_BASIS_CHANGE = {"M": None, "R": None, "MX": "H", "RX": "H", "MY": "H_YZ", "RY": "H_YZ"}
_PAULI_NOISE = {"X_ERROR": 0, "Y_ERROR": 1, "Z_ERROR": 2}
_DEFAULT_ONE_GIVEN = 1.0
"""A leaked qubit read without a device's readout parameters: as |1>."""
_OPERATIONS = ("leakage_iswap", "inject")
"""Labels whose lines stand for the operation itself, which has no other line."""


@dataclass
class Walk:
    """Walks a dressed circuit and collects its steps.

    processes: those that were added to the built-in ones.
    tick_durations_ns: how long what stands before each TICK takes; None: as long as the operations that are written
        there, among which waits are not.
    scramble: put a Scramble before every operation that moves amplitudes between computational and leaked levels.
    pauli_idle: the Pauli part of idling is that of the circuit's text (the Pauli twirl of T1 and T2), drawn as such,
        instead of the Kraus operators of relaxation and dephasing.
    """

    chip: Chip
    levels: int
    scramble: bool
    pauli_idle: bool
    processes: tuple[Process, ...] = ()
    tick_durations_ns: Sequence[float] | None = None
    steps: list[Step] = field(default_factory=list)
    num_records: int = 0
    _num_ticks: int = 0
    _duration_ns: float = 0.0
    _by_label: dict[str, Process] = field(default_factory=dict)
    _current: Process | None = None  # whose lines are being read
    _tagged: dict[int, Place] = field(default_factory=dict)  # its places with a leakage tag, by qubit
    _twirled: dict[int, Place] = field(default_factory=dict)  # its places with Paulis, which may come before the tag
    _idle_done: bool = False

    def run(self, circuit: stim.Circuit) -> list[Step]:
        """Steps of ``circuit``, its REPEAT blocks unrolled. Raises ValueError naming what has no exact form."""
        self._by_label = {process.label: process for process in (*BUILT_IN, *self.processes)}
        for item in circuit.flattened():
            assert isinstance(item, stim.CircuitInstruction)
            self._instruction(item)
        self._end_process()
        return self.steps

    # ---- helpers ----

    def _channel(self, qubits: Iterable[int], operators_: Kraus, *, scramble: bool = False) -> None:
        targets = tuple(qubits)
        if self.scramble and scramble:
            self.steps += [Scramble(q) for q in targets]
        self.steps.append(Channel(targets, tuple(operators_)))

    def _process(self, process: Process, place: Place) -> None:
        kraus = process.kraus(process.parameters(place, self.chip), levels=self.levels)
        self._channel(place.qubits, kraus, scramble=process.coherent)

    def _operation(self, operation: Operation) -> None:
        """Something that takes time starts; after idle noise it is in the next moment."""
        if self._idle_done:
            self._duration_ns = 0.0
            self._idle_done = False
        taken_ns = duration_ns(self._by_label.values(), operation, self.chip)
        self._duration_ns = max(self._duration_ns, taken_ns)

    def _end_process(self) -> None:
        """The process whose lines were read acts: where its Paulis were, with all that it does."""
        process, tagged, twirled = self._current, self._tagged, self._twirled
        self._current, self._tagged, self._twirled = None, {}, {}
        if process is None:
            return
        for q, place in sorted((twirled | tagged).items()):
            self._process(process, place._replace(busy=process.busy_differs and q not in twirled))
        self._idle_done |= process.on == "idle"

    def _begin_process(self, process: Process) -> None:
        if self._current is not process:
            self._end_process()
            self._current = process

    def _time_ns(self, process: Process, item: stim.CircuitInstruction) -> float:
        """How long the moment idles."""
        if process.on != "idle":
            return 0.0
        if self.tick_durations_ns is not None:
            return self.tick_durations_ns[self._num_ticks]
        if not self._duration_ns:
            raise _refused(
                item, "have an operation in each moment", "give the memory experiment, which knows its waits"
            )
        return self._duration_ns

    # ---- instructions ----

    def _instruction(self, item: stim.CircuitInstruction) -> None:
        label = item.tag.partition("|")[0]
        if self._current is not None and label != self._current.label:
            self._end_process()
        if item.name == "TICK":
            self.steps.append(Snapshot(item.tag == tags.POPULATION))
            self._duration_ns, self._idle_done = 0.0, False
            self._num_ticks += 1
        elif item.name in ANNOTATIONS:
            if item.name == "MPAD":
                raise _refused(item, "have no MPAD", "remove it")
        elif has_bits(item):
            for pair in item.target_groups():
                if all(t.is_qubit_target for t in pair):
                    self._gate(stim.CircuitInstruction(item.name, pair, tag=item.tag))
                else:
                    self._classical(item.name, *pair)
        elif item.name in MEASUREMENTS:
            self._measurement(item, label)
        elif item.name in RESETS:
            self._reset(item, label)
        elif item.name in ("I_ERROR", "II_ERROR"):
            self._leakage(item, label)
        elif item.name in _PAULI_NOISE or item.name.startswith(("DEPOLARIZE", "PAULI_CHANNEL")):
            self._pauli_noise(item, label)
        else:
            self._gate(item)

    def _gate(self, item: stim.CircuitInstruction) -> None:
        operation = None if is_noise(item) else operation_of(item)
        if operation is None or operation.kind not in ("gate", "pair_identity", "cz"):
            raise _refused(item, "use what dress() writes", "dress the circuit first, without other noise")
        self._operation(operation)
        if operation.kind == "cz":
            for pair in operation.groups:
                self._channel(pair, [operations.ideal_cz(self.levels)])
        elif item.name not in ("I", "II"):
            for q in operation.qubits:
                self._channel([q], [operators.clifford(item.name, self.levels)])

    def _classical(self, name: str, first: stim.GateTarget, second: stim.GateTarget) -> None:
        """A Pauli controlled by a bit, which may be either target of a CZ."""
        control, target = (second, first) if first.is_qubit_target else (first, second)
        if not target.is_qubit_target:
            return  # a phase of the whole state
        unitary = operators.clifford(name[1] if name[0] == "C" else name[0], self.levels)
        if control.is_sweep_bit_target:
            self.steps.append(Controlled(target.value, unitary, control.value, "sweep"))
        else:
            self.steps.append(Controlled(target.value, unitary, self.num_records + control.value, "record"))

    def _measurement(self, item: stim.CircuitInstruction, label: str) -> None:
        turn = _BASIS_CHANGE[item.name]
        operation = operation_of(item)
        assert operation is not None
        self._operation(operation)
        for target in item.targets_copy():
            q = target.value
            if turn is not None:
                self._channel([q], [operators.clifford(turn, self.levels)])
            if label == READOUT.label:
                read = READOUT.one_given(READOUT.parameters(Place((q,)), self.chip))
            else:
                error = sum(item.gate_args_copy())
                read = (error, 1 - error, _DEFAULT_ONE_GIVEN, _DEFAULT_ONE_GIVEN)
            one_given = np.array([*read[:3]] + [read[3]] * (self.levels - 3))
            self.steps.append(Measure(q, 1 - one_given if target.is_inverted_result_target else one_given))
            self.num_records += 1
            if turn is not None:
                self._channel([q], [operators.clifford(turn, self.levels)])

    def _reset(self, item: stim.CircuitInstruction, label: str) -> None:
        turn = _BASIS_CHANGE[item.name]
        operation = operation_of(item)
        if label != RESET.label or operation is None:
            raise _refused(item, "have resets labelled by dress()", "dress the circuit first")
        self._operation(operation)
        for place in RESET.places(operation, self.chip):
            # A reset does not care for the basis of what it resets.
            self._process(RESET, place)
            if turn is not None:
                self._channel(place.qubits, [operators.clifford(turn, self.levels)])

    def _leakage(self, item: stim.CircuitInstruction, label: str) -> None:
        process = self._by_label.get(label)
        tag = tags.parse_tag(item.tag)
        if process is None or tag is None or tag.channel is None:
            known = ", ".join(self._by_label)
            raise _refused(item, f"label leakage with one of {known}", "dress the circuit, or give its processes")
        try:
            amount = process.amount_of(tag)
        except ValueError as error:
            raise _refused(item, str(error), "write another tag") from None
        groups = tuple(tuple(t.value for t in group) for group in item.target_groups())
        if label in _OPERATIONS:
            self._operation(Operation("leakage_iswap" if len(groups[0]) == 2 else "injection", item.name, groups))
        places = [Place(group, self._time_ns(process, item), amount) for group in groups]
        if len(groups[0]) == 1 and process.paulis:
            if any(place.qubits[0] in self._tagged for place in places):
                self._end_process()
            self._begin_process(process)
            self._tagged |= {place.qubits[0]: place for place in places}
        else:
            for place in places:
                self._process(process, place)
            self._idle_done |= process.on == "idle"

    def _pauli_noise(self, item: stim.CircuitInstruction, label: str) -> None:
        if label == RESET.label:
            return  # the reset's own Kraus operators leave |1>
        process = self._by_label.get(label)
        written = item.target_groups()
        rest = item.name in TWIRLED_PAULIS and process is not None and process.paulis and process.has_kraus
        if process is not None and rest and not (self.pauli_idle and process.busy_differs):
            written = [group for group in written if not self._takes(process, group[0].value, item)]
        if written:
            self._end_process()
            mixture = operators.pauli_mixture(_probabilities(item), self.levels)
            for group in written:
                self._channel([t.value for t in group], mixture)

    def _takes(self, process: Process, q: int, item: stim.CircuitInstruction) -> bool:
        """True where Paulis are those of the process on qubit ``q``, whose Kraus operators have them."""
        if self._current is process and q in self._twirled:
            return False
        if process.on == "injection" and not isinstance(self._amount(q), float):
            return False  # errors that are injected have its label, too
        self._begin_process(process)
        self._twirled[q] = Place((q,), self._time_ns(process, item))
        return True

    def _amount(self, q: int) -> Hashable:
        """What the tag of the process whose lines are read asks for on qubit ``q``."""
        return self._tagged[q].amount if q in self._tagged else None


def _probabilities(item: stim.CircuitInstruction) -> list[float]:
    """Probabilities of the 3 or 15 Paulis, in Stim's order."""
    args: list[float] = item.gate_args_copy()
    if item.name in _PAULI_NOISE:
        return [args[0] if k == _PAULI_NOISE[item.name] else 0.0 for k in range(3)]
    if item.name == "DEPOLARIZE1":
        return [args[0] / 3] * 3
    if item.name == "DEPOLARIZE2":
        return [args[0] / 15] * 15
    return args


def _refused(item: stim.CircuitInstruction, rule: str, fix: str) -> ValueError:
    return ValueError(broken_rule("circuit", rule, str(item)[:80], fix))
