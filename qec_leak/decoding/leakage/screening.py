"""A first look at a shot: each transmon by itself, as if no other were leaked, from tables.

What an event says depends on which of its few detectors fired, so it is looked up. Transmons that the look does not
suspect are done; the others are inferred together (shots.py), from the first to the last event at which they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.kernels import BOTH, State, Tables, fill_row
from qec_leak.engine.simd.jit import entry, kernel

F32s = npt.NDArray[np.float32]
F64s = npt.NDArray[np.float64]
I32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

MOST_DETECTORS = 8
"""Of an event, that the look takes notice of."""
_RENORMALIZED = 8
"""Events after which weights are brought back to a sum of 1."""


class Screen(NamedTuple):
    """Tables of the first look.

    hit_start: int32 (detectors + 1,): entries of each detector in the next two.
    hit_event: int32; hit_bit: uint8: an event that the detector belongs to, and its bit there.
    row: int32 (events,): where the event's rows of ``steps`` begin; the row of a shot is that plus the bits that fired.
    steps: float32 (rows, 4): probability, times what the detectors say, of computational to computational, to leaked,
        leaked to computational, to leaked.
    """

    hit_start: I32s
    hit_event: I32s
    hit_bit: Bytes
    row: I32s
    steps: F32s


class Look(NamedTuple):
    """What the look at a shot finds.

    fired: uint8 (events,): bits of detectors that fired; all 0 between shots.
    forward, backward: float64 (events, 2): weight of computational and leaked from what is before an event, and from
        the event and what is behind it.
    """

    fired: Bytes
    forward: F64s
    backward: F64s


def screen_of(tables: Tables, usual: State, num_detectors: int) -> Screen:
    """The tables for transmons that are awake, from the state without leakage in which no detector fired."""
    events = len(tables.partner)
    of_event = [detectors_of(tables, i) if tables.awake[tables.chain[i]] else [] for i in range(events)]
    row = np.cumsum([0, *(1 << len(one) for one in of_event)]).astype(np.int32)
    start = np.cumsum([0, *map(len, of_event)]).astype(np.int32)
    detectors = np.array([d for one in of_event for d in one], dtype=np.int32)
    steps = np.zeros((int(row[-1]), 4), dtype=np.float32)
    _fill_steps(tables, usual, start, detectors, row, steps)
    hit_event = np.repeat(np.arange(events, dtype=np.int32), np.diff(start))
    hit_bit = np.array([k for one in of_event for k in range(len(one))], dtype=np.uint8)
    order = np.argsort(detectors, kind="stable")
    hit_start = np.searchsorted(detectors[order], np.arange(num_detectors + 1)).astype(np.int32)
    return Screen(hit_start, hit_event[order], hit_bit[order], row[:-1].copy(), steps)


def detectors_of(m: Tables, i: int) -> list[int]:
    """Detectors that an event may make random, at most MOST_DETECTORS: its own, then its partner's."""
    found: dict[int, None] = {}
    sources = [(i, slot) for slot in range(3)]
    if m.partner[i] >= 0 and m.has_kick[m.pair[i]]:
        sources += [(int(m.partner[i]), slot) for slot in (1, 2)]
    for j, slot in sources:
        for k in range(m.slot_start[3 * j + slot], m.slot_start[3 * j + slot + 1]):
            for d in (m.end_a[m.slot_edges[k]], m.end_b[m.slot_edges[k]]):
                if d >= 0:
                    found[int(d)] = None
    for k in range(m.renewed_start[i], m.renewed_start[i + 1]):
        e = int(m.renewed[k])
        for d in (-1 - e,) if e < 0 else (int(m.end_a[e]), int(m.end_b[e])):
            found[d] = None
    return list(found)[:MOST_DETECTORS]


@entry
def _fill_steps(m: Tables, s: State, start: I32s, detectors: I32s, first: I32s, steps: F32s) -> None:
    row = s.scratch[0]
    for i in range(len(m.partner)):
        lo, n = start[i], start[i + 1] - start[i]
        if not m.awake[m.chain[i]]:
            continue
        for bits in range(1 << n):
            for k in range(n):
                if (bits >> k) & 1:
                    s.parity[detectors[lo + k]] *= -1.0
            fill_row(m, s, i, row)
            for k in range(n):
                if (bits >> k) & 1:
                    s.parity[detectors[lo + k]] *= -1.0
            at = first[i] + bits
            steps[at, 0] = row[BOTH]
            steps[at, 1] = row[BOTH + 1] + row[BOTH + 2]
            steps[at, 2] = row[BOTH + 3]
            steps[at, 3] = row[BOTH + 4] + row[BOTH + 5]


@kernel
def look_at_chain(screen: Screen, look: Look, known: npt.NDArray[np.int8], lo: int, hi: int) -> None:
    """Fill ``forward`` and ``backward`` of one transmon's events."""
    f0, f1 = 1.0, 0.0
    for i in range(lo, hi):
        if known[i] == 0:
            f1 = 0.0
        elif known[i] > 0:
            f0 = 0.0
        look.forward[i, 0], look.forward[i, 1] = f0, f1
        at = screen.row[i] + look.fired[i]
        f0, f1 = (
            f0 * screen.steps[at, 0] + f1 * screen.steps[at, 2],
            f0 * screen.steps[at, 1] + f1 * screen.steps[at, 3],
        )
        if (i - lo) % _RENORMALIZED == 0:
            unit = 1.0 / max(f0 + f1, 1e-300)
            f0, f1 = f0 * unit, f1 * unit
    b0 = b1 = 1.0
    for i in range(hi - 1, lo - 1, -1):
        at = screen.row[i] + look.fired[i]
        b0, b1 = (
            screen.steps[at, 0] * b0 + screen.steps[at, 1] * b1,
            screen.steps[at, 2] * b0 + screen.steps[at, 3] * b1,
        )
        if known[i] == 0:
            b1 = 0.0
        elif known[i] > 0:
            b0 = 0.0
        look.backward[i, 0], look.backward[i, 1] = b0, b1
        if (i - lo) % _RENORMALIZED == 0:
            unit = 1.0 / max(b0 + b1, 1e-300)
            b0, b1 = b0 * unit, b1 * unit
