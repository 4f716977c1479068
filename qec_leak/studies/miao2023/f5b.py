"""F5b: logical error of d = 3 at 15 cycles against injected leakage (Miao et al., Fig. 5b).

What is sampled: experiments/F5b.toml.

Arrays: ``qec_leak.studies.logical``. The paper gives an order: NO_RESET above MLR above DQLR.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study


def numbers(results: Results) -> Mapping[str, Number]:
    """At each injection the logical errors, and how far they are apart, in standard errors."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for leakage in counts.values("inject_leakage"):
        parts = {s: counts.where(strategy=s, inject_leakage=leakage).number() for s in counts.values("strategy")}
        for strategy, number in parts.items():
            out[f"{strategy} at {leakage:g}"] = number
        for higher, lower in (("NO_RESET", "MLR"), ("MLR", "DQLR")):
            if higher in parts and lower in parts:
                difference = parts[higher].value - parts[lower].value
                error = float(np.hypot(parts[higher].error, parts[lower].error))
                out[f"{higher} - {lower} at {leakage:g}"] = Number(difference, error)
    return out


def draw(results: Results) -> Figure:
    """One panel."""
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


STUDY = Study("F5b", sample, numbers)

FIGURES = (
    PaperFigure(
        "F5b",
        "d = 3, 15 cycles: logical error against injected leakage (Miao et al., Fig. 5b)",
        STUDY,
        draw,
        "All cycles take the 1068 ns of DQLR. If each strategy takes its own time, DQLR idles 172 ns longer than "
        "MLR, and with the T1 of 20 us of this device that costs more at d = 3 than its leakage does: then DQLR is "
        "the worst of the three where nothing is injected.",
    ),
)
