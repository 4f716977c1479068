"""F4a: logical error of the bit-flip code against injected leakage (filled) and injected Pauli errors (open)."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies import Results
from qec_leak.studies.bit_flip import HIGH, INJECTIONS, injected
from qec_leak.studies.logical import LogicalCounts


def draw(results: Results) -> Figure:
    """F4a."""
    figure, [axes] = new_figure(height=2.8)
    plot_injections(axes, results)
    return figure


def plot_injections(axes: Axes, results: Results) -> None:
    """Logical error per shot against population per qubit and cycle; what is not seen to fail is left out."""
    with house_style():
        strategies = LogicalCounts.of(results).values("strategy")
        lowest = 1e-2
        for strategy in strategies:
            color = strategy_color(strategy)
            for kind in INJECTIONS:
                population, p, error = injected(results, strategy, kind)
                if p[0] > 0:
                    axes.axhline(p[0], color=color, linewidth=0.6, linestyle=":")
                seen = (p > 0) & (population > 0)
                lowest = min(lowest, *p[seen].tolist())
                axes.errorbar(
                    100 * population[seen],
                    p[seen],
                    yerr=error[seen],
                    color=color,
                    marker="o",
                    markerfacecolor=color if kind == "leakage" else "white",
                    linestyle="-" if kind == "leakage" else "--",
                    elinewidth=0.7,
                )
        axes.axhline(HIGH, color="#999999", linewidth=0.6)
        axes.set_xscale("log")
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(lowest / 3, 0.7)
        axes.set_xlabel("injected per qubit and cycle (%)")
        axes.set_ylabel("logical error probability")
        grey = "#444444"
        entries = [Line2D([], [], color=strategy_color(s), label=strategy_label(s)) for s in strategies]
        entries += [
            Line2D([], [], color=grey, marker="o", label="leakage"),
            Line2D([], [], color=grey, marker="o", markerfacecolor="white", linestyle="--", label="bit flips"),
            Line2D([], [], color=grey, linestyle=":", label="none injected"),
        ]
        axes.legend(handles=entries, ncols=2, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)
