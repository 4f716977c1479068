"""Quantities of a sweep against one of its axes, one curve per group, with likelihood bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sinter
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qec_leak.figures.style import STRATEGY_COLORS, house_style, strategy_label
from qec_leak.sweep.curves import Curve

_COLORS = ("#1f5fbf", "#c8102e", "#1b9e5a", "#8a4fbf", "#d98500", "#00838f", "#6d4c41", "#444444")
_MARKERS = "osD^vP*X"
_LINES = ("-", "--", ":", "-.")
_Y_LABELS = {
    "logical_error_per_cycle": "logical error per cycle",
    "logical_error_probability": "logical error probability",
    "detection_fraction": "detection fraction",
    "leakage": "leakage population of {role} qubits",
    "lambda": r"suppression factor $\Lambda_{{d/(d+2)}}$",
}
_X_LABELS = {"d": "distance", "r": "rounds", "p": "physical error rate"}
_LEGEND_HEIGHT = 0.4
"""Inches above the axes that a figure has for its legend: two lines."""
_LOG_SPAN = 8.0  # axes whose values span more than this factor are logarithmic


def plot_curves(
    axes: Axes,
    curves: Sequence[Curve],
    *,
    x: str,
    y: str,
    role: str = "data",
    scale: str = "auto",
    title: str | None = None,
) -> None:
    """Draw curves with their likelihood bands.

    Args:
        axes: where to draw.
        x, y: key of the horizontal axis and name of the quantity, for the labels.
        scale: "linear", "log" (y), "logx", "loglog", or "auto": logarithmic where values span more than a factor 8.
    Curves of one strategy have its colour; the next key in the groups sets markers and line styles. Values of zero on
    a logarithmic axis leave a gap, their bands reach down to the axis.
    """
    with house_style():
        positions = _positions(curves)
        log_x, log_y = _scales(scale, curves, positions, y)
        floor = _floor(curves) if log_y else -math.inf
        styles = _styles(curves)
        for curve in curves:
            color, marker, line = styles[curve.title]
            at = [positions[p.x] for p in curve.points]
            best = [_number(p.fit.best, floor) for p in curve.points]
            axes.plot(at, best, color=color, marker=marker, linestyle=line, label=_label(curve))
            low = [max(_bound(p.fit.low, 0.0), floor) for p in curve.points]
            high = [_bound(p.fit.high, math.nan) for p in curve.points]
            axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
            if len(at) == 1:  # a band of one point has no width
                axes.vlines(at, low, high, color=color, linewidth=0.9, alpha=0.6)
        _axes(axes, positions, log_x, log_y, floor, y)
        axes.set_xlabel(_X_LABELS.get(_short(x), _short(x).replace("_", " ")))
        axes.set_ylabel(_Y_LABELS[y].format(role=role))
        if len(curves) > 1 or curves[0].labels or curves[0].pair:
            _legend_above(axes)
        if title:
            axes.get_figure(root=True).suptitle(title, fontsize=8)  # type: ignore[union-attr]


def _legend_above(axes: Axes) -> None:
    """A legend above the axes in as many columns, up to 3, as fit; the figure grows by what it would take from them."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    for columns in (3, 2, 1):
        legend = figure.legend(loc="outside upper left", ncols=columns, columnspacing=1.2, borderaxespad=0.2)
        taken = legend.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
        if taken.width <= width or columns == 1:
            break
        legend.remove()
    figure.set_size_inches(max(width, taken.width + 0.1), height + max(taken.height - _LEGEND_HEIGHT, 0.0))


def _axes(axes: Axes, positions: dict[Any, float], log_x: bool, log_y: bool, floor: float, y: str) -> None:
    words = [v for v in positions if not _is_number(v)]
    if log_x:
        axes.set_xscale("log")
    elif words:
        axes.set_xticks(list(positions.values()), [strategy_label(str(v)) for v in positions])
        axes.margins(x=0.1)
    elif all(isinstance(v, int) for v in positions):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 4), useMathText=True)
    if log_y:
        axes.set_yscale("log")
        axes.set_ylim(bottom=floor)
    elif y != "lambda":
        axes.set_ylim(bottom=0.0)


def _positions(curves: Sequence[Curve]) -> dict[Any, float]:
    """Where each x is drawn: numbers at their value, words side by side."""
    values = list(dict.fromkeys(p.x for curve in curves for p in curve.points))
    if all(_is_number(v) for v in values):
        return {v: float(v) for v in values}
    return {v: float(k) for k, v in enumerate(values)}


def _scales(scale: str, curves: Sequence[Curve], positions: dict[Any, float], y: str) -> tuple[bool, bool]:
    if scale != "auto":
        return scale in ("logx", "loglog"), scale in ("log", "loglog")
    numbers = sorted(positions.values())
    of_numbers = all(_is_number(v) and not isinstance(v, int) for v in positions)
    values = [p.fit.best for curve in curves for p in curve.points if p.fit.best and math.isfinite(p.fit.best)]
    wide = bool(values) and max(values) > _LOG_SPAN * min(values)
    return of_numbers and numbers[0] > 0 and numbers[-1] > _LOG_SPAN * numbers[0], wide and y != "lambda"


def _floor(curves: Sequence[Curve]) -> float:
    """Lower end of a logarithmic axis: half a decade below the lowest value."""
    fits: list[sinter.Fit] = [p.fit for curve in curves for p in curve.points]
    positive = [f.best for f in fits if f.best] or [f.high for f in fits if f.high] or [1.0]
    return float(min(positive)) / 3.0


def _styles(curves: Sequence[Curve]) -> dict[str, tuple[str, str, str]]:
    """Colour, marker and line style by title: colour by strategy if that is a label, else by the first label."""
    color_of: dict[Any, str] = {}
    rest_of: dict[Any, int] = {}
    out = {}
    for curve in curves:
        labels = dict(curve.labels)
        key = next((k for k in labels if k.endswith("strategy")), next(iter(labels), None))
        value = labels.pop(key) if key is not None else None
        if value not in color_of:
            color_of[value] = STRATEGY_COLORS.get(str(value), _COLORS[len(color_of) % len(_COLORS)])
        rest = (tuple(labels.items()), curve.pair)
        number = rest_of.setdefault(rest, len(rest_of))
        out[curve.title] = (color_of[value], _MARKERS[number % len(_MARKERS)], _LINES[number % len(_LINES)])
    return out


def _label(curve: Curve) -> str:
    return curve.title.replace("NO_RESET", strategy_label("NO_RESET"))


def _short(key: str) -> str:
    return {"circuit.distance": "d", "distance": "d", "circuit.rounds": "r", "rounds": "r"}.get(
        key, key.removeprefix("circuit.").removeprefix("device.")
    )


def _number(value: float | None, floor: float) -> float:
    return math.nan if value is None or not math.isfinite(value) or value < floor else value


def _bound(value: float | None, missing: float) -> float:
    return missing if value is None or not math.isfinite(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
