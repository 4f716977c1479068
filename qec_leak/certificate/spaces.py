# Numba gives integers of its own types to arguments annotated int, which NumPy's stubs tell apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, untyped-decorator"
"""Whether two affine maps from uniform random bits to outputs give one distribution.

A map is uint64 (outputs, words): bit 0 the constant, other bits the symbols. Its outputs are uniform over an affine
space. Two spaces are equal if each parity of outputs that the one map decides is decided by the other, as the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

U64 = npt.NDArray[np.uint64]

_ONE = np.uint64(1)


@njit(cache=True)
def eliminate(rows: U64, words: int) -> int:
    """Gaussian elimination in place, downwards, on the symbols of the first ``words`` words; returns the rank. Rows
    from there on have no symbol left in those words."""
    rank = 0
    for column in range(1, 64 * words):
        w, at = column >> 6, np.uint64(column & 63)
        pivot = -1
        for i in range(rank, rows.shape[0]):
            if (rows[i, w] >> at) & _ONE:
                pivot = i
                break
        if pivot < 0:
            continue
        for v in range(rows.shape[1]):
            rows[pivot, v], rows[rank, v] = rows[rank, v], rows[pivot, v]
        for i in range(pivot + 1, rows.shape[0]):
            if (rows[i, w] >> at) & _ONE:
                for v in range(w, rows.shape[1]):
                    rows[i, v] ^= rows[rank, v]
                rows[i, 0] ^= (rows[rank, 0] & _ONE) * np.uint64(w > 0)
        rank += 1
    return rank


def equal_spaces(a: U64, b: U64) -> bool:
    """Whether the maps ``a`` and ``b`` give their outputs the same distribution."""
    both = np.hstack([a, b])
    rank = eliminate(both, a.shape[1])
    left = both[rank:]
    split = a.shape[1]
    if left[:, split + 1 :].any() or (left[:, split] ^ (left[:, 0] & _ONE)).any():
        return False
    return bool(eliminate(b.copy(), b.shape[1]) == rank)


def differing_parity(a: U64, b: U64) -> list[int]:
    """Outputs of a parity that one of the maps decides and the other does not, or decides as the other value; of a
    basis of those the one with the fewest outputs. Empty if the distributions are equal."""
    found = [p for one, other in ((a, b), (b, a)) for p in _decided_otherwise(one, other)]
    return min(found, key=len, default=[])


def _decided_otherwise(one: U64, other: U64) -> list[list[int]]:
    outputs, words = one.shape
    named = np.zeros((outputs, (outputs + 63) // 64), dtype=np.uint64)
    for k in range(outputs):
        named[k, k >> 6] = _ONE << np.uint64(k & 63)
    rows = np.hstack([one, named])
    left = rows[eliminate(rows, words) :]
    parities = []
    for row in left:
        chosen = [k for k in range(outputs) if (row[words + (k >> 6)] >> np.uint64(k & 63)) & _ONE]
        value = np.bitwise_xor.reduce(other[chosen], axis=0)
        value[0] ^= row[0] & _ONE
        if value.any():
            parities.append(chosen)
    return parities
