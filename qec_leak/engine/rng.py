"""Randomness of a block of shots: a function of (seed, block index) alone.

A block has a SplitMix64 generator of its own (Steele, Lea and Flood, OOPSLA 2014): a state and an odd increment, both
hashed from (seed, block, stream). Different increments are different sequences, so blocks do not overlap.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIN_BIT_CHANGES = 24
STREAMS = 2
"""Uses of randomness that are kept apart: 0 shots, 1 sweep bits."""


def mix(value: U64) -> U64:
    """The output function of SplitMix64. Here it takes arrays; kernels compile it for words and vectors."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _increment(value: U64) -> U64:
    """An odd increment whose bits change often enough (mixGamma of the paper, section 5)."""
    value = value | np.uint64(1)
    changes = np.unpackbits((value ^ (value >> np.uint64(1)))[..., None].view(np.uint8), axis=-1)
    few = changes.sum(axis=-1, dtype=np.int64) < _MIN_BIT_CHANGES
    return np.where(few, value ^ np.uint64(0xAAAAAAAAAAAAAAAA), value)


def block_states(seed: int, blocks: npt.NDArray[np.int64]) -> U64:
    """uint64 (blocks, STREAMS, 2): state and increment of the generators of ``blocks`` under ``seed``, one a stream."""
    key = np.full((len(blocks), STREAMS), seed & (2**64 - 1), dtype=np.uint64)
    key = mix(key + _GOLDEN)
    parts = np.uint64(seed >> 64), blocks.astype(np.uint64)[:, None], np.arange(STREAMS, dtype=np.uint64)
    for part in parts:
        key = mix((key + _GOLDEN) ^ mix(part * np.ones_like(key) * _GOLDEN + np.uint64(1)))
    return np.stack([mix(key + _GOLDEN), _increment(mix((key + _GOLDEN) + _GOLDEN))], axis=-1)
