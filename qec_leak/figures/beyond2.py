"""beyond2: logical error per cycle against how often data leakage is removed, for several leakages of the CZ."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.style import house_style, new_figure
from qec_leak.studies import Results
from qec_leak.studies.beyond import by_interval, without_removal
from qec_leak.studies.logical import LogicalCounts


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure(height=2.8)
    plot_intervals(axes, results)
    return figure


def plot_intervals(axes: Axes, results: Results) -> None:
    """DQLR every k-th cycle, a star at the best k; dashed: MLR alone, which never removes leakage from data qubits."""
    with house_style():
        values = LogicalCounts.of(results).values("cz.leakage")
        shades = matplotlib.colormaps["cividis_r"].resampled(len(values) + 1)
        entries = []
        for number, leakage in enumerate(values):
            part, plain, color = by_interval(results, leakage), without_removal(results, leakage), shades(number + 1)
            interval, per_cycle = part["dqlr_every"], part.per_cycle
            axes.errorbar(interval, per_cycle, yerr=part.per_cycle_error, color=color, marker="o", elinewidth=0.7)
            best = int(np.argmin(per_cycle))
            axes.plot(interval[best], per_cycle[best], marker="*", color=color, markersize=9)
            axes.axhline(float(plain.per_cycle[0]), color=color, linestyle="--", linewidth=0.8)
            entries.append(Line2D([], [], color=color, marker="o", label=f"{leakage:g}"))
        entries.append(Line2D([], [], color="#444444", linestyle="--", label="MLR alone"))
        axes.set_yscale("log")
        axes.set_xlabel("DQLR every ... cycles")
        axes.set_ylabel("logical error per cycle")
        axes.legend(
            handles=entries,
            title="leakage per CZ",
            ncols=3,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.2,
        )
