"""The built-in strategies, one a file, and how strategies are found by name."""

from qec_leak.circuits.strategies.named_strategies import (
    find_strategy,
    installed_strategy_names,
    strategy_name,
    strategy_names,
)

__all__ = ["find_strategy", "installed_strategy_names", "strategy_name", "strategy_names"]
