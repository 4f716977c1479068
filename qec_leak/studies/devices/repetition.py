"""repetition: bit-flip codes on `sycamore` and `willow`, extrapolated to the published distances.

Logical errors at the published distances (25 and 29) are too rare to sample. They are read off a line of log eps
against distance.

What is sampled: experiments/repetition.toml.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.analysis import LineFit, fit_line
from qec_leak.figures.style import house_style, new_figure
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.published import Published
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study

PUBLISHED = {
    "sycamore eps_25": Published(1.6e-7, "arXiv:2207.06431, abstract, without a high-energy event"),
    "willow Lambda": Published(8.4, "arXiv:2408.13687, text, d = 5 to 11"),
}

_COLORS = ("#0072B2", "#D55E00")


def line(results: Results, device: str) -> LineFit:
    """log eps = slope d + offset of points with errors."""
    counts = LogicalCounts.of(results).where(preset=device)
    chosen = counts.errors > 0
    eps = counts.per_cycle[chosen]
    return fit_line(counts["distance"][chosen], np.log(eps), counts.per_cycle_error[chosen] / eps)


def numbers(results: Results) -> Mapping[str, Number]:
    """For each device the errors per cycle, Lambda (the factor by which two more in distance lower them), and eps at
    distance 25."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for device in counts.values("preset"):
        part = counts.where(preset=device)
        for row, distance in enumerate(part["distance"].tolist()):
            out[f"{device} eps_{distance}"] = Number(float(part.per_cycle[row]), float(part.per_cycle_error[row]))
        fit = line(results, device)
        factor = math.exp(-2 * fit.slope)
        out[f"{device} Lambda"] = Number(factor, 2 * factor * fit.slope_error)
        far = math.exp(25 * fit.slope + fit.offset)
        reach = 25 - float(part["distance"].max())
        out[f"{device} eps_25"] = Number(far, far * reach * fit.slope_error)
    return out


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure()
    plot_distances(axes, results)
    return figure


def plot_distances(axes: Axes, results: Results) -> None:
    """Errors per cycle against distance, their lines, and a cross for what was published at distance 25."""
    with house_style():
        counts = LogicalCounts.of(results)
        for device, color in zip(counts.values("preset"), _COLORS, strict=False):
            part, fit = counts.where(preset=device), line(results, device)
            axes.errorbar(
                part["distance"],
                np.where(part.errors > 0, part.per_cycle, np.nan),
                yerr=part.per_cycle_error,
                color=color,
                marker="o",
                linestyle="none",
                label=device,
                elinewidth=0.7,
            )
            distances = np.array([3, 25])
            axes.plot(distances, np.exp(fit.slope * distances + fit.offset), color=color, linewidth=0.8)
        published = PUBLISHED["sycamore eps_25"].value
        axes.plot(25, published, marker="x", color="#222222", markersize=7, zorder=5)
        axes.set_yscale("log")
        axes.set_ylim(bottom=1e-12)
        axes.set_xlabel("distance")
        axes.set_ylabel("logical error per cycle")
        axes.legend()


STUDY = Study("repetition", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "repetition",
        "bit-flip codes of Sycamore (MLR) and Willow (DQLR): logical error per cycle against distance",
        STUDY,
        draw,
        "50 cycles. Lines: fits. The cross is what Sycamore measured at d = 25 without a high-energy "
        "event; such events, and Willow's of once an hour, are not simulated.",
    ),
)
