"""Visits by channels of two transmons, listed and made: 16 are decoded together, then their bits are changed one by
one."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import is_below, qubit_at
from qec_leak.engine.kernels.flips import SECOND, THIRD, flips_of, put_flips
from qec_leak.engine.kernels.layout import (
    BIT,
    CODES,
    DECODED,
    FOUR,
    HALF,
    IN_BLOCK,
    LEAKED,
    LOG_WORD,
    LOW,
    ONE,
    TWO,
    U16,
    ZERO,
    Shots,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import chosen, mix
from qec_leak.engine.kernels.visits import ROW_CODE, SHOT, change_levels, noted_at
from qec_leak.engine.plan.tables import I64, U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import WORDS, Vector, gather, load_vector, store_vector, vector_of, vector_of_steps

_ACTION = np.uint64(31)
_PLANES = np.uint64(2)


@inlined
def _row_code(transmon: Vector, shot: Vector, planes: U64) -> Vector:
    """Row codes of transmons (words of ``PlanTables.transmon``) that are computational."""
    x = gather(planes, (transmon >> _PLANES) + ((shot >> LOG_WORD) & IN_BLOCK) + X)
    return (transmon & np.uint64(3)) ^ ((x >> (shot & BIT)) & ONE)


@inlined
def _leaked(transmon: Vector, shot: Vector, planes: U64) -> Vector:
    """Bit 0: whether transmons are leaked."""
    return gather(planes, (transmon >> _PLANES) + ((shot >> LOG_WORD) & IN_BLOCK) + LEAKED) >> (shot & BIT)


@inlined
def _decode_candidates(first: np.uint64, start: int, acts: np.uint64, transmon: U64, planes: U64, words: U64) -> None:
    """Turn a vector of candidates into visits. Bit 63 says that something happens and that the shot is not leaked."""
    candidates = load_vector(words, first)
    shot, target = candidates & SHOT, ((candidates >> HALF) << ONE) + np.uint64(start)
    of_0, of_1 = gather(transmon, target), gather(transmon, target + ONE)
    row = _row_code(of_0, shot, planes) * CODES + _row_code(of_1, shot, planes)
    leaked = _leaked(of_0, shot, planes) | _leaked(of_1, shot, planes)
    happens = ~leaked & (vector_of(acts) >> row)
    store_vector(words, first, (happens << BIT) | (candidates & ~LOW) | (row << ROW_CODE) | shot)


@kernel
def list_pairs(since: np.uint64, candidates: int, start: int, acts: np.uint64, t: PlanTables, b: Shots) -> np.uint64:
    """List and note the visits of candidates (place << 32 | shot, in ``words``) that are neither leaked nor noted, if
    something happens in their row (a bit of ``acts``). ``since``: length of the list; returns its new length."""
    for k in range(0, candidates, WORDS):
        _decode_candidates(np.uint64(k), start, acts, t.transmon, b.planes, b.words)
    listed = since
    for k in range(candidates):
        visit = b.words[np.uint64(k)]
        b.visits[listed] = visit & ~(ONE << BIT)
        listed += visit >> BIT
    left, listed = np.int64(listed - since), since
    for k in range(left):
        visit = b.visits[since + np.uint64(k)]
        noting, bit = noted_at(visit >> HALF, (visit & SHOT) >> LOG_WORD), visit & BIT
        noted = b.noted[noting]
        b.noted[noting] = noted | (ONE << bit)
        b.visits[listed] = visit
        listed += ~(noted >> bit) & ONE
    return listed


@inlined
def _put_action(first: np.uint64, planes_at: Vector, shot: Vector, action: Vector, coin: Vector, words: U64) -> None:
    """Write decoded visits from ``first`` on. ``action``: one transmon's bytes; ``coin``: bit 0 is its random z."""
    put_flips(first, planes_at, shot, action, (action >> ONE) ^ ((action >> TWO) & coin), words)
    store_vector(words, first + THIRD, action >> np.uint64(3))


@inlined
def _act(
    visit: np.uint64, q: np.uint64, shot: np.uint64, words: U64, planes: U64, population: I64, leaked_shots: U16
) -> None:
    """Make what a decoded visit does to one transmon."""
    at, x, z = flips_of(visit, words)
    planes[at + X] ^= x
    planes[at + Z] ^= z
    change_levels(words[visit + THIRD], at, q, shot, planes, population, leaked_shots)


@inlined
def _decode_visits(
    visits: Vector,
    first: np.uint64,
    start: int,
    rows: np.uint64,
    word: Vector,
    transmon: U64,
    site_table: U64,
    branch_share: U64,
    branch_does: U64,
    words: U64,
) -> None:
    """What a vector of visits does, decoded from ``first`` on. Each takes one random word."""
    table = gather(site_table, ((visits >> ROW_CODE) & np.uint64(0xFFFF)) + rows)
    turned, turn = chosen(word, table >> HALF)
    entry = turned + (table & LOW)
    alias = is_below(turn, gather(branch_share, entry)) ^ ONE
    does = gather(branch_does, entry) >> (alias << FOUR)
    target = ((visits >> HALF) << ONE) + np.uint64(start)
    at_0, at_1 = gather(transmon, target) >> _PLANES, gather(transmon, target + ONE) >> _PLANES
    _put_action(first, at_0, visits, does & _ACTION, word, words)
    _put_action(first + SECOND, at_1, visits, (does >> np.uint64(8)) & _ACTION, word >> ONE, words)


@kernel
def make_pairs(since: np.uint64, listed: np.uint64, start: int, rows: np.uint64, t: PlanTables, b: Shots) -> None:
    """Make the visits that are listed from ``since`` on. One random word draws what happens to a shot, from the alias
    table of its row (counted from ``rows``)."""
    state, step, left = b.rng[0], b.rng[1], np.int64(listed - since)
    if left == 0:
        return
    store_vector(b.visits, listed, vector_of(ZERO))  # places and rows that exist, behind the last
    while left > 0:
        decoded, begin = np.int64(min(left, DECODED)), listed - np.uint64(left)
        for k in range(0, decoded, WORDS):
            word = mix(vector_of_steps(state + np.uint64(k) * step, step))
            visits = load_vector(b.visits, begin + np.uint64(k))
            _decode_visits(
                visits, np.uint64(k), start, rows, word, t.transmon, t.site_table, t.branch_share, t.branch_does,
                b.words,
            )  # fmt: skip
        state += np.uint64(decoded) * step
        for i in range(decoded):
            visit, event = b.visits[begin + np.uint64(i)], np.uint64(i)
            shot, target = visit & SHOT, np.uint64(start) + ((visit >> HALF) << ONE)
            q_0, q_1 = qubit_at(t.targets, target), qubit_at(t.targets, target + ONE)
            _act(event, q_0, shot, b.words, b.planes, b.population, b.leaked_shots)
            _act(event + SECOND, q_1, shot, b.words, b.planes, b.population, b.leaked_shots)
        left -= decoded
    b.rng[0] = state
