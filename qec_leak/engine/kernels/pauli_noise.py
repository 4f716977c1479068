"""Pauli noise: layers of Poisson events, and what is drawn by its probability because it has no rates."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import record_at, row_at
from qec_leak.engine.kernels.frames import flip_pauli
from qec_leak.engine.kernels.jit import inlined, kernel
from qec_leak.engine.kernels.layout import (
    BIT,
    BLOCK_SHOTS,
    DRAWN,
    F64,
    HALF,
    I32,
    IN_BLOCK,
    LEAKED,
    LOG_SHOTS,
    LOW,
    ONE,
    SIX,
    TWO,
    U8,
    U64,
    ZERO,
    X,
    Z,
)
from qec_leak.engine.kernels.random_numbers import draw_words, gap, mix, uniform
from qec_leak.engine.rows import WORDS, row_of, store_row

_PAULI, _FIRST_ROW, _SECOND_ROW = np.uint64(15), np.uint64((1 << 32) - 16), np.uint64(32)


@inlined
def _apply(bits: np.uint64, at: np.uint64, mask: np.uint64, planes: U64, can_leak: bool) -> None:
    """Flip x (bit 0) and z (bit 1) of one shot unless it is leaked; without branches, which would be mispredicted.
    ``at``: the row of the qubit and the word."""
    hit = mask & ~planes[at + LEAKED] if can_leak else mask
    planes[at + X] ^= hit & (ZERO - (bits & ONE))
    planes[at + Z] ^= hit & (ZERO - ((bits >> ONE) & ONE))


@kernel
def pauli_layer(
    arity: int, events: int, start: int, size: int, event: U64, planes: U64, can_leak: bool, words: U64, rng: U64
) -> None:
    """A layer of Pauli noise: Poisson events, each at a place of its own. A place may be met twice, which the rates
    allow for; events do not wait for each other, as gaps would. One word serves an event: the upper 32 bits for which
    it is and, by what is left of them, for the Pauli where any may be; the lower ones for its alias and its shot."""
    first, entries = np.uint64(start), np.uint64(size)
    paulis = np.uint64(3 if arity == 1 else 15)
    state, step = rng[0], rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = draw_words(drawn, state, step, words)
        for i in range(drawn):
            word = words[np.uint64(i)]
            turn = (word >> HALF) * entries
            k = first + (turn >> HALF)
            code = event[k, ONE] if word & LOW < event[k, ZERO] else event[k, TWO]
            any_pauli = ONE + (((turn & LOW) * paulis) >> HALF)
            bits = code & _PAULI if code & _PAULI else any_pauli
            w, mask = (word >> SIX) & IN_BLOCK, ONE << (word & BIT)
            _apply(bits, (code & _FIRST_ROW) + w, mask, planes, can_leak)
            if arity == 2:
                _apply(bits >> TWO, (code >> _SECOND_ROW) + w, mask, planes, can_leak)
        events -= drawn
    rng[0] = state


@inlined
def _draw_outcome(word: np.uint64, size: int, share: F64, alias: U8, noise: int) -> int:
    """An outcome in one step: entry k keeps ``share`` of its turns and hands the rest to ``alias``."""
    turn = uniform(word) * size
    k = np.int64(turn)
    return k if turn - k < share[noise, k] else np.int64(alias[noise, k])


@kernel
def bernoulli_noise(
    targets: I32, start: int, count: int, arity: int, noise: int, inverse_log: float, size: int, share: F64,
    alias: U8, outcome: U8, planes: U64, rng: U64,
) -> None:  # fmt: skip
    """Pauli noise by geometric skipping, where it is not made of Poisson events."""
    total = np.int64(count // arity) * BLOCK_SHOTS
    step = rng[1]
    hit, state = gap(rng[0], step, inverse_log)
    while hit < total:
        first, shot = start + arity * (hit >> LOG_SHOTS), np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> SIX, ONE << (shot & BIT)
        state += step
        bits = np.uint64(outcome[noise, _draw_outcome(mix(state), size, share, alias, noise)])
        _apply(bits, row_at(targets[first]) + w, mask, planes, True)
        if arity == 2:
            _apply(bits >> TWO, row_at(targets[first + 1]) + w, mask, planes, True)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@kernel
def heralded_noise(
    targets: I32, start: int, count: int, noise: int, inverse_log: float, size: int, share: F64, alias: U8,
    outcome: U8, planes: U64, ring: U64, first_record: int, rng: U64,
) -> None:  # fmt: skip
    """Pauli noise by geometric skipping that leaves a record where it strikes."""
    clear_records(ring, first_record, count)
    step = rng[1]
    hit, state = gap(rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> SIX, ONE << (shot & BIT)
        ring[record_at(ring, first_record + k) + w] |= mask
        state += step
        bits = np.uint64(outcome[noise, _draw_outcome(mix(state), size, share, alias, noise)])
        _apply(bits, row_at(targets[start + k]) + w, mask, planes, True)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@kernel
def clear_records(ring: U64, first_record: int, count: int) -> None:
    """Records that no shot flips."""
    for k in range(count):
        store_row(ring, record_at(ring, first_record + k), row_of(ZERO))


@kernel
def correlated_noise(
    targets: I32, start: int, count: int, otherwise: bool, inverse_log: float, planes: U64, happened: U64, rng: U64
) -> None:
    """``happened`` holds the shots in which an error of this E / ELSE chain has already happened."""
    if not otherwise:
        for w in range(WORDS):
            happened[w] = ZERO
    step = rng[1]
    hit, state = gap(rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        w, mask = np.uint64(hit) >> SIX, ONE << (np.uint64(hit) & BIT)
        if not happened[w] & mask:
            happened[w] |= mask
            for k in range(start, start + count):
                flip_pauli(planes, targets[k], w, mask)
        skip, state = gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state
