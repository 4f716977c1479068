"""Rows of words: what Numba compiles does what the functions say, which Python runs without JIT."""

import numpy as np
import pytest
from numba import njit

from qec_leak.engine.simd.vectors import (
    WORDS,
    count_bits,
    gather,
    load_vector,
    store_vector,
    vector_of,
    vector_of_steps,
    words_set,
)

A, B, C = np.uint64(3), np.uint64(3 + WORDS), np.uint64(5 + 2 * WORDS)
"""Rows need not begin at multiples of anything."""


def combine(words):
    a, b = load_vector(words, A), load_vector(words, B)
    mixed = ((a ^ b) ^ (b >> np.uint64(3))) * (a | np.uint64(1)) & ~(b << np.uint64(7)) & (a | vector_of(words[0]))
    store_vector(words, C, mixed ^ vector_of_steps(words[0], words[1]))
    return words_set(a) + count_bits(b)


def exchange_overlapping(words):
    """Rows are values: what is stored does not change what was loaded."""
    a, b = load_vector(words, A), load_vector(words, A + np.uint64(5))
    store_vector(words, A + np.uint64(5), a)
    store_vector(words, A, b)
    return np.uint64(0)


def look_up(words):
    """Indices may come back, in any order; differences wrap around."""
    at = (load_vector(words, A) >> np.uint64(7)) & np.uint64(31)
    found = gather(words, at) - gather(words, at + np.uint64(2))
    store_vector(words, C, found + at)
    return np.uint64(0)


@pytest.mark.parametrize("function", [combine, exchange_overlapping, look_up])
def test_compiled_rows_are_numpys(function):
    words = np.random.default_rng(1).integers(0, 2**64, 4 * WORDS, dtype=np.uint64)
    words[A + np.arange(2, WORDS, 3, dtype=np.uint64)] = 0
    expected, given = words.copy(), words.copy()
    bits = function(expected)
    assert njit(function)(given) == bits
    assert (given == expected).all()
    assert (given != words).any()


def test_words_set_says_which_words_are_not_zero():
    row = np.zeros(WORDS, dtype=np.uint64)
    row[[0, 5, WORDS - 1]] = 1, 2**63, 2**32
    assert words_set(row) == 1 | 1 << 5 | 1 << (WORDS - 1)


def test_count_bits():
    row = np.zeros(WORDS, dtype=np.uint64)
    row[[1, WORDS - 1]] = 2**64 - 1, 5
    assert count_bits(row) == 66


def test_steps_count_from_one():
    assert vector_of_steps(np.uint64(7), np.uint64(2))[[0, 1, WORDS - 1]].tolist() == [9, 11, 7 + 2 * WORDS]
