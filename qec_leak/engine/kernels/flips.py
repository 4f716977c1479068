"""Flips of single shots: 16 are decoded together into ``words``, then made one by one.

What is decoded of event i stands in words[DECODED * k + i], k = 0 for where its x is in ``planes``, 1 for the bit of x
that it flips, 2 for that of z; of a second transmon the same from ``SECOND`` on. These are two loops:
decoding takes a hundred cycles from random words to flips, and others are decoded meanwhile if no flip waits.
"""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.layout import BIT, DECODED, IN_BLOCK, LOG_WORD, ONE, TWO
from qec_leak.engine.plan.tables import U64
from qec_leak.engine.simd.jit import inlined
from qec_leak.engine.simd.vectors import Vector, store_vector

_N = np.uint64(DECODED)
THIRD = np.uint64(3 * DECODED)
"""Where the fourth words of events begin, free for whoever needs one."""
SECOND = np.uint64(4 * DECODED)


@inlined
def put_flips(first: np.uint64, planes_at: Vector, shot: Vector, x: Vector, z: Vector, words: U64) -> None:
    """Decoded events from ``first`` on: planes that begin at ``planes_at``, a shot's bits, and bits 0 of x and z."""
    bit = shot & BIT
    store_vector(words, first, planes_at + ((shot >> LOG_WORD) & IN_BLOCK))
    store_vector(words, first + _N, (x & ONE) << bit)
    store_vector(words, first + TWO * _N, (z & ONE) << bit)


@inlined
def flips_of(event: np.uint64, words: U64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Where the x of an event is, and the bits that it flips of x and z."""
    return words[event], words[event + _N], words[event + TWO * _N]
