"""Pictures of the report: are deviations as large as chance makes them; the twirl's error over CZ leakage."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color
from qec_leak.validate.check import Curve
from qec_leak.validate.compare import Deviations
from qec_leak.validate.suite import Report


def pictures(report: Report) -> dict[str, bytes]:
    """PNG of each picture, by topic letter."""
    out = {}
    for r in report.results:
        sampled = [(c.name, c.deviations) for c in r.result.checks if c.deviations is not None and len(c.deviations)]
        with house_style():
            if r.result.curves:
                out[r.topic.letter] = _png(_curves(r.result.curves))
            elif sampled:
                out[r.topic.letter] = _png(_deviations(sampled))
    return out


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=160, metadata={"Software": None})
    return buffer.getvalue()


def _deviations(families: list[tuple[str, Deviations]]) -> Figure:
    """Ordered deviations of each family against those expected by chance: on the line if both samples are alike."""
    figure, (axes,) = new_figure(width=2 * COLUMN_WIDTH, height=3.2)
    largest = 5.0
    for name, values in families:
        ordered = np.sort(values)
        rank = (np.arange(len(ordered)) + 0.5) / len(ordered)
        expected = norm.isf((1 - rank) / 2)
        axes.plot(expected, ordered, ".", markersize=2, label=name)
        largest = max(largest, float(ordered[-1]))
    axes.plot([0, 5], [0, 5], color="#444444", linewidth=0.8)
    axes.set(xlabel="expected by chance (sigma)", ylabel="found (sigma)", xlim=(0, 5), ylim=(0, 1.05 * largest))
    axes.legend(loc="upper left", fontsize=6, markerscale=3)
    return figure


def _curves(curves: tuple[Curve, ...]) -> Figure:
    panels = list(dict.fromkeys(curve.panel for curve in curves))
    figure, axes = new_figure(width=2 * COLUMN_WIDTH, height=2.8, panels=len(panels))
    for curve in curves:
        axis = axes[panels.index(curve.panel)]
        strategy, _, who = curve.label.partition(", ")
        axis.errorbar(
            curve.x,
            curve.y,
            yerr=curve.error,
            color=strategy_color(strategy),
            linestyle="-" if who == "exact" else "--",
            marker="o" if who == "exact" else "x",
            label=curve.label,
        )
    for axis, panel in zip(axes, panels, strict=True):
        axis.set(xscale="log", yscale="log", xlabel="CZ leakage L1", title=panel)
    axes[0].legend()
    return figure
