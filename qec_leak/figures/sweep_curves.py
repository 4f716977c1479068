"""Quantities of a sweep against one of its axes, one curve per group, with likelihood bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sinter
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter

from qec_leak._checks import is_number
from qec_leak.figures.curve_styles import curve_styles
from qec_leak.figures.legends import broken, legend_above, literal, text_width
from qec_leak.figures.style import STRATEGY_COLORS, house_style, strategy_label
from qec_leak.figures.units import Quantity, quantity
from qec_leak.sweep.curves import Curve
from qec_leak.sweep.order import order_key

_Y_LABELS = {
    "logical_error_per_cycle": "logical error per cycle",
    "logical_error_probability": "logical error probability",
    "detection_fraction": "detection fraction",
    "leakage": "leakage population of {role} qubits",
    "lambda": r"suppression factor $\Lambda_{{d/(d+2)}}$",
}
_TITLE_HEIGHT = 0.2  # inches
_MAX_TICKS = 8
_TICK_SIZE = 7.0  # points, as house_style says
_LINE_HEIGHT = 0.12  # inches of a line of such a font
_NAME_WIDTH = 1.1  # inches for each of several long names
_AXIS_WIDTH = 0.6  # inches beside the axes, for ticks and labels
_TICK_DISTANCE = 0.07
"""Part of the axis that two ticks are apart at least."""
_DECADES = 30.0  # logarithmic axes that span less have ticks at their values
_HIGH_BAND = 2.5  # bands end the axis where they reach further above the highest value than by this factor
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
    The colour depends on the strategy, or else on the first label that varies, the marker on the second, the line on
    the others. The legend above the axes has a row for each. Times are in ns, µs or ms, by their size. A few whole
    numbers, such as distances, get one tick each. A value of zero leaves a gap on a logarithmic axis; its band reaches
    down to the axis.
    """
    with house_style():
        values = sorted(dict.fromkeys(p.x for curve in curves for p in curve.points), key=order_key)
        shown = quantity(x, values)
        positions = _positions(values, shown)
        log_x, log_y = _scales(scale, curves, positions, y)
        floor = _floor(curves) if log_y else -math.inf
        styles = curve_styles(curves)
        for curve, style in zip(curves, styles.of_curve, strict=True):
            at = [positions[p.x] for p in curve.points]
            best = [_number(p.fit.best, floor) for p in curve.points]
            axes.plot(at, best, label=_label(curve), **style.options())
            low = [max(_bound(p.fit.low, 0.0), floor) for p in curve.points]
            high = [_bound(p.fit.high, math.nan) for p in curve.points]
            axes.fill_between(at, low, high, color=style.color, alpha=0.2, linewidth=0)
            if len(at) == 1:  # a band of one point has no width
                axes.vlines(at, low, high, color=style.color, linewidth=0.9, alpha=0.6)
        _axes(axes, positions, log_x, log_y, floor, y, max(_values(curves), default=0.0))
        axes.set_xlabel(shown.label)
        axes.set_ylabel(_Y_LABELS[y].format(role=role))
        if styles.legend:
            legend_above(axes, styles.legend)
        if title:
            axes.set_title(title)  # below the legend
            figure = axes.get_figure(root=True)
            assert figure is not None
            figure.set_figheight(figure.get_figheight() + _TITLE_HEIGHT)


def _axes(
    axes: Axes, positions: dict[Any, float], log_x: bool, log_y: bool, floor: float, y: str, highest: float
) -> None:
    numbers = sorted(positions.values())
    if log_x:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        if numbers[-1] < _DECADES * numbers[0] and len(numbers) <= _MAX_TICKS:  # else powers of ten would be one or two
            ticks = [10**at for at in _apart([math.log10(v) for v in numbers])]
            axes.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    elif not all(is_number(v) for v in positions):
        _word_ticks(axes, positions)
    elif all(isinstance(v, int) for v in positions):
        if len(positions) <= _MAX_TICKS:
            axes.set_xticks(_apart(numbers))
        else:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 4), useMathText=True)
    if log_y:
        axes.set_yscale("log")
        axes.set_ylim(bottom=floor)
    elif y != "lambda":
        axes.set_ylim(bottom=0.0)
    if highest and axes.get_ylim()[1] > _HIGH_BAND * highest:  # the band of a point that knows next to nothing
        axes.set_ylim(top=_HIGH_BAND * highest)


def _word_ticks(axes: Axes, positions: dict[Any, float]) -> None:
    """Ticks at words; names that would touch are broken into lines, and the figure grows by them."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    axes.margins(x=0.1)
    names = [_word(str(value)) for value in positions]
    width, height = figure.get_size_inches()
    room = (width - _AXIS_WIDTH) / len(names)
    if max(text_width(name, _TICK_SIZE) for name in names) > room:
        room = max(room, _NAME_WIDTH)
        names = [broken(name, 0.9 * room, _TICK_SIZE) for name in names]
        lines = 1 + max(name.count("\n") for name in names)
        figure.set_size_inches(max(width, _AXIS_WIDTH + room * len(names)), height + _LINE_HEIGHT * (lines - 1))
    axes.set_xticks(list(positions.values()), [literal(name) for name in names])


def _word(text: str) -> str:
    """Names of a user's own parts, module:attribute, are literal; words of ours are written without underscores."""
    if ":" in text:
        return text
    return strategy_label(text) if text in STRATEGY_COLORS else text.replace("_", " ")


def _apart(values: list[float]) -> list[float]:
    """The values without those whose ticks would touch that of a smaller one; the largest is kept."""
    smallest = _TICK_DISTANCE * (values[-1] - values[0])
    out = values[:1]
    for value in values[1:-1]:
        if value - out[-1] >= smallest and values[-1] - value >= smallest:
            out.append(value)
    return out + values[1:][-1:]


def _positions(values: Sequence[Any], shown: Quantity) -> dict[Any, float]:
    """Where each x is drawn: numbers at their value in the unit shown, words side by side."""
    if all(is_number(v) for v in values):
        return {v: shown.shown(float(v)) for v in values}
    return {v: float(k) for k, v in enumerate(values)}


def _scales(scale: str, curves: Sequence[Curve], positions: dict[Any, float], y: str) -> tuple[bool, bool]:
    if scale != "auto":
        return scale in ("logx", "loglog"), scale in ("log", "loglog")
    numbers = sorted(positions.values())
    of_numbers = all(is_number(v) and not isinstance(v, int) for v in positions)
    values = _values(curves)
    wide = bool(values) and max(values) > _LOG_SPAN * min(values)
    return of_numbers and numbers[0] > 0 and numbers[-1] > _LOG_SPAN * numbers[0], wide and y != "lambda"


def _values(curves: Sequence[Curve]) -> list[float]:
    """Best values that a logarithmic axis can show."""
    return [p.fit.best for curve in curves for p in curve.points if p.fit.best and math.isfinite(p.fit.best)]


def _floor(curves: Sequence[Curve]) -> float:
    """Lower end of a logarithmic axis: half a decade below the lowest value."""
    fits: list[sinter.Fit] = [p.fit for curve in curves for p in curve.points]
    positive = [f.best for f in fits if f.best] or [f.high for f in fits if f.high] or [1.0]
    return float(min(positive)) / 3.0


def _label(curve: Curve) -> str:
    return curve.title.replace("NO_RESET", strategy_label("NO_RESET"))


def _number(value: float | None, floor: float) -> float:
    return math.nan if value is None or not math.isfinite(value) or value < floor else value


def _bound(value: float | None, missing: float) -> float:
    return missing if value is None or not math.isfinite(value) else value
