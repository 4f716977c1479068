"""Tables that a Program is built from: noise drawn by its probability, rows of numbers; equal ones are shared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_PAULI_BITS = (0, 1, 3, 2)
"""Frame bits (x, 2 z) of I, X, Y, Z."""


def inverse_log(probability: float) -> float:
    """1/log(1-p), the factor of geometric skipping; 0 for p = 1."""
    return 0.0 if probability >= 1.0 else 1.0 / math.log1p(-probability)


class NoiseTable:
    """Pauli noise whose events are drawn by their probability, one entry per different noise."""

    def __init__(self) -> None:
        self._index: dict[tuple[tuple[int, float], ...], int] = {}

    def add(self, outcomes: Sequence[tuple[int, float]]) -> int | None:
        """Index of noise with (frame bits, probability) ``outcomes``; None if nothing can happen."""
        kept = tuple((bits, p) for bits, p in outcomes if p > 0)
        return self._index.setdefault(kept, len(self._index)) if kept else None

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        n = len(self._index)
        log, size = np.zeros(n), np.zeros(n, dtype=np.int32)
        share, alias = np.ones((n, 16)), np.zeros((n, 16), dtype=np.uint8)
        outcome = np.zeros((n, 16), dtype=np.uint8)
        for outcomes, i in self._index.items():
            total = math.fsum(p for _, p in outcomes)
            log[i] = inverse_log(total)
            size[i] = len(outcomes)
            share[i, : len(outcomes)], alias[i, : len(outcomes)] = alias_table([p / total for _, p in outcomes])
            outcome[i, : len(outcomes)] = [bits for bits, _ in outcomes]
        return {
            "noise_log": log,
            "noise_share": share,
            "noise_alias": alias,
            "noise_outcome": outcome,
            "noise_size": size,
        }


def alias_table(probabilities: Sequence[float]) -> tuple[list[float], list[int]]:
    """Walker's alias table (Vose, IEEE Trans. Softw. Eng. 17, 972 (1991)): entry k, chosen with probability 1/n, keeps
    share[k] of its turns and hands the others to alias[k]."""
    n = len(probabilities)
    share = [p * n for p in probabilities]
    alias = list(range(n))
    small = [k for k in range(n) if share[k] < 1]
    large = [k for k in range(n) if share[k] >= 1]
    while small and large:
        k, donor = small.pop(), large[-1]
        alias[k] = donor
        share[donor] -= 1 - share[k]
        if share[donor] < 1:
            small.append(large.pop())
    for k in small + large:  # what rounding left over
        share[k] = 1.0
    return share, alias


def pauli_outcomes(name: str, args: Sequence[float]) -> list[tuple[int, float]]:
    """Outcomes (frame bits, probability) of one of Stim's Pauli noise instructions."""
    if name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
        return [(_PAULI_BITS["IXYZ".index(name[0])], args[0])]
    if name == "DEPOLARIZE1":
        return [(b, args[0] / 3) for b in _PAULI_BITS[1:]]
    if name == "PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS[1:], args, strict=True))
    if name == "HERALDED_ERASE":
        return [(b, args[0] / 4) for b in _PAULI_BITS]
    if name == "HERALDED_PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS, args, strict=True))
    pairs = [a | (b << 2) for a in _PAULI_BITS for b in _PAULI_BITS][1:]
    if name == "DEPOLARIZE2":
        return [(b, args[0] / 15) for b in pairs]
    assert name == "PAULI_CHANNEL_2", name
    return list(zip(pairs, args, strict=True))


class RowTable:
    """Rows of numbers, equal ones shared."""

    def __init__(self) -> None:
        self._index: dict[tuple[float, ...], int] = {}

    def add(self, *row: float) -> int:
        """Index of the row."""
        return self._index.setdefault(row, len(self._index))

    def array(self, *shape: int) -> npt.NDArray[np.float64]:
        """float64 (rows, *shape)."""
        return np.array(list(self._index), dtype=float).reshape(-1, *shape)
