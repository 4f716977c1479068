"""Visits of shots by leakage channels: how they are listed, counted and made.

Each shot meets a channel once, in the class in which it arrives: leaked ones first, then those flipped against a
known value where they are visited apart, then the usual ones. Who has met it is noted for each place (a group of
targets): bits of noted[WORDS * place + w]. Shots to which more happens than a flip are put on a list of visits
(place << 32 | row << 16 | shot), which are then made. Conditions are bits that are computed with, since nobody can
foresee them; where a number of shots is drawn at random, the words are drawn before by the row.
"""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import is_below
from qec_leak.engine.kernels.jit import inlined, kernel
from qec_leak.engine.kernels.layout import (
    BIT,
    BLOCK_SHOTS,
    FOUR,
    HALF,
    I64,
    LEAKED,
    LIST,
    LOG_SHOTS,
    ONE,
    ROW,
    SIX,
    THREE,
    TWO,
    U16,
    U64,
    Block,
    Tables,
    W,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import chosen, how_many, mix, random_word
from qec_leak.engine.lists import CHUNK, find_in_chunk


@inlined
def noted_at(place: np.uint64, w: np.uint64) -> np.uint64:
    """Index of a word of noted shots."""
    return place * W + w


@inlined
def visit_of(place: np.uint64, row: np.uint64, shot: np.uint64) -> np.uint64:
    """A visit as it is listed; of ``shot`` the bits count that say which of the block it is."""
    return (place << HALF) | (row << np.uint64(16)) | (shot & np.uint64(BLOCK_SHOTS - 1))


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
def _act(action: np.uint64, q: np.uint64, shot: np.uint64, coin: np.uint64, b: Block) -> None:
    """Apply one transmon's byte of an action to one shot."""
    planes, at, bit = b.planes, q * ROW + (shot >> SIX), shot & BIT
    planes[at + X] ^= (action & ONE) << bit
    planes[at + Z] ^= (((action >> ONE) ^ ((action >> TWO) & coin)) & ONE) << bit
    planes[at + THREE] ^= ((action >> FOUR) & ONE) << bit
    if (action >> np.uint64(3)) & ONE:
        leaked = planes[at + LEAKED] ^ (ONE << bit)
        planes[at + LEAKED] = leaked
        _change_list(q, shot, (leaked >> bit) & ONE, b.population, b.leaked_shots)


@inlined
def class_start(site: int, kind: int) -> np.uint64:
    """Where the rows of a class of shots at a site begin."""
    return np.uint64(36 * (3 * site + kind))


@kernel
def make_visits(
    since: np.uint64, listed: np.uint64, arity: int, start: int, rows: np.uint64, t: Tables, b: Block
) -> None:
    """Draw what a channel does to the shots that are listed from ``since`` on, from the alias table of each one's row
    (counted from ``rows``), with one random word."""
    state, step = b.rng[0], b.rng[1]
    for i in range(since, listed):
        visit = b.visits[np.uint64(i)]
        row, shot = rows + ((visit >> np.uint64(16)) & np.uint64(0xFFFF)), visit & np.uint64(BLOCK_SHOTS - 1)
        first = np.uint64(start) + np.uint64(arity) * (visit >> HALF)
        state += step
        word = mix(state)
        entry, turn = chosen(word, np.uint64(t.site_size[row]))
        k = np.uint64(t.site_row[row]) + entry
        does = np.uint64(t.branch_action[k, ONE - is_below(turn, t.branch_share[k])])
        _act(does & np.uint64(255), np.uint64(t.targets[first]), shot, word & ONE, b)
        if arity == 2:
            _act(does >> np.uint64(8), np.uint64(t.targets[first + ONE]), shot, (word >> ONE) & ONE, b)
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
