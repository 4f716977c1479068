"""Pauli noise: layers of Poisson events, and noise without Poisson rates, which is drawn by its probability."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import is_below, planes_of, qubit_at, record_at
from qec_leak.engine.kernels.flips import SECOND, flips_of, put_flips
from qec_leak.engine.kernels.frames import flip_pauli
from qec_leak.engine.kernels.layout import (
    BIT,
    DECODED,
    FOUR,
    HALF,
    LEAKED,
    LOG_WORD,
    LOW,
    ONE,
    STRIDE,
    TWO,
    ZERO,
    Shots,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import gap, mix, uniform
from qec_leak.engine.plan.formats import BLOCK_SHOTS, LOG_SHOTS, QUBIT_BITS, SHARE_BITS
from qec_leak.engine.plan.tables import U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import WORDS, Vector, gather, store_vector, vector_of, vector_of_steps

_SHARE, _QUBIT = np.uint64((1 << SHARE_BITS) - 1), np.uint64((1 << QUBIT_BITS) - 1)
_OF_SHARE, _OF_QUBIT, _OF_CODE = np.uint64(SHARE_BITS), np.uint64(QUBIT_BITS), np.uint64(2 + QUBIT_BITS)
_OF_WORD = np.uint64(32 - SHARE_BITS)
_THREE, _FIFTEEN, _ALL = np.uint64(3), np.uint64(15), np.uint64((1 << 64) - 1)


@inlined
def _apply(bits: np.uint64, at: np.uint64, mask: np.uint64, planes: U64) -> None:
    """Flip x (bit 0) and z (bit 1) of one shot unless it is leaked; without branches, which would be mispredicted.
    ``at``: where the planes of the qubit begin, plus the word."""
    hit = mask & ~planes[at + LEAKED]
    planes[at + X] ^= hit & (ZERO - (bits & ONE))
    planes[at + Z] ^= hit & (ZERO - ((bits >> ONE) & ONE))


@inlined
def _strike(event: np.uint64, words: U64, planes: U64, can_leak: bool) -> None:
    """Make a decoded event, unless the qubit is leaked in its shot."""
    at, x, z = flips_of(event, words)
    if can_leak:
        computational = ~planes[at + LEAKED]
        x, z = x & computational, z & computational
    planes[at + X] ^= x
    planes[at + Z] ^= z


@inlined
def _paulis(code: Vector, turn: Vector, number: np.uint64) -> Vector:
    """The Paulis of an event's code. Where the code is 0, the lower half of ``turn`` chooses one of ``number``."""
    said = code & number
    any_pauli = (((turn & LOW) * number) >> HALF) + ONE
    return said | (any_pauli & (((said - ONE) >> BIT) * number))


@inlined
def _decode_one(first: np.uint64, start: np.uint64, turn: Vector, word: Vector, event: U64, words: U64) -> None:
    """A vector of events on one qubit, decoded from ``first`` on."""
    entry = gather(event, (turn >> HALF) + start)
    own = is_below((word & LOW) >> _OF_WORD, entry & _SHARE)
    code = (entry >> _OF_SHARE) >> ((own ^ ONE) * _OF_CODE)
    paulis = _paulis(code, turn, _THREE)
    put_flips(first, ((code >> TWO) & _QUBIT) * STRIDE, word, paulis, paulis >> ONE, words)


@inlined
def _decode_two(first: np.uint64, start: np.uint64, turn: Vector, word: Vector, event: U64, words: U64) -> None:
    """A vector of events on two qubits, decoded from ``first`` on."""
    at = ((turn >> HALF) << ONE) + start
    entry, alias = gather(event, at), gather(event, at + ONE)
    own = is_below((word & LOW) >> _OF_WORD, entry & _SHARE)
    code = alias ^ ((alias ^ (entry >> _OF_SHARE)) & (own * _ALL))
    paulis = _paulis(code, turn, _FIFTEEN)
    put_flips(first, ((code >> FOUR) & _QUBIT) * STRIDE, word, paulis, paulis >> ONE, words)
    paulis = paulis >> TWO
    put_flips(first + SECOND, ((code >> _OF_QUBIT) >> FOUR) * STRIDE, word, paulis, paulis >> ONE, words)


