"""beyond2: logical error per cycle against how often data leakage is removed, for several leakages of the CZ.

What is sampled: experiments/beyond2.toml.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.style import house_style, new_figure
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study


def by_interval(results: Results, leakage: float) -> LogicalCounts:
    """Points with DQLR every k-th cycle at one CZ leakage, in the order of k."""
    counts = LogicalCounts.of(results)
    return counts.where(strategy="DQLR", **{"cz.leakage": leakage})


def without_removal(results: Results, leakage: float) -> LogicalCounts:
    """The point with MLR only, at the same CZ leakage."""
    return LogicalCounts.of(results).where(strategy="MLR", **{"cz.leakage": leakage})


def numbers(results: Results) -> Mapping[str, Number]:
    """For each CZ leakage the best interval (DQLR every k-th cycle), the logical error per cycle there, and what DQLR
    in every cycle costs or saves beyond MLR alone."""
    out: dict[str, Number] = {}
    for leakage in LogicalCounts.of(results).values("cz.leakage"):
        part, plain = by_interval(results, leakage), without_removal(results, leakage)
        best = int(np.argmin(part.per_cycle))
        out[f"best interval at {leakage:g}, cycles"] = Number(float(part["dqlr_every"][best]))
        out[f"error per cycle there at {leakage:g}"] = Number(
            float(part.per_cycle[best]), float(part.per_cycle_error[best])
        )
        difference = float(part.per_cycle[0] - plain.per_cycle[0])
        out[f"DQLR in every cycle - MLR at {leakage:g}"] = Number(
            difference, float(np.hypot(part.per_cycle_error[0], plain.per_cycle_error[0]))
        )
    return out


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure(height=2.8)
    plot_intervals(axes, results)
    return figure


def plot_intervals(axes: Axes, results: Results) -> None:
    """DQLR every k-th cycle, a star at the best k; dashed: MLR alone, which never removes leakage from data qubits."""
    with house_style():
        values = LogicalCounts.of(results).values("cz.leakage")
        shades = matplotlib.colormaps["cividis_r"].resampled(len(values) + 1)
        entries = []
        for number, leakage in enumerate(values):
            part, plain, color = by_interval(results, leakage), without_removal(results, leakage), shades(number + 1)
            interval, per_cycle = part["dqlr_every"], part.per_cycle
            axes.errorbar(interval, per_cycle, yerr=part.per_cycle_error, color=color, marker="o", elinewidth=0.7)
            best = int(np.argmin(per_cycle))
            axes.plot(interval[best], per_cycle[best], marker="*", color=color, markersize=9)
            axes.axhline(float(plain.per_cycle[0]), color=color, linestyle="--", linewidth=0.8)
            entries.append(Line2D([], [], color=color, marker="o", label=f"{leakage:g}"))
        entries.append(Line2D([], [], color="#444444", linestyle="--", label="MLR alone"))
        axes.set_yscale("log")
        axes.set_xlabel("DQLR every ... cycles")
        axes.set_ylabel("logical error per cycle")
        axes.legend(
            handles=entries,
            title="leakage per CZ",
            ncols=3,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.2,
        )


STUDY = Study("beyond2", sample, numbers)

FIGURES = (
    PaperFigure(
        "beyond2",
        "DQLR in every k-th cycle: where is the optimum as leakage falls?",
        STUDY,
        draw,
        "On `willow`, d = 5, 30 cycles. Stars: the best interval. Dashed: MLR alone.",
    ),
)
