"""The result in two pictures: leakage and detection against cycles, and in words."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from qec_leak.figures.f5a import plot_detection_curves
from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies import Results
from qec_leak.studies.detection import blog_numbers
from qec_leak.studies.strategies import code_qubits, populations_in


def draw(results: Results) -> Figure:
    """Leakage of all qubits beside detection, under a sentence with the numbers."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, height=2.8, panels=2)
    plot_average_leakage(left, results)
    plot_detection_curves(right, results, 4)
    with house_style():
        figure.suptitle(words(results), fontsize=8)
    return figure


def words(results: Results) -> str:
    """The result in a sentence."""
    numbers = blog_numbers(results)
    dqlr, mlr = (100 * numbers[f"{strategy} leakage of all qubits"].value for strategy in ("DQLR", "MLR"))
    return (
        f"Removing leakage from data qubits too brings it from {mlr:.1g} % to {dqlr:.1g} % of all qubits,\n"
        "and detections stay at the level at which they start"
    )


def plot_average_leakage(axes: Axes, results: Results) -> None:
    """P(level >= 2) averaged over data and measure qubits, logarithmic."""
    with house_style():
        axes.set_yscale("log", nonpositive="clip")
        for strategy, populations in populations_in(results).items():
            part = code_qubits(populations)
            population, error = part.leakage_population(), part.leakage_population_error()
            axes.errorbar(
                range(1, 1 + len(population)),
                population,
                yerr=error,
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        axes.set_xlabel("cycle")
        axes.set_ylabel("leakage, mean of all qubits")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlim(left=0)
        strategy_legend(axes, populations_in(results))
