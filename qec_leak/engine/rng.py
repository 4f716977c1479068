"""Randomness of a block of shots: a function of (seed, block index) alone.

SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) turns (seed, block) into the state of a xoshiro256++ generator (Blackman
and Vigna, ACM TOMS 47, 36 (2021)), which the kernels advance.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def block_state(seed: int, block: int, stream: int = 0) -> npt.NDArray[np.uint64]:
    """uint64 (4,): generator state of ``block`` under ``seed``; ``stream`` separates uses within a block."""
    key = _mix((seed + _GOLDEN) & _MASK)
    for part in (seed >> 64, block, stream):
        key = _mix((key + _GOLDEN) & _MASK ^ _mix((part * _GOLDEN + 1) & _MASK))
    return np.array([_mix((key + (i + 1) * _GOLDEN) & _MASK) for i in range(4)], dtype=np.uint64)
