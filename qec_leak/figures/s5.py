"""S5: logical error of the bit-flip code against cycles, with Gompertz curves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.bit_flip import gompertz
from qec_leak.studies.logical import LogicalCounts


def draw(results: Results) -> Figure:
    """S5."""
    figure, [axes] = new_figure()
    plot_cycles(axes, results)
    return figure


def plot_cycles(axes: Axes, results: Results) -> None:
    """Points with 1-sigma bars and the curves; triangles where no error was seen: an upper end."""
    with house_style():
        counts = LogicalCounts.of(results)
        for strategy in counts.values("strategy"):
            part, color = counts.where(strategy=strategy), strategy_color(strategy)
            seen = part.errors > 0
            axes.errorbar(
                part.rounds[seen],
                part.probability[seen],
                yerr=part.error[seen],
                color=color,
                marker="o",
                linestyle="none",
                elinewidth=0.7,
            )
            # No error in n shots: above 1.15/n one would have been seen in two of three such runs.
            axes.plot(
                part.rounds[~seen], 1.15 / part.shots[~seen], color=color, marker="v", linestyle="none", alpha=0.5
            )
            fit = gompertz(results, strategy)
            if fit is not None:
                cycles = np.linspace(1, part.rounds.max(), 200)
                axes.plot(cycles, fit.value(cycles), color=color)
        axes.set_yscale("log", nonpositive="clip")
        lowest = min(float((np.maximum(counts.errors, 1) / counts.shots).min()), 1e-3)
        axes.set_ylim(lowest / 3, 0.7)
        axes.set_xlim(0, 1.03 * float(counts.rounds.max()))
        axes.set_xlabel("cycles")
        axes.set_ylabel("logical error probability")
        strategy_legend(axes, counts.values("strategy"))
