"""Randomness of a block of shots: a function of (seed, block index) alone.

A block has a SplitMix64 generator of its own (Steele, Lea and Flood, OOPSLA 2014): a state and an odd increment, both
hashed from (seed, block, stream). Different increments are different sequences, so blocks do not overlap.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MIN_BIT_CHANGES = 24


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _increment(value: int) -> int:
    """An odd increment whose bits change often enough (mixGamma of the paper, section 5)."""
    value |= 1
    changes = (value ^ (value >> 1)).bit_count()
    return value if changes >= _MIN_BIT_CHANGES else value ^ 0xAAAAAAAAAAAAAAAA


def block_state(seed: int, block: int, stream: int = 0) -> npt.NDArray[np.uint64]:
    """uint64 (2,): state and increment of the generator of ``block`` under ``seed``; ``stream`` separates uses."""
    key = _mix((seed + _GOLDEN) & _MASK)
    for part in (seed >> 64, block, stream):
        key = _mix(((key + _GOLDEN) & _MASK) ^ _mix((part * _GOLDEN + 1) & _MASK))
    return np.array([_mix((key + _GOLDEN) & _MASK), _increment(_mix((key + 2 * _GOLDEN) & _MASK))], dtype=np.uint64)
