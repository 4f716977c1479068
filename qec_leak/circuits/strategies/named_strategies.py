"""Strategies by name: built in, installed (entry points "qec_leak.strategies"), or "module:attribute"."""

from __future__ import annotations

from collections.abc import Mapping

from qec_leak import _checks, _plugins
from qec_leak.circuits.strategies.dqlr import DQLR
from qec_leak.circuits.strategies.mlr import MLR
from qec_leak.circuits.strategies.no_reset import NO_RESET
from qec_leak.circuits.strategy import Strategy

_BUILT_IN: Mapping[str, Strategy] = {strategy.name: strategy for strategy in (NO_RESET, MLR, DQLR)}
Strategy.NO_RESET, Strategy.MLR, Strategy.DQLR = NO_RESET, MLR, DQLR


def _spelled(text: str) -> str:
    return text.strip().upper().replace("-", "_")


_KIND = _plugins.Kind(
    "qec_leak.strategies", lambda value: isinstance(value, Strategy), built_in=_BUILT_IN, spelled=_spelled
)


def strategy_names() -> tuple[str, ...]:
    """Names of the built-in strategies, from least to most removal.

    Examples:
        >>> strategy_names()
        ('NO_RESET', 'MLR', 'DQLR')
    """
    return tuple(_BUILT_IN)


def installed_strategy_names() -> tuple[str, ...]:
    """Names of strategies that other packages have installed."""
    return _KIND.installed_names()


def find_strategy(strategy: Strategy | str, *, name: str = "strategy") -> Strategy:
    """Find a strategy by name. A Strategy is returned as it is.

    Args:
        strategy: a Strategy; or a name of ``strategy_names()`` or of an installed strategy, in upper or lower case,
            with ``-`` or ``_``; or "module:attribute", where the attribute is a Strategy, or a class or function
            without arguments that makes one.
        name: what errors call the argument.

    Returns:
        The strategy.

    Raises:
        ValueError: the name is unknown or does not import.
        TypeError: it is no strategy.

    Examples:
        >>> find_strategy("no-reset").name
        'NO_RESET'
    """
    value = _KIND.value(name, strategy) if isinstance(strategy, str) else strategy
    if not isinstance(value, Strategy):
        fix = "give a name, module:attribute or a qec_leak.Strategy"
        raise TypeError(_checks.broken_rule(name, "be a strategy or the name of one", strategy, fix))
    _check_value(value)
    return value


def strategy_name(strategy: Strategy | str, *, name: str = "strategy") -> str:
    """Name of a strategy in results: the name or "module:attribute" by which it was asked for, or its own.

    Raises what ``find_strategy`` raises.
    """
    found = find_strategy(strategy, name=name)
    return _KIND.name_of(strategy) if isinstance(strategy, str) else found.name


def _check_value(strategy: Strategy) -> None:
    """Raise ValueError or TypeError for a name, period or roles that circuits and results cannot have."""
    kind = type(strategy).__name__
    if not isinstance(strategy.name, str) or not strategy.name.strip():
        raise ValueError(_checks.broken_rule(f"{kind}.name", "be a text that is not empty", strategy.name, "give one"))
    built_in = _BUILT_IN.get(_spelled(strategy.name))
    if built_in is not None and type(strategy) is not type(built_in):
        fix = "choose another, so that results tell them apart"
        raise ValueError(_checks.broken_rule(f"{kind}.name", "not be that of a built-in strategy", strategy.name, fix))
    _checks.check_int(f"{kind}.period", strategy.period, minimum=1)
    known = ("data", "measure", "removal")
    roles = strategy.roles
    if not isinstance(roles, tuple) or not {"data", "measure"} <= set(roles) <= set(known):
        raise ValueError(
            _checks.broken_rule(
                f"{kind}.roles", 'be a tuple of "data", "measure" and, where used, "removal"', roles, "correct it"
            )
        )
