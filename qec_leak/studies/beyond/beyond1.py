"""beyond1: Lambda against CZ leakage for each pair of distances. How good must CZs be to do without removal?

What is sampled: experiments/beyond1.toml.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, crossing, sample
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study

_MARKERS = ("o", "s", "D", "^", "v")


def suppression_by_leakage(results: Results, strategy: str, distance: int) -> tuple[Array, Array, Array]:
    """CZ leakage, Lambda_{d/(d+2)} and its standard error (delta method). Points whose relative error is 30 % or more
    are left out: logical errors near 1/2 say nothing."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    low = counts.where(distance=distance)
    inverse, error = low.inverse_suppression(counts.where(distance=distance + 2))
    known = (inverse > 0) & (error < 0.3 * inverse)
    return low["cz.leakage"][known], 1 / inverse[known], error[known] / inverse[known] ** 2


def numbers(results: Results) -> Mapping[str, Number]:
    """Lambda of the two largest distances with the least CZ leakage; the CZ leakage from which on distance does not
    help (Lambda < 1), and from which on DQLR is better than MLR, at the largest distance."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    distances = sorted(counts.values("distance"))
    start = distances[-2]
    for strategy in counts.values("strategy"):
        leakage, value, error = suppression_by_leakage(results, strategy, start)
        out[f"{strategy} Lambda {start}/{distances[-1]} at {leakage[0]:g}"] = Number(float(value[0]), float(error[0]))
        end = crossing(leakage, 1 / value, error / value**2, 1.0)
        if np.isfinite(end.value):
            out[f"{strategy} Lambda {start}/{distances[-1]} < 1 from"] = end
    if {"MLR", "DQLR"} <= set(counts.values("strategy")):
        mlr, dqlr = (counts.where(strategy=s, distance=distances[-1]) for s in ("MLR", "DQLR"))
        ratio = mlr.per_cycle / np.maximum(dqlr.per_cycle, 1e-12)
        relative = np.hypot(mlr.per_cycle_error / mlr.per_cycle, dqlr.per_cycle_error / dqlr.per_cycle)
        better = crossing(mlr["cz.leakage"], ratio, ratio * relative, 1.0)
        out[f"DQLR better than MLR at d = {distances[-1]} from"] = better
    return out


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


STUDY = Study("beyond1", sample, numbers)

FIGURES = (
    PaperFigure(
        "beyond1",
        "Lambda against CZ leakage and distance: how good must gates be without removal of data leakage?",
        STUDY,
        draw,
        "On `willow`, 20 cycles, each strategy taking its own time. Up to some leakage DQLR costs more than it "
        "saves; beyond it, it is what keeps larger codes better.",
    ),
)
