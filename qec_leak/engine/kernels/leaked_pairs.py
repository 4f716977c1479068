"""Channels of two transmons on shots that arrive with one of them leaked, or both."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import is_below, lowest_bit, planes_of, qubit_at
from qec_leak.engine.kernels.layout import (
    BIT,
    CODES,
    DRAWN,
    FIVE,
    FOUR,
    IN_BLOCK,
    LEAKED,
    LIST,
    LOG_WORD,
    ONE,
    PAIRS,
    STRIDE,
    THREE,
    TWO,
    ZERO,
    Shots,
    W,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import chosen, draw_words, mix, random_vector
from qec_leak.engine.kernels.visits import class_start, met_of, noted_at, value_of, visit_of
from qec_leak.engine.kernels.visits_of_pairs import make_pairs
from qec_leak.engine.plan.formats import LOG_SHOTS
from qec_leak.engine.plan.sites import LEAKED_CLASS, RANDOM_X, WILD
from qec_leak.engine.plan.tables import U64, PlanTables
from qec_leak.engine.simd.chunks import CHUNK, U32, copy_chunk
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import Vector, load_vector, store_vector, vector_of, words_set
from qec_leak.program.actions import FLIP_X, FLIP_Z, RANDOM_Z

_FLIPS = FLIP_X | FLIP_Z | RANDOM_X | RANDOM_Z


@inlined
def _code(at: np.uint64, bit: np.uint64, says: np.uint64, planes: U64) -> np.uint64:
    """Row code of a transmon: the shot's value, +2 where the reference knows it; 4 level 2, 5 level 3. ``says`` is the
    reference's value, +2 where it is known."""
    value = says ^ ((planes[at + X] >> bit) & ONE)
    level = FOUR + ((planes[at + THREE] >> bit) & ONE)
    return level if (planes[at + LEAKED] >> bit) & ONE else value


@inlined
def _toss(
    listed: np.uint64,
    start: int,
    site: int,
    place: np.uint64,
    shot: np.uint64,
    turn: np.uint64,
    t: PlanTables,
    b: Shots,
) -> np.uint64:
    """Meet a shot of which one transmon or both are leaked: by a coin (63 random bits ``turn``) the partner's z flips,
    nothing happens, or the shot is listed; returns the new length."""
    w, bit = shot >> LOG_WORD, shot & BIT
    first = np.uint64(start) + TWO * place
    at_0, at_1 = planes_of(qubit_at(t.targets, first)) + w, planes_of(qubit_at(t.targets, first + ONE)) + w
    code = _code(at_0, bit, value_of(t.values, first), b.planes)
    row = CODES * code + _code(at_1, bit, value_of(t.values, first + ONE), b.planes)
    coin = np.uint64(72 * site) + TWO * row
    partner = at_1 if code >= FOUR else at_0
    b.planes[partner + Z] ^= is_below(turn, t.site_coin[coin]) << bit
    b.noted[noted_at(place, w)] |= ONE << bit
    b.visits[listed] = visit_of(place, row, shot)
    return listed + ONE - is_below(turn, t.site_coin[coin + ONE])


@inlined
def _toss_calm(
    listed: np.uint64,
    start: int,
    site: int,
    entry: np.uint64,
    exists: np.uint64,
    turn: np.uint64,
    t: PlanTables,
    b: Shots,
) -> np.uint64:
    """``_toss`` for an ``entry`` of ``met``, if it exists and is not noted; if not, its partner is computational."""
    w, bit, leads = (entry >> LOG_WORD) & IN_BLOCK, entry & BIT, entry >> np.uint64(LOG_SHOTS)
    partner = leads ^ ONE
    at_leads, at_partner = (
        planes_of(qubit_at(t.targets, np.uint64(start) + leads)) + w,
        planes_of(qubit_at(t.targets, np.uint64(start) + partner)) + w,
    )
    level = FOUR + ((b.planes[at_leads + THREE] >> bit) & ONE)
    code = value_of(t.values, np.uint64(start) + partner) ^ ((b.planes[at_partner + X] >> bit) & ONE)
    row = level * (CODES - FIVE * (leads & ONE)) + code * (ONE + FIVE * (leads & ONE))
    coin, noting = np.uint64(72 * site) + TWO * row, noted_at(leads >> ONE, w)
    noted = b.noted[noting]
    b.noted[noting] = noted | (exists << bit)
    fresh = ~(noted >> bit) & exists
    b.planes[at_partner + Z] ^= (fresh & is_below(turn, t.site_coin[coin])) << bit
    b.visits[listed] = visit_of(leads >> ONE, row, entry)
    return listed + (fresh & ~is_below(turn, t.site_coin[coin + ONE]))


