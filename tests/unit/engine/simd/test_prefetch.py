"""Hints change nothing, wherever they point."""

import numpy as np
import pytest
from numba import njit

from qec_leak.engine.simd.prefetch import will_write


def fetch(array, at):
    will_write(array, np.uint64(at))
    return array[0, 0]


@pytest.mark.parametrize("at", [0, 5, 63, 10**12])
def test_nothing_is_written_or_read(at):
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    expected = array.copy()
    assert njit(fetch)(array, at) == fetch(array, at) == 0
    assert np.array_equal(array, expected)
