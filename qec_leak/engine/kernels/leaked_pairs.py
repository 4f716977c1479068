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
from qec_leak.engine.kernels.visits import class_start, events_among, noted_at, value_of, visit_of
from qec_leak.engine.kernels.visits_of_pairs import make_pairs
from qec_leak.engine.plan.formats import LOG_SHOTS
from qec_leak.engine.plan.sites import LEAKED_CLASS, NO_DEFAULT, RANDOM_X
from qec_leak.engine.plan.tables import U64, PlanTables
from qec_leak.engine.simd.chunks import CHUNK, U32, copy_chunk
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import Vector, load_vector, store_vector, vector_of, words_set
from qec_leak.program.actions import FLIP_X, FLIP_Z, RANDOM_Z

_FLIPS = FLIP_X | FLIP_Z | RANDOM_X | RANDOM_Z


@inlined
def _code(at: np.uint64, bit: np.uint64, reference: np.uint64, planes: U64) -> np.uint64:
    """Row code of a transmon: the shot's value, +2 where the reference knows it; 4 for level 2, 5 for level 3.
    ``reference``: the reference's value, +2 where it is known."""
    value = reference ^ ((planes[at + X] >> bit) & ONE)
    level = FOUR + ((planes[at + THREE] >> bit) & ONE)
    return level if (planes[at + LEAKED] >> bit) & ONE else value


@inlined
def _visit_shot(
    listed: np.uint64,
    start: int,
    site: int,
    place: np.uint64,
    shot: np.uint64,
    turn: np.uint64,
    t: PlanTables,
    b: Shots,
) -> np.uint64:
    """Visit a shot in which one transmon of a pair is leaked, or both are. The 63 random bits ``turn`` decide whether
    the partner's z flips, nothing happens, or the visit is listed. Returns the new length of the list."""
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
def _visit_entry(
    listed: np.uint64,
    start: int,
    site: int,
    entry: np.uint64,
    exists: np.uint64,
    turn: np.uint64,
    t: PlanTables,
    b: Shots,
) -> np.uint64:
    """``_visit_shot`` for an entry of ``entries``, if it exists and is not noted. Its partner is computational: shots
    in which both are leaked have been visited before, and noted."""
    w, bit, target = (entry >> LOG_WORD) & IN_BLOCK, entry & BIT, entry >> np.uint64(LOG_SHOTS)
    partner = target ^ ONE
    at_leaked, at_partner = (
        planes_of(qubit_at(t.targets, np.uint64(start) + target)) + w,
        planes_of(qubit_at(t.targets, np.uint64(start) + partner)) + w,
    )
    level = FOUR + ((b.planes[at_leaked + THREE] >> bit) & ONE)
    code = value_of(t.values, np.uint64(start) + partner) ^ ((b.planes[at_partner + X] >> bit) & ONE)
    row = level * (CODES - FIVE * (target & ONE)) + code * (ONE + FIVE * (target & ONE))
    coin, noting = np.uint64(72 * site) + TWO * row, noted_at(target >> ONE, w)
    noted = b.noted[noting]
    b.noted[noting] = noted | (exists << bit)
    fresh = ~(noted >> bit) & exists
    b.planes[at_partner + Z] ^= (fresh & is_below(turn, t.site_coin[coin])) << bit
    b.visits[listed] = visit_of(target >> ONE, row, entry)
    return listed + (fresh & ~is_below(turn, t.site_coin[coin + ONE]))


@inlined
def _defaults(site: int, t: PlanTables) -> tuple[int, int, int, int]:
    """Defaults where the first transmon is in level 2 or 3, and where the second is. They are read here, in front of
    loops: the compiler would read them again after each store to another array."""
    of = t.site_default
    return of[site, 0, 0], of[site, 0, 1], of[site, 1, 0], of[site, 1, 1]


@inlined
def _without_default(leaked: Vector, q: np.uint64, of_two: int, of_three: int, planes: U64) -> Vector:
    """A transmon's ``leaked`` shots that have no default. ``of_two``, ``of_three``: its defaults in levels 2 and 3."""
    if of_two & of_three & NO_DEFAULT:
        return leaked
    if of_two & NO_DEFAULT:
        return leaked & ~load_vector(planes, q * STRIDE + THREE)
    if of_three & NO_DEFAULT:
        return load_vector(planes, q * STRIDE + THREE)
    return vector_of(ZERO)


@inlined
def _copy_list(entries: U32, at: np.uint64, q: np.uint64, target: int, b: Shots) -> np.uint64:
    """Add a qubit's leaked shots to ``entries``, each beside the operation's ``target``. Returns the new length."""
    first, n, tag = q * np.uint64(LIST), np.uint64(b.population[q]), np.uint64(target) << np.uint64(LOG_SHOTS)
    copy_chunk(entries, at, b.leaked_shots, first, tag)
    for chunk in range(CHUNK, n, CHUNK):
        copy_chunk(entries, at + np.uint64(chunk), b.leaked_shots, first + np.uint64(chunk), tag)
    return at + n


