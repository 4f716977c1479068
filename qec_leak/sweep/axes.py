"""[axes] of a sweep file: lists, linear and logarithmic ranges, products and zips."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from qec_leak import _checks
from qec_leak._limits import MAX_AXIS_POINTS

Report = Callable[[str, str], None]
"""Called with (where, message) for each mistake."""

Step = dict[str, Any]
"""Values of one or more axes, by dotted key."""

_RANGES = ("linear", "log")
_DIGITS = 12  # of the values of a range: 0.3, not 0.30000000000000004
ZIP = "zip"


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of a table whose keys may be quoted ("cz.leakage" = ...) or nested (cz.leakage = ...)."""
    for key, value in table.items():
        if isinstance(value, Mapping) and not set(value) & {*_RANGES, "points"} and key != ZIP:
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def read_axes(table: Mapping[str, Any], report: Report) -> tuple[list[list[Step]], tuple[str, ...]]:
    """The dimensions of the product, each the list of its steps, and the keys of all axes: in the order of the file,
    zips last.

    Args: table: the [axes] table. report: called for each mistake; mistaken axes are left out.
    """
    dimensions: list[list[Step]] = []
    seen: dict[str, None] = {}
    for key, value in flatten({k: v for k, v in table.items() if k != ZIP}):
        values = _values(key, value, report)
        if _is_new(key, seen, report) and values:
            dimensions.append([{key: v} for v in values])
    zips = table.get(ZIP, [])
    if not isinstance(zips, list) or not all(isinstance(z, Mapping) for z in zips):
        report("[axes]", _checks.broken_rule(ZIP, "be tables", zips, "write each as [[axes.zip]]"))
        return dimensions, tuple(seen)
    for number, zipped in enumerate(zips, 1):
        steps = _zip(f"[[axes.zip]] {number}", zipped, seen, report)
        if steps:
            dimensions.append(steps)
    return dimensions, tuple(seen)


def product(dimensions: Sequence[Sequence[Step]]) -> Iterator[Step]:
    """All combinations, the last dimension fastest; one empty step if there are no dimensions."""
    for steps in itertools.product(*dimensions):
        yield {key: value for step in steps for key, value in step.items()}


def _zip(where: str, table: Mapping[str, Any], seen: dict[str, None], report: Report) -> list[Step]:
    columns: dict[str, list[Any]] = {}
    for key, value in flatten(table):
        values = _values(key, value, report, unique=False)
        if _is_new(key, seen, report) and values:
            columns[key] = values
    lengths = {key: len(values) for key, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{key} has {n}" for key, n in lengths.items())
        report(where, f"its axes must have equally many values, but {listed}; make them equal")
        return []
    steps = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for step in steps:
        if steps.count(step) > 1:
            report(where, f"its combinations must differ, but {step!r} comes twice; drop one")
            return []
    return steps


def _is_new(key: str, seen: dict[str, None], report: Report) -> bool:
    if key in seen:
        report("[axes]", f"`{key}` must be given once, but is given twice; drop one")
        return False
    seen[key] = None
    return True


def _values(key: str, value: object, report: Report, *, unique: bool = True) -> list[Any]:
    """The values of one axis; none, after a report, if they are mistaken."""
    if isinstance(value, Mapping):
        return _range(key, value, report)
    if not isinstance(value, list) or not value:
        rule, fix = "be a list of values or a range", "write [1, 2, 3] or {linear = [0, 1], points = 5}"
        report("[axes]", _checks.broken_rule(key, rule, value, fix))
        return []
    for item in value:
        if isinstance(item, list | dict):
            report("[axes]", _checks.broken_rule(key, "list plain values", item, "write numbers, words, true or false"))
            return []
        if unique and sum(item == other and type(item) is type(other) for other in value) > 1:
            report("[axes]", f"`{key}` must list each value once, but has {item!r} twice; drop one")
            return []
    return list(value)


def _range(key: str, table: Mapping[str, Any], report: Report) -> list[Any]:
    try:
        _check_keys(key, table)
        kind = next(k for k in _RANGES if k in table)
        ends = table[kind]
        if not isinstance(ends, list) or len(ends) != 2:
            raise ValueError(_checks.broken_rule(f"{key}.{kind}", "be [first, last]", ends, "give two numbers"))
        check = _checks.check_number if kind == "linear" else _checks.check_positive
        first, last = (check(f"{key}.{kind}", end) for end in ends)
        points = _checks.check_int(f"{key}.points", table["points"], minimum=2)
        if points > MAX_AXIS_POINTS:
            rule = f"be at most {MAX_AXIS_POINTS:,}"
            raise ValueError(_checks.broken_rule(f"{key}.points", rule, points, "give fewer"))
        if not math.isfinite(last - first):
            raise ValueError(_checks.broken_rule(f"{key}.{kind}", "have finite ends", ends, "give two finite numbers"))
        if first == last:
            raise ValueError(_checks.broken_rule(f"{key}.{kind}", "have two different ends", ends, "give a list"))
    except (TypeError, ValueError) as error:
        report("[axes]", str(error))
        return []
    values = np.linspace(first, last, points) if kind == "linear" else np.geomspace(first, last, points)
    return [float(f"{v:.{_DIGITS}g}") for v in values]


def _check_keys(key: str, table: Mapping[str, Any]) -> None:
    kinds = [k for k in table if k in _RANGES]
    others = [k for k in table if k not in _RANGES and k != "points"]
    if len(kinds) != 1 or others or "points" not in table:
        fix = "write {linear = [0, 1e-3], points = 5} or {log = [1e-5, 1e-3], points = 5}"
        raise ValueError(_checks.broken_rule(key, "be one range", dict(table), fix))
