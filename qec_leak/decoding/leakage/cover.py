"""What strikes of one leaked transmon share: detectors that several of them make random."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

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
    """

    stay: Masks
    leave: Masks
    back: Masks
    weak: Floats
    kicks: npt.NDArray[np.bool_]

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
    ) -> Cover:
        """Of all chains of a model, arrays as LeakageModel has them."""
        out = Cover(
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.zeros(len(slot_edges), dtype=np.uint8),
            np.ones((len(slot_edges), 2)),
            np.zeros(len(partner), dtype=np.bool_),
        )
        slots = slot_start.tolist()
        edge_of = slot_edges.tolist()
        ends_of = [tuple(d for d in pair_ if d >= 0) for pair_ in ends.tolist()]

        def entries(i: int, slot: int) -> range:
            return range(slots[3 * i + slot], slots[3 * i + slot + 1])

        for lo, hi in zip(chain_start[:-1].tolist(), chain_start[1:].tolist(), strict=True):
            first: dict[int, int] = {}
            last: dict[int, int] = {}
            hits: dict[int, list[tuple[int, tuple[float, float]]]] = defaultdict(list)
            for i in range(lo, hi):
                for slot in range(3):
                    if stay[i, slot] > 0:
                        for k in entries(i, slot):
                            for d in ends_of[edge_of[k]]:
                                first.setdefault(d, k)
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
        return out
