"""A circuit as what happens to each transmon, one event after another, and the detectors that Paulis there flip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import stim

from qec_leak.channels.channel import LeakageChannel
from qec_leak.circuits import tags
from qec_leak.decoding.leakage.tables import (
    IDENTITY_PAIR,
    Floats,
    PairTable,
    pair_table,
    reset_table,
    single_table,
)

Column = tuple[tuple[int, ...], int]
"""What an error flips: detectors, and a mask of observables."""

SLOTS = 3
"""Paulis of an event: one before a measurement; the gate's own behind it; the other behind it."""
BEFORE, OWN, OTHER = range(SLOTS)

_HALF = 0.5

_BASIS = {"C": "Z", "Z": "Z", "X": "X", "Y": "Y"}
_CONTROLLED: dict[str, tuple[str, str]] = {
    "CX": ("Z", "X"),
    "CY": ("Z", "Y"),
    "CZ": ("Z", "Z"),
    **{f"{a}C{b}": (a, b) for a in "XY" for b in "XYZ"},
}
"""The Pauli of a controlled Pauli on each of its qubits."""
_MEASURE = {"M": "Z", "MX": "X", "MY": "Y", "MR": "Z", "MRX": "X", "MRY": "Y"}
_RESET = {"R": "Z", "RX": "X", "RY": "Y", "MR": "Z", "MRX": "X", "MRY": "Y"}
_ANTI = {"Z": "X", "X": "Z", "Y": "X"}
"""A Pauli that flips a measurement in this basis; also one that is not the Pauli itself."""


@dataclass
class Event:
    """Something that happens to one transmon, and the time until the next event.

    carrier: the transmon.   qubit: the circuit's qubit that it is at this time.
    letters: the gate's own Pauli, and another.
    stay: probability of the Paulis of each slot where the transmon is leaked before and after.
    leave, come_back: the same where it leaks or returns, at the event or before the next one.
    partner: index of the partner's event, -1 without.   pair: table of the pair, this transmon first in ``side`` 0.
    single: float64 (3, 3): levels over the event itself, where it has no partner.
    segment: float64 (3, 3): levels from there to the next event.
    measurement, snapshot: which it is, -1 if none.
    """

    carrier: int
    qubit: int
    letters: tuple[str, str] = ("X", "Z")
    stay: tuple[float, float, float] = (0.0, 0.0, 0.0)
    leave: tuple[float, float, float] = (0.0, _HALF, _HALF)
    come_back: tuple[float, float, float] = (0.0, _HALF, _HALF)
    partner: int = -1
    side: int = 0
    pair: PairTable | None = None
    single: Floats = field(default_factory=lambda: np.eye(3))
    segment: Floats = field(default_factory=lambda: np.eye(3))
    measurement: int = -1
    snapshot: int = -1
    is_reset: bool = False


@dataclass(frozen=True, eq=False)
class Timeline:
    """All events in the circuit's order.

    columns: by event, what each slot's Pauli flips.
    """

    events: tuple[Event, ...]
    columns: tuple[tuple[Column, Column, Column], ...]
    num_measurements: int
    num_snapshots: int
    num_qubits: int


