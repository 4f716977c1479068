"""Bits of words, and where the words of a qubit or a record are."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.layout import BIT, ONE, STRIDE, ZERO, W
from qec_leak.engine.plan.tables import I32, U64
from qec_leak.engine.simd.jit import inlined


@inlined
def _popcount(v: np.uint64) -> np.uint64:
    v = v - ((v >> ONE) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (v * np.uint64(0x0101010101010101)) >> np.uint64(56)


@inlined
def lowest_bit(v: np.uint64) -> np.uint64:
    """Index of the lowest set bit of v, which is not 0."""
    return _popcount(~v & (v - ONE))


@inlined
def all_if(condition: int) -> np.uint64:
    """All ones for 1, zero for 0."""
    return ZERO - np.uint64(condition)


@inlined
def is_below(a: np.uint64, b: np.uint64) -> np.uint64:
    """1 if a < b, for words or vectors below 2^63. (A comparison combined with bits could be compiled to a branch.)"""
    return (a - b) >> BIT


@inlined
def qubit_at(targets: I32, k: int) -> np.uint64:
    """Target k, a qubit. The index is unsigned, so Numba does not check whether it counts from the end."""
    return np.uint64(targets[np.uint64(k)])


@inlined
def planes_of(q: int) -> np.uint64:
    """Index of the first word of a qubit's planes."""
    return np.uint64(q) * STRIDE


@inlined
def record_at(ring: U64, r: int) -> np.uint64:
    """Index of the first word of record r; the ring holds a power of two of them."""
    return (np.uint64(r) * W) & np.uint64(ring.shape[0] - 1)