@inlined
def _visit_each(start: int, first: int, last: int, site: int, t: PlanTables, b: Shots) -> tuple[np.uint64, np.uint64]:
    """Visit each shot without a default, and put all leaked shots into ``entries``. Returns the lengths of the list of
    visits and of ``entries``."""
    listed, leaked = ZERO, ZERO
    state, step = b.rng[0], b.rng[1]
    two_0, three_0, two_1, three_1 = _defaults(site, t)
    for k in range(first, last, 2):
        q_0, q_1 = qubit_at(t.targets, start + k), qubit_at(t.targets, start + k + 1)
        leaked = _copy_list(b.entries, leaked, q_0, k, b)
        leaked = _copy_list(b.entries, leaked, q_1, k + 1, b)
        leaked_0, leaked_1 = load_vector(b.planes, q_0 * STRIDE + LEAKED), load_vector(b.planes, q_1 * STRIDE + LEAKED)
        alone = leaked_0 & leaked_1
        alone = alone | _without_default(leaked_0, q_0, two_0, three_0, b.planes)
        alone = alone | _without_default(leaked_1, q_1, two_1, three_1, b.planes)
        words = words_set(alone)
        if words:
            store_vector(b.words, ZERO, alone)
        while words:
            w = lowest_bit(words)
            words &= words - ONE
            shots = b.words[w]
            while shots:
                shot = (w << LOG_WORD) | lowest_bit(shots)
                shots &= shots - ONE
                state += step
                listed = _visit_shot(listed, start, site, np.uint64(k >> 1), shot, mix(state) >> ONE, t, b)
    b.rng[0] = state
    return listed, leaked


@inlined
def _visit_by_events(listed: np.uint64, leaked: np.uint64, start: int, site: int, t: PlanTables, b: Shots) -> np.uint64:
    """Visit shots that have a default by Poisson events. The others are in ``entries`` too, but have been noted.
    Returns the new length of the list of visits."""
    events, among = events_among(np.int64(leaked), site, t, b.rng)
    state, step = b.rng[0], b.rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = draw_words(drawn, state, step, b.words)
        for i in range(drawn):
            k, turn = chosen(b.words[np.uint64(i)], np.uint64(among))
            exists = is_below(k, leaked)
            listed = _visit_entry(listed, start, site, np.uint64(b.entries[k * exists]), exists, turn, t, b)
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
def _default_of_partner(
    of_two: int,
    of_three: int,
    transmon: np.uint64,
    partner: np.uint64,
    noted: Vector,
    coins_x: Vector,
    coins_z: Vector,
    planes: U64,
) -> None:
    """Do the default to the partner of a leaked transmon, except in shots in which the partner is leaked too or that
    have been visited."""
    excluded = load_vector(planes, partner + LEAKED) | noted
    if of_two & _FLIPS:
        shots = load_vector(planes, transmon + LEAKED) & ~(load_vector(planes, transmon + THREE) | excluded)
        _flip_by_default(shots, of_two, coins_x, coins_z, partner, planes)
    if of_three & _FLIPS:
        shots = load_vector(planes, transmon + THREE) & ~excluded
        _flip_by_default(shots, of_three, coins_x, coins_z, partner, planes)


@inlined
def _do_defaults(start: int, first: int, last: int, site: int, t: PlanTables, b: Shots) -> None:
    """Do the default to all shots that have one and have not been visited, 1,024 at a time."""
    two_0, three_0, two_1, three_1 = _defaults(site, t)
    does = two_0 | three_0 | two_1 | three_1
    if not does & _FLIPS:
        return
    coins_x, coins_z = vector_of(ZERO), vector_of(ZERO)
    for k in range(first, last, 2):
        if does & (RANDOM_X | RANDOM_Z):  # one coin for a shot, whichever transmon is leaked
            coins_x, coins_z = random_vector(b.rng), random_vector(b.rng)
        at_0, at_1 = planes_of(qubit_at(t.targets, start + k)), planes_of(qubit_at(t.targets, start + k + 1))
        noted = load_vector(b.noted, np.uint64(k >> 1) * W)
        _default_of_partner(two_0, three_0, at_0, at_1, noted, coins_x, coins_z, b.planes)
        _default_of_partner(two_1, three_1, at_1, at_0, noted, coins_x, coins_z, b.planes)


@kernel
def apply_to_leaked_pairs(start: int, count: int, site: int, t: PlanTables, b: Shots) -> None:
    """A channel of two transmons on the shots that arrive with one of them leaked, or both. Where a default is nearly
    all that happens, Poisson events choose the shots that are visited one by one. The default is done to the
    others."""
    for first in range(0, count, 2 * PAIRS):
        last = min(first + 2 * PAIRS, count)
        listed, leaked = _visit_each(start, first, last, site, t, b)
        if leaked:
            listed = _visit_by_events(listed, leaked, start, site, t, b)
            _do_defaults(start, first, last, site, t, b)
        make_pairs(ZERO, listed, start, class_start(site, LEAKED_CLASS), t, b)
