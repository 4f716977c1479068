"""Where a round's leakage comes from: what each qubit and each pair adds, read off the circuit's channels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import stim

from qec_leak.channels.channel import LeakageChannel, Row, is_leaked
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.tags import POPULATION, parse_tag

_ROUNDS = 3
_KEEP_ZERO = ("I", "II", "CZ", "Z", "S", "S_DAG")


@dataclass(frozen=True)
class LeakageGain:
    """Leakage that a round adds, by qubit and by pair.

    A gain is a sum, over the channels of a round, of the probabilities that a computational transmon leaks to level 2
    or 3. The values of transmons are taken as random, except that a transmon is in 0 between a reset and the next gate.
    The sum is the probability of a whole round as long as it is small. Leaked transmons that return do not count.

    Attributes:
        by_qubit: of every qubit.
        by_pair: gain of both qubits together, by the channels of a pair (a, b) with a < b.

    Examples:
        >>> import qec_leak as ql
        >>> gain = leakage_gain(ql.memory_experiment(distance=3, rounds=2))
        >>> len(gain.by_qubit), len(gain.by_pair)
        (17, 24)
    """

    by_qubit: dict[int, float]
    by_pair: dict[tuple[int, int], float]


def leakage_gain(memory: MemoryExperiment) -> LeakageGain:
    """The gain in the second round of a memory experiment.

    Args:
        memory: the experiment.

    Returns:
        The gain.

    Raises:
        ValueError: the experiment has less than 2 rounds.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2, device=ql.Device.preset("miao2023").without_leakage())
        >>> max(leakage_gain(memory).by_qubit.values())
        0.0
    """
    if memory.rounds < 2:
        raise ValueError(f"`memory` must have at least 2 rounds, but has {memory.rounds}; give it more")
    roles = ("data", "measure", "removal")
    by_qubit = {q: 0.0 for role in roles for q in memory.qubits(role)}
    by_pair: dict[tuple[int, int], float] = defaultdict(float)
    zero: set[int] = set()
    for item in _second_round(memory.circuit):
        _follow(item, zero)
        tag = parse_tag(item.tag) if item.tag else None
        if tag is None or tag.channel is None:
            continue
        arity = tag.channel.num_qubits
        qubits = [target.value for target in item.targets_copy()]
        for first in range(0, len(qubits), arity):
            group = qubits[first : first + arity]
            gains = _gains(tag.channel, tuple(0 if q in zero else "C" for q in group))
            for q, gain in zip(group, gains, strict=True):
                by_qubit[q] += gain
            if arity == 2:
                by_pair[min(group), max(group)] += sum(gains)
    return LeakageGain(by_qubit, dict(by_pair))


def _gains(channel: LeakageChannel, row: Row) -> list[float]:
    """Probability that each transmon is leaked behind the channel."""
    gains = [0.0] * len(row)
    for transition in channel.rows[row]:
        for k, after in enumerate(transition.outgoing):
            gains[k] += transition.probability * is_leaked(after)
    return gains


def _follow(item: stim.CircuitInstruction, zero: set[int]) -> None:
    """Which qubits are in 0, since they were reset and no gate has changed them."""
    gate = stim.gate_data(item.name)
    if gate.is_reset or (gate.is_unitary and item.name not in _KEEP_ZERO):
        qubits = {target.value for target in item.targets_copy() if target.is_qubit_target}
        if item.name in ("R", "MR"):
            zero |= qubits
        else:
            zero -= qubits


def _second_round(circuit: stim.Circuit) -> Iterator[stim.CircuitInstruction]:
    """Instructions between the first and the second TICK that ends a round."""
    ended = 0
    for item in _instructions(circuit):
        if item.name == "TICK":
            tag = parse_tag(item.tag) if item.tag else None
            ended += tag is not None and tag.family == POPULATION
            if ended == 2:
                return
        elif ended == 1:
            yield item


def _instructions(circuit: stim.Circuit) -> Iterator[stim.CircuitInstruction]:
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            for _ in range(min(item.repeat_count, _ROUNDS)):
                yield from _instructions(item.body_copy())
        else:
            yield item
