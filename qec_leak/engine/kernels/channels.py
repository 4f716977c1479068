"""A leakage channel: the shots that arrive leaked, then those that arrive computational."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import all_if, lowest_bit, row_at
from qec_leak.engine.kernels.jit import inlined, kernel
from qec_leak.engine.kernels.layout import (
    BIT,
    BLOCK_SHOTS,
    DRAWN,
    HALF,
    IN_BLOCK,
    LEAKED,
    LOG_SHOTS,
    ONE,
    SIX,
    ZERO,
    Block,
    Tables,
    W,
    X,
)
from qec_leak.engine.kernels.leaked_pairs import meet_leaked_2
from qec_leak.engine.kernels.leaked_singles import meet_leaked_1
from qec_leak.engine.kernels.random_numbers import draw_words
from qec_leak.engine.kernels.visits import class_start, make_visits, noted_at, visit_of
from qec_leak.engine.rows import load_row, row_of, store_row, words_set
from qec_leak.program import FLIPPED, USUAL


@inlined
def _list_visit(
    listed: np.uint64, arity: int, start: int, rows: np.uint64, place: np.uint64, shot: np.uint64, t: Tables, b: Block
) -> np.uint64:
    """List the visit of a shot, and note it, unless it is noted or leaked or nothing happens in its row; returns the
    new length."""
    w, bit = (shot >> SIX) & IN_BLOCK, shot & BIT
    first, noting = np.uint64(start) + np.uint64(arity) * place, noted_at(place, w)
    at = row_at(t.targets[first]) + w
    row = np.uint64(t.values[first]) ^ ((b.planes[at + X] >> bit) & ONE)
    barred = b.planes[at + LEAKED] | b.noted[noting]
    if arity == 2:
        at = row_at(t.targets[first + ONE]) + w
        row = SIX * row + (np.uint64(t.values[first + ONE]) ^ ((b.planes[at + X] >> bit) & ONE))
        barred |= b.planes[at + LEAKED]
    fresh = ~(barred >> bit) & np.uint64(t.site_acts[rows + row])
    b.noted[noting] |= fresh << bit
    b.visits[listed] = visit_of(place, row, shot)
    return listed + fresh


@kernel
def _meet_flipped(since: np.uint64, arity: int, start: int, count: int, site: int, t: Tables, b: Block) -> np.uint64:
    """A channel on every shot that arrives with a known value flipped against the reference. Returns the new length of
    the list, which goes on at ``since``."""
    rows, listed = class_start(site, FLIPPED), since
    for k in range(count // arity):
        first = start + arity * k
        last = first + arity - 1
        at_0, at_1 = row_at(t.targets[first]), row_at(t.targets[last])
        known_0, known_1 = all_if(t.values[first] >> 1), all_if(t.values[last] >> 1)
        words = words_set((load_row(b.planes, at_0 + X) & known_0) | (load_row(b.planes, at_1 + X) & known_1))
        while words:
            w = lowest_bit(words)
            words &= words - ONE
            left = (b.planes[at_0 + X + w] & known_0) | (b.planes[at_1 + X + w] & known_1)
            left &= ~(b.planes[at_0 + LEAKED + w] | b.planes[at_1 + LEAKED + w])
            while left:
                shot = (w << SIX) | lowest_bit(left)
                left &= left - ONE
                listed = _list_visit(listed, arity, start, rows, np.uint64(k), shot, t, b)
    make_visits(since, listed, arity, start, rows, t, b)
    return listed


@kernel
def _meet_usual(
    since: np.uint64, arity: int, events: int, start: int, count: int, site: int, t: Tables, b: Block
) -> np.uint64:
    """A channel on the shots that are left. They are visited by Poisson events of which the first one counts: a shot
    has one with probability 1 - exp(-rate). ``events`` -1: each is visited. Returns the new length of the list, which
    goes on at ``since``."""
    rows, step, places = class_start(site, USUAL), b.rng[1], count // arity
    listed, left = since, places * BLOCK_SHOTS if events < 0 else events
    while left > 0:
        before, drawn = listed, min(left, DRAWN)
        left -= drawn
        if events >= 0:
            b.rng[0] = draw_words(drawn, b.rng[0], step, b.words)
        for i in range(drawn):
            if events >= 0:
                shot = b.words[np.uint64(i)]
                place = ((shot >> HALF) * np.uint64(places)) >> HALF
            else:
                shot = np.uint64(left + drawn - 1 - i)
                place = shot >> np.uint64(LOG_SHOTS)
            listed = _list_visit(listed, arity, start, rows, place, shot, t, b)
        make_visits(before, listed, arity, start, rows, t, b)
    return listed


@inlined
def _forget(listed: np.uint64, arity: int, places: int, b: Block) -> None:
    """Leave no shot noted. At places of one transmon those that are noted are listed, mostly fewer than places."""
    if arity == 1 and listed < np.uint64(places):
        for i in range(listed):
            visit = b.visits[np.uint64(i)]
            b.noted[noted_at(visit >> HALF, (visit & np.uint64(BLOCK_SHOTS - 1)) >> SIX)] = ZERO
    else:
        for place in range(places):
            store_row(b.noted, np.uint64(place) * W, row_of(ZERO))


@inlined
def meet_channel(arity: int, events: int, start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """A leakage channel on every place of an operation; places have no qubit in common. No shot is noted before and
    after."""
    listed = ZERO
    if arity == 2:
        meet_leaked_2(start, count, site, t, b)
    elif t.site_leaked[site] > 0.0:
        listed = meet_leaked_1(start, count, site, t, b)
    if t.site_flipped[site]:
        listed = _meet_flipped(listed, arity, start, count, site, t, b)
    if t.site_rate[site] > 0.0:
        listed = _meet_usual(listed, arity, events, start, count, site, t, b)
    _forget(listed, arity, count // arity, b)
