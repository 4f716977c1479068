"""Pointers to arrays: what Numba compiles does what Python does with the tuple itself."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba import TypingError, njit

from qec_leak.engine.simd.pointers import pointer_to


class Arrays(NamedTuple):
    words: Any
    grid: Any
    cube: Any
    on: Any
    last: Any


def arrays(on: bool = True) -> Arrays:
    rng = np.random.default_rng(1)
    grid, cube = rng.random((4, 7)), rng.integers(0, 200, (2, 3, 5)).astype(np.uint8)
    return Arrays(np.arange(9, dtype=np.uint64), grid, cube, on, np.zeros(3, dtype=np.int32))


def read_and_write(a):
    total = a.grid[3, 6] + a.grid[2].sum() + a.cube[1, 2, 4] + a.cube[1][2][3]
    a.words[4] ^= np.uint64(7)
    a.last[1] = a.grid.shape[0] * 1000 + a.cube.shape[1] * 100 + a.cube.shape[2] * 10 + a.words.shape[0]
    if a.on:
        a.last[2] = 5
    return total


@njit
def inner(a, k):
    a.last[k] += 1
    return a.last[k]


@njit
def passes_it_on(a):
    for _ in range(5):
        inner(a, 0)
    return inner(a, 0) + 10 * a.last[0]


@pytest.mark.parametrize("on", [True, False])
def test_attributes_are_those_of_the_tuple(on: bool) -> None:
    expected, given = arrays(on), arrays(on)
    result = read_and_write(expected)
    assert njit(read_and_write)(pointer_to(given)) == pytest.approx(result)
    for theirs, ours in zip(expected, given, strict=True):
        assert np.array_equal(theirs, ours)
    assert given.last.tolist() == [0, 4359, 5 if on else 0]


def test_a_kernel_sees_what_another_wrote() -> None:
    assert passes_it_on(pointer_to(arrays())) == 66


def test_a_pointer_keeps_its_arrays() -> None:
    ours = pointer_to(arrays())
    junk = [arrays() for _ in range(50)]
    assert passes_it_on(ours) == 66
    assert all(not other.last.any() for other in junk)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda ours: pickle.loads(pickle.dumps(ours))])
def test_a_copy_has_arrays_of_its_own(copied: Callable[[Arrays], Arrays]) -> None:
    ours = pointer_to(arrays())
    other = copied(ours)
    assert passes_it_on(ours) == 66
    assert passes_it_on(other) == 66
    assert passes_it_on(ours) == 132


def test_arrays_of_other_types_are_another_type() -> None:
    assert njit(read_and_write)(pointer_to(arrays())) == pytest.approx(read_and_write(arrays()))
    wide = arrays()._replace(last=np.zeros(3, dtype=np.int64), grid=np.ones((2, 8)).T.copy())
    assert passes_it_on(pointer_to(wide)) == 66
    assert wide.last.tolist() == [6, 0, 0]
    frozen = arrays()
    frozen.last.flags.writeable = False
    with pytest.raises(TypingError, match="Cannot modify readonly array"):
        passes_it_on(pointer_to(frozen))


def test_other_fields_are_refused() -> None:
    for name, wrong in [("grid", np.zeros((4, 4)).T[1:]), ("on", 1), ("words", [1, 2])]:
        with pytest.raises(TypeError, match=f"`{name}` must be a C-contiguous array or a bool, but is"):
            pointer_to(arrays()._replace(**{name: wrong}))


def test_a_name_that_is_no_field_is_an_attribute_error() -> None:
    with pytest.raises(TypingError, match="Unknown attribute 'nothing'"):
        njit(lambda a: a.nothing)(pointer_to(arrays()))


def test_without_jit_it_is_the_tuple() -> None:
    code = "from qec_leak.engine.simd.pointers import pointer_to; t = (1, 2); print(pointer_to(t) is t)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True"]
