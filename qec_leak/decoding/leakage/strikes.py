"""Where leaked transmons strike: the entries of edges that each event's Paulis flip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.timeline import SLOTS

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

STAY, LEAVE, BACK = range(3)
"""Cases: a transmon stays leaked at an event, leaks there, or returns there."""


@dataclass(frozen=True, eq=False)
class Strikes:
    """All chains of a model, arrays as LeakageModel has them. gone: bool (events,), those from which a transmon mostly
    returns."""

    chain_start: Ints
    stay: Floats
    leave: Floats
    come_back: Floats
    gone: npt.NDArray[np.bool_]
    slot_start: Ints
    slot_edges: Ints

    @property
    def chains(self) -> Iterator[tuple[int, int]]:
        """First event of each chain, and the one behind its last."""
        return zip(self.chain_start[:-1].tolist(), self.chain_start[1:].tolist(), strict=True)

    def entries(self, i: int, slot: int) -> range:
        """Entries of ``slot_edges`` of a slot."""
        return range(int(self.slot_start[SLOTS * i + slot]), int(self.slot_start[SLOTS * i + slot + 1]))

    def of(self, i: int, shares: Floats) -> list[int]:
        """Entries that an event strikes. shares: ``stay``, ``leave`` or ``come_back``."""
        return [k for slot in range(SLOTS) if shares[i, slot] > 0 for k in self.entries(i, slot)]
