"""S5: logical error of the bit-flip code against cycles, with Gompertz curves (Miao et al., Fig. S5).

What is sampled: experiments/S5.toml.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.analysis import GompertzFit, fit_gompertz
from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.published import Published
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study

PUBLISHED = {"DQLR at cycle 60": Published(5e-3, "Fig. S5", bound="<")}
"""Logical error per shot."""


def gompertz(results: Results, strategy: str) -> GompertzFit | None:
    """The Gompertz curve of a strategy (Miao et al., S5); None with fewer than 3 points that have errors."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    if (counts.errors > 0).sum() < 3:
        return None
    return fit_gompertz(counts.rounds, counts.errors, counts.shots)


def numbers(results: Results) -> Mapping[str, Number]:
    """Logical error after the last number of cycles, and the rates of the Gompertz curves."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    last = int(counts.rounds.max())
    for strategy in counts.values("strategy"):
        out[f"{strategy} at cycle {last}"] = counts.where(strategy=strategy, rounds=last).number()
        fit = gompertz(results, strategy)
        if fit is not None:
            out[f"{strategy} Gompertz rate per cycle"] = Number(fit.rate, fit.rate_error)
    return out


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure()
    plot_cycles(axes, results)
    return figure


def plot_cycles(axes: Axes, results: Results) -> None:
    """Points with 1-sigma bars, and the curves. Triangles are upper bounds where no error was seen."""
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


STUDY = Study("S5", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "S5",
        "bit-flip code, d = 21: logical error against cycles, with Gompertz curves (Miao et al., Fig. S5)",
        STUDY,
        draw,
        "Leakage builds up first and hurts then. Triangles: no error was seen.",
    ),
)
