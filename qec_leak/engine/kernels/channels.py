"""A leakage channel: the shots that arrive leaked, then those that arrive computational."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import all_if, lowest_bit, row_at
from qec_leak.engine.kernels.jit import inlined, kernel
from qec_leak.engine.kernels.layout import (
    BLOCK_SHOTS,
    DRAWN,
    HALF,
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
from qec_leak.engine.kernels.random_numbers import mix
from qec_leak.engine.kernels.visits import SHOT, class_start, noted_at
from qec_leak.engine.kernels.visits_of_pairs import list_pairs, make_pairs
from qec_leak.engine.kernels.visits_of_singles import list_singles, make_singles
from qec_leak.engine.rows import WORDS, load_row, row_of, row_of_steps, store_row, words_set
from qec_leak.program import FLIPPED, USUAL


@inlined
def _list_visits(
    since: np.uint64, candidates: int, arity: int, start: int, site: int, kind: int, t: Tables, b: Block
) -> np.uint64:
    """List the visits of candidates, place << 32 | shot in ``words``; returns the new length."""
    acts = t.site_acts[3 * site + kind]
    if arity == 1:
        return list_singles(since, candidates, start, acts, t, b)
    return list_pairs(since, candidates, start, acts, t, b)


@inlined
def _make_visits(
    since: np.uint64, listed: np.uint64, arity: int, start: int, rows: np.uint64, t: Tables, b: Block
) -> None:
    """Make the visits that are listed from ``since`` on."""
    if arity == 1:
        make_singles(since, listed, start, rows, t, b)
    else:
        make_pairs(since, listed, start, rows, t, b)


@inlined
def _list_flipped(listed: np.uint64, found: int, arity: int, start: int, site: int, t: Tables, b: Block) -> np.uint64:
    store_row(b.words, np.uint64(found), row_of(ZERO))  # places that exist, for what fills the last row
    return _list_visits(listed, found, arity, start, site, FLIPPED, t, b)


@kernel
def _meet_flipped(since: np.uint64, arity: int, start: int, count: int, site: int, t: Tables, b: Block) -> np.uint64:
    """A channel on every shot that arrives with a known value flipped against the reference. Returns the new length of
    the list, which goes on at ``since``."""
    listed, found = since, 0
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
                b.words[np.uint64(found)] = (np.uint64(k) << HALF) | (w << SIX) | lowest_bit(left)
                left &= left - ONE
                found += 1
            if found > DRAWN - 64:
                listed = _list_flipped(listed, found, arity, start, site, t, b)
                found = 0
    listed = _list_flipped(listed, found, arity, start, site, t, b)
    _make_visits(since, listed, arity, start, class_start(site, FLIPPED), t, b)
    return listed


@kernel
def _meet_usual(
    since: np.uint64, arity: int, events: int, start: int, count: int, site: int, t: Tables, b: Block
) -> np.uint64:
    """A channel on the shots that are left. They are visited by Poisson events of which the first one counts: a shot
    has one with probability 1 - exp(-rate). ``events`` -1: each is visited. Returns the new length of the list, which
    goes on at ``since``."""
    step, places = b.rng[1], np.uint64(count // arity)
    listed, left = since, np.int64(places) * BLOCK_SHOTS if events < 0 else events
    while left > 0:
        before, drawn, state = listed, min(left, DRAWN), b.rng[0]
        left -= drawn
        for k in range(0, drawn, WORDS):
            if events >= 0:
                shot = mix(row_of_steps(state + np.uint64(k) * step, step))
                place = ((shot >> HALF) * places) >> HALF
            else:
                shot = row_of_steps(np.uint64(left + drawn - k), ZERO - ONE)
                place = shot >> np.uint64(LOG_SHOTS)
            store_row(b.words, np.uint64(k), (place << HALF) | (shot & SHOT))
        if events >= 0:
            b.rng[0] = state + np.uint64(drawn) * step
        listed = _list_visits(listed, drawn, arity, start, site, USUAL, t, b)
        _make_visits(before, listed, arity, start, class_start(site, USUAL), t, b)
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
