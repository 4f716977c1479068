"""F3c: leakage populations after every moment of a cycle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import (
    COLUMN_WIDTH,
    ROLE_MARKERS,
    house_style,
    mark_measured,
    measured_entry,
    new_figure,
    strategy_color,
    strategy_label,
)
from qec_leak.studies import Results
from qec_leak.studies.within_cycle import ROLES, strategies_in

MEASURED_DQLR: Mapping[str, float] = {"": 1e-3, "M": 5e-3}
"""Data qubits at the start of a cycle and after its measurement (Miao et al., Fig. 3c)."""

OPERATION_LABELS = {"": "start", "M": "measure", "R": "reset", "LEAKAGE_ISWAP": "LiSWAP", "IDLE": "idle"}


def draw(results: Results) -> Figure:
    """All strategies in one panel; the longest cycle names the moments."""
    figure, [axes] = new_figure(width=1.35 * COLUMN_WIDTH, height=2.9)
    plot_moments(axes, results)
    return figure


def plot_moments(axes: Axes, results: Results) -> None:
    """P(level >= 2) after each moment, data and measure qubits, on a logarithmic axis."""
    with house_style():
        axes.set_yscale("log", nonpositive="clip")
        longest: list[str] = []
        for strategy in strategies_in(results):
            population, error = results[f"{strategy}.population"], results[f"{strategy}.error"]
            operation = results[f"{strategy}.operation"].tolist()
            longest = max(longest, operation, key=len)
            color = strategy_color(strategy)
            for row, role in enumerate(ROLES):
                axes.errorbar(
                    np.arange(len(operation)),
                    np.where(population[row] > 0, population[row], np.nan),
                    yerr=error[row],
                    color=color,
                    marker=ROLE_MARKERS[role],
                    markerfacecolor=color if role == "data" else "white",
                    markeredgewidth=0.7,
                    elinewidth=0.7,
                    label=f"{strategy_label(strategy)}, {role}",
                )
        for operation, value in MEASURED_DQLR.items():
            if "DQLR" in strategies_in(results):
                mark_measured(axes, longest.index(operation), value, "DQLR")
        axes.set_xticks(range(len(longest)), [OPERATION_LABELS.get(name, name) for name in longest], rotation=60)
        axes.tick_params(axis="x", labelsize=6)
        axes.set_xlabel("moment of the cycle")
        axes.set_ylabel("leakage population")
        axes.grid(visible=True, which="major")
        handles, _ = axes.get_legend_handles_labels()
        axes.legend(
            handles=[*handles, measured_entry()],
            ncols=3,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.2,
        )
