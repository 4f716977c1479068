"""What strikes of one leaked transmon share: detectors that several of them make random. Each counts once."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.decoding.leakage.strikes import BACK, LEAVE, STAY, Strikes
from qec_leak.decoding.leakage.timeline import SLOTS

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.uint8]

FREE_A, FREE_B = 1, 2
_TOSS = 0.4
"""A kick with this probability or more is taken for a coin toss, as a strike is."""


@dataclass(frozen=True, eq=False)
class Cover:
    """A detector is covered where another strike of the transmon makes it random anyway.

    free: uint8 (entries of ``slot_edges``, 3), by case, bits 1 and 2: ends of the edge that nothing else covers. For a
        transmon that stays or returns: nothing earlier. For one that leaks: nothing later.
    kicked: the same for an edge that a kick by the partner strikes.
    weak: float64 (entries, 2): for levels 2 and 3, lean (1 - 2p, product) of all kicks of the transmon's partners that
        hit one end of the edge.
    renewed_start, renewed: int32: by event, what an earlier strike covers, and a transmon that leaks at this event
        strikes again while it stays leaked. So it is random, although that earlier strike was not made. An edge e
        between two such detectors is e, any other such detector d is -1 - d.
    renewed_joint: float64: probability of errors that strike the edge and the next one at once.
    """

    free: Masks
    kicked: Masks
    weak: Floats
    renewed_start: Ints
    renewed: Ints
    renewed_joint: Floats


def cover_of_chains(
    strikes: Strikes, partner: Ints, pair: Ints, side: Ints, kicks: Floats, ends: Ints, graph: MatchingGraph
) -> Cover:
    """Of all chains of a model, arrays as LeakageModel has them."""
    stay, leave, come_back, gone = strikes.stay, strikes.leave, strikes.come_back, strikes.gone
    entries, edge_of = strikes.entries, strikes.slot_edges.tolist()
    free, kicked = (np.zeros((len(edge_of), 3), dtype=np.uint8) for _ in range(2))
    weak = np.ones((len(edge_of), 2))
    renewed: list[list[int]] = [[] for _ in range(len(partner))]
    renewed_joint: list[list[float]] = [[] for _ in range(len(partner))]
    ends_of = [tuple(d for d in both if d >= 0) for both in ends.tolist()]
    between = {both: e for e, both in enumerate(ends_of) if len(both) == 2}

    def struck(i: int, shares: Floats) -> set[int]:
        """Detectors that an event's strikes hit."""
        return {d for k in strikes.of(i, shares) for d in ends_of[edge_of[k]]}

    def tossed(i: int, slot: int) -> set[int]:
        """Detectors that an event's kick on the partner makes random."""
        j = int(partner[i])
        if j < 0 or kicks[pair[i], side[i], 1, 1, slot - 1] < _TOSS:
            return set()
        return {d for k in entries(j, slot) for d in ends_of[edge_of[k]]}

    def not_in(k: int, covered: set[int]) -> int:
        found = zip((FREE_A, FREE_B), ends_of[edge_of[k]], strict=False)
        return sum(bit for bit, d in found if d not in covered)

    for lo, hi in strikes.chains:
        hits: dict[int, list[tuple[int, tuple[float, float]]]] = defaultdict(list)
        for i in range(lo, hi):
            j = int(partner[i])
            for slot in (1, 2) if j >= 0 else ():
                two, three = kicks[pair[i], side[i], [1, 2], [1, 2], slot - 1]
                if two > 0 or three > 0:
                    for k in entries(j, slot):
                        for d in ends_of[edge_of[k]]:
                            hits[d].append((edge_of[k], (1 - 2 * two, 1 - 2 * three)))
        before: list[set[int]] = []  # by event, what earlier strikes of one that stays leaked hit
        covered: set[int] = set()
        for i in range(lo, hi):
            before.append(set(covered))
            covered |= struck(i, stay) | tossed(i, 1) | tossed(i, 2)
            if gone[i]:
                covered = set()
        ahead: set[int] = set()  # what later strikes hit
        for i in range(hi - 1, lo - 1, -1):
            earlier, here = before[i - lo], struck(i, stay)
            done: set[int] = set()
            for slot in range(SLOTS):
                for k in entries(i, slot):
                    free[k, STAY] = not_in(k, earlier | done) if stay[i, slot] > 0 else FREE_A | FREE_B
                    free[k, BACK], free[k, LEAVE] = not_in(k, earlier), not_in(k, ahead)
                    if stay[i, slot] > 0:
                        done |= set(ends_of[edge_of[k]])
                        for d in ends_of[edge_of[k]]:
                            for edge, leans in hits[d]:
                                if set(ends_of[edge]) != set(ends_of[edge_of[k]]):
                                    weak[k] *= leans
            j = int(partner[i])
            for slot in (1, 2) if j >= 0 else ():
                toss = tossed(i, slot)
                for k in entries(j, slot):
                    kicked[k, STAY] = not_in(k, earlier | here if toss else earlier | here | ahead)
                    kicked[k, LEAVE] = not_in(k, ahead | struck(i, leave))
                    kicked[k, BACK] = not_in(k, earlier | struck(i, come_back))
                here |= toss
            edges, others = _as_edges(ahead & (earlier | here), between, graph.probability)
            edges, renewed_joint[i] = _joint_first(edges, others, graph)
            renewed[i] = edges + others
            ahead = struck(i, come_back) if gone[i] else ahead | here
    start = np.cumsum([0, *map(len, renewed)]).astype(np.int32)
    flat = np.array([one for of_one in renewed for one in of_one], dtype=np.int32)
    return Cover(free, kicked, weak, start, flat, np.array([p for of_one in renewed_joint for p in of_one]))


def _as_edges(
    detectors: set[int], between: dict[tuple[Any, ...], int], probability: Sequence[float]
) -> tuple[list[int], list[int]]:
    """Edges between two of the detectors, the likeliest first, and -1 - d for each detector that is left."""
    left, out = set(detectors), []
    pairs = [(a, b) for a in sorted(left) for b in sorted(left) if (a, b) in between]
    for a, b in sorted(pairs, key=lambda ab: -probability[between[ab]]):
        if a in left and b in left:
            out.append(between[a, b])
            left -= {a, b}
    return out, [-1 - d for d in sorted(left)]


def _joint_first(edges: list[int], others: list[int], graph: MatchingGraph) -> tuple[list[int], list[float]]:
    """The edges, two that errors strike at once side by side, the likeliest such errors first; and by entry the
    probability of errors that strike it and the next one, also for ``others``."""
    pairs = [(graph.joint.get((min(e, f), max(e, f)), 0.0), e, f) for e, f in itertools.combinations(edges, 2)]
    out: list[int] = []
    joint: list[float] = []
    for p, e, f in sorted(pairs, reverse=True):
        if p > 0 and e not in out and f not in out:
            out += [e, f]
            joint += [p, 0.0]
    alone = [e for e in edges if e not in out]
    return out + alone, joint + [0.0] * (len(alone) + len(others))
