"""Channel tables and resets as arrays over the levels (computational, 2, 3)."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, is_leaked

Floats = npt.NDArray[np.float64]

NUM_LEVELS = 3
"""0 computational, 1 level 2, 2 level 3."""


@dataclass(frozen=True, eq=False)
class PairTable:
    """What an operation does to the levels of a pair.

    levels: float64 (3, 3, 3, 3): probability of (first after, second after) given (first before, second before).
    flips: float64 (2, 3, 3, 2): of target k's partner where that is computational before and after, given k's level
        before and after: probability that the gate's own Pauli, and that the other Pauli, strikes it.
    """

    levels: Floats
    flips: Floats


def _index(label: Label) -> int:
    return int(label) - 1 if is_leaked(label) else 0


def _labels(index: int, one: float | None) -> list[tuple[Label, float]]:
    """Labels that a transmon in a level may have, and their probabilities."""
    if index:
        return [(index + 1, 1.0)]
    return [("C", 1.0)] if one is None else [(0, 1.0 - one), (1, one)]


@functools.lru_cache(maxsize=1024)
def single_table(channel: LeakageChannel, one: float | None = None) -> Floats:
    """float64 (3, 3): probability of each level after the channel, by the level before.

    one: probability that a computational qubit has the value 1, where it was reset; None: not known.
    """
    table = np.zeros((NUM_LEVELS, NUM_LEVELS))
    for before in range(NUM_LEVELS):
        for label, weight in _labels(before, one):
            for t in channel.rows[(label,)]:
                table[before, _index(t.outgoing[0])] += weight * t.probability
    return table


@functools.lru_cache(maxsize=1024)
def pair_table(
    channel: LeakageChannel, letters: tuple[str, str], ones: tuple[float | None, float | None], swapped: bool
) -> PairTable:
    """The table of a channel on a pair.

    Args:
        letters: the gate's own Pauli on each of the pair, the frame of the table.
        ones: for each of the pair, the probability of the value 1 where it was reset, None where it is not known.
        swapped: whether the channel has the pair in the other order.
    """
    levels = np.zeros((NUM_LEVELS,) * 4)
    flips = np.zeros((2, NUM_LEVELS, NUM_LEVELS, 2))
    stays = np.zeros((2, NUM_LEVELS, NUM_LEVELS))
    for a in range(NUM_LEVELS):
        for b in range(NUM_LEVELS):
            for (first, p), (second, q) in itertools.product(_labels(a, ones[0]), _labels(b, ones[1])):
                labels = (first, second)
                for t in channel.rows[labels[::-1] if swapped else labels]:
                    outgoing = t.outgoing[::-1] if swapped else t.outgoing
                    pauli = t.pauli[::-1] if swapped else t.pauli
                    after = (_index(outgoing[0]), _index(outgoing[1]))
                    probability = p * q * t.probability
                    levels[a, b, after[0], after[1]] += probability
                    for k, before in enumerate((a, b)):
                        partner = 1 - k
                        if (b, a)[k] or after[partner]:
                            continue
                        value, later = labels[partner], outgoing[partner]
                        letter = "X" if {value, later} == {0, 1} else pauli[partner]
                        stays[k, before, after[k]] += probability
                        if letter != "I":
                            own = letters[partner]
                            other = "Z" if own == "X" else "X"
                            flips[k, before, after[k], 0] += probability * (letter != other)
                            flips[k, before, after[k], 1] += probability * (letter != own)
    flips /= np.where(stays > 0, stays, 1.0)[..., None]
    flips[:, 0, 0] = 0.0  # noise of computational qubits is in the error model
    # What always flips is a frame that nobody knows: the random Paulis with which a qubit leaves and returns hold it.
    flips[:, 1:, :, 0] = np.minimum(flips[:, 1:, :, 0], 1.0 - flips[:, 1:, :, 0])
    return PairTable(levels, flips)


IDENTITY_PAIR = PairTable(np.eye(NUM_LEVELS**2).reshape((NUM_LEVELS,) * 4), np.zeros((2, NUM_LEVELS, NUM_LEVELS, 2)))
"""The table of a gate without leakage behind it."""


def reset_table(branches: Sequence[tuple[int, Sequence[tuple[float, int]]]]) -> tuple[Floats, float]:
    """float64 (3, 3) of a reset's (level, ((probability, outgoing level), ...)), and the probability that a qubit which
    returns from level 2 has the value 1."""
    table = np.zeros((NUM_LEVELS, NUM_LEVELS))
    table[:, 0] = 1.0
    one = 0.0
    for level, outs in branches:
        for p, out in outs:
            if out >= 2:
                table[level - 1, out - 1] += p
                table[level - 1, 0] -= p
            elif out == 1 and level == 2:
                one += p
    back = table[1, 0]
    return table, min(one / back, 1.0) if back > 0 else 0.0