class _Walk:
    """Makes events of instructions, and plants each event's Paulis in a simulator of flips."""

    def __init__(self, circuit: stim.Circuit, snapshots: bool) -> None:
        self.events: list[Event] = []
        self.plants: list[tuple[int, int, int, str]] = []  # (position in ``steps``, event, slot, Pauli)
        self.steps: list[stim.CircuitInstruction] = []
        self.last: dict[int, int] = {}  # event by qubit
        self.open: dict[int, bool] = {}  # whether a gate waits for its channel
        self.one: dict[int, float] = {}  # probability of the value 1, by qubit that was reset since its last gate
        self.carrier = list(range(circuit.num_qubits))
        self.measurement = self.snapshot = 0
        self.circuit, self.snapshots = circuit, snapshots

    # ---- events ----

    def add(self, qubit: int, **given: object) -> int:
        event = Event(self.carrier[qubit], qubit, **given)  # type: ignore[arg-type]
        number = len(self.events)
        self.events.append(event)
        self.last[qubit] = number
        self.open[qubit] = False
        return number

    def plant(self, number: int, slots: Sequence[int]) -> None:
        event = self.events[number]
        for slot in slots:
            letter = event.letters[1] if slot == OTHER else event.letters[0]
            self.plants.append((len(self.steps), number, slot, letter))

    def latest(self, qubit: int) -> Event:
        """The qubit's latest event; one at the start, if it has none."""
        if qubit not in self.last:
            self.plant(self.add(qubit), (OWN, OTHER))
        return self.events[self.last[qubit]]

    def pair_event(self, a: int, b: int, letters: tuple[str, str], stay: float) -> None:
        first = self.add(a, letters=(letters[0], _ANTI[letters[0]]), stay=(0.0, stay, 0.0), pair=IDENTITY_PAIR)
        second = self.add(b, letters=(letters[1], _ANTI[letters[1]]), stay=(0.0, stay, 0.0), pair=IDENTITY_PAIR)
        self.events[first].partner, self.events[second].partner = second, first
        self.events[second].side = 1
        for number in (first, second):
            self.plant(number, (OWN, OTHER))

    # ---- instructions ----

    def run(self) -> None:
        for item in self.circuit.flattened():
            tag = tags.parse_tag(item.tag) if item.tag else None
            for part in _without_repeats(item):
                self._instruction(part, tag)

    def _instruction(self, item: stim.CircuitInstruction, tag: tags.Tag | None) -> None:
        name, channel = item.name, None if tag is None else tag.channel
        if channel is not None:
            groups = [[t.value for t in g] for g in item.target_groups()]
            if name in ("I", "I_ERROR") or channel.num_qubits == 1:
                for q in (q for group in groups for q in group):
                    self._single_channel(q, single_table(channel, self.one.get(q)))
            else:
                for a, b in groups:
                    self._pair_channel(a, b, channel)
            return
        if name in _MEASURE:
            self._measure(item, tag)
        elif name in _RESET:
            self.steps.append(item)
            for target in item.targets_copy():
                self._reset(target.value, name, tag)
        elif name in _CONTROLLED:
            self._controlled(item)
        elif name == "SWAP":
            self.steps.append(item)
            for a, b in item.target_groups():
                self._swap(a.value, b.value)
        elif name == "TICK":
            if self.snapshots and tag is not None and tag.family == tags.POPULATION:
                for q in sorted(self.last):
                    self.plant(self.add(q, snapshot=self.snapshot), (OWN, OTHER))
                self.snapshot += 1
        elif name == "MPAD" or stim.gate_data(name).produces_measurements:
            self.steps.append(item)
            self.measurement += item.num_measurements
        elif stim.gate_data(name).is_noisy_gate:
            self._noise(item)
        elif name in ("I", "II", "QUBIT_COORDS", "SHIFT_COORDS"):
            pass
        else:
            self._other(item)

    def _other(self, item: stim.CircuitInstruction) -> None:
        self.steps.append(item)
        data = stim.gate_data(item.name)
        if data.is_unitary and data.is_two_qubit_gate:
            raise ValueError(
                f"`circuit` must have CZ, CX and other controlled Paulis, or SWAP, between qubits that leak, but has "
                f"{item}; write it as such gates"
            )
        for target in item.targets_copy() if data.is_unitary else ():
            if target.is_qubit_target:
                self.one.pop(target.value, None)
                self.open[target.value] = False

    def _controlled(self, item: stim.CircuitInstruction) -> None:
        self.steps.append(item)
        for a, b in item.target_groups():
            if a.is_qubit_target and b.is_qubit_target:
                self.pair_event(a.value, b.value, _CONTROLLED[item.name], _HALF)
                for q in (a.value, b.value):
                    self.one.pop(q, None)
                    self.open[q] = True

    def _pair_channel(self, a: int, b: int, channel: LeakageChannel) -> None:
        ones = (self.one.get(a), self.one.get(b))
        if not (self.open.get(a) and self.open.get(b) and self.events[self.last[a]].partner == self.last[b]):
            self.pair_event(a, b, ("Z", "Z"), 0.0)
        first, second = self.events[self.last[a]], self.events[self.last[b]]
        swapped = first.side == 1
        low, high = (second, first) if swapped else (first, second)
        table = pair_table(channel, (low.letters[0], high.letters[0]), ones[::-1] if swapped else ones, swapped)
        first.pair = second.pair = table
        for q in (a, b):
            self.open[q] = False
            self.one.pop(q, None)

    def _single_channel(self, qubit: int, table: Floats) -> None:
        event = self.latest(qubit)
        event.segment = event.segment @ table
        self.open[qubit] = False

    def _measure(self, item: stim.CircuitInstruction, tag: tags.Tag | None) -> None:
        letter = _ANTI[_MEASURE[item.name]]
        numbers = []
        for target in item.targets_copy():
            numbers.append(
                self.add(
                    target.value,
                    letters=(letter, _ANTI[letter]),
                    stay=(_HALF, _HALF, 0.0),
                    come_back=(_HALF, _HALF, _HALF),
                    measurement=self.measurement,
                )
            )
            self.measurement += 1
            self.plant(numbers[-1], (BEFORE,))
        self.steps.append(item)
        for number, target in zip(numbers, item.targets_copy(), strict=True):
            if item.name in _RESET:
                self._resets(number, tag, before=_HALF)
                self._starts(target.value, item.name == "MR")
            self.plant(number, (OWN, OTHER))

    def _reset(self, qubit: int, name: str, tag: tags.Tag | None) -> None:
        letter = _ANTI[_RESET[name]]
        number = self.add(qubit, letters=(letter, _ANTI[letter]))
        self._resets(number, tag, before=0.0)
        self.plant(number, (OWN, OTHER))
        self._starts(qubit, name == "R")

    def _resets(self, number: int, tag: tags.Tag | None, before: float) -> None:
        event = self.events[number]
        event.single, one = reset_table(tag.reset if tag is not None else ())
        event.stay, event.come_back, event.is_reset = (before, 0.0, 0.0), (before, one, 0.0), True

    def _starts(self, qubit: int, zero: bool) -> None:
        """A reset: the value is 0 in the basis Z, or nothing is known of it."""
        self.one.pop(qubit, None)
        if zero:
            self.one[qubit] = 0.0

    def _noise(self, item: stim.CircuitInstruction) -> None:
        """Pauli noise makes a value that a reset has set less sure."""
        if not self.one.keys() & {t.value for t in item.targets_copy()}:
            return
        for group in item.target_groups():
            for k, target in enumerate(group):
                one = self.one.get(target.value)
                if one is not None:
                    flip = _flips_value(item, k)
                    self.one[target.value] = one * (1.0 - flip) + flip * (1.0 - one)

    def _swap(self, a: int, b: int) -> None:
        for q in (a, b):
            self.latest(q)
        self.last[a], self.last[b] = self.last[b], self.last[a]
        ones = {q: self.one.pop(q) for q in (a, b) if q in self.one}
        self.one |= {a + b - q: one for q, one in ones.items()}
        self.carrier[a], self.carrier[b] = self.carrier[b], self.carrier[a]
        for q in (a, b):
            self.plant(self.add(q), (OWN, OTHER))


