"""F5c: 1/Lambda of distances 5 and 7 against injected leakage, with the line of DQLR (Miao et al., Fig. 5c).

What is sampled: experiments/F5c.toml.

Arrays: ``qec_leak.studies.logical``. A panel for each decoder.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.analysis import LineFit, fit_line
from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study

DECODER = "pymatching-correlated"
"""The decoder whose numbers are compared with the published ones."""

PUBLISHED = {
    f"MLR Lambda without leakage, {DECODER}": Published(7.2, "Fig. 5c"),
    f"DQLR slope, {DECODER}": Published(111.0, "Fig. 5c"),
    f"DQLR offset, {DECODER}": Published(0.2, "Fig. 5c"),
    f"DQLR R^2, {DECODER}": Published(0.983, "Fig. 5c"),
}
"""1/Lambda = slope P_L + offset, P_L the injected leakage per qubit and round."""

LINE_UP_TO = 4e-3
"""Injected leakage per round up to which 1/Lambda under DQLR is fitted."""

DECODER_NAMES = {"pymatching": "matching", "pymatching-correlated": "correlated matching"}


def inverse_lambda(results: Results, strategy: str, decoder: str) -> tuple[Array, Array, Array]:
    """Injected leakage per round, 1/Lambda_5/7 and its standard error, in the order of the injections."""
    counts = LogicalCounts.of(results).where(strategy=strategy, decoder=decoder)
    small, large = sorted(counts.values("distance"))[:2]
    low = counts.where(distance=small)
    value, error = low.inverse_suppression(counts.where(distance=large))
    return low["inject_leakage"], value, error


def line(results: Results, decoder: str, *, strategy: str = "DQLR") -> LineFit:
    """1/Lambda = slope P_L + offset, up to ``LINE_UP_TO``."""
    leakage, value, error = inverse_lambda(results, strategy, decoder)
    chosen = leakage <= LINE_UP_TO
    return fit_line(leakage[chosen], value[chosen], error[chosen])


def numbers(results: Results) -> Mapping[str, Number]:
    """For each decoder Lambda without leakage, and the line. For MLR how far it is above DQLR, and its curvature: the
    slope from the middle to the end minus the slope from the start to the middle, in 1/Lambda per population."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for decoder in counts.values("decoder"):
        values = {}
        for strategy in counts.values("strategy"):
            leakage, value, error = inverse_lambda(results, strategy, decoder)
            values[strategy] = (value, error)
            start = Number(float(1 / value[0]), float(error[0] / value[0] ** 2))
            out[f"{strategy} Lambda without leakage, {decoder}"] = start
        if "DQLR" in values:
            fit = line(results, decoder)
            out[f"DQLR slope, {decoder}"] = Number(fit.slope, fit.slope_error)
            out[f"DQLR offset, {decoder}"] = Number(fit.offset, fit.offset_error)
            out[f"DQLR R^2, {decoder}"] = Number(fit.r_squared)
        if "MLR" in values:
            value, error = values["MLR"]
            middle = len(value) // 2
            out[f"MLR curvature, {decoder}"] = _bend(leakage, value, error, middle)
            if "DQLR" in values:
                gap = value[-1] - values["DQLR"][0][-1]
                out[f"MLR - DQLR at the end, {decoder}"] = Number(
                    float(gap), float(np.hypot(error[-1], values["DQLR"][1][-1]))
                )
    return out


def _bend(x: Array, y: Array, error: Array, middle: int) -> Number:
    first, second = x[middle] - x[0], x[-1] - x[middle]
    value = (y[-1] - y[middle]) / second - (y[middle] - y[0]) / first
    sigma = np.sqrt(
        (error[-1] / second) ** 2 + (error[middle] * (1 / first + 1 / second)) ** 2 + (error[0] / first) ** 2
    )
    return Number(float(value), float(sigma))


def draw(results: Results) -> Figure:
    """A panel for each decoder."""
    decoders = LogicalCounts.of(results).values("decoder")
    figure, panels = new_figure(width=COLUMN_WIDTH * min(len(decoders), 2), height=2.6, panels=len(decoders))
    for axes, decoder in zip(panels, decoders, strict=True):
        plot_inverse_lambda(axes, results, decoder)
    for axes in panels[1:]:
        axes.sharey(panels[0])
    panels[0].autoscale(axis="y")  # over all panels, now that they share it
    panels[0].set_ylim(bottom=0)
    return figure


def plot_inverse_lambda(axes: Axes, results: Results, decoder: str) -> None:
    """Points with 1-sigma bars, the fitted line, and that of the paper."""
    with house_style():
        strategies = LogicalCounts.of(results).values("strategy")
        end = 0.0
        for strategy in strategies:
            leakage, value, error = inverse_lambda(results, strategy, decoder)
            end = max(end, float(leakage.max()))
            style = "none" if strategy == "DQLR" else "-"
            axes.errorbar(
                1e3 * leakage,
                value,
                yerr=error,
                color=strategy_color(strategy),
                marker="o",
                linestyle=style,
                elinewidth=0.7,
            )
        x = np.array([0.0, end])
        slope, offset = (PUBLISHED[f"DQLR {name}, {DECODER}"].value for name in ("slope", "offset"))
        if "DQLR" in strategies:
            axes.plot(1e3 * x, line(results, decoder).value(x), color=strategy_color("DQLR"))
        axes.plot(1e3 * x, slope * x + offset, color=strategy_color("DQLR"), linestyle=":", linewidth=1.4)
        axes.text(0.98, 0.04, "dotted: Miao et al., DQLR", transform=axes.transAxes, ha="right", fontsize=7)
        axes.set_xlabel("injected leakage per qubit and round (10$^{-3}$)")
        axes.set_ylabel(r"$1/\Lambda_{5/7}$, " + DECODER_NAMES.get(decoder, decoder))
        strategy_legend(axes, strategies)


STUDY = Study("F5c", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F5c",
        "1/Lambda of d = 5 and 7 against injected leakage, projected device (Miao et al., Fig. 5c)",
        STUDY,
        draw,
        "Under DQLR 1/Lambda grows in proportion to the injected leakage, under MLR fast at first, then it "
        "saturates. Both decoders know of no leakage. After 60 cycles: with fewer, more of the logical errors are "
        "those of the final measurement, and 1/Lambda is larger.",
    ),
)
