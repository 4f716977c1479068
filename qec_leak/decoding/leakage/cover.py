"""What strikes of one leaked transmon share: detectors that several of them make random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.uint8]

FREE_A, FREE_B = 1, 2

NEVER = 1e-3
"""Kicks by qubits that stay leaked that are rarer say nothing of whether they do."""


@dataclass(frozen=True, eq=False)
class Cover:
    """By entry of ``slot_edges``. A detector is covered where another strike of the transmon, while it stays leaked,
    makes it random anyway.

    stay, leave, back: uint8, bits 1 and 2: ends of the edge that no earlier strike covers, for a transmon that stays
        leaked; no later one, for one that leaks there; no earlier one, for one that returns.
    weak: float64 (entries, 2): for levels 2 and 3, lean (1 - 2p, product) of all kicks of the transmon's partners that
        hit one end of the edge.
    kicks: bool (events,): whether all that the event's kick of the partner hits is covered.
    renewed_start, renewed: int32: by event, detectors that an earlier strike covers, and that a transmon that leaks at
        this event strikes again while it stays leaked. So they are random although that earlier strike was not made.
    """

    stay: Masks
    leave: Masks
    back: Masks
    weak: Floats
    kicks: npt.NDArray[np.bool_]
    renewed_start: Ints
    renewed: Ints

    @staticmethod
    def of_chains(
        chain_start: Ints,
        partner: Ints,
        pair: Ints,
        side: Ints,
        kicks: Floats,
        stay: Floats,
        slot_start: Ints,
        slot_edges: Ints,
        ends: Ints,
        come_back: Floats,
        gone: npt.NDArray[np.bool_],
    ) -> Cover:
        """Of all chains of a model, arrays as LeakageModel has them. gone: events from which a transmon mostly returns."""
        renewed: list[list[int]] = [[] for _ in range(len(partner))]
        out = Cover(
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.ones((len(slot_edges), 2)),
            np.zeros(len(partner), dtype=np.bool_),
            np.zeros(0, dtype=np.int32),
            np.zeros(0, dtype=np.int32),
        )
        slots = slot_start.tolist()
        edge_of = slot_edges.tolist()
        ends_of = [tuple(d for d in pair_ if d >= 0) for pair_ in ends.tolist()]

        def entries(i: int, slot: int) -> range:
            return range(slots[3 * i + slot], slots[3 * i + slot + 1])

        for lo, hi in zip(chain_start[:-1].tolist(), chain_start[1:].tolist(), strict=True):
            first: dict[int, int] = {}
            event_of: dict[int, int] = {}
            last: dict[int, int] = {}
            hits: dict[int, list[tuple[int, tuple[float, float]]]] = defaultdict(list)
            for i in range(lo, hi):
                for slot in range(3):
                    if stay[i, slot] > 0:
                        for k in entries(i, slot):
                            for d in ends_of[edge_of[k]]:
                                first.setdefault(d, k)
                                event_of.setdefault(d, i)
                                last[d] = k
                j = int(partner[i])
                if j >= 0:
                    for slot in (1, 2):
                        two, three = kicks[pair[i], side[i], [1, 2], [1, 2], slot - 1]
                        if two > 0 or three > 0:
                            for k in entries(j, slot):
                                for d in ends_of[edge_of[k]]:
                                    hits[d].append((edge_of[k], (1 - 2 * two, 1 - 2 * three)))
            for i in range(lo, hi):
                for slot in range(3):
                    for k in entries(i, slot):
                        for bit, d in zip((FREE_A, FREE_B), ends_of[edge_of[k]], strict=False):
                            earlier, later = first.get(d, k) < k, last.get(d, k) > k
                            out.stay[k] |= 0 if earlier else bit
                            out.leave[k] |= 0 if later else bit
                            out.back[k] |= 0 if earlier or first.get(d) == k else bit
                            for edge, leans in hits[d] if stay[i, slot] > 0 else ():
                                if set(ends_of[edge]) != set(ends_of[edge_of[k]]):
                                    out.weak[k] *= leans
                if partner[i] >= 0:
                    stays = kicks[pair[i], side[i], [1, 2], [1, 2]].max(axis=0)
                    kicked = [slot for slot in (1, 2) if stays[slot - 1] > NEVER]
                    hit = {d for slot in kicked for k in entries(int(partner[i]), slot) for d in ends_of[edge_of[k]]}
                    out.kicks[i] = all(d in first for d in hit)
            struck: set[int] = set()
            for i in range(hi - 1, lo - 1, -1):
                renewed[i] = sorted(d for d in struck if d in event_of and event_of[d] <= i)
                if gone[i]:
                    struck = set()
                shares = come_back[i] if gone[i] else stay[i]
                for slot in range(3):
                    if shares[slot] > 0:
                        struck |= {d for k in entries(i, slot) for d in ends_of[edge_of[k]]}
        start = np.cumsum([0, *map(len, renewed)]).astype(np.int32)
        flat = np.array([d for one in renewed for d in one], dtype=np.int32)
        return replace(out, renewed_start=start, renewed=flat)