def _flips_value(item: stim.CircuitInstruction, k: int) -> float:
    """Probability that noise flips the Z value of the k-th qubit of a group."""
    args: list[float] = item.gate_args_copy()
    if item.name in ("X_ERROR", "Y_ERROR"):
        return args[0]
    if item.name in ("DEPOLARIZE1", "DEPOLARIZE2"):
        return args[0] * (2 / 3 if item.name == "DEPOLARIZE1" else 8 / 15)
    if item.name == "PAULI_CHANNEL_1":
        return args[0] + args[1]
    if item.name == "PAULI_CHANNEL_2":  # of IX, IY, IZ, XI, ... ZZ
        return sum(p for n, p in enumerate(args, start=1) if (n // 4, n % 4)[k] in (1, 2))
    return 0.0


def _without_repeats(item: stim.CircuitInstruction) -> Iterator[stim.CircuitInstruction]:
    """An instruction as parts in which no qubit comes twice."""
    targets = item.targets_copy()
    qubits = [t.value for t in targets if t.is_qubit_target]
    if len(set(qubits)) == len(qubits) or item.name in ("MPP", "SPP", "SPP_DAG"):
        yield item
        return
    for group in item.target_groups():
        yield stim.CircuitInstruction(item.name, group, item.gate_args_copy(), tag=item.tag)


def timeline_of(circuit: stim.Circuit, *, snapshots: bool = True) -> Timeline:
    """The events of a circuit with leakage in its tags; with ``snapshots``, counts of populations are events too.

    Raises ValueError for gates that it does not know.
    """
    walk = _Walk(circuit, snapshots)
    walk.run()
    return Timeline(tuple(walk.events), _columns(walk, circuit), walk.measurement, walk.snapshot, circuit.num_qubits)


_INSTANCES = 1 << 14
"""Paulis that are propagated at once."""


def _columns(walk: _Walk, circuit: stim.Circuit) -> tuple[tuple[Column, Column, Column], ...]:
    """What each planted Pauli flips: each in an instance of its own of the noise-free circuit."""
    nothing: Column = ((), 0)
    out = [[nothing] * SLOTS for _ in walk.events]
    quiet = [_quiet(step) for step in walk.steps]
    for start in range(0, len(walk.plants), _INSTANCES):
        plants = walk.plants[start : start + _INSTANCES]
        simulator = stim.FlipSimulator(
            batch_size=len(plants), num_qubits=circuit.num_qubits, disable_stabilizer_randomization=True
        )
        done = 0
        for instance, (position, number, _, letter) in enumerate(plants):
            for step in quiet[done:position]:
                simulator.do(step)
            done = max(done, position)
            simulator.set_pauli_flip(letter, qubit_index=walk.events[number].qubit, instance_index=instance)
        for step in quiet[done:]:
            simulator.do(step)
        detectors = simulator.get_detector_flips(bit_packed=False).T
        observables = simulator.get_observable_flips(bit_packed=False).T
        rows, hits = np.nonzero(detectors)
        flipped = np.split(hits, np.searchsorted(rows, np.arange(1, len(plants))))
        masks = [sum(1 << int(k) for k in np.flatnonzero(row)) if row.any() else 0 for row in observables]
        for (_, number, slot, _), ids, mask in zip(plants, flipped, masks, strict=True):
            out[number][slot] = (tuple(int(d) for d in ids), mask)
    return tuple((a, b, c) for a, b, c in out)


def _quiet(item: stim.CircuitInstruction) -> stim.CircuitInstruction:
    """A measurement without its noise."""
    if item.name.startswith("HERALDED"):
        return stim.CircuitInstruction("MPAD", [0] * item.num_measurements)
    if item.gate_args_copy() and stim.gate_data(item.name).produces_measurements:
        return stim.CircuitInstruction(item.name, item.targets_copy(), [], tag=item.tag)
    return item
