"""How many Poisson events an operation has in a block of shots: alias tables of the Poisson distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qec_leak.engine.plan.alias import alias_table
from qec_leak.engine.plan.codes import LAYER_1, LAYER_2
from qec_leak.program import Instruction, Op

LEAKED_NUMBERS = tuple(k if k < 8 else (4 + k % 4) << (k // 4 - 1) for k in range(37))
"""Numbers of leaked shots that have a table: 0 to 1,024 (a block) with three significant bits."""


_NEGLIGIBLE = 1e-18
"""Tails of the distribution below this probability are left out."""


def expected_counts(
    ops: Sequence[Instruction],
    layer_rate: Sequence[float],
    site_rate: npt.NDArray[np.float64],
    flip_rate: npt.NDArray[np.float64],
    block_shots: int,
) -> npt.NDArray[np.float64]:
    """float64 (operations,): mean number of events of each operation in a block; nan where it has no such number.
    The rates of layers, sites and readouts are per shot."""
    expected = np.full(len(ops), np.nan)
    for i, (op, _, count, param) in enumerate(ops):
        if op in (LAYER_1, LAYER_2):
            expected[i] = layer_rate[param] * block_shots
        elif op in (Op.CHANNEL_1, Op.CHANNEL_2):
            places = count if op == Op.CHANNEL_1 else count // 2
            rate = site_rate[param]
            expected[i] = rate * places * block_shots if 0 < rate < math.inf else np.nan
        elif op == Op.MEASURE and flip_rate[param] > 0:
            expected[i] = flip_rate[param] * count * block_shots
    return expected


def expected_among_leaked(site_leaked: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64 (sites, numbers): mean number of events among ``LEAKED_NUMBERS`` leaked shots at a channel; nan where
    every shot is visited. site_leaked: float64 (sites,), of PlanTables."""
    among = np.where(site_leaked < 1.0, site_leaked, np.nan)
    return np.asarray(np.multiply.outer(-np.log1p(-among), LEAKED_NUMBERS))


def count_tables(expected: npt.NDArray[np.float64], among: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Alias tables (Walker) of the Poisson distributions with means ``expected`` (operations,) and ``among`` (sites,
    numbers); equal means share a table.

    count_row: int32 (operations,): table of an operation, -1 without one; leaked_row: int32 (sites, numbers), the
    same. count_table: uint64 (tables,): first entry, and number of entries from bit 32. count_share: uint64 (entries,):
    an entry's share as a part of 2^63; count_is: uint64 (entries,): its own count, and that of its alias from bit 32.
    """
    wanted = np.concatenate([expected, among.ravel()])
    means, row = np.unique(wanted[~np.isnan(wanted)], return_inverse=True)
    rows = np.full(len(wanted), -1, dtype=np.int32)
    rows[~np.isnan(wanted)] = row
    table = np.zeros(len(means), dtype=np.uint64)
    share: list[int] = []
    counts: list[int] = []
    for k, mean in enumerate(means):
        low, probabilities = poisson_distribution(float(mean))
        table[k] = len(share) | len(probabilities) << 32
        kept, alias = alias_table(probabilities)
        share += [round(part * (1 << 63)) for part in kept]
        counts += [low + own | low + other << 32 for own, other in enumerate(alias)]
    return {
        "count_row": rows[: len(expected)],
        "leaked_row": rows[len(expected) :].reshape(among.shape),
        "count_table": table,
        "count_share": np.array(share, dtype=np.uint64),
        "count_is": np.array(counts, dtype=np.uint64),
    }


def poisson_distribution(mean: float) -> tuple[int, list[float]]:
    """The smallest count, and the probabilities of it and of the counts that follow, without negligible tails."""
    peak = int(mean)
    most = math.exp(peak * math.log(mean) - mean - math.lgamma(peak + 1.0)) if mean > 0 else 1.0
    below: list[float] = []
    above = [most]
    while peak - len(below) > 0 and (not below or below[-1] > _NEGLIGIBLE):
        n = peak - len(below)
        below.append((below[-1] if below else most) * n / mean)
    while mean > 0 and above[-1] > _NEGLIGIBLE:
        above.append(above[-1] * mean / (peak + len(above)))
    probabilities = below[::-1] + above
    total = math.fsum(probabilities)
    return peak - len(below), [p / total for p in probabilities]