@inlined
def _defaults(site: int, t: PlanTables) -> tuple[int, int, int, int]:
    """Defaults of the first transmon in level 2, in 3, and of the second: read once, since stores to other arrays make
    the compiler read again."""
    of = t.site_default
    return of[site, 0, 0], of[site, 0, 1], of[site, 1, 0], of[site, 1, 1]


@inlined
def _wild(leaked: Vector, q: np.uint64, of_two: int, of_three: int, planes: U64) -> Vector:
    """Shots that are not calm if a transmon leads whose defaults in level 2 and 3 are these."""
    if of_two & of_three & WILD:
        return leaked
    if of_two & WILD:
        return leaked & ~load_vector(planes, q * STRIDE + THREE)
    if of_three & WILD:
        return load_vector(planes, q * STRIDE + THREE)
    return vector_of(ZERO)


@inlined
def _copy_list(met: U32, at: np.uint64, q: np.uint64, leads: int, b: Shots) -> np.uint64:
    """Add a qubit's leaked shots to ``met``, marked with the operation's target ``leads``; returns the new length."""
    first, n, tag = q * np.uint64(LIST), np.uint64(b.population[q]), np.uint64(leads) << np.uint64(LOG_SHOTS)
    copy_chunk(met, at, b.leaked_shots, first, tag)
    for chunk in range(CHUNK, n, CHUNK):
        copy_chunk(met, at + np.uint64(chunk), b.leaked_shots, first + np.uint64(chunk), tag)
    return at + n


@inlined
def _list_wild(start: int, first: int, last: int, site: int, t: PlanTables, b: Shots) -> tuple[np.uint64, np.uint64]:
    """Meet the shots that are not calm, and list all leaked ones in ``met``; returns the lengths of both lists."""
    listed, leaked = ZERO, ZERO
    state, step = b.rng[0], b.rng[1]
    two_0, three_0, two_1, three_1 = _defaults(site, t)
    for k in range(first, last, 2):
        q_0, q_1 = qubit_at(t.targets, start + k), qubit_at(t.targets, start + k + 1)
        leaked = _copy_list(b.met, leaked, q_0, k, b)
        leaked = _copy_list(b.met, leaked, q_1, k + 1, b)
        leaked_0, leaked_1 = load_vector(b.planes, q_0 * STRIDE + LEAKED), load_vector(b.planes, q_1 * STRIDE + LEAKED)
        wild = leaked_0 & leaked_1
        wild = wild | _wild(leaked_0, q_0, two_0, three_0, b.planes) | _wild(leaked_1, q_1, two_1, three_1, b.planes)
        words = words_set(wild)
        if words:
            store_vector(b.words, ZERO, wild)
        while words:
            w = lowest_bit(words)
            words &= words - ONE
            shots = b.words[w]
            while shots:
                shot = (w << LOG_WORD) | lowest_bit(shots)
                shots &= shots - ONE
                state += step
                listed = _toss(listed, start, site, np.uint64(k >> 1), shot, mix(state) >> ONE, t, b)
    b.rng[0] = state
    return listed, leaked


