"""The operations with which a strategy ends a round, checked, and how far detectors look back."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import stim

from qec_leak.circuits.patch import Patch
from qec_leak.circuits.strategy import Strategy
from qec_leak.circuits.tags import ISWAP

_MAX_LOOKED_AT = 1000


@dataclass(frozen=True)
class RoundEnd:
    """operations: ideal, moments parted by TICKs.   reset: measure qubits that they leave in 0."""

    operations: stim.Circuit
    reset: frozenset[int]


def round_end(strategy: Strategy, patch: Patch, number: int) -> RoundEnd:
    """The end of round ``number``, counted from 1.

    Raises ValueError for operations that are no end of a round; see ``Strategy.end_of_round``.
    """
    number = (number - 1) % strategy.period + 1
    operations = strategy.end_of_round(patch, number)
    if not isinstance(operations, stim.Circuit):
        message = f"{strategy}.end_of_round must return a stim.Circuit, but returned {operations!r}; make it one"
        raise TypeError(message)
    try:
        return _checked(str(operations), patch, strategy.roles)
    except ValueError as error:
        raise ValueError(f"end of round {number} of {strategy} {error}") from None


def detector_lookback(strategy: Strategy, patch: Patch, rounds: int) -> int:
    """How many rounds back the detectors look: 1 where every round ends with all measure qubits in 0, else 2."""
    measured = frozenset(patch.measure_qubits)
    ends = (round_end(strategy, patch, number) for number in range(1, min(strategy.period, rounds) + 1))
    return 1 if all(end.reset == measured for end in ends) else 2


def iswap_pairs(strategy: Strategy, patch: Patch) -> tuple[tuple[int, int], ...]:
    """(data qubit, partner) of every Leakage iSWAP, in the order of the circuit, once each."""
    pairs: dict[tuple[int, int], None] = {}
    for number in range(1, min(strategy.period, _MAX_LOOKED_AT) + 1):
        for item in round_end(strategy, patch, number).operations:
            if item.name == "II" and item.tag == ISWAP:
                qubits = [target.value for target in item.targets_copy()]
                pairs |= dict.fromkeys(zip(qubits[::2], qubits[1::2], strict=True))
    return tuple(pairs)


@functools.lru_cache(maxsize=256)
def _checked(text: str, patch: Patch, roles: tuple[str, ...]) -> RoundEnd:
    operations = stim.Circuit(text)
    known = {qubit for role in roles for qubit in patch.qubits(role)}
    names = [item.name for item in operations]
    for item in operations:
        if item.name != "TICK" and not _is_operation(item):
            raise ValueError(f"must be ideal gates and resets, but has {str(item)!r}; leave it out")
        used = {target.value for target in item.targets_copy()}
        if not used <= known:
            listed = " and ".join(roles)
            raise ValueError(
                f"must act on {listed} qubits of the patch, but acts on qubit {min(used - known)}; correct it, or add "
                "its role to the strategy's roles"
            )
    if names and "TICK" in (names[0], names[-1]):
        raise ValueError("must have TICKs between moments only, but begins or ends with one; leave it out")
    return RoundEnd(operations, _reset(operations, patch))


def _is_operation(item: stim.CircuitInstruction | stim.CircuitRepeatBlock) -> bool:
    if isinstance(item, stim.CircuitRepeatBlock):
        return False
    gate = stim.gate_data(item.name)
    acts = gate.is_unitary or (gate.is_reset and not gate.produces_measurements)
    return acts and all(target.is_qubit_target for target in item.targets_copy())


def _reset(operations: stim.Circuit, patch: Patch) -> frozenset[int]:
    """Measure qubits that end in 0. Raises ValueError if others do not end as they began, or data qubits do not.

    Each qubit is one half of a Bell pair, so that all its states are tried at once.
    """
    size = len(patch.coordinates)
    qubits = patch.data_qubits + patch.measure_qubits
    pairs = [q for qubit in qubits for q in (qubit, qubit + size)]
    simulator = stim.TableauSimulator()
    simulator.set_num_qubits(2 * size)
    simulator.h(*qubits)
    simulator.cx(*pairs)
    simulator.do_circuit(operations)
    reset = frozenset(qubit for qubit in patch.measure_qubits if simulator.peek_z(qubit) == 1)
    simulator.cx(*pairs)
    for qubit in qubits:
        same_value = qubit in reset or simulator.peek_z(qubit + size) == 1
        if not same_value or (qubit in patch.data_qubits and simulator.peek_x(qubit) != 1):
            kind = patch.role(qubit)
            rule = "as they began" if kind == "data" else "in 0 or as they were measured"
            raise ValueError(f"must leave {kind} qubits {rule}, but does not leave qubit {qubit} so; correct it")
    return reset
