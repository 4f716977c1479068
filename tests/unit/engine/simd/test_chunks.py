"""Lists of leaked shots by chunks: what Numba compiles does what the functions say."""

import numpy as np
import pytest
from numba import njit

from qec_leak.engine.simd.chunks import CHUNK, copy_chunk, find_in_chunk

FIRST = 7
"""Chunks need not begin at multiples of anything."""


@pytest.fixture
def shots():
    return np.random.default_rng(1).permutation(1024).astype(np.uint16)


def copied(copy, shots):
    entries = np.zeros(CHUNK + 9, dtype=np.uint32)
    copy(entries, np.uint64(5), shots, np.uint64(FIRST), np.uint64(3 << 10))
    return entries


def test_copy_marks_each_shot(shots):
    entries = copied(copy_chunk, shots)
    assert (entries[5 : 5 + CHUNK] == shots[FIRST : FIRST + CHUNK] + (3 << 10)).all()
    assert not entries[:5].any() and not entries[5 + CHUNK :].any()
    assert (copied(njit(lambda *given: copy_chunk(*given)), shots) == entries).all()


def test_find(shots):
    compiled = njit(lambda shots, first, shot: find_in_chunk(shots, first, shot))
    for place in (0, 1, CHUNK - 1, CHUNK):
        given = shots, np.uint64(FIRST), np.uint64(shots[FIRST + place])
        assert find_in_chunk(*given) == compiled(*given) == place


def test_the_first_of_equal_ones_is_found():
    """Behind the end of a list there may be anything."""
    shots = np.array([5, 3, 3] + [9] * CHUNK, dtype=np.uint16)
    assert find_in_chunk(shots, np.uint64(0), np.uint64(3)) == 1
    assert njit(lambda *given: find_in_chunk(*given))(shots, np.uint64(0), np.uint64(3)) == 1
