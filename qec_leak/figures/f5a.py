"""F5a and S6: detection probability against cycles, stabilizers of weight 4 and of weight 2."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from qec_leak.figures.style import house_style, mark_measured, new_figure, strategy_color, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.detection import average, curves, strategies_in

MEASURED_DQLR: Mapping[int, float] = {4: 0.18, 2: 0.11}
"""Miao et al., Fig. 5a and S6, by weight: flat under DQLR."""


def draw_weight_4(results: Results) -> Figure:
    """F5a."""
    return _draw(results, 4)


def draw_weight_2(results: Results) -> Figure:
    """S6."""
    return _draw(results, 2)


def _draw(results: Results, weight: int) -> Figure:
    figure, [axes] = new_figure()
    plot_detection_curves(axes, results, weight)
    return figure


def plot_detection_curves(axes: Axes, results: Results, weight: int) -> None:
    """Detection fraction of the cycles in which all detectors compare full rounds, with what was measured for DQLR."""
    with house_style():
        lookback = 2  # of NO_RESET; MLR and DQLR alike, to begin all curves at one cycle
        end = 1
        for strategy in strategies_in(results):
            fraction, error = average(curves(results, strategy, weight)[:, lookback:])
            rounds = np.arange(lookback + 1, lookback + 1 + len(fraction))
            end = int(rounds[-1])
            axes.errorbar(
                rounds,
                fraction,
                yerr=error,
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        if "DQLR" in strategies_in(results) and weight in MEASURED_DQLR:
            mark_measured(axes, 1.03 * end, MEASURED_DQLR[weight], "DQLR")
        axes.set_xlabel("cycle")
        axes.set_ylabel(f"detection probability, weight {weight}")
        axes.set_xlim(0, 1.06 * end)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.margins(y=0.12)
        strategy_legend(axes, strategies_in(results), measured=True)
