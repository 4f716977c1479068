"""S7: p_ij in time: matrices of one stabilizer, and means against separation, same and neighbouring stabilizers."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.correlations import strategies_in

TITLES = {"same": "same stabilizer", "neighbor": "neighbouring stabilizers"}
_LEAST, _MOST = 1e-4, 1e-1


def draw(results: Results) -> Figure:
    """S7: a row of matrices, below it the means."""
    strategies = strategies_in(results)
    figure, _ = new_figure(width=6.9, height=4.6, panels=0)
    with house_style():
        grid = figure.add_gridspec(2, 6, height_ratios=(1.15, 1.0))
        above = [figure.add_subplot(grid[0, 2 * k : 2 * k + 2]) for k in range(len(strategies))]
        below = [figure.add_subplot(grid[1, 3 * k : 3 * k + 3]) for k in range(2)]
        for axes, strategy in zip(above, strategies, strict=True):
            image = plot_matrix(axes, results, strategy)
        figure.colorbar(image, ax=above, label=r"$p_{ij}$", shrink=0.85)
        for axes, kind in zip(below, TITLES, strict=True):
            plot_separations(axes, results, kind)
        below[1].sharey(below[0])
        strategy_legend(below[0], strategies)
    return figure


def plot_matrix(axes: Axes, results: Results, strategy: str) -> AxesImage:
    """p_ij of two cycles of one stabilizer, mean over stabilizers; at most the least of the colours is white."""
    with house_style():
        matrix = results[f"{strategy}.matrix"][1:-1, 1:-1]
        image = axes.imshow(
            np.where(matrix > 0, matrix, _LEAST),
            norm=LogNorm(_LEAST, _MOST),
            cmap="Purples",
            origin="lower",
            extent=(1.5, len(matrix) + 1.5, 1.5, len(matrix) + 1.5),
        )
        axes.set_title(strategy_label(strategy), color=strategy_color(strategy))
        axes.set_xlabel("cycle")
        axes.set_ylabel("cycle")
        axes.grid(False)
        return image


def plot_separations(axes: Axes, results: Results, kind: str) -> None:
    """Mean p_ij against separation; bars that reach below zero end at the axis."""
    with house_style():
        for strategy in strategies_in(results):
            value, error = results[f"{strategy}.{kind}"], results[f"{strategy}.{kind}_error"]
            separation = np.arange(len(value))
            seen = np.isfinite(value) & (value > 0)
            axes.errorbar(
                separation[seen],
                value[seen],
                yerr=error[seen],
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(2e-5, 0.4)
        first, last = (int(cycle) for cycle in results["window"])
        axes.set_xlabel(f"separation (cycles {first} to {last})")
        axes.set_ylabel(r"mean $p_{ij}$")
        axes.text(0.98, 0.97, TITLES[kind], transform=axes.transAxes, ha="right", va="top", fontsize=7)
