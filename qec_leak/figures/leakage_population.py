"""Leakage population against round, one curve per strategy and role (Miao et al., F3a)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from qec_leak.figures.legends import add_legend
from qec_leak.figures.style import (
    ROLE_MARKERS,
    house_style,
    mark_measured,
    measured_entry,
    strategy_colors,
    strategy_label,
)
from qec_leak.records import LeakagePopulations


def plot_leakage_population(
    axes: Axes,
    populations: Mapping[str, LeakagePopulations],
    *,
    title: str | None = None,
    measured: Mapping[tuple[str, str], float] | None = None,
) -> None:
    """Draw P(level >= 2) at the end of each round with 1-sigma error bars, on a logarithmic axis.

    Populations of zero leave a gap, since the axis is logarithmic.

    Args:
        axes: where to draw.
        populations: by strategy; snapshots are the rounds.
        title: text above the plot.
        measured: populations after the last round in an experiment, by strategy and role, drawn as bars.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(1000)
        >>> figure, [axes] = ql.figures.new_figure()
        >>> plot_leakage_population(axes, {"MLR": ql.analysis.populations_of(memory, batch)})
    """
    with house_style():
        axes.set_yscale("log", nonpositive="clip")  # bars that reach below zero end at the axis
        lowest = 1.0
        colors = strategy_colors(populations)
        for strategy, part in populations.items():
            for role, marker in ROLE_MARKERS.items():
                if role not in part.qubits:
                    continue
                p, sigma = part.leakage_population(role), part.leakage_population_error(role)
                rounds = np.arange(1, len(p) + 1)
                lowest = min([lowest, *p[p > 0]])
                color = colors[strategy]
                axes.errorbar(
                    rounds,
                    np.where(p > 0, p, np.nan),
                    yerr=sigma,
                    color=color,
                    marker=marker,
                    markerfacecolor=color if role == "data" else "white",
                    markeredgewidth=0.7,
                    elinewidth=0.7,
                )
        if lowest < 1.0:
            axes.set_ylim(bottom=lowest / 2)
        else:
            axes.set_ylim(1e-6, 1.0)
            axes.text(0.5, 0.5, "no leakage in any shot", transform=axes.transAxes, ha="center", va="center")
        end = max((len(part.counts) for part in populations.values()), default=1)
        for (strategy, _), value in (measured or {}).items():
            mark_measured(axes, 1.02 * end, value, strategy)
        axes.set_xlabel("round")
        axes.set_ylabel("leakage population")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlim(0, (1.05 if measured else 1.03) * end)
        axes.grid(visible=True, which="major")
        entries = [Line2D([], [], color=colors[s], label=strategy_label(s)) for s in populations]
        entries += [
            Line2D(
                [],
                [],
                color="#444444",
                linestyle="none",
                marker=marker,
                markerfacecolor="#444444" if role == "data" else "white",
                label=f"{role} qubits",
            )
            for role, marker in ROLE_MARKERS.items()
        ]
        if measured:
            entries.append(measured_entry())
        add_legend(axes, entries, len(populations))
        if title:
            axes.get_figure(root=True).suptitle(title, fontsize=8)  # type: ignore[union-attr]
