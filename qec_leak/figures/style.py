"""The look of all figures: sizes, colours, markers, and how a figure is made and saved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import hsv_to_rgb, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.legends import literal

COLUMN_WIDTH = 3.4
"""Width of a figure for one column of a paper, in inches."""

STRATEGY_COLORS: Mapping[str, str] = {"NO_RESET": "#c8102e", "MLR": "#1b9e5a", "DQLR": "#1f5fbf"}
"""Red, green, blue as in Miao et al., in tones of different lightness that stay apart for colour-blind readers."""

_OTHER_COLORS = ("#d98500", "#8a4fbf", "#00838f", "#c2418c", "#6d4c41", "#7a8b00")
"""Of strategies that are not built in, in their order in a picture."""

_GOLDEN_TURN = 0.618034
"""Part of the circle of hues between two further colours: any few of them are far apart."""

ROLE_MARKERS: Mapping[str, str] = {"data": "s", "measure": "o"}
"""Squares for data qubits, circles for measure qubits (Miao et al., F3a)."""

OPERATION_LABELS: Mapping[str, str] = {
    "": "start",
    "M": "measure",
    "R": "reset",
    "LEAKAGE_ISWAP": "LiSWAP",
    "IDLE": "idle",
}
"""Operations of a moment whose names in pictures are others."""

_STYLE: dict[str, Any] = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.7,
    "lines.linewidth": 0.9,
    "lines.markersize": 3.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.linewidth": 0.4,
    "grid.color": "#dddddd",
    "xtick.direction": "in",
    "ytick.direction": "in",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "qec_leak",
    "savefig.dpi": 300,
}


@contextmanager
def house_style() -> Iterator[None]:
    """matplotlib settings of our figures, in force inside the block only."""
    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]  # its stub wants literal keys
        yield


def new_figure(
    *, width: float = COLUMN_WIDTH, height: float = 2.5, panels: int = 1, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """A figure in the house style and free of pyplot.

    Args:
        width: in inches.
        height: in inches.
        panels: Axes in a row.
        rows: rows of Axes.

    Returns:
        The figure and its Axes, row by row.

    Examples:
        >>> figure, axes = new_figure(panels=2)
        >>> len(axes)
        2
    """
    with house_style():
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure, [figure.add_subplot(rows, panels, 1 + panel) for panel in range(rows * panels)]


def save_figure(figure: Figure, *paths: str | os.PathLike[str]) -> None:
    """Save a figure to each path, in the format of its suffix. The same figure gives the same bytes.

    Args:
        figure: the figure.
        *paths: where to.

    Examples:
        >>> import os, tempfile
        >>> from qec_leak.figures import new_figure
        >>> figure, [axes] = new_figure()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_figure(figure, f"{folder}/empty.png", f"{folder}/empty.svg")
        ...     sorted(os.listdir(folder))
        ['empty.png', 'empty.svg']
    """
    with house_style():
        for path in map(Path, paths):
            metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
            figure.savefig(path, metadata=metadata)


def mark_measured(axes: Axes, x: float, value: float, strategy: str = "") -> None:
    """A bar at the ``value`` measured in an experiment, in the colour of the strategy."""
    axes.plot(
        [x],
        [value],
        linestyle="none",
        marker="_",
        markersize=9,
        markeredgewidth=2.0,
        color=strategy_color(strategy),
        alpha=0.55,
        zorder=1.5,
        clip_on=False,
    )


def strategy_legend(axes: Axes, strategies: Iterable[str], *, measured: bool = False) -> None:
    """Legend above the plot: the strategies' colours, and the bar of ``mark_measured``."""
    entries = [Line2D([], [], color=strategy_color(s), marker="o", label=strategy_label(s)) for s in strategies]
    if measured:
        entries.append(measured_entry())
    axes.legend(
        handles=entries,
        ncols=len(entries),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.2,
        columnspacing=1.0,
        handlelength=1.4,
        handletextpad=0.5,
    )


def measured_entry() -> Line2D:
    """Entry of a legend for the bars of ``mark_measured``."""
    return Line2D([], [], color="#444444", alpha=0.55, linestyle="none", marker="_", markersize=9, label="measured")


def strategy_color(strategy: str) -> str:
    """Colour of a built-in strategy's curves; grey for others, which ``strategy_colors`` tells apart."""
    return STRATEGY_COLORS.get(str(strategy), "#444444")


def strategy_colors(strategies: Iterable[str]) -> dict[str, str]:
    """Colours of the strategies of one picture: the built-in ones have theirs, others get further ones in order."""
    names = list(dict.fromkeys(map(str, strategies)))
    others = [name for name in names if name not in STRATEGY_COLORS]
    return {**STRATEGY_COLORS, **{name: _other_color(number) for number, name in enumerate(others)}}


def _other_color(number: int) -> str:
    if number < len(_OTHER_COLORS):
        return _OTHER_COLORS[number]
    red, green, blue = hsv_to_rgb((number * _GOLDEN_TURN % 1.0, 0.8, 0.65))
    return to_hex((red, green, blue))


def strategy_label(strategy: str) -> str:
    """Name of a strategy in a legend: in words for the built-in ones, literally for others."""
    name = str(strategy)
    if name not in STRATEGY_COLORS:
        return literal(name)
    return name.replace("_", " ").replace("NO RESET", "No reset")
