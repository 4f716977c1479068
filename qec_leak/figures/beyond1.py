"""beyond1: Lambda against CZ leakage for each pair of distances, a panel for each strategy."""

from __future__ import annotations

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies import Results
from qec_leak.studies.beyond import suppression_by_leakage
from qec_leak.studies.logical import LogicalCounts

_MARKERS = ("o", "s", "D", "^", "v")


def draw(results: Results) -> Figure:
    """A panel for each strategy."""
    strategies = LogicalCounts.of(results).values("strategy")
    figure, panels = new_figure(width=2.3 * len(strategies), height=2.5, panels=len(strategies))
    for axes, strategy in zip(panels, strategies, strict=True):
        plot_suppression(axes, results, strategy)
    for axes in panels[1:]:
        axes.sharey(panels[0])
        axes.set_ylabel("")
    panels[0].autoscale(axis="y")  # over all panels, now that they share it
    return figure


def plot_suppression(axes: Axes, results: Results, strategy: str) -> None:
    """Lambda_{d/(d+2)} with 1-sigma bars, darker for larger d; 1 is where a larger code stops helping."""
    with house_style():
        distances = sorted(LogicalCounts.of(results).values("distance"))
        shades = matplotlib.colormaps["cividis_r"].resampled(len(distances) + 1)
        for number, distance in enumerate(distances[:-1]):
            leakage, value, error = suppression_by_leakage(results, strategy, distance)
            axes.errorbar(
                leakage,
                value,
                yerr=error,
                color=shades(number + 1),
                marker=_MARKERS[number % len(_MARKERS)],
                label=f"{distance}/{distance + 2}",
                elinewidth=0.7,
            )
        axes.axhline(1.0, color="#999999", linewidth=0.7)
        axes.set_xscale("log")
        axes.set_xlabel("leakage per CZ")
        axes.set_ylabel(r"$\Lambda_{d/(d+2)}$")
        axes.set_title(strategy_label(strategy), color=strategy_color(strategy))
        axes.legend(title="$d$", handlelength=1.2)
