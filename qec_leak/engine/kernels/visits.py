"""Visits of shots by leakage channels (docs/engine.md, rule 4).

A channel visits a shot at most once, in the class in which the shot arrives. Leaked shots come first, then flipped ones
(against a known value) if the site visits them apart, then the usual ones. A visited shot is noted at its place (a
group of targets) as a bit of noted[WORDS * place + w]. If more than a flip happens to it, the visit is listed, as a
word place << 32 | row << 16 | shot. Then the listed visits are made: 16 at a time at pairs, where there are many
(visits_of_pairs), and one by one at single transmons (visits_of_singles). Conditions are computed as bits, since
branches would be mispredicted.
"""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.layout import BIT, HALF, I8, LEAKED, LIST, ONE, THREE, U16, W
from qec_leak.engine.kernels.random_numbers import how_many, random_word
from qec_leak.engine.plan.formats import BLOCK_SHOTS, LOG_SHOTS
from qec_leak.engine.plan.sites import CLASSES, ROWS
from qec_leak.engine.plan.tables import I64, U64, PlanTables
from qec_leak.engine.simd.chunks import CHUNK, find_in_chunk
from qec_leak.engine.simd.jit import inlined

SHOT, ROW_CODE = np.uint64(BLOCK_SHOTS - 1), np.uint64(16)


@inlined
def value_of(values: I8, target: np.uint64) -> np.uint64:
    """The reference's value of a channel's target, +2 where it is known."""
    return np.uint64(values[target] & 3)


@inlined
def noted_at(place: np.uint64, w: np.uint64) -> np.uint64:
    """Index of a word of noted shots."""
    return place * W + w


@inlined
def visit_of(place: np.uint64, row: np.uint64, shot: np.uint64) -> np.uint64:
    """A visit as it is listed. Only the lower bits of ``shot`` count, its place in the block."""
    return (place << HALF) | (row << ROW_CODE) | (shot & SHOT)


@inlined
def _change_list(q: np.uint64, shot: np.uint64, leaks: np.uint64, population: I64, leaked_shots: U16) -> None:
    """Put a shot on the list of leaked shots of a qubit, or take it off: then the last one moves to its place."""
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
def change_levels(
    levels: np.uint64, at: np.uint64, q: np.uint64, shot: np.uint64, planes: U64, population: I64, leaked_shots: U16
) -> None:
    """Flip a transmon's leaked plane (bit 0 of ``levels``) and level-3 plane (bit 1) in a shot; its x is at ``at``."""
    bit = shot & BIT
    planes[at + THREE] ^= ((levels >> ONE) & ONE) << bit
    if levels & ONE:
        leaked = planes[at + LEAKED] ^ (ONE << bit)
        planes[at + LEAKED] = leaked
        _change_list(q, shot, (leaked >> bit) & ONE, population, leaked_shots)


@inlined
def class_start(site: int, kind: int) -> np.uint64:
    """Where the rows of a class of shots at a site begin."""
    return np.uint64(ROWS * (CLASSES * site + kind))


@inlined
def events_among(leaked: int, site: int, t: PlanTables, rng: U64) -> tuple[int, int]:
    """How many events there are, a Poisson variate, and among how many leaked shots: the number ``leaked``, rounded up
    to a sum of whole 1,024s and a number that has a table (engine/plan/counts.py)."""
    last = t.leaked_row.shape[1] - 1
    events, whole = 0, leaked >> LOG_SHOTS
    for _ in range(whole):
        events += how_many(t.leaked_row[site, last], t, random_word(rng))
    rest, shift = leaked & (BLOCK_SHOTS - 1), 0
    while rest >> shift > 7:
        shift += 1
    digits = (rest + (1 << shift) - 1) >> shift
    events += how_many(t.leaked_row[site, 4 * shift + digits], t, random_word(rng))
    return events, (whole << LOG_SHOTS) + (digits << shift)
