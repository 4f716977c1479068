"""Pairs of a transmon's strikes that one error makes at once, so that a Y error does not look like two coin tosses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.decoding.leakage.timeline import OWN, SLOTS

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

    @staticmethod
    def of_chains(
        chain_start: Ints,
        stay: Floats,
        leave: Floats,
        come_back: Floats,
        gone: npt.NDArray[np.bool_],
        slot_start: Ints,
        slot_edges: Ints,
        graph: MatchingGraph,
    ) -> Mates:
        """Of all chains of a model, arrays as LeakageModel has them. gone: events from which a transmon mostly
        returns."""
        edge = np.full((len(slot_edges), 3), -1, dtype=np.int32)
        joint = np.zeros((len(slot_edges), 3))
        starts, edges = slot_start.tolist(), slot_edges.tolist()

        def entries(i: int, slot: int) -> range:
            return range(starts[SLOTS * i + slot], starts[SLOTS * i + slot + 1])

        def strikes(i: int, shares: Floats) -> list[int]:
            return [k for slot in range(SLOTS) if shares[i, slot] > 0 for k in entries(i, slot)]

        def choose(k: int, case: int, others: Iterable[int]) -> None:
            for other in others:
                e, f = edges[k], edges[other]
                p = graph.joint.get((min(e, f), max(e, f)), 0.0) if e != f else 0.0
                if p > joint[k, case]:
                    edge[k, case], joint[k, case] = f, p

        for lo, hi in zip(chain_start[:-1].tolist(), chain_start[1:].tolist(), strict=True):
            struck = [k for i in range(lo, hi) for k in strikes(i, stay)]
            for n, k in enumerate(struck):
                choose(k, 0, struck[n + 1 : n + 1 + _REACH])
            ahead: list[int] = []
            for i in range(hi - 1, lo - 1, -1):
                own = list(entries(i, OWN)) if leave[i, OWN] > 0 else []
                for k in strikes(i, leave):
                    choose(k, 1, ahead if k in own else [*own, *ahead])
                stays = strikes(i, come_back if gone[i] else stay)
                ahead = stays if gone[i] else [*stays, *ahead][:_REACH]
            behind: list[int] = []
            for i in range(lo, hi):
                own = list(entries(i, OWN)) if come_back[i, OWN] > 0 else []
                for k in strikes(i, come_back):
                    choose(k, 2, behind if k in own else [*own, *behind])
                behind = [] if gone[i] else [*strikes(i, stay)[::-1], *behind][:_REACH]
        return Mates(edge, joint)
