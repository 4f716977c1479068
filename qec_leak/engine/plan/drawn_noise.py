"""Noise whose events are drawn by their probability, because it has no Poisson rates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qec_leak.engine.plan.alias import alias_table
from qec_leak.program import Outcomes


def inverse_log(probability: float) -> float:
    """1/log(1-p), the factor of geometric skipping; 0 for p = 1."""
    return 0.0 if probability >= 1.0 else 1.0 / math.log1p(-probability)


class DrawnNoise:
    """Pauli noise whose events are drawn by their probability, one entry for each different noise."""

    def __init__(self) -> None:
        self._index: dict[Outcomes, int] = {}

    def add(self, outcomes: Outcomes) -> int:
        """Index of noise with these outcomes."""
        return self._index.setdefault(outcomes, len(self._index))

    def tables(self) -> dict[str, Any]:
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