@kernel
def pauli_layer(arity: int, events: int, layer: int, t: PlanTables, b: Shots) -> None:
    """A layer of Pauli noise: Poisson events, each at a place of its own. A place may be struck twice; the rates
    allow for it. Events do not depend on each other, while gaps would. An event takes one random word. Its upper 32
    bits choose the entry; what is left of them chooses a Pauli, where the entry leaves it open. The lower 32 bits
    choose between event and alias, and the shot."""
    first, entries = np.uint64(t.layer_start[layer]), np.uint64(t.layer_size[layer]) & LOW
    event, words = t.event, b.words
    state, step = b.rng[0], b.rng[1]
    for begin in range(0, events, DECODED):
        decoded = min(events - begin, DECODED)
        for k in range(0, decoded, WORDS):
            word = mix(vector_of_steps(state + np.uint64(k) * step, step))
            turn = (word >> HALF) * entries
            if arity == 1:
                _decode_one(np.uint64(k), first, turn, word, event, words)
            else:
                _decode_two(np.uint64(k), first, turn, word, event, words)
        state += np.uint64(decoded) * step
        for i in range(decoded):
            _strike(np.uint64(i), words, b.planes, t.can_leak)
            if arity == 2:
                _strike(np.uint64(i) + SECOND, words, b.planes, t.can_leak)
    b.rng[0] = state


@inlined
def _draw_outcome(word: np.uint64, noise: int, t: PlanTables) -> np.uint64:
    """The bits of an outcome, by an alias table: entry k keeps its share of turns and hands the rest to its alias."""
    turn = uniform(word) * t.noise_size[noise]
    k = np.int64(turn)
    k = k if turn - k < t.noise_share[noise, k] else np.int64(t.noise_alias[noise, k])
    return np.uint64(t.noise_outcome[noise, k])


@kernel
def drawn_noise(arity: int, start: int, count: int, noise: int, t: PlanTables, b: Shots) -> None:
    """Pauli noise by geometric skipping, for noise that is not made of Poisson events."""
    total = np.int64(count // arity) * BLOCK_SHOTS
    step, inverse_log = b.rng[1], t.noise_log[noise]
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < total:
        first, shot = start + arity * (hit >> LOG_SHOTS), np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> LOG_WORD, ONE << (shot & BIT)
        state += step
        bits = _draw_outcome(mix(state), noise, t)
        _apply(bits, planes_of(qubit_at(t.targets, first)) + w, mask, b.planes)
        if arity == 2:
            _apply(bits >> TWO, planes_of(qubit_at(t.targets, first + 1)) + w, mask, b.planes)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state


@kernel
def heralded_noise(start: int, count: int, noise: int, records: int, t: PlanTables, b: Shots) -> None:
    """Pauli noise by geometric skipping that leaves a record where it strikes."""
    clear_records(count, records, b)
    step, inverse_log = b.rng[1], t.noise_log[noise]
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> LOG_WORD, ONE << (shot & BIT)
        b.records[record_at(b.records, records + k) + w] |= mask
        state += step
        _apply(_draw_outcome(mix(state), noise, t), planes_of(qubit_at(t.targets, start + k)) + w, mask, b.planes)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state


@kernel
def clear_records(count: int, records: int, b: Shots) -> None:
    """Records that no shot flips."""
    for k in range(count):
        store_vector(b.records, record_at(b.records, records + k), vector_of(ZERO))


@kernel
def pad_records(count: int, noise: int, records: int, t: PlanTables, b: Shots) -> None:
    """Records that flip with the probability of ``noise``, by geometric skipping (-1: never)."""
    clear_records(count, records, b)
    if noise < 0:
        return
    step, inverse_log = b.rng[1], t.noise_log[noise]
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        b.records[record_at(b.records, records + k) + (shot >> LOG_WORD)] ^= ONE << (shot & BIT)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state


@kernel
def correlated_noise(otherwise: bool, start: int, count: int, noise: int, t: PlanTables, b: Shots) -> None:
    """An error of an E / ELSE chain; ``happened`` holds the shots in which one of it has already happened."""
    if not otherwise:
        store_vector(b.happened, ZERO, vector_of(ZERO))
    step, inverse_log = b.rng[1], t.noise_log[noise]
    hit, state = gap(b.rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        w, mask = np.uint64(hit) >> LOG_WORD, ONE << (np.uint64(hit) & BIT)
        if not b.happened[w] & mask:
            b.happened[w] |= mask
            for k in range(start, start + count):
                flip_pauli(b.planes, t.targets[k], w, mask)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    b.rng[0] = state
