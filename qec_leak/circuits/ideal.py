"""The noise-free circuit of a memory experiment, with its detectors and moments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import stim

from qec_leak._checks import broken_rule, check_choice, check_int, check_non_negative, check_probability
from qec_leak.circuits.operation import append_injection, append_wait
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.roles import role_tag
from qec_leak.circuits.round_end import RoundEnd, detector_lookback, round_end
from qec_leak.circuits.strategies import find_strategy
from qec_leak.circuits.strategy import Strategy
from qec_leak.circuits.tags import POPULATION, TRANSITION_1
from qec_leak.device.tables import ROLES

INJECTED_ERROR_TAG = "inject"
INJECTED_LEVEL_TAG = f"inject|{TRANSITION_1}: (1, U-->2)"


def ideal_memory_circuit(
    patch: Patch,
    strategy: Strategy | str,
    rounds: int,
    basis: str,
    *,
    form: str = "CSS",
    dqlr_every: int = 1,
    inject_leakage: float = 0.0,
    inject_pauli: float = 0.0,
    leak_qubit: int | None = None,
    leak_round: int = 0,
    idle_ns: float | Sequence[float] = 0.0,
) -> stim.Circuit:
    """Noise-free memory experiment of H, CZ, M, R (and CX from sweep bits); each TICK closes a moment.

    Detectors are DETECTOR(x, y, t), or DETECTOR(x, t) on a line as of the repetition code, with t = 0 for the first
    round and t = ``rounds`` for the comparison with the data qubits. In each round they are in the order of
    ``patch.stabilizers``; the first round and the last comparison have those of ``basis`` only. Observable k is the
    logical operator of ``basis`` of logical qubit k. The TICK that ends a round is tagged ``LEAKAGE_POPULATION``.

    Args:
        patch: the layout of the qubits.
        strategy: what ends each round, the last one included: a name, "module:attribute" or a Strategy.
        rounds: number of rounds, >= 1. Equal ones are folded into REPEAT blocks.
        basis: "X" or "Z", of the logical state; the patch needs checks of it. The repetition code, which corrects bit
            flips, has "Z" only; its data qubit k starts in the state of sweep bit k (``patch.random_start``).
        form: "CSS", or "XZZX" (surface code): alternate data qubits stay conjugated with a Hadamard between rounds, so
            that a round needs fewer Hadamards. Logical state, detectors and observable are the same.
        dqlr_every: with DQLR, data leakage is removed in each round whose number, counted from 1, is a multiple of
            this; the other rounds end as with MLR. It does not apply to strategies that remove none.
        inject_leakage: probability P <= 0.5 with which a data or measure qubit of unknown computational state leaks,
            in every round after the first H moment: ``I[INJECT_LEAKAGE(P)]``, a rotation between levels 1 and 2 by
            2 asin sqrt(2 P), since only the half in 1 leaks (Miao et al., arXiv:2211.04728, Fig. 4).
        inject_pauli: probability, at the same place, of an X on data qubits and of a Z on measure qubits: the twirl of
            rotations by 2 asin sqrt(P) about X and about Z (Miao et al., Fig. 4). On a measure qubit, between its two
            Hadamards, the Z flips the outcome; an X would do nothing.
        leak_qubit: this qubit is put into level 2 at the start of ``leak_round``. None: no qubit.
        leak_round: a round, counted from 0.
        idle_ns: time for which all qubits wait at the end of every round: ``I[IDLE_NS(t)]``. A list has one time for
            each round of the strategy's period.

    Returns:
        The circuit.

    Raises:
        ValueError: an argument breaks its rule.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> from qec_leak.circuits import surface_patch
        >>> ideal_memory_circuit(surface_patch(3), "MLR", 5, "Z").num_detectors
        40
    """
    dqlr_every = check_int("dqlr_every", dqlr_every, minimum=1)
    plan = _Plan(
        patch=patch,
        strategy=find_strategy(strategy).removing_every(dqlr_every),
        rounds=check_int("rounds", rounds, minimum=1),
        basis=check_choice("basis", basis, ("X", "Z")),
        form=check_choice("form", form, ("CSS", "XZZX")),
        inject_leakage=check_probability("inject_leakage", inject_leakage, maximum=0.5),
        inject_pauli=check_probability("inject_pauli", inject_pauli),
        leak_qubit=None if leak_qubit is None else check_int("leak_qubit", leak_qubit, minimum=0),
        leak_round=check_int("leak_round", leak_round, minimum=0),
        idle_ns=tuple(
            check_non_negative("idle_ns", one) for one in (idle_ns if isinstance(idle_ns, Sequence) else [idle_ns])
        ),
    )
    plan.check()
    return plan.circuit()


def check_same_rounds(strategy: Strategy, cycle_ns: object, dqlr_every: int) -> None:
    """Refuse ``cycle_ns`` where the rounds of a strategy differ."""
    if dqlr_every != 1:
        raise ValueError(f"`cycle_ns` must be None when rounds differ, but is {cycle_ns!r}; use dqlr_every=1 with it")
    if strategy.period != 1:
        rule = f"be None when rounds differ, as {strategy}'s do with a period of {strategy.period}"
        raise ValueError(broken_rule("cycle_ns", rule, cycle_ns, "leave it out"))


class _Kind(NamedTuple):
    """What distinguishes one round from another.

    one_basis: checks of the other basis have no detector yet.   leaks: ``leak_qubit`` is put into level 2.
    compared: measure qubits whose detector has the outcome of one round before, and of two.
    end: which of the strategy's ends it has.
    """

    one_basis: bool
    leaks: bool
    compared: tuple[frozenset[int], frozenset[int]]
    end: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """Arguments of ``ideal_memory_circuit``, checked one by one."""

    patch: Patch
    strategy: Strategy
    rounds: int
    basis: str
    form: str
    inject_leakage: float
    inject_pauli: float
    leak_qubit: int | None
    leak_round: int
    idle_ns: tuple[float, ...]
    _ends: dict[int, RoundEnd] = field(default_factory=dict)
    _on_a_line: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_on_a_line", self.patch.on_a_line)

    def check(self) -> None:
        """Refuse arguments that do not go together."""
        patch = self.patch
        if self.basis not in patch.bases:
            rule = f"be {patch.bases[0]!r} for the {patch.code} patch, which has no other checks"
            raise ValueError(broken_rule("basis", rule, self.basis, f"use {patch.bases[0]!r}"))
        if self.form == "XZZX" and not patch.xzzx_qubits:
            rule = f"be 'CSS' for the {patch.code} patch, which has no xzzx_qubits"
            raise ValueError(broken_rule("form", rule, self.form, "use 'CSS'"))
        if self.leak_qubit is not None and self.leak_qubit not in self.qubits:
            fix = f"use 0 to {self.qubits[-1]}"
            raise ValueError(broken_rule("leak_qubit", "be a qubit of the circuit", self.leak_qubit, fix))
        if self.leak_qubit is None and self.leak_round:
            fix = "give leak_qubit too, or leave leak_round out"
            raise ValueError(broken_rule("leak_round", "come with leak_qubit", self.leak_round, fix))
        if self.leak_round >= self.rounds:
            rule = f"be less than rounds = {self.rounds}"
            raise ValueError(broken_rule("leak_round", rule, self.leak_round, f"use 0 to {self.rounds - 1}"))

    @property
    def qubits(self) -> tuple[int, ...]:
        """Every qubit of the circuit: removal qubits are there only if they are used."""
        patch = self.patch
        removal = patch.removal_qubits if "removal" in self.strategy.roles else ()
        return patch.data_qubits + patch.measure_qubits + removal

    @property
    def conjugated(self) -> frozenset[int]:
        """Data qubits that hold the code conjugated with a Hadamard between rounds."""
        return frozenset(self.patch.xzzx_qubits if self.form == "XZZX" else ())

    def circuit(self) -> stim.Circuit:
        circuit = stim.Circuit()
        roles = {qubit: role for role in ROLES for qubit in self.patch.qubits(role)}
        for qubit in self.qubits:
            circuit.append("QUBIT_COORDS", [qubit], self.patch.coordinates[qubit], tag=role_tag(roles[qubit]))
        circuit.append("R", self.qubits)
        circuit.append("TICK")
        if self.patch.random_start:
            for number, qubit in enumerate(self.patch.data_qubits):
                circuit.append("CX", [stim.target_sweep_bit(number), qubit])
            circuit.append("TICK")
        # A data qubit is to be in 0 or 1 in the frame in which it holds the code: H takes X of the code to Z of the
        # qubit, and so does the conjugation of the XZZX form; both together cancel.
        rotated = [q for q in self.patch.data_qubits if (self.basis == "X") != (q in self.conjugated)]
        _append_moment(circuit, "H", rotated)
        self._append_rounds(circuit)
        _append_moment(circuit, "H", rotated)
        self._append_final_measurement(circuit)
        circuit.append("TICK")
        return circuit

    def _hadamard_layers(self) -> list[list[int]]:
        """Qubits with an H before each CZ layer and, in the last entry, after the last one.

        A data qubit needs an H where the basis of its next check differs from the frame it is in. To keep all H in as
        few moments as possible, frames change only between those layers between which some data qubit has no choice.
        """
        patch = self.patch
        segments: list[tuple[int, dict[int, str]]] = []  # first layer, and the bases that data qubits need from it on
        for layer in range(patch.num_layers):
            checks = ((check.data_qubits[layer], check.basis) for check in patch.stabilizers)
            needed = {qubit: basis for qubit, basis in checks if qubit is not None}
            if segments and all(needed.get(qubit, basis) == basis for qubit, basis in segments[-1][1].items()):
                segments[-1][1].update(needed)
            else:
                segments.append((layer, needed))
        home = {qubit: "X" if qubit in self.conjugated else "Z" for qubit in patch.data_qubits}
        # Qubits without a check in the last segment go home before it: their H joins the others' in the middle.
        segments[-1] = (segments[-1][0], home | segments[-1][1])
        hadamards: list[list[int]] = [[] for _ in range(patch.num_layers + 1)]
        frame = home
        for layer, needed in [*segments, (patch.num_layers, home)]:
            hadamards[layer] = [qubit for qubit in patch.data_qubits if needed.get(qubit, frame[qubit]) != frame[qubit]]
            frame = frame | needed
        hadamards[0] += patch.measure_qubits
        hadamards[-1] += patch.measure_qubits
        return hadamards

    def _append_rounds(self, circuit: stim.Circuit) -> None:
        """All rounds, equal consecutive groups of them in REPEAT blocks; takes as long for a million as for ten."""
        layers = self._hadamard_layers()
        built: dict[_Kind, stim.Circuit] = {}

        def round_(number: int) -> stim.Circuit:
            kind = self._kind(number)
            if kind not in built:
                built[kind] = self._round(kind, layers)
            return built[kind]

        period = self.strategy.period
        lookback = detector_lookback(self.strategy, self.patch, self.rounds)
        number = 1
        while number <= self.rounds:
            repeats = self._repeats(number, period, lookback)
            if repeats == 1:
                circuit += round_(number)
                number += 1
            else:
                body = sum((round_(n) for n in range(number, number + period)), stim.Circuit())
                circuit.append(stim.CircuitRepeatBlock(repeats, body))
                number += repeats * period

    def _repeats(self, number: int, period: int, lookback: int) -> int:
        """How often the group of ``period`` rounds that starts with ``number`` is repeated, at least 1."""

        def group(start: int) -> list[_Kind]:
            return [self._kind(n) for n in range(start, start + period)]

        special = 0 if self.leak_qubit is None else self.leak_round + 1
        if number > lookback and not number <= special < number + period:
            # From here on kinds come again after a period, until the round with the leaking qubit or the end.
            end = special if special > number else self.rounds + 1
            return max((end - number) // period, 1)
        first, repeats = group(number), 1
        while number + (repeats + 1) * period <= self.rounds + 1 and group(number + repeats * period) == first:
            repeats += 1
        return repeats

    def _kind(self, number: int) -> _Kind:
        """What round ``number``, counted from 1, is made of: rounds of the same kind are the same circuit."""
        return _Kind(
            one_basis=number == 1 and any(check.basis != self.basis for check in self.patch.stabilizers),
            leaks=self.leak_qubit is not None and number == self.leak_round + 1,
            compared=(self._tell_one_before(number), self._tell_two_before(number)),
            end=(number - 1) % self.strategy.period,
        )

    def _tell_one_before(self, number: int) -> frozenset[int]:
        """Measure qubits whose detector in round ``number`` contains the outcome of the round before.

        A detector is s_t + s_(t-1), and s_t = m_t after a reset, m_t + m_(t-1) without: m_(t-1) cancels where the
        qubit was not reset before it is measured in round t.
        """
        return self._end(number - 1).reset if number > 1 else frozenset()

    def _tell_two_before(self, number: int) -> frozenset[int]:
        """Measure qubits whose detector contains the outcome two rounds before: those that were not reset after it.

        Measure qubits start in 0, so that m_0 = m_(-1) = 0 stand for the rounds before the first.
        """
        return frozenset(self.patch.measure_qubits) - self._end(number - 2).reset if number > 2 else frozenset()

    def _end(self, number: int) -> RoundEnd:
        index = (number - 1) % self.strategy.period
        if index not in self._ends:
            self._ends[index] = round_end(self.strategy, self.patch, index + 1)
        return self._ends[index]

    def _round(self, kind: _Kind, hadamards: list[list[int]]) -> stim.Circuit:
        """A round of this kind. Its last TICK is tagged."""
        patch = self.patch
        circuit = stim.Circuit()
        if kind.leaks:
            circuit.append("I_ERROR", [self.leak_qubit], tag=INJECTED_LEVEL_TAG)
        circuit.append("H", hadamards[0])
        self._append_injection(circuit)
        circuit.append("TICK")
        for layer in range(patch.num_layers):
            pairs = ((check.measure_qubit, check.data_qubits[layer]) for check in patch.stabilizers)
            _append_moment(circuit, "CZ", [q for measure, data in pairs if data is not None for q in (measure, data)])
            _append_moment(circuit, "H", hadamards[layer + 1])
        circuit.append("M", patch.measure_qubits)
        self._append_round_detectors(circuit, kind)
        operations = self._end(kind.end + 1).operations
        if operations:
            circuit.append("TICK")
            circuit += operations
        idle_ns = self.idle_ns[kind.end % len(self.idle_ns)]
        if idle_ns:
            circuit.append("TICK")
            append_wait(circuit, self.qubits, idle_ns)
        circuit.append("TICK", tag=POPULATION)
        return circuit

    def _append_injection(self, circuit: stim.Circuit) -> None:
        targets = self.patch.data_qubits + self.patch.measure_qubits
        if self.inject_leakage:
            append_injection(circuit, targets, self.inject_leakage)
        if self.inject_pauli:
            circuit.append("X_ERROR", self.patch.data_qubits, self.inject_pauli, tag=INJECTED_ERROR_TAG)
            circuit.append("Z_ERROR", self.patch.measure_qubits, self.inject_pauli, tag=INJECTED_ERROR_TAG)

    def _append_round_detectors(self, circuit: stim.Circuit, kind: _Kind) -> None:
        """Detectors of a round, right after its measurement: s_t + s_(t-1) mod 2, see ``_kind``."""
        patch = self.patch
        num_checks = len(patch.stabilizers)
        for position, check in enumerate(patch.stabilizers):
            if kind.one_basis and check.basis != self.basis:
                continue  # random at the start
            records = [position - num_checks]
            for back, members in enumerate(kind.compared, start=1):
                if check.measure_qubit in members:
                    records.append(position - (back + 1) * num_checks)
            self._append_detector(circuit, check.measure_qubit, records)
        circuit.append("SHIFT_COORDS", [], [0] * len(self._place(0)) + [1])

    def _append_final_measurement(self, circuit: stim.Circuit) -> None:
        """Measurement of the data qubits; detectors compare it with the last syndrome; the logical operator."""
        patch = self.patch
        circuit.append("M", patch.data_qubits)
        num_data, num_checks = len(patch.data_qubits), len(patch.stabilizers)
        reset = self._end(self.rounds - 1).reset if self.rounds > 1 else frozenset(patch.measure_qubits)
        parity = frozenset(patch.measure_qubits) - reset
        for position, check in enumerate(patch.stabilizers):
            if check.basis != self.basis:
                continue
            records = [qubit - num_data for qubit in sorted(check.support)]
            # The last syndrome is m_T with reset, m_T + m_(T-1) without.
            records.append(position - num_data - num_checks)
            if check.measure_qubit in parity:
                records.append(position - num_data - 2 * num_checks)
            self._append_detector(circuit, check.measure_qubit, records)
        for number, operator in enumerate(patch.logical_operators(self.basis)):
            circuit.append("OBSERVABLE_INCLUDE", [stim.target_rec(qubit - num_data) for qubit in operator], number)

    def _append_detector(self, circuit: stim.Circuit, qubit: int, records: Iterable[int]) -> None:
        circuit.append("DETECTOR", [stim.target_rec(record) for record in records], [*self._place(qubit), 0])

    def _place(self, qubit: int) -> tuple[int, ...]:
        """Spatial coordinates of a detector: (x, y), or (x,) on a line."""
        coordinates = self.patch.coordinates[qubit]
        return coordinates[:1] if self._on_a_line else coordinates


def _append_moment(circuit: stim.Circuit, gate: str, targets: list[int]) -> None:
    """A moment of one gate; none at all without targets."""
    if targets:
        circuit.append(gate, targets)
        circuit.append("TICK")
