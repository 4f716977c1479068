"""F2: what one CZ does to leaked levels. F2bc: transport; F2de: conditional phases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.device import plot_transport_matrix
from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure
from qec_leak.studies import Results
from qec_leak.studies.transport import PARTNER_LEVELS

MEASURED_TRANSPORT: Mapping[str, float] = {"|30⟩ ↔ |12⟩": 0.18, "|31⟩ ↔ |22⟩": 0.61}
"""Miao et al., Fig. 2b, mean of 20 pairs."""

MEASURED_PHASE = 0.65
"""Phase of the low qubit with the high one in 2, in units of pi (Miao et al., Fig. 2e)."""

_LEVEL_COLORS = ("#444444", "#0072b2", "#d55e00")
_LEVEL_MARKERS = ("o", "^", "D")


def draw_transport(results: Results) -> Figure:
    """F2bc: the transport matrix, and how its two large entries depend on the pulse."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, height=3.3, panels=2)
    plot_transport_matrix(left, results["transport"], levels=int(results.scalar("levels")))
    plot_ramps(right, results)
    with house_style():
        left.set_title("b", loc="left", fontweight="bold", fontsize=9)
        right.set_title("c", loc="left", fontweight="bold", fontsize=9)
    return figure


def plot_ramps(axes: Axes, results: Results) -> None:
    """Transport probabilities of calibrated CZs against the length of their ramps; bands are what was measured."""
    with house_style():
        for column, (name, color) in enumerate(zip(MEASURED_TRANSPORT, _LEVEL_COLORS[1:], strict=True)):
            marker = _LEVEL_MARKERS[1 + column]
            axes.plot(results["ramp_ns"], results["ramp_transport"][:, column], color=color, marker=marker, label=name)
            axes.axhline(MEASURED_TRANSPORT[name], color=color, linewidth=5, alpha=0.2)
        axes.plot([], [], color="#888888", linewidth=5, alpha=0.4, label="measured, mean of 20 pairs")
        axes.set_xlabel("ramps of the pulse (ns)")
        axes.set_ylabel("transport probability of a CZ")
        axes.set_ylim(0, 0.75)
        axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.55))


def draw_phases(results: Results) -> Figure:
    """F2de: Ramsey fringes of the low qubit, and conditional phases of both."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, panels=2)
    plot_fringes(left, results)
    plot_phases(right, results)
    with house_style():
        left.set_title("d", loc="left", fontweight="bold", fontsize=9)
        right.set_title("e", loc="left", fontweight="bold", fontsize=9)
    return figure


def plot_fringes(axes: Axes, results: Results) -> None:
    """Ramsey fringes of the low qubit around one CZ, with the high one in 0, 1 and 2."""
    with house_style():
        for level, color in zip(PARTNER_LEVELS, _LEVEL_COLORS, strict=True):
            axes.plot(results["angle"], results["fringe_low"][level], color=color, label=f"high in {level}")
        axes.set_xlabel(r"angle of the second pulse ($\pi$)")
        axes.set_ylabel("P(1) of the low qubit")
        axes.set_xlim(0, 2)
        axes.set_ylim(-0.03, 1.25)
        axes.legend(ncols=3, loc="upper center", columnspacing=1.0, handlelength=1.2)


def plot_phases(axes: Axes, results: Results) -> None:
    """Conditional phase of each qubit against its partner's level."""
    with house_style():
        for of, marker, shift, fill in (("low", "o", -0.06, True), ("high", "D", 0.06, False)):
            phases = np.asarray(results[f"phase_{of}"])
            phases = np.where(phases > 1.95, phases - 2.0, phases)  # 2 pi is 0
            for level, color in zip(PARTNER_LEVELS, _LEVEL_COLORS, strict=True):
                axes.plot(
                    [level + shift],
                    [phases[level]],
                    linestyle="none",
                    marker=marker,
                    markersize=5,
                    color=color,
                    markerfacecolor=color if fill else "white",
                )
            axes.plot(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=5,
                color="#444444",
                markerfacecolor="#444444" if fill else "white",
                label=f"of the {of} qubit",
            )
        axes.plot([1.75, 2.25], [MEASURED_PHASE] * 2, color=_LEVEL_COLORS[2], linewidth=5, alpha=0.25)
        axes.plot([], [], color="#888888", linewidth=5, alpha=0.4, label="measured, low")
        axes.set_xticks(PARTNER_LEVELS)
        axes.set_xlim(-0.4, 2.4)
        axes.set_ylim(-0.1, 1.15)
        axes.set_xlabel("level of the partner")
        axes.set_ylabel(r"conditional phase ($\pi$)")
        axes.legend(loc="upper left")
