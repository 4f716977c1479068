"""The built-in strategies, one a file, and how strategies are found by name."""

from qec_leak.circuits.strategies.registry import find_strategy, strategy_name, strategy_names

__all__ = ["find_strategy", "strategy_name", "strategy_names"]
