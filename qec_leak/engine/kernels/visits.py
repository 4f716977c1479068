"""Visits of shots by leakage channels: how they are listed, counted and made.

Each shot meets a channel once, in the class in which it arrives: leaked ones first, then those flipped against a
known value where they are visited apart, then the usual ones. Who has met it is noted for each place (a group of
targets): bits of noted[WORDS * place + w]. Shots to which more happens than a flip are put on a list of visits
(place << 32 | row << 16 | shot), which are then made. Conditions are bits that are computed with, since nobody can
foresee them. Rows of 16 shots are decoded together, and what changes bits follows one by one.
"""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.flips import SECOND, THIRD, flips_of, put_flips
from qec_leak.engine.kernels.jit import inlined, kernel
from qec_leak.engine.kernels.layout import (
    BIT,
    BLOCK_SHOTS,
    DECODED,
    FOUR,
    HALF,
    I64,
    LEAKED,
    LIST,
    LOG_SHOTS,
    LOW,
    ONE,
    THREE,
    TWO,
    U16,
    U64,
    ZERO,
    Block,
    Tables,
    W,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import how_many, mix, random_word
from qec_leak.engine.lists import CHUNK, find_in_chunk
from qec_leak.engine.rows import WORDS, Row, gather, load_row, row_of, row_of_steps, store_row

SHOT, _ROW_CODE, _ACTION = np.uint64(BLOCK_SHOTS - 1), np.uint64(16), np.uint64(31)


@inlined
def noted_at(place: np.uint64, w: np.uint64) -> np.uint64:
    """Index of a word of noted shots."""
    return place * W + w


@inlined
def visit_of(place: np.uint64, row: np.uint64, shot: np.uint64) -> np.uint64:
    """A visit as it is listed; of ``shot`` the bits count that say which of the block it is."""
    return (place << HALF) | (row << _ROW_CODE) | (shot & SHOT)


@inlined
def _change_list(q: np.uint64, shot: np.uint64, leaks: np.uint64, population: I64, leaked_shots: U16) -> None:
    """Put a shot on the list of leaked shots of a qubit, or take it off: the last one takes its place."""
    first, n = q * np.uint64(LIST), np.uint64(population[q])
    if leaks:
        leaked_shots[first + n] = shot
        population[q] += 1
        return
    chunk, k = first, find_in_chunk(leaked_shots, first, shot)
    while k == np.uint64(CHUNK):
        chunk += np.uint64(CHUNK)
        k = find_in_chunk(leaked_shots, chunk, shot)
    leaked_shots[chunk + k] = leaked_shots[first + n - ONE]
    population[q] -= 1


@inlined
def class_start(site: int, kind: int) -> np.uint64:
    """Where the rows of a class of shots at a site begin."""
    return np.uint64(36 * (3 * site + kind))


@inlined
def _put_action(first: np.uint64, planes_at: Row, shot: Row, action: Row, coin: Row, words: U64) -> None:
    """Decoded visits from ``first`` on: one transmon's bytes of actions, and bits 0 of coins for z."""
    put_flips(first, planes_at, shot, action, (action >> ONE) ^ ((action >> TWO) & coin), words)
    store_row(words, first + THIRD, action >> np.uint64(3))


@inlined
def _act(visit: np.uint64, q: np.uint64, shot: np.uint64, b: Block) -> None:
    """Make what a decoded visit does to one transmon."""
    planes, bit = b.planes, shot & BIT
    at, x, z = flips_of(visit, b.words)
    levels = b.words[visit + THIRD]
    planes[at + X] ^= x
    planes[at + Z] ^= z
    planes[at + THREE] ^= ((levels >> ONE) & ONE) << bit
    if levels & ONE:
        leaked = planes[at + LEAKED] ^ (ONE << bit)
        planes[at + LEAKED] = leaked
        _change_list(q, shot, (leaked >> bit) & ONE, b.population, b.leaked_shots)


@inlined
def _decode_visits(
    visits: Row, first: np.uint64, arity: int, start: int, rows: np.uint64, word: Row, t: Tables, b: Block
) -> None:
    """What a row of visits does, decoded from ``first`` on: by one random word each."""
    table = gather(t.site_table, ((visits >> _ROW_CODE) & np.uint64(0xFFFF)) + rows)
    turns = (word >> HALF) * (table >> HALF)
    entry, turn = (turns >> HALF) + (table & LOW), ((turns & LOW) << np.uint64(31)) | (word & (LOW >> ONE))
    alias = ((turn - gather(t.branch_share, entry)) >> BIT) ^ ONE
    does = gather(t.branch_does, entry) >> (alias << FOUR)
    target = (visits >> HALF) * np.uint64(arity) + np.uint64(start)
    _put_action(first, gather(t.transmon, target) >> TWO, visits, does & _ACTION, word, b.words)
    if arity == 2:
        at, does = gather(t.transmon, target + ONE) >> TWO, (does >> np.uint64(8)) & _ACTION
        _put_action(first + SECOND, at, visits, does, word >> ONE, b.words)


@kernel
def make_visits(
    since: np.uint64, listed: np.uint64, arity: int, start: int, rows: np.uint64, t: Tables, b: Block
) -> None:
    """Draw what a channel does to the shots that are listed from ``since`` on, from the alias table of each one's row
    (counted from ``rows``), with one random word, and do it."""
    state, step, left = b.rng[0], b.rng[1], np.int64(listed - since)
    if left == 0:
        return
    store_row(b.visits, listed, row_of(ZERO))  # places and rows that exist, for what fills the last row
    while left > 0:
        decoded, begin = np.int64(min(left, DECODED)), listed - np.uint64(left)
        for k in range(0, decoded, WORDS):
            word = mix(row_of_steps(state + np.uint64(k) * step, step))
            visits = load_row(b.visits, begin + np.uint64(k))
            _decode_visits(visits, np.uint64(k), arity, start, rows, word, t, b)
        state += np.uint64(decoded) * step
        for i in range(decoded):
            visit, event = b.visits[begin + np.uint64(i)], np.uint64(i)
            shot, target = visit & SHOT, np.uint64(start) + np.uint64(arity) * (visit >> HALF)
            _act(event, np.uint64(t.targets[target]), shot, b)
            if arity == 2:
                _act(event + SECOND, np.uint64(t.targets[target + ONE]), shot, b)
        left -= decoded
    b.rng[0] = state


@inlined
def met_of(leaked: int, site: int, t: Tables, rng: U64) -> tuple[int, int]:
    """How many events there are among so many leaked shots, a Poisson variate, and among how many: those shots rounded
    up to a number of which there are tables (engine/counts.py) and whole 1,024."""
    last = t.met_row.shape[1] - 1
    events, whole = 0, leaked >> LOG_SHOTS
    for _ in range(whole):
        events += how_many(t.met_row[site, last], t, random_word(rng))
    rest, shift = leaked & (BLOCK_SHOTS - 1), 0
    while rest >> shift > 7:
        shift += 1
    digits = (rest + (1 << shift) - 1) >> shift
    events += how_many(t.met_row[site, 4 * shift + digits], t, random_word(rng))
    return events, (whole << LOG_SHOTS) + (digits << shift)
