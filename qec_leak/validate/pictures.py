"""Pictures of the report: deviations against those expected by chance, and the error of the twirl over CZ leakage."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure, strategy_color
from qec_leak.validate.check import Curve
from qec_leak.validate.compare import Deviations
from qec_leak.validate.suite import Report

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444")
"""Colours that stay apart for colour-blind readers (Okabe and Ito; yellow left out)."""
MARKERS = ("o", "^", "s", "x", "+", "D")
MANY = 24
"""Families beyond which the legend takes two columns."""


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
    """Ordered deviations of each family against those expected by chance: on the line if both samples are alike. The
    legend is a column of its own; no two families share colour and marker."""
    entries = (len(families) + 1) // 2 if len(families) > MANY else len(families)
    figure, (axes,) = new_figure(width=3 * COLUMN_WIDTH, height=max(3.2, 0.5 + 0.16 * entries))
    largest = 5.0
    for k, (name, values) in enumerate(families):
        ordered = np.sort(values)
        rank = (np.arange(len(ordered)) + 0.5) / len(ordered)
        expected = norm.isf((1 - rank) / 2)
        color, marker = COLORS[k % len(COLORS)], MARKERS[k // len(COLORS) % len(MARKERS)]
        axes.plot(expected, ordered, linestyle="none", marker=marker, color=color, markersize=2.5, label=name)
        largest = max(largest, float(ordered[-1]))
    axes.plot([0, 5], [0, 5], color="#444444", linewidth=0.8)
    axes.set(xlabel="expected by chance (sigma)", ylabel="found (sigma)", xlim=(0, 5), ylim=(0, 1.05 * largest))
    figure.legend(loc="outside right center", fontsize=6, markerscale=1.6, ncols=2 if len(families) > MANY else 1)
    return figure


def _curves(curves: tuple[Curve, ...]) -> Figure:
    panels = list(dict.fromkeys(curve.panel for curve in curves))
    figure, axes = new_figure(width=2 * COLUMN_WIDTH, height=3.0, panels=len(panels))
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
        axis.set(xscale="log", xlabel="CZ leakage L1", title=panel)
        values = [y for curve in curves if curve.panel == panel for y in curve.y]
        if max(values) > 10 * min(values):
            axis.set_yscale("log")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=(len(labels) + 1) // 2)
    return figure
