"""Pairs of a transmon's strikes that one error makes at once, so that a Y error does not look like two coin tosses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.decoding.leakage.strikes import BACK, LEAVE, STAY, Strikes
from qec_leak.decoding.leakage.timeline import OWN

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

_REACH = 8
"""Strikes before or behind one among which its mate is looked for: those of a round or two."""


@dataclass(frozen=True, eq=False)
class Mates:
    """By entry of ``slot_edges``, and by case: the transmon stays leaked, leaks, or returns (columns 0 to 2).

    edge: int32 (entries, 3), the mate: the edge of another strike of the same transmon that errors strike together with
        this one; -1 for none. Of two mates one has the other.
    joint: float64 (entries, 3): with which probability.
    """

    edge: Ints
    joint: Floats


def mates_of_chains(strikes: Strikes, graph: MatchingGraph) -> Mates:
    """Of all chains of a model."""
    stay, leave, come_back, gone = strikes.stay, strikes.leave, strikes.come_back, strikes.gone
    edges = strikes.slot_edges.tolist()
    edge = np.full((len(edges), 3), -1, dtype=np.int32)
    joint = np.zeros((len(edges), 3))

    def choose(k: int, case: int, others: Iterable[int]) -> None:
        for other in others:
            e, f = edges[k], edges[other]
            p = graph.joint.get((min(e, f), max(e, f)), 0.0) if e != f else 0.0
            if p > joint[k, case]:
                edge[k, case], joint[k, case] = f, p

    def choose_all(i: int, case: int, shares: Floats, others: list[int]) -> None:
        """Of an event's own strikes the first may come with others, and the rest with the first ones too."""
        own = list(strikes.entries(i, OWN)) if shares[i, OWN] > 0 else []
        for k in strikes.of(i, shares):
            choose(k, case, others if k in own else [*own, *others])

    for lo, hi in strikes.chains:
        struck = [k for i in range(lo, hi) for k in strikes.of(i, stay)]
        for n, k in enumerate(struck):
            choose(k, STAY, struck[n + 1 : n + 1 + _REACH])
        ahead: list[int] = []
        for i in range(hi - 1, lo - 1, -1):
            choose_all(i, LEAVE, leave, ahead)
            ahead = strikes.of(i, come_back) if gone[i] else [*strikes.of(i, stay), *ahead][:_REACH]
        behind: list[int] = []
        for i in range(lo, hi):
            choose_all(i, BACK, come_back, behind)
            behind = [] if gone[i] else [*strikes.of(i, stay)[::-1], *behind][:_REACH]
    return Mates(edge, joint)
