"""Curves of a results file: a quantity against one axis, for each group of points."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak import _checks
from qec_leak.sweep.order import order_key
from qec_leak.sweep.point import CIRCUIT_KEYS
from qec_leak.sweep.quantities import (
    detection_fit,
    error_probability_fit,
    leakage_fit,
    per_cycle_fit,
    suppression_fit,
)
from qec_leak.sweep.summary import PointSummary, names_of

QUANTITIES = ("logical_error_per_cycle", "logical_error_probability", "detection_fraction", "leakage", "lambda")


@dataclass(frozen=True)
class CurvePoint:
    """A value at x with its likelihood interval."""

    x: Any
    fit: sinter.Fit


@dataclass(frozen=True)
class Curve:
    """Values of one group. labels: the group's values by key, in the order asked for."""

    labels: Mapping[str, Any]
    points: tuple[CurvePoint, ...]
    pair: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """The group in words: "MLR d=3". Numbers have names, words have none."""
        parts = [str(v) if isinstance(v, str) else f"{_short(k)}={_text(v)}" for k, v in self.labels.items()]
        if self.pair is not None:
            parts.append(f"d={self.pair[0]}/{self.pair[1]}")
        return " ".join(parts) or "all"


def curves(
    summaries: Sequence[PointSummary],
    *,
    x: str,
    y: str,
    group: Sequence[str] = (),
    role: str = "data",
) -> tuple[Curve, ...]:
    """The curves of a quantity.

    Args:
        x: key of the horizontal axis.   y: one of ``QUANTITIES``.
        group: keys whose values tell curves apart.
        role: the qubits of "leakage": "data", "measure" or "removal".
    Curves are sorted by their groups, numbers by size; points by x.
    Raises ValueError where points with the same x and group differ in something else: adding them up, or drawing them
    as one curve, would mix different physics.
    """
    _checks.check_choice("y", y, QUANTITIES)
    keys = [k for k in group if not (y == "lambda" and _is_distance(k))]
    table: dict[tuple[Any, ...], dict[Any, dict[int, PointSummary]]] = defaultdict(dict)
    for summary in summaries:
        labels = tuple(_value(summary, key) for key in keys)
        distance = int(_value(summary, "d")) if y == "lambda" else 0
        cell = table[labels].setdefault(_value(summary, x), {})
        if distance in cell:
            raise ValueError(_mixed(cell[distance], summary, [x, *keys], y))
        cell[distance] = summary
    ordered = sorted(table.items(), key=lambda item: [order_key(value) for value in item[0]])
    if y == "lambda":
        return tuple(
            c for labels, cells in ordered for c in _lambda_curves(dict(zip(keys, labels, strict=True)), cells, x)
        )
    return tuple(
        Curve(
            dict(zip(keys, labels, strict=True)),
            tuple(CurvePoint(at, _fit(cells[at][0], y, role)) for at in sorted(cells, key=order_key)),
        )
        for labels, cells in ordered
    )


def _lambda_curves(labels: dict[str, Any], cells: Mapping[Any, Mapping[int, PointSummary]], x: str) -> list[Curve]:
    """Suppression factors of neighbouring distances: against anything but the distance one curve for each pair."""
    if _is_distance(x):
        by_distance = {d: summary for cell in cells.values() for d, summary in cell.items()}
        found = [
            (d, d, _suppression(by_distance[d], by_distance[d + 2]))
            for d in sorted(by_distance)
            if d + 2 in by_distance
        ]
        points = tuple(CurvePoint(at, fit) for at, _, fit in found)
        return [Curve(labels, points)] if points else []
    out = []
    for d in sorted({d for cell in cells.values() for d in cell}):
        pairs = [(at, cells[at]) for at in sorted(cells, key=order_key) if d in cells[at] and d + 2 in cells[at]]
        points = tuple(CurvePoint(at, _suppression(cell[d], cell[d + 2])) for at, cell in pairs)
        if points:
            out.append(Curve(labels, points, (d, d + 2)))
    return out


def _suppression(first: PointSummary, second: PointSummary) -> sinter.Fit:
    fit = suppression_fit(first, second)
    if fit is None:
        missing = first if per_cycle_fit(first) is None else second
        raise ValueError(_lacking(missing, "have rounds and shots that were kept"))
    return fit


def _fit(summary: PointSummary, y: str, role: str) -> sinter.Fit:
    if y == "logical_error_per_cycle":
        fit, what = per_cycle_fit(summary), "have rounds and shots that were kept"
    elif y == "logical_error_probability":
        fit, what = error_probability_fit(summary), "have shots that were kept"
    elif y == "leakage":
        fit, what = leakage_fit(summary, role), f"count leaked {role} qubits"
    else:
        fit, what = detection_fit(summary), "count detection events"
    if fit is None:
        raise ValueError(_lacking(summary, what))
    return fit


def _lacking(summary: PointSummary, what: str) -> str:
    return (
        f"the rows must {what}, but those of {dict(summary.metadata)} do not; choose another --y or --role, or leave "
        "them out with --where"
    )


def _value(summary: PointSummary, key: str) -> Any:
    try:
        return summary.value(key)
    except KeyError:
        known = ", ".join(sorted(summary.metadata)) or "none"
        hint = _checks.suggestion(key, [*summary.metadata, *CIRCUIT_KEYS]) or f"keys of its metadata are {known}"
        raise ValueError(
            f"`{key}` must be known of every row, but is not of {dict(summary.metadata)}; {hint}"
        ) from None


def _mixed(first: PointSummary, second: PointSummary, keys: Sequence[str], y: str) -> str:
    used = {name for key in keys for name in names_of(key)} | ({"d"} if y == "lambda" else set())
    names = [*first.metadata, *(name for name in second.metadata if name not in first.metadata)]
    differing = [n for n in names if n not in used and first.metadata.get(n) != second.metadata.get(n)]
    if first.stats.decoder != second.stats.decoder and "decoder" not in keys:
        differing.append("decoder")
    what = ", ".join(differing) or "their circuits"
    fix = (
        f"add --group {differing[0]}, or choose with --where {differing[0]}=..."
        if differing
        else "plot one file at a time"
    )
    return f"points with the same {', '.join(keys)} must not differ otherwise, but differ in {what}; {fix}"


def _short(key: str) -> str:
    return key.removeprefix("circuit.").removeprefix("device.")


def _is_distance(key: str) -> bool:
    return "d" in names_of(key)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else str(value)
