"""A leakage channel: the shots that arrive leaked, then those that arrive computational."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import all_if, lowest_bit, planes_of, qubit_at
from qec_leak.engine.kernels.layout import DRAWN, HALF, LEAKED, LOG_WORD, ONE, ZERO, Shots, W, X
from qec_leak.engine.kernels.leaked_pairs import apply_to_leaked_pairs
from qec_leak.engine.kernels.leaked_singles import apply_to_leaked_singles
from qec_leak.engine.kernels.random_numbers import mix
from qec_leak.engine.kernels.visits import SHOT, class_start, noted_at
from qec_leak.engine.kernels.visits_of_pairs import list_pairs, make_pairs
from qec_leak.engine.kernels.visits_of_singles import list_singles, make_singles
from qec_leak.engine.plan.formats import BLOCK_SHOTS, LOG_SHOTS
from qec_leak.engine.plan.sites import FLIPPED, USUAL
from qec_leak.engine.plan.tables import U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel, section
from qec_leak.engine.simd.vectors import WORDS, load_vector, store_vector, vector_of, vector_of_steps, words_set


@kernel
def _flipped_candidates(place: int, arity: int, start: int, count: int, t: PlanTables, b: Shots) -> tuple[int, int]:
    """Write candidates, place << 32 | shot, into ``words``: shots that arrive with a known value flipped against the
    reference. Places are taken from ``place`` on, as many as fit. Returns the next place, and how many candidates
    there are."""
    targets, values, planes, words = t.targets, t.values, b.planes, b.words
    found = 0
    while place < count // arity and found <= DRAWN:
        first = np.uint64(start + arity * place)
        last = first + np.uint64(arity - 1)
        at_0, at_1 = planes_of(qubit_at(targets, first)), planes_of(qubit_at(targets, last))
        known_0, known_1 = all_if(values[first] >> 1 & 1), all_if(values[last] >> 1 & 1)
        rest = words_set((load_vector(planes, at_0 + X) & known_0) | (load_vector(planes, at_1 + X) & known_1))
        while rest:
            w = lowest_bit(rest)
            rest &= rest - ONE
            left = (planes[at_0 + X + w] & known_0) | (planes[at_1 + X + w] & known_1)
            left &= ~(planes[at_0 + LEAKED + w] | planes[at_1 + LEAKED + w])
            while left:
                words[np.uint64(found)] = (np.uint64(place) << HALF) | (w << LOG_WORD) | lowest_bit(left)
                left &= left - ONE
                found += 1
        place += 1
    store_vector(words, np.uint64(found), vector_of(ZERO))  # places that exist, behind the last
    return place, found


@inlined
def _random_candidates(drawn: int, places: np.uint64, words: U64, rng: U64) -> None:
    """Write random candidates: Poisson events."""
    state, step = rng[0], rng[1]
    for k in range(0, drawn, WORDS):
        word = mix(vector_of_steps(state + np.uint64(k) * step, step))
        store_vector(words, np.uint64(k), ((((word >> HALF) * places) >> HALF) << HALF) | (word & SHOT))
    rng[0] = state + np.uint64(drawn) * step


@inlined
def _next_candidates(end: int, drawn: int, words: U64) -> None:
    """Write all shots of all places as candidates, from the last one backwards: the next ``drawn`` before ``end``."""
    for k in range(0, drawn, WORDS):
        shot = vector_of_steps(np.uint64(end - k), ZERO - ONE)
        store_vector(words, np.uint64(k), ((shot >> np.uint64(LOG_SHOTS)) << HALF) | (shot & SHOT))


@kernel
def _apply_to_computational(
    listed: np.uint64, arity: int, events: int, start: int, count: int, site: int, t: PlanTables, b: Shots
) -> np.uint64:
    """A channel on the shots that arrive computational. Flipped ones are all visited, if the site visits them apart.
    The others are visited by ``events`` Poisson events, or all of them if this is -1. Only a shot's first event counts:
    it has one with probability 1 - exp(-rate). ``listed``: length of the list of visits; returns its new length."""
    places = count // arity
    place = 0 if t.site_flipped[site] else places
    left = places * BLOCK_SHOTS if events < 0 else events
    if t.site_rate[site] <= 0.0:
        left = 0
    while place < places or left > 0:
        before, kind = listed, USUAL
        if place < places:
            kind = FLIPPED
            place, candidates = _flipped_candidates(place, arity, start, count, t, b)
        else:
            candidates = min(left, DRAWN)
            if events < 0:
                _next_candidates(left, candidates, b.words)
            else:
                _random_candidates(candidates, np.uint64(places), b.words, b.rng)
            left -= candidates
        acts, rows = t.site_acts[3 * site + kind], class_start(site, kind)
        if arity == 1:
            listed = list_singles(listed, candidates, start, acts, t, b)
            make_singles(before, listed, start, rows, t, b)
        else:
            listed = list_pairs(listed, candidates, start, acts, t, b)
            make_pairs(before, listed, start, rows, t, b)
    return listed


@inlined
def _forget(listed: np.uint64, arity: int, places: int, b: Shots) -> None:
    """Clear all notes. At places of one transmon all noted shots are listed, and mostly there are fewer of them than
    places."""
    if arity == 1 and listed < np.uint64(places):
        for i in range(listed):
            visit = b.visits[np.uint64(i)]
            b.noted[noted_at(visit >> HALF, (visit & SHOT) >> LOG_WORD)] = ZERO
    else:
        for place in range(places):
            store_vector(b.noted, np.uint64(place) * W, vector_of(ZERO))


@section
def apply_channel(arity: int, events: int, start: int, count: int, site: int, t: PlanTables, b: Shots) -> None:
    """A leakage channel on every place of an operation. Places have no qubit in common. No shot is noted before or
    after."""
    listed = ZERO
    if arity == 2:
        apply_to_leaked_pairs(start, count, site, t, b)
    elif t.site_leaked[site] > 0.0:
        listed = apply_to_leaked_singles(start, count, site, t, b)
    listed = _apply_to_computational(listed, arity, events, start, count, site, t, b)
    _forget(listed, arity, count // arity, b)
