"""Colour, marker and line of each curve, and the legend with a row for each of the three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from qec_leak.figures.legends import literal, words
from qec_leak.figures.style import STRATEGY_COLORS, strategy_colors, strategy_label
from qec_leak.figures.units import Quantity, quantity
from qec_leak.sweep.curves import Curve
from qec_leak.sweep.order import order_key

_COLORS = ("#1f5fbf", "#c8102e", "#1b9e5a", "#8a4fbf", "#d98500", "#00838f", "#6d4c41", "#444444")
_MARKERS = "osD^vP*X"
_LINES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
_NEUTRAL = "#444444"
PAIR = "distances"
"""Key that stands for the two distances of a suppression factor."""


@dataclass(frozen=True)
class CurveStyle:
    """Options of ``Axes.plot``."""

    color: str
    marker: str
    linestyle: Any
    fillstyle: str

    def options(self) -> dict[str, Any]:
        """As keyword arguments."""
        return {
            "color": self.color,
            "marker": self.marker,
            "linestyle": self.linestyle,
            "fillstyle": self.fillstyle,
            "markeredgewidth": 0.7,
        }


@dataclass(frozen=True)
class Styles:
    """of_curve: in the order of the curves. legend: rows of entries; empty where no labels are needed."""

    of_curve: tuple[CurveStyle, ...]
    legend: tuple[tuple[Line2D, ...], ...]


def curve_styles(curves: Sequence[Curve]) -> Styles:
    """Styles of curves by the labels in which they differ.

    The colour depends on the strategy, or else on the first label that varies. The marker depends on the second, and
    the line on the third and all others together. Where only two vary, marker and line both depend on the second.
    """
    labels = [_labels(curve) for curve in curves]
    keys = list(dict.fromkeys(key for of_curve in labels for key in of_curve))
    values = {key: _values(labels, key) for key in keys}
    varying = [key for key in keys if len(values[key]) > 1]
    varying.sort(key=lambda key: not key.endswith("strategy"))  # stable: else in their order
    fixed = [key for key in keys if key not in varying]
    shown = {key: quantity(key, values[key]) for key in keys}
    by_color, by_marker, by_line = varying[:1], varying[1:2], varying[2:]
    colors, markers, lines = (_combinations(labels, part) for part in (by_color, by_marker, by_line))
    strategy = [key for key in fixed if key.endswith("strategy")]
    palette = _colors_of(colors, by_color) if by_color else _colors_of([_chosen(labels[0], strategy)], strategy)
    styles = []
    for of_curve in labels:
        color, marker, line = (
            part.index(_chosen(of_curve, chosen))
            for part, chosen in ((colors, by_color), (markers, by_marker), (lines, by_line))
        )
        styles.append(_style(palette[color], marker, line if by_line else marker))
    rows: list[tuple[Line2D, ...]] = []
    for key in fixed:
        style = styles[0] if len(curves) == 1 else CurveStyle(_NEUTRAL, "", "none", "full")
        rows.append((words(shown[key].label), _entry(_text(shown[key], values[key][0]), style)))
    if by_color:
        plain = [CurveStyle(color, "" if by_marker else "o", "-", "full") for color in palette]
        rows.append(_row(colors, by_color, shown, plain))
    if by_marker:
        neutral = [_style(_NEUTRAL, n, 0 if by_line else n) for n in range(len(markers))]
        rows.append(_row(markers, by_marker, shown, neutral, joined=not by_line))
    if by_line:
        rows.append(_row(lines, by_line, shown, [_line_only(n) for n in range(len(lines))]))
    return Styles(tuple(styles), tuple(rows))


def _labels(curve: Curve) -> dict[str, Any]:
    pair = {} if curve.pair is None else {PAIR: "{} / {}".format(*curve.pair)}
    return {**curve.labels, **pair}


def _values(labels: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    found = list(dict.fromkeys(of_curve.get(key) for of_curve in labels))
    return found if key == PAIR else sorted(found, key=order_key)


def _chosen(of_curve: Mapping[str, Any], keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(of_curve.get(key) for key in keys)


def _combinations(labels: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Values of these keys that occur together, in order."""
    found = list(dict.fromkeys(_chosen(of_curve, keys) for of_curve in labels))
    return found if PAIR in keys else sorted(found, key=lambda values: [order_key(v) for v in values])


def _style(color: str, marker: int, line: int) -> CurveStyle:
    fill = "none" if marker // len(_MARKERS) % 2 else "full"
    return CurveStyle(color, _MARKERS[marker % len(_MARKERS)], _LINES[line % len(_LINES)], fill)


def _colors_of(combinations: Sequence[tuple[Any, ...]], keys: Sequence[str]) -> list[str]:
    """Colours of strategies, or else by number. Where there are more values than colours, they get shades from dark to
    light."""
    if keys and keys[0].endswith("strategy"):
        names = [str(values[0]) for values in combinations]
        by_name = strategy_colors(names)
        return [by_name[name] for name in names]
    count = len(combinations)
    if count <= len(_COLORS):
        return list(_COLORS[:count])
    return [to_hex(colormaps["viridis"](0.95 * number / (count - 1))) for number in range(count)]


def _line_only(number: int) -> CurveStyle:
    return CurveStyle(_NEUTRAL, "", _LINES[number % len(_LINES)], "full")


def _row(
    combinations: Sequence[tuple[Any, ...]],
    keys: Sequence[str],
    shown: Mapping[str, Quantity],
    styles: Sequence[CurveStyle],
    *,
    joined: bool = True,
) -> tuple[Line2D, ...]:
    """Entries of one row. Args: joined: draw lines through the markers."""
    out = [words(", ".join(shown[key].label for key in keys))]
    for values, style in zip(combinations, styles, strict=True):
        text = ", ".join(_text(shown[key], value) for key, value in zip(keys, values, strict=True))
        out.append(_entry(text, style if joined else CurveStyle(style.color, style.marker, "none", style.fillstyle)))
    return tuple(out)


def _entry(text: str, style: CurveStyle) -> Line2D:
    return Line2D([], [], label=text, **style.options())


def _text(shown: Quantity, value: Any) -> str:
    if value is None:
        return "default"
    return strategy_label(value) if value in STRATEGY_COLORS else literal(shown.text(value))
