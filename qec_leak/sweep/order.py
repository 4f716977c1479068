"""The order in which values of a parameter are listed."""

from __future__ import annotations

from typing import Any

from qec_leak.circuits.strategies import strategy_names


def order_key(value: Any) -> tuple[int, float, str]:
    """Key to sort by: numbers by size, strategies from No Reset to DQLR, other words by the alphabet."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0, float(value), ""
    if value in (names := strategy_names()):
        return 1, float(names.index(value)), ""
    return 2, 0.0, str(value)
