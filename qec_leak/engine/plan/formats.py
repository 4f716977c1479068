"""Widths of what is packed into words, and sizes that a seed's meaning depends on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qec_leak.engine.simd.vectors import WORDS

Words = npt.NDArray[np.uint64]

BLOCK_SHOTS = 64 * WORDS
"""Shots of a block, the unit of randomness: this number is part of what a seed means."""
LOG_SHOTS = BLOCK_SHOTS.bit_length() - 1

QUBIT_WORDS = 80
"""Words from one qubit's planes to the next. At a power of two the same plane of all qubits would share a few sets of
the caches."""

QUBIT_BITS = 19
"""Bits of a qubit in the code of an event: two codes of one qubit and a share fit in a word."""

SHARE_BITS = 22
"""Bits of an event's share in its alias table: the place in a block of shots comes from the same 32 random bits."""

assert 32 - SHARE_BITS >= LOG_SHOTS, "half a word holds the share and the shot of an event"
assert QUBIT_BITS + LOG_SHOTS <= 32, "half a word holds a channel's target, of as many as qubits, and a shot"


def beside(low: npt.NDArray[np.generic], high: npt.NDArray[np.generic], bits: int) -> Words:
    """Words of two numbers, ``high`` from bit ``bits`` on."""
    return low.astype(np.uint64) | high.astype(np.uint64) << np.uint64(bits)
