"""The order in which values of a parameter are listed."""

from __future__ import annotations

from typing import Any

from qec_leak.circuits.strategy import Strategy

_STRATEGIES = tuple(member.value for member in Strategy)


def order_key(value: Any) -> tuple[int, float, str]:
    """Key to sort by: numbers by size, strategies from No Reset to DQLR, other words by the alphabet."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0, float(value), ""
    if value in _STRATEGIES:
        return 1, float(_STRATEGIES.index(value)), ""
    return 2, 0.0, str(value)
