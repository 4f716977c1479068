"""F5c: 1/Lambda of distances 5 and 7 against injected leakage, with the line of DQLR; a panel for each decoder."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.logical import LogicalCounts
from qec_leak.studies.suppression import inverse_lambda, line

DECODER_NAMES = {"pymatching": "matching", "pymatching-correlated": "correlated matching"}
MEASURED_LINE = (111.0, 0.2)
"""Slope and offset of Miao et al., Fig. 5c."""


def draw(results: Results) -> Figure:
    """F5c."""
    decoders = LogicalCounts.of(results).values("decoder")
    figure, panels = new_figure(width=COLUMN_WIDTH * min(len(decoders), 2), height=2.6, panels=len(decoders))
    for axes, decoder in zip(panels, decoders, strict=True):
        plot_inverse_lambda(axes, results, decoder)
    for axes in panels[1:]:
        axes.sharey(panels[0])
    panels[0].autoscale(axis="y")  # over all panels, now that they share it
    panels[0].set_ylim(bottom=0)
    return figure


def plot_inverse_lambda(axes: Axes, results: Results, decoder: str) -> None:
    """Points with 1-sigma bars, the fitted line, and that of the paper."""
    with house_style():
        strategies = LogicalCounts.of(results).values("strategy")
        end = 0.0
        for strategy in strategies:
            leakage, value, error = inverse_lambda(results, strategy, decoder)
            end = max(end, float(leakage.max()))
            style = "none" if strategy == "DQLR" else "-"
            axes.errorbar(
                1e3 * leakage,
                value,
                yerr=error,
                color=strategy_color(strategy),
                marker="o",
                linestyle=style,
                elinewidth=0.7,
            )
        x = np.array([0.0, end])
        if "DQLR" in strategies:
            axes.plot(1e3 * x, line(results, decoder).value(x), color=strategy_color("DQLR"))
        axes.plot(
            1e3 * x, MEASURED_LINE[0] * x + MEASURED_LINE[1], color=strategy_color("DQLR"), linestyle=":", linewidth=1.4
        )
        axes.text(0.98, 0.04, "dotted: Miao et al., DQLR", transform=axes.transAxes, ha="right", fontsize=7)
        axes.set_xlabel("injected leakage per qubit and round (10$^{-3}$)")
        axes.set_ylabel(r"$1/\Lambda_{5/7}$, " + DECODER_NAMES.get(decoder, decoder))
        strategy_legend(axes, strategies)
