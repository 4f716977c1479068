"""Visits by channels of one transmon, listed and made one by one: they are too few to decode 16 together."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import qubit_at
from qec_leak.engine.kernels.layout import BIT, FOUR, HALF, LEAKED, LOG_WORD, ONE, STRIDE, TWO, U16, Shots, X, Z
from qec_leak.engine.kernels.random_numbers import drawn, mix
from qec_leak.engine.kernels.visits import ROW_CODE, SHOT, change_levels, noted_at, visit_of
from qec_leak.engine.plan.tables import I64, U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel


@kernel
def list_singles(since: np.uint64, candidates: int, start: int, acts: np.uint64, t: PlanTables, b: Shots) -> np.uint64:
    """List and note the visits of candidates (place << 32 | shot, in ``words``) that are neither leaked nor noted, if
    something happens in their row (a bit of ``acts``). ``since``: length of the list; returns its new length."""
    listed = since
    for k in range(candidates):
        candidate = b.words[np.uint64(k)]
        place, shot = candidate >> HALF, candidate & SHOT
        w, bit, target = shot >> LOG_WORD, shot & BIT, np.uint64(start) + place
        at, noting = qubit_at(t.targets, target) * STRIDE + w, noted_at(place, w)
        row = np.uint64(t.values[target]) ^ ((b.planes[at + X] >> bit) & ONE)
        fresh = ~((b.planes[at + LEAKED] | b.noted[noting]) >> bit) & (acts >> row) & ONE
        b.noted[noting] |= fresh << bit
        b.visits[listed] = visit_of(place, row, shot)
        listed += fresh
    return listed


@inlined
def _act(
    action: np.uint64, q: np.uint64, shot: np.uint64, coin: np.uint64, planes: U64, population: I64, leaked_shots: U16
) -> None:
    """Apply an action to one shot."""
    at, bit = q * STRIDE + (shot >> LOG_WORD), shot & BIT
    planes[at + X] ^= (action & ONE) << bit
    planes[at + Z] ^= (((action >> ONE) ^ ((action >> TWO) & coin)) & ONE) << bit
    change_levels(action >> np.uint64(3), at, q, shot, planes, population, leaked_shots)


@kernel
def make_singles(since: np.uint64, listed: np.uint64, start: int, rows: np.uint64, t: PlanTables, b: Shots) -> None:
    """Make the visits that are listed from ``since`` on. One random word draws what happens to a shot, from the alias
    table of its row (counted from ``rows``)."""
    state, step = b.rng[0], b.rng[1]
    for i in range(since, listed):
        visit = b.visits[np.uint64(i)]
        table = t.site_table[rows + ((visit >> ROW_CODE) & np.uint64(0xFFFF))]
        state += step
        word = mix(state)
        entry, alias = drawn(word, table, t.branch_share)
        does = t.branch_does[entry] >> (alias << FOUR)
        q = qubit_at(t.targets, np.uint64(start) + (visit >> HALF))
        _act(does, q, visit & SHOT, word & ONE, b.planes, b.population, b.leaked_shots)
    b.rng[0] = state
