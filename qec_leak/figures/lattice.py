"""A patch as a picture: where its qubits are and what they do."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from qec_leak.circuits.patch import Patch
from qec_leak.circuits.round_end import iswap_pairs
from qec_leak.circuits.strategies import find_strategy
from qec_leak.circuits.strategy import Strategy
from qec_leak.figures.legends import broken, literal
from qec_leak.figures.style import STRATEGY_COLORS, house_style

_BASIS_COLORS = {"X": "#d98500", "Z": "#1f5fbf"}
_DATA_COLOR = "#444444"
_REMOVAL_COLOR = "#8a4fbf"
_PAIR_COLOR = "#1b9e5a"
_MARKERS = {"data": "o", "measure": "s", "removal": "D"}
_STEP_INCHES = 0.34
"""Inches of a step of the coordinates: room for three digits in a marker."""

_MAX_INCHES = 9.0
_LEGEND_INCHES = 0.5
_BAR_INCHES = 0.75
_TITLE_SIZE = 8.0  # points, as house_style says


def lattice_size(patch: Patch, *, bar: bool = False) -> tuple[float, float]:
    """Width and height in inches of a figure that holds a picture of the patch.

    Args:
        patch: the layout of the qubits.
        bar: with a colour bar.

    Returns:
        Width and height.

    Examples:
        >>> from qec_leak import surface_patch
        >>> len(lattice_size(surface_patch(3)))
        2
    """
    xs, ys = zip(*patch.coordinates, strict=True)
    step = _step(patch)
    width, height = ((max(values) - min(values) + 2) * step for values in (xs, ys))
    return max(width, 2.6) + (_BAR_INCHES if bar else 0.0), height + _LEGEND_INCHES


def strategy_title(strategy: str, width: float) -> str:
    """The name of a strategy as a title, broken into lines if it is wider than the picture.

    Args:
        strategy: its name.
        width: of the picture, in inches.

    Returns:
        The text.

    Examples:
        >>> isinstance(strategy_title("MLR", 3.0), str)
        True
    """
    if strategy in STRATEGY_COLORS:
        return strategy.replace("_", " ")
    return "\n".join(literal(line) for line in broken(strategy, width - _BAR_INCHES, _TITLE_SIZE).split("\n"))


def plot_patch(axes: Axes, patch: Patch, strategy: Strategy | str = "DQLR", *, form: str = "CSS") -> None:
    """Draw the qubits with their numbers, the stabilizers, and under DQLR the pairs and the removal qubit.

    Args:
        axes: where to draw, of a figure as large as ``lattice_size`` says.
        patch: the layout of the qubits.
        strategy: its Leakage iSWAPs are drawn as lines from data qubits to their partners.
        form: "XZZX" marks the data qubits that this form conjugates with a Hadamard.

    Examples:
        >>> from qec_leak import figures, surface_patch
        >>> patch = surface_patch(3)
        >>> width, height = figures.lattice_size(patch, bar=True)
        >>> figure, [axes] = figures.new_figure(width=width, height=height)
        >>> plot_patch(axes, patch)
    """
    parsed = find_strategy(strategy)
    pairs = iswap_pairs(parsed, patch)
    with house_style():
        draw_stabilizers(axes, patch)
        used = [qubit for role in parsed.roles for qubit in patch.qubits(role)]
        for data, partner in pairs:
            (x, y), (u, v) = patch.coordinates[data], patch.coordinates[partner]
            axes.plot([x, u], [y, v], color=_PAIR_COLOR, linewidth=2.5, zorder=2, solid_capstyle="round")
        turned = set(patch.xzzx_qubits) if form == "XZZX" else set()
        for qubit in used:
            color = _color(patch, qubit)
            face = "#ffffff" if qubit in turned or patch.role(qubit) != "data" else color
            draw_qubit(axes, patch, qubit, face=face, edge=color, text="#ffffff" if face == color else color)
        frame(axes, patch)
        _legend(axes, patch, used, paired=bool(pairs), turned=bool(turned))


def draw_stabilizers(axes: Axes, patch: Patch) -> None:
    """The checks, as areas in the colours of their bases."""
    for check in patch.stabilizers:
        corners = [patch.coordinates[q] for q in check.support]
        center = patch.coordinates[check.measure_qubit]
        if len(corners) == 2:
            corners.append(center)
        shape = _around(corners)
        axes.add_patch(Polygon(shape, facecolor=_BASIS_COLORS[check.basis], alpha=0.18, linewidth=0, zorder=1))
        if patch.on_a_line:
            (x, y), (u, v) = corners[:2]
            axes.plot([x, u], [y, v], color=_BASIS_COLORS[check.basis], alpha=0.3, linewidth=6, zorder=1)


def _around(corners: Sequence[tuple[int, int]]) -> npt.NDArray[np.float64]:
    """Corners by their angle around their middle: float64 (corners, 2)."""
    points = np.array(corners, dtype=float)
    middle = points.mean(axis=0)
    return points[np.argsort(np.arctan2(*(points - middle).T[::-1]))]


def draw_qubit(
    axes: Axes,
    patch: Patch,
    qubit: int,
    *,
    face: object,
    edge: str,
    text: str,
    words: str | None = None,
) -> None:
    """A qubit in the marker of its role, with its number or ``words`` in it."""
    x, y = patch.coordinates[qubit]
    size = 72 * 0.62 * _step(patch)
    axes.plot(
        [x],
        [y],
        marker=_MARKERS[patch.role(qubit)],
        markersize=size if patch.role(qubit) != "removal" else 0.9 * size,
        markerfacecolor=face,
        markeredgecolor=edge,
        markeredgewidth=0.9,
        linestyle="none",
        zorder=3,
    )
    shown = str(qubit) if words is None else words
    fontsize = min(7.0, 1.25 * size / max(len(shown), 2))
    axes.text(x, y, shown, ha="center", va="center_baseline", fontsize=fontsize, color=text, zorder=4)


def _step(patch: Patch) -> float:
    """Inches of a step of the coordinates; the repetition code has a qubit at each of them."""
    span = max(max(values) - min(values) for values in zip(*patch.coordinates, strict=True))
    wanted = _STEP_INCHES if patch.on_a_line else _STEP_INCHES * 0.9
    return float(min(wanted, _MAX_INCHES / (span + 2)))


def _color(patch: Patch, qubit: int) -> str:
    role = patch.role(qubit)
    if role == "measure":
        return _BASIS_COLORS[patch.stabilizers[patch.measure_qubits.index(qubit)].basis]
    return _DATA_COLOR if role == "data" else _REMOVAL_COLOR


def frame(axes: Axes, patch: Patch) -> None:
    """Axes around the patch, without ticks."""
    xs, ys = zip(*patch.coordinates, strict=True)
    axes.set_xlim(min(xs) - 1, max(xs) + 1)
    axes.set_ylim(max(ys) + 1, min(ys) - 1)  # y grows to the south
    axes.set_aspect("equal")
    axes.set_axis_off()


def _legend(axes: Axes, patch: Patch, used: Collection[int], *, paired: bool, turned: bool) -> None:
    def entry(label: str, marker: str, color: str, face: str) -> Line2D:
        return Line2D(
            [], [], linestyle="none", marker=marker, markersize=6, color=color, markerfacecolor=face, label=label
        )

    entries = [entry("data", "o", _DATA_COLOR, _DATA_COLOR)]
    if turned:
        entries.append(entry("data, turned", "o", _DATA_COLOR, "white"))
    for basis in sorted({check.basis for check in patch.stabilizers}):
        entries.append(entry(f"measure {basis}", "s", _BASIS_COLORS[basis], "white"))
    if set(patch.removal_qubits) & set(used):
        entries.append(entry("removal", "D", _REMOVAL_COLOR, "white"))
    if paired:
        entries.append(Line2D([], [], color=_PAIR_COLOR, linewidth=2.5, label="DQLR pair"))
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(
        handles=entries,
        loc="outside upper center",
        ncols=math.ceil(len(entries) / 2) if len(entries) > 3 else len(entries),
        columnspacing=1.0,
        handletextpad=0.4,
        handlelength=1.4,
        borderaxespad=0.2,
    )


def short_percent(value: float) -> str:
    """A probability in percent, in three or four characters."""
    percent = 100 * value
    if percent < 0.005:
        return "<.01" if percent else "0"
    return f"{percent:.0f}" if percent >= 9.95 else f"{percent:.1f}" if percent >= 0.95 else f"{percent:.2f}"[1:]
