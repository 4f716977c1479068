"""Quantities of a results file against one of its axes, in groups: what is plotted."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak import _checks
from qec_leak.analysis import logical_error_fit as binomial_fit
from qec_leak.analysis import logical_error_per_cycle_fit, suppression_factor_fit
from qec_leak.sweep.point import CIRCUIT_KEYS
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
        """The group in words: "MLR d=3"; numbers are named, words speak for themselves."""
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
    if y == "lambda":
        return tuple(
            c for labels, cells in table.items() for c in _lambda_curves(dict(zip(keys, labels, strict=True)), cells, x)
        )
    return tuple(
        Curve(
            dict(zip(keys, labels, strict=True)),
            tuple(CurvePoint(at, _fit(cells[at][0], y, role)) for at in _sorted(cells)),
        )
        for labels, cells in table.items()
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
        pairs = [(at, cells[at]) for at in _sorted(cells) if d in cells[at] and d + 2 in cells[at]]
        points = tuple(CurvePoint(at, _suppression(cell[d], cell[d + 2])) for at, cell in pairs)
        if points:
            out.append(Curve(labels, points, (d, d + 2)))
    return out


def _suppression(first: PointSummary, second: PointSummary) -> sinter.Fit:
    return suppression_factor_fit(*((s.stats.shots, s.stats.errors, int(_value(s, "r"))) for s in (first, second)))


def per_cycle_fit(summary: PointSummary) -> sinter.Fit | None:
    """Logical error per cycle; None where the metadata has no number of rounds, or all shots were discarded."""
    rounds, kept = summary.metadata.get("r"), summary.stats.shots - summary.stats.discards
    if not isinstance(rounds, int) or rounds < 1 or not kept:
        return None
    return logical_error_per_cycle_fit(kept, summary.stats.errors, rounds)


def _fit(summary: PointSummary, y: str, role: str) -> sinter.Fit:
    stats = summary.stats
    kept = stats.shots - stats.discards
    if y == "logical_error_probability":
        return binomial_fit(kept, stats.errors)
    if y == "logical_error_per_cycle":
        return logical_error_per_cycle_fit(kept, stats.errors, int(_value(summary, "r")))
    counts = stats.custom_counts
    if y == "leakage":
        return _leakage(counts, role, summary)
    return _detection_fraction(counts, stats.shots)


def _leakage(counts: Counter[str], role: str, summary: PointSummary) -> sinter.Fit:
    """Population at the end of the last round. Qubits are taken as independent: see LeakagePopulations."""
    rounds = [int(name.rsplit("_r", 1)[1]) for name in counts if name.startswith(f"leaked_{role}_r")]
    if not rounds or not counts[f"qubits_{role}"]:
        raise ValueError(
            f"the rows must count leaked {role} qubits, but those of {dict(summary.metadata)} do not; choose another "
            "--role or --y"
        )
    hits = counts[f"leaked_{role}_r{max(rounds)}"]
    return binomial_fit(counts[f"qubits_{role}"], hits)


def _detection_fraction(counts: Counter[str], shots: int) -> sinter.Fit:
    """Fraction of events in rounds that compare full rounds. Events of a shot are correlated: the interval is that of
    as many independent detectors as give the same variance."""
    if not counts["bulk_checked"]:
        if not counts["detectors_checked"]:
            raise ValueError(
                "the rows must count detection events, but do not; give rows of a sweep or of qec_leak.sinter"
            )
        return binomial_fit(counts["detectors_checked"], counts["detection_events"])
    checked, events = counts["bulk_checked"], counts["bulk_events"]
    mean = events / checked
    variance = (counts["bulk_squares"] / shots - (events / shots) ** 2) / shots * (shots / checked) ** 2
    if not variance > 0.0 or mean in (0.0, 1.0):
        return binomial_fit(checked, events)
    number = max(1, round(mean * (1 - mean) / variance))
    return binomial_fit(number, round(mean * number))


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


def _sorted(cells: Iterable[Any]) -> list[Any]:
    """Numbers by size, words in their order."""
    values = list(cells)
    return sorted(values) if all(isinstance(v, int | float) for v in values) else values


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else str(value)
