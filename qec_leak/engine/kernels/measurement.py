"""Measurement, its readout by level, reset, and what is kept of records and levels."""

from __future__ import annotations

import math

import numpy as np

from qec_leak.engine.kernels.bits import all_if, lowest_bit, planes_of, qubit_at, record_at
from qec_leak.engine.kernels.frames import anticommuting, flip_pauli
from qec_leak.engine.kernels.layout import (
    BIT,
    DRAWN,
    HALF,
    IN_BLOCK,
    LEAKED,
    LIST,
    LOG_WORD,
    ONE,
    THREE,
    ZERO,
    Shots,
    W,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import draw_words, gap, mix, random_vector, random_word, uniform
from qec_leak.engine.plan.codes import UNREAD
from qec_leak.engine.plan.formats import BLOCK_SHOTS, LOG_SHOTS
from qec_leak.engine.plan.tables import U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import WORDS, Vector, count_bits, load_vector, store_vector, vector_of, words_set


@inlined
def _randomise_z(planes: U64, origin: np.uint64, value: int, rng: U64) -> None:
    """Make z random, unless it is overwritten before a gate reads it."""
    if value & UNREAD:
        rng[0] += W * rng[1]
    else:
        store_vector(planes, origin + Z, random_vector(rng))


@kernel
def reset_qubits(start: int, count: int, table: int, t: PlanTables, b: Shots) -> None:
    """x becomes 0 and z random (docs/engine.md, rule 7). Levels are cleared with the table's probabilities."""
    planes, population, leaked_shots, cum = b.planes, b.population, b.leaked_shots, t.reset_cum
    for k in range(start, start + count):
        q = qubit_at(t.targets, k)
        origin, first = planes_of(q), np.int64(q) * LIST
        _randomise_z(planes, origin, t.values[np.uint64(k)], b.rng)
        store_vector(planes, origin + X, vector_of(ZERO))
        arrived = population[q]
        population[q] = 0
        for i in range(arrived):
            shot = np.uint64(leaked_shots[first + i])
            at, mask = origin + (shot >> LOG_WORD), ONE << (shot & BIT)
            level = 1 if planes[at + THREE] & mask else 0
            planes[at + LEAKED] &= ~mask
            planes[at + THREE] &= ~mask
            if table < 0:
                continue
            u = uniform(random_word(b.rng))
            if u < cum[table, level, 0]:
                planes[at + X] |= mask
            elif u < cum[table, level, 2]:
                planes[at + LEAKED] |= mask
                leaked_shots[first + population[q]] = shot
                population[q] += 1
                if u >= cum[table, level, 1]:
                    planes[at + THREE] |= mask


@inlined
def _read_ones(probability: float, shots: Vector, words: U64, rng: U64) -> Vector:
    """Those of ``shots`` that read 1."""
    if probability >= 1.0:
        return shots
    if probability <= 0.0:
        return vector_of(ZERO)
    store_vector(words, ZERO, shots)
    for w in range(WORDS):
        left = words[w]
        while left:
            bit = lowest_bit(left)
            left &= left - ONE
            if uniform(random_word(rng)) >= probability:
                words[w] ^= ONE << bit
    return load_vector(words, ZERO)


@kernel
def measure_qubits(start: int, count: int, readout: int, records: int, t: PlanTables, b: Shots) -> None:
    """Record flips; z becomes random (docs/engine.md, rule 6). The record of a leaked qubit is the bit of its readout.
    The qubit still acts as |0> afterwards: its x becomes the reference's outcome."""
    planes, ring = b.planes, b.records
    for k in range(count):
        q, value = qubit_at(t.targets, start + k), t.values[np.uint64(start + k)]
        origin, r = planes_of(q), record_at(ring, records + k)
        _randomise_z(planes, origin, value, b.rng)
        reads = vector_of(ZERO)
        leaked, reference = load_vector(planes, origin + LEAKED), all_if(value & 1)
        if b.population[q]:
            three = load_vector(planes, origin + THREE)
            reads = _read_ones(t.readout[readout, 2], leaked & ~three, b.words, b.rng)
            reads = reads | _read_ones(t.readout[readout, 3], three, b.words, b.rng)
        flips = load_vector(planes, origin + X)
        store_vector(ring, r, (flips & ~leaked) | ((reads ^ reference) & leaked))
        store_vector(planes, origin + X, (flips & ~leaked) | (leaked & reference))


@kernel
def assignment_events(events: int, start: int, count: int, records: int, t: PlanTables, b: Shots) -> None:
    """Flip records of computational qubits by Poisson events, whatever their values. Flips are collected in ``noted``
    (zero before and after), so that each record is read and written once, as a plane."""
    if events == 0:
        return
    noted, ring = b.noted, b.records
    state, step = b.rng[0], b.rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = draw_words(drawn, state, step, b.words)
        for i in range(drawn):
            word = b.words[np.uint64(i)]
            k = ((word >> HALF) * np.uint64(count)) >> HALF
            noted[k * W + ((word >> LOG_WORD) & IN_BLOCK)] ^= ONE << (word & BIT)
        events -= drawn
    b.rng[0] = state
    for k in range(count):
        at, record = np.uint64(k) * W, record_at(ring, records + k)
        flips = load_vector(noted, at) & ~load_vector(b.planes, planes_of(qubit_at(t.targets, start + k)) + LEAKED)
        store_vector(ring, record, load_vector(ring, record) ^ flips)
        store_vector(noted, at, vector_of(ZERO))


@kernel
def assignment_errors(start: int, count: int, readout: int, records: int, t: PlanTables, b: Shots) -> None:
    """Flip records of computational qubits with probabilities that depend on their real values."""
    of_zero, of_one = t.readout[readout, 0], t.readout[readout, 1]
    largest = max(of_zero, of_one)
    if largest <= 0.0:
        return
    inverse_log = 1.0 / math.log1p(-largest) if largest < 1.0 else 0.0
    step = b.rng[1]
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        at, mask = planes_of(qubit_at(t.targets, start + k)) + (shot >> LOG_WORD), ONE << (shot & BIT)
        if not b.planes[at + LEAKED] & mask:
            real = (t.values[start + k] & 1) ^ (1 if b.planes[at + X] & mask else 0)
            state += step
            if uniform(mix(state)) * largest < (of_one if real else of_zero):
                b.records[record_at(b.records, records + k) + (shot >> LOG_WORD)] ^= mask
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state


@kernel
def measure_levels(start: int, count: int, readout: int, records: int, t: PlanTables, b: Shots) -> None:
    """Record levels: a record is 1, a flip, with the probability of the level. Nothing happens to the qubit."""
    of, every = t.level_readout, vector_of(~ZERO)
    for k in range(count):
        q = qubit_at(t.targets, start + k)
        leaked, three = load_vector(b.planes, planes_of(q) + LEAKED), load_vector(b.planes, planes_of(q) + THREE)
        reads = _read_ones(of[readout, 0], every & ~leaked, b.words, b.rng)
        reads = reads | _read_ones(of[readout, 1], leaked & ~three, b.words, b.rng)
        reads = reads | _read_ones(of[readout, 2], three, b.words, b.rng)
        reads = reads ^ _read_ones(of[readout, 3], every, b.words, b.rng)
        store_vector(b.records, record_at(b.records, records + k), reads)


@kernel
def flip_observable(observable: int, start: int, count: int, t: PlanTables, b: Shots) -> None:
    """Flip an observable where the frame anticommutes with the product of Paulis ``targets``."""
    first = np.uint64(observable) * W
    for v in range(WORDS):
        w = np.uint64(v)
        b.observables[first + w] ^= anticommuting(b.planes, t.targets, start, count, w)


@kernel
def measure_pauli(start: int, count: int, noise: int, records: int, t: PlanTables, b: Shots) -> None:
    """Measure a product; its record flips by ``noise`` (-1: never). The back-action is the product itself, in half of
    the shots."""
    ring, r = b.records, record_at(b.records, records)
    for v in range(WORDS):
        w = np.uint64(v)
        ring[r + w] = anticommuting(b.planes, t.targets, start, count, w)
        back_action = random_word(b.rng)
        for k in range(start, start + count):
            flip_pauli(b.planes, t.targets[k], w, back_action)
    step, inverse_log = b.rng[1], t.noise_log[noise] if noise >= 0 else -1e300
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        ring[r + (np.uint64(hit) >> LOG_WORD)] ^= ONE << (np.uint64(hit) & BIT)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state


@kernel
def keep_outcomes(start: int, count: int, records: int, t: PlanTables, b: Shots) -> None:
    """Copy real outcomes out of the ring: record flips against bit 2 of the values."""
    for k in range(count):
        r, kept = record_at(b.records, records + k), np.uint64(records + k) * W
        reference = all_if((t.values[start + k] >> 2) & 1)
        store_vector(b.measurements, kept, load_vector(b.records, r) ^ reference)


@kernel
def keep_levels(start: int, count: int, records: int, t: PlanTables, b: Shots) -> None:
    """Copy the level planes of measured qubits: planes 2 r and 2 r + 1 of record r."""
    for k in range(count):
        origin, kept = planes_of(qubit_at(t.targets, start + k)), np.uint64(2 * (records + k)) * W
        store_vector(b.heralds, kept, load_vector(b.planes, origin + LEAKED))
        store_vector(b.heralds, kept + W, load_vector(b.planes, origin + THREE))


@inlined
def parity_of(start: int, count: int, records: int, t: PlanTables, b: Shots) -> Vector:
    """The parity of records."""
    parity = vector_of(ZERO)
    for k in range(start, start + count):
        parity = parity ^ load_vector(b.records, record_at(b.records, records - t.targets[np.uint64(k)]))
    return parity


@kernel
def count_levels(snapshot: int, b: Shots) -> None:
    """Add up, qubit by qubit, how many of the valid shots are in level 2 and in 3. Where all shots of the block are
    valid, ``population`` says how many are leaked."""
    planes, counts, shots = b.planes, b.counts, load_vector(b.valid, ZERO)
    whole = count_bits(shots) == np.uint64(BLOCK_SHOTS)
    for k in range(counts.shape[1]):
        q = np.uint64(k)
        leaked, threes = b.population[q], np.int64(0)
        if not whole:
            leaked = np.int64(count_bits(load_vector(planes, planes_of(q) + LEAKED) & shots))
        three = load_vector(planes, planes_of(q) + THREE) & shots
        if words_set(three):
            threes = np.int64(count_bits(three))
        counts[snapshot, q, 0] += leaked - threes
        counts[snapshot, q, 1] += threes
