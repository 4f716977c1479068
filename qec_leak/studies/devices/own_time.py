"""own_time: F5b as it was measured, each strategy in cycles of its own length (Miao et al., Fig. 5b).

Here the error of a waiting data qubit beyond T1 and T2 is counted once per measurement (``idle.measurement_error``),
and not by time. Else DQLR would have more of it for the time that it takes.

What is sampled: experiments/own_time.toml. Under which parameters the published order would be met:
experiments/scan_own_time.py.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study

ORDER = (("NO_RESET", "MLR"), ("MLR", "DQLR"))
"""The paper gives an order: the first of each pair has the larger logical error."""


def numbers(results: Results) -> Mapping[str, Number]:
    """Logical errors per shot, both bases together, and how far strategies are apart."""
    counts = LogicalCounts.of(results)
    parts = {strategy: _mean(counts.where(strategy=strategy)) for strategy in counts.values("strategy")}
    out = dict(parts)
    for higher, lower in ORDER:
        if higher in parts and lower in parts:
            error = math.hypot(parts[higher].error, parts[lower].error)
            out[f"{higher} - {lower}"] = Number(parts[higher].value - parts[lower].value, error)
    return out


def _mean(counts: LogicalCounts) -> Number:
    """The average over bases."""
    return Number(float(counts.probability.mean()), float((counts.error**2).sum()) ** 0.5 / len(counts))


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure()
    plot_own_time(axes, results)
    return figure


def plot_own_time(axes: Axes, results: Results) -> None:
    """A point for each strategy."""
    with house_style():
        found = numbers(results)
        strategies = LogicalCounts.of(results).values("strategy")
        for place, strategy in enumerate(strategies):
            value = found[strategy]
            color = strategy_color(strategy)
            axes.errorbar(place, 100 * value.value, yerr=100 * value.error, color=color, marker="o", capsize=3.0)
        axes.set_xticks(range(len(strategies)), [strategy_label(strategy) for strategy in strategies])
        axes.set_xlim(-0.5, len(strategies) - 0.5)
        axes.set_ylabel("logical error at 15 cycles (%)")


STUDY = Study("own_time", sample, numbers)

FIGURES = (
    PaperFigure(
        "own_time",
        "d = 3, 15 cycles, each strategy in its own time: logical error (Miao et al., Fig. 5b)",
        STUDY,
        draw,
        "Measured was NO_RESET > MLR > DQLR. Here DQLR's 172 ns more of idling, with a T1 of 20 us, cost more than its "
        "removal of leakage gains (docs/model.md); in cycles of equal length the order is the measured one (F5b).",
    ),
)