@inlined
def _list_calm(listed: np.uint64, leaked: np.uint64, start: int, site: int, t: PlanTables, b: Shots) -> np.uint64:
    """Meet calm shots by Poisson events; others, which are in ``met`` too, have been noted. Returns the new length."""
    events, among = met_of(np.int64(leaked), site, t, b.rng)
    state, step = b.rng[0], b.rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = draw_words(drawn, state, step, b.words)
        for i in range(drawn):
            k, turn = chosen(b.words[np.uint64(i)], np.uint64(among))
            exists = is_below(k, leaked)
            listed = _toss_calm(listed, start, site, np.uint64(b.met[k * exists]), exists, turn, t, b)
        events -= drawn
    b.rng[0] = state
    return listed


@inlined
def _flip_by_default(
    shots: Vector, default: int, coins_x: Vector, coins_z: Vector, partner: np.uint64, planes: U64
) -> None:
    x, z = partner + X, partner + Z
    if default & FLIP_X:
        store_vector(planes, x, load_vector(planes, x) ^ shots)
    elif default & RANDOM_X:
        store_vector(planes, x, load_vector(planes, x) ^ (shots & coins_x))
    if default & FLIP_Z:
        store_vector(planes, z, load_vector(planes, z) ^ shots)
    elif default & RANDOM_Z:
        store_vector(planes, z, load_vector(planes, z) ^ (shots & coins_z))


@inlined
def _lead_by_default(
    of_two: int,
    of_three: int,
    leads: np.uint64,
    partner: np.uint64,
    noted: Vector,
    coins_x: Vector,
    coins_z: Vector,
    planes: U64,
) -> None:
    """What happens by default to the partner of a transmon where it leads."""
    met = load_vector(planes, partner + LEAKED) | noted
    if of_two & _FLIPS:
        shots = load_vector(planes, leads + LEAKED) & ~(load_vector(planes, leads + THREE) | met)
        _flip_by_default(shots, of_two, coins_x, coins_z, partner, planes)
    if of_three & _FLIPS:
        shots = load_vector(planes, leads + THREE) & ~met
        _flip_by_default(shots, of_three, coins_x, coins_z, partner, planes)


@inlined
def _do_defaults(start: int, first: int, last: int, site: int, t: PlanTables, b: Shots) -> None:
    """What happens by default to the partners of calm shots that are not noted."""
    two_0, three_0, two_1, three_1 = _defaults(site, t)
    does = two_0 | three_0 | two_1 | three_1
    if not does & _FLIPS:
        return
    coins_x, coins_z = vector_of(ZERO), vector_of(ZERO)
    for k in range(first, last, 2):
        if does & (RANDOM_X | RANDOM_Z):  # one coin for a shot, whichever transmon leads
            coins_x, coins_z = random_vector(b.rng), random_vector(b.rng)
        at_0, at_1 = planes_of(qubit_at(t.targets, start + k)), planes_of(qubit_at(t.targets, start + k + 1))
        noted = load_vector(b.noted, np.uint64(k >> 1) * W)
        _lead_by_default(two_0, three_0, at_0, at_1, noted, coins_x, coins_z, b.planes)
        _lead_by_default(two_1, three_1, at_1, at_0, noted, coins_x, coins_z, b.planes)


@kernel
def meet_leaked_2(start: int, count: int, site: int, t: PlanTables, b: Shots) -> None:
    """Two-transmon channel on the shots that arrive with one of them leaked, or both. Where a default is nearly all
    that happens, shots are calm: those that Poisson events choose are met one by one, the others as rows."""
    for first in range(0, count, 2 * PAIRS):
        last = min(first + 2 * PAIRS, count)
        listed, leaked = _list_wild(start, first, last, site, t, b)
        if leaked:
            listed = _list_calm(listed, leaked, start, site, t, b)
            _do_defaults(start, first, last, site, t, b)
        make_pairs(ZERO, listed, start, class_start(site, LEAKED_CLASS), t, b)
