"""A dressed circuit and its device -> steps of the exact simulator.

The circuit's tags say which process acts where (``cz|``, ``idle|``, ``reset|``, ...; ``qec_leak.circuits.noise`` writes
them); what it does comes from the device's Kraus operators and unitaries, not from the tags' twirled tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import stim

from qec_leak._checks import broken_rule
from qec_leak.channels import kraus, operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits import tags
from qec_leak.circuits.moments import ANNOTATIONS, MEASUREMENTS, RESETS, has_bits
from qec_leak.device import Device
from qec_leak.device.transmon import QubitParameters
from qec_leak.exact import operators
from qec_leak.exact.steps import Channel, Controlled, Measure, Scramble, Snapshot, Step

_BASIS_CHANGE = {"M": None, "R": None, "MX": "H", "RX": "H", "MY": "H_YZ", "RY": "H_YZ"}
_PAULI_NOISE = {"X_ERROR": 0, "Y_ERROR": 1, "Z_ERROR": 2}
_DEFAULT_ONE_GIVEN = 1.0
"""A leaked qubit read without a device's readout parameters: as |1>."""


@dataclass
class Walk:
    """Walks a dressed circuit and collects its steps.

    scramble: put a Scramble before every operation that moves amplitudes between computational and leaked levels.
    pauli_idle: the Pauli part of idling is that of the circuit's text (the Pauli twirl of T1 and T2), drawn as such,
        instead of the Kraus operators of relaxation and dephasing.
    """

    device: Device
    roles: Mapping[int, str]
    levels: int
    scramble: bool
    pauli_idle: bool
    steps: list[Step] = field(default_factory=list)
    num_records: int = 0
    _duration_ns: float = 0.0
    _idling: dict[int, bool] = field(default_factory=dict)  # qubits with idle noise; True: they wait, False: busy
    _idle_done: bool = False

    def run(self, circuit: stim.Circuit) -> list[Step]:
        """Steps of ``circuit``, its REPEAT blocks unrolled. Raises ValueError naming what has no exact form."""
        for item in circuit.flattened():
            assert isinstance(item, stim.CircuitInstruction)
            self._instruction(item)
        self._end_idling()
        return self.steps

    # ---- helpers ----

    def _channel(self, qubits: Iterable[int], operators_: Kraus, *, scramble: bool = False) -> None:
        targets = tuple(qubits)
        if self.scramble and scramble:
            self.steps += [Scramble(q) for q in targets]
        self.steps.append(Channel(targets, tuple(operators_)))

    def _operation(self, duration_ns: float) -> None:
        """Something that takes time starts; after idle noise it is in the next moment."""
        if self._idle_done:
            self._duration_ns = 0.0
            self._idle_done = False
        self._duration_ns = max(self._duration_ns, duration_ns)

    def _end_idling(self) -> None:
        """Idle noise of the moment: its lines of the circuit only say on which qubits, and which of them wait."""
        for q, waits in sorted(self._idling.items()):
            idle = self._qubit(q).idle
            if waits:
                self._channel([q], operations.idle_kraus(idle, self._duration_ns, levels=self.levels))
            else:
                self._channel([q], operators.busy_idle_kraus(idle, self._duration_ns, levels=self.levels))
        self._idle_done |= bool(self._idling)
        self._idling = {}

    # ---- instructions ----

    def _instruction(self, item: stim.CircuitInstruction) -> None:
        label = item.tag.partition("|")[0]
        if label != "idle":
            self._end_idling()
        if item.name == "TICK":
            self.steps.append(Snapshot(item.tag == tags.POPULATION))
            self._duration_ns, self._idle_done = 0.0, False
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
        qubits = _values(item)
        data = stim.gate_data(item.name)
        if item.name == "CZ":
            self._operation(max(self.device.pair(a, b).cz.duration_ns for a, b in _pairs(qubits)))
            for a, b in _pairs(qubits):
                self._channel((a, b), [operations.ideal_cz(self.levels)])
        elif data.is_unitary and data.is_single_qubit_gate:
            self._operation(max(self._qubit(q).gate.duration_ns for q in qubits))
            for q in qubits if item.name != "I" else ():
                self._channel([q], [operators.clifford(item.name, self.levels)])
        elif item.name == "II":
            self._operation(max(self._qubit(q).gate.duration_ns for q in qubits))
        else:
            raise _refused(item, "use what dress() writes", "dress the circuit first, without other noise")

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
        self._operation(max(self._qubit(q).readout.duration_ns for q in _values(item)))
        for target in item.targets_copy():
            q = target.value
            if turn is not None:
                self._channel([q], [operators.clifford(turn, self.levels)])
            readout = self._qubit(q).readout
            known = label == "readout"
            error = readout.error if known else sum(item.gate_args_copy())
            leaked = (readout.one_given_2, readout.one_given_3) if known else (_DEFAULT_ONE_GIVEN,) * 2
            one_given = np.array([error, 1 - error, leaked[0]] + [leaked[1]] * (self.levels - 3))
            self.steps.append(Measure(q, 1 - one_given if target.is_inverted_result_target else one_given))
            self.num_records += 1
            if turn is not None:
                self._channel([q], [operators.clifford(turn, self.levels)])

    def _reset(self, item: stim.CircuitInstruction, label: str) -> None:
        turn = _BASIS_CHANGE[item.name]
        if label != "reset":
            raise _refused(item, "have resets labelled by dress()", "dress the circuit first")
        self._operation(max(self._qubit(q).reset.mlr_ns for q in _values(item)))
        for q in _values(item):
            # A reset does not care for the basis of what it resets.
            self._channel([q], operations.reset_kraus(self._qubit(q).reset, levels=self.levels))
            if turn is not None:
                self._channel([q], [operators.clifford(turn, self.levels)])

    def _pauli_noise(self, item: stim.CircuitInstruction, label: str) -> None:
        if label == "idle":
            if not self.pauli_idle:
                self._idling.update(dict.fromkeys(_values(item), True))
                return
            self._end_idling()
        # The reset's own Kraus operators leave |1>; the injection's rotation has its Z inside.
        if label == "reset" or (label == "inject" and item.name in ("Z_ERROR", "PAULI_CHANNEL_1")):
            return
        mixture = operators.pauli_mixture(_probabilities(item), self.levels)
        pairs = item.name in ("DEPOLARIZE2", "PAULI_CHANNEL_2")
        for qubits in _pairs(_values(item)) if pairs else ((q,) for q in _values(item)):
            self._channel(qubits, mixture)

    def _leakage(self, item: stim.CircuitInstruction, label: str) -> None:
        processes: dict[str, Callable[[stim.CircuitInstruction], None]] = {
            "cz": self._cz,
            "leakage_iswap": self._leakage_iswap,
            "gate": self._gate_leakage,
            "readout": self._readout_leakage,
            "inject": self._inject,
            "idle": self._idle,
        }
        if label not in processes:
            raise _refused(item, f"label leakage with one of {', '.join(processes)}", "dress the circuit")
        processes[label](item)

    def _cz(self, item: stim.CircuitInstruction) -> None:
        """What the device's CZ does beyond the ideal one, which stands before it."""
        for high, low in _pairs(_values(item)):
            unitary = operations.cz_unitary(self.device.pair(high, low).cz, levels=self.levels)
            self._channel((high, low), [unitary @ operations.ideal_cz(self.levels)], scramble=True)

    def _leakage_iswap(self, item: stim.CircuitInstruction) -> None:
        for data, measure in _pairs(_values(item)):
            dqlr = self.device.pair(data, measure).dqlr
            self._operation(dqlr.iswap_ns)
            swap = operations.leakage_iswap_kraus(dqlr, levels=self.levels)
            self._channel((data, measure), swap, scramble=True)

    def _gate_leakage(self, item: stim.CircuitInstruction) -> None:
        for q in _values(item):
            self._channel([q], operations.gate_kraus(self._qubit(q).gate, levels=self.levels), scramble=True)

    def _readout_leakage(self, item: stim.CircuitInstruction) -> None:
        for q in _values(item):
            self._channel([q], operations.readout_kraus(self._qubit(q).readout, levels=self.levels))

    def _inject(self, item: stim.CircuitInstruction) -> None:
        """A 1-2 rotation (which leaks from 1 only), or a transmon put into a level whatever its value."""
        tag = tags.parse_tag(item.tag)
        assert tag is not None and tag.channel is not None
        leaving = {t.left_with[0]: t for t in tag.channel.transitions(("C",)) if t.outgoing[0] != "C"}
        self._operation(0.0)
        if set(leaving) == {1}:
            operator = kraus.leakage_rotation(leaving[1].probability, levels=self.levels)
        elif set(leaving) == {0, 1} and leaving[0].outgoing == leaving[1].outgoing:
            level = leaving[0].outgoing[0]
            assert isinstance(level, int)
            probability = leaving[0].probability + leaving[1].probability
            operator = operators.put_into_level(probability, level, levels=self.levels)
        else:
            raise _refused(item, "inject from 1, or from 0 and 1 into the same level", "write another tag")
        for q in _values(item):
            self._channel([q], operator, scramble=True)

    def _idle(self, item: stim.CircuitInstruction) -> None:
        for q in _values(item):
            self._idling.setdefault(q, False)

    def _qubit(self, q: int) -> QubitParameters:
        return self.device.qubit(q, self.roles[q])


def _values(item: stim.CircuitInstruction) -> list[int]:
    return [t.value for t in item.targets_copy()]


def _pairs(qubits: list[int]) -> Iterable[tuple[int, int]]:
    return zip(qubits[::2], qubits[1::2], strict=True)


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
