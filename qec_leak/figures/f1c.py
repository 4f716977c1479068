"""F1c: leakage put into the central data qubit, its decay, and where it goes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.leakage import add_legend
from qec_leak.figures.style import (
    COLUMN_WIDTH,
    ROLE_MARKERS,
    house_style,
    new_figure,
    strategy_color,
    strategy_label,
)
from qec_leak.studies import Results
from qec_leak.studies.injected import centre_excess, decay, strategies_in, summed_excess

MEASURED_DECAY = 4.4
"""Cycles to 1/e (Miao et al., Fig. 1c)."""


def draw(results: Results) -> Figure:
    """Decay with fits beside the neighbours' share."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, panels=2)
    plot_decay(left, results)
    plot_neighbors(right, results)
    return figure


def plot_decay(axes: Axes, results: Results) -> None:
    """Excess of the injected qubit at the ends of cycles with its exponential fit, logarithmic."""
    with house_style():
        for strategy in strategies_in(results):
            color = strategy_color(strategy)
            time, excess, error = centre_excess(results, strategy)
            seen = (time >= 1) & (excess > 3 * error)
            axes.errorbar(time[seen], excess[seen], yerr=error[seen], color=color, marker="s", linestyle="none")
            cycles, size = decay(results, strategy)
            k = np.linspace(0, 8, 50)
            label = f"{strategy_label(strategy)}: {cycles} cycles"
            axes.plot(k, size.value * np.exp(-k / cycles.value), color=color, label=label)
        k = np.linspace(0, 8, 2)
        label = f"measured: {MEASURED_DECAY} cycles"
        axes.plot(k, np.exp(-k / MEASURED_DECAY), color="#444444", alpha=0.55, linestyle="--", zorder=1.5, label=label)
        axes.set_yscale("log")
        axes.set_xlabel("cycles since the injection")
        axes.set_ylabel("excess leakage, injected qubit")
        axes.set_xlim(0, None)
        axes.set_ylim(top=1.2)
        axes.legend(title="decay to 1/e", title_fontsize=7)


def plot_neighbors(axes: Axes, results: Results) -> None:
    """Excess summed over the other data qubits and over the measure qubits: leaked qubits for each one injected."""
    with house_style():
        for strategy in strategies_in(results):
            time = results[f"{strategy}.cycle"]
            for role, marker in ROLE_MARKERS.items():
                group = "other data" if role == "data" else "measure"
                excess, error = summed_excess(results, strategy, group)
                seen = excess > 2 * error
                color = strategy_color(strategy)
                axes.errorbar(
                    time[seen],
                    excess[seen],
                    yerr=error[seen],
                    color=color,
                    marker=marker,
                    markerfacecolor=color if role == "data" else "white",
                    markeredgewidth=0.7,
                    elinewidth=0.7,
                )
        axes.set_yscale("log", nonpositive="clip")
        axes.set_xlabel("cycles since the injection")
        axes.set_ylabel("leaked neighbours in excess")
        axes.set_xlim(0, None)
        strategies = strategies_in(results)
        entries = [Line2D([], [], color=strategy_color(s), label=strategy_label(s)) for s in strategies]
        entries += [
            Line2D(
                [],
                [],
                color="#444444",
                linestyle="none",
                marker=marker,
                markerfacecolor="#444444" if role == "data" else "white",
                label="other data qubits" if role == "data" else "measure qubits",
            )
            for role, marker in ROLE_MARKERS.items()
        ]
        add_legend(axes, entries, len(strategies))
