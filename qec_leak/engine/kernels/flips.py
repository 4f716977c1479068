"""Flips of single shots: 16 are decoded together into ``words``, then made one by one.

Decoded event i has three words: words[i] says where its x is in ``planes``, words[DECODED + i] which bit of x it flips,
and words[2 * DECODED + i] which bit of z. Those of a second transmon are the same from ``SECOND`` on. Decoding and
making are separate loops: decoding takes a hundred cycles from random words to flips, and in this time others are
decoded.
"""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.layout import BIT, DECODED, IN_BLOCK, LOG_WORD, ONE, TWO
from qec_leak.engine.plan.tables import U64
from qec_leak.engine.simd.jit import inlined
from qec_leak.engine.simd.vectors import Vector, store_vector

_N = np.uint64(DECODED)
THIRD = np.uint64(3 * DECODED)
"""Where the fourth words of events begin, which any caller may use."""
SECOND = np.uint64(4 * DECODED)


@inlined
def put_flips(first: np.uint64, planes_at: Vector, shot: Vector, x: Vector, z: Vector, words: U64) -> None:
    """Write decoded events from ``first`` on: in planes that begin at ``planes_at``, bit 0 of ``x`` and of ``z`` says
    whether they flip in ``shot``."""
    bit = shot & BIT
    store_vector(words, first, planes_at + ((shot >> LOG_WORD) & IN_BLOCK))
    store_vector(words, first + _N, (x & ONE) << bit)
    store_vector(words, first + TWO * _N, (z & ONE) << bit)


@inlined
def flips_of(event: np.uint64, words: U64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Where the x of an event is, and the bits that it flips of x and z."""
    return words[event], words[event + _N], words[event + TWO * _N]
