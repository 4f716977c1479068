"""blog: the result in two pictures, leakage and detection against cycles, and in words (Miao et al., abstract).

What is sampled: experiments/blog.toml.

Arrays: those of ``qec_leak.studies.miao2023.f5a``.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.miao2023 import f5a
from qec_leak.studies.miao2023.f5a import curves, plot_detection_curves
from qec_leak.studies.populations import code_qubits, final_population, population_blocks_in, populations_in
from qec_leak.studies.published import Published
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study

PUBLISHED = {
    "DQLR leakage of all qubits": Published(1e-3, "abstract"),
    "MLR leakage of all qubits": Published(1e-2, "abstract"),
}
"""P(level >= 2)."""


def numbers(results: Results) -> Mapping[str, Number]:
    """Leakage averaged over all qubits at the end, and detection of weight-4 stabilizers at the end."""
    out: dict[str, Number] = {}
    for strategy, blocks in population_blocks_in(results).items():
        out[f"{strategy} leakage of all qubits"] = final_population(blocks, strategy, None)
    for strategy in results.strategies("fraction"):
        out[f"{strategy} detection"] = Number.from_blocks(curves(results, strategy, 4)[:, -3:].mean(axis=1))
    return out


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
    values = numbers(results)
    dqlr, mlr = (100 * values[f"{strategy} leakage of all qubits"].value for strategy in ("DQLR", "MLR"))
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


STUDY = Study("blog", f5a.sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "blog",
        "the result in two pictures: leakage of all qubits, and detections (Miao et al., abstract)",
        STUDY,
        draw,
        "About 1 % of all qubits is leaked under MLR, about 0.1 % with DQLR.",
    ),
)
