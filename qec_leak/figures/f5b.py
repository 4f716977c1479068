"""F5b: logical error of d = 3 at 15 cycles against injected leakage."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.logical import LogicalCounts


def draw(results: Results) -> Figure:
    """F5b."""
    figure, [axes] = new_figure()
    plot_logical_error(axes, results)
    return figure


def plot_logical_error(axes: Axes, results: Results) -> None:
    """One curve per strategy."""
    with house_style():
        counts = LogicalCounts.of(results)
        for strategy in counts.values("strategy"):
            part = counts.where(strategy=strategy)
            axes.errorbar(
                100 * part["inject_leakage"],
                part.probability,
                yerr=part.error,
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        axes.set_xlabel("injected leakage per qubit and cycle (%)")
        axes.set_ylabel(f"logical error at {int(counts.rounds.max())} cycles")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        strategy_legend(axes, counts.values("strategy"))
