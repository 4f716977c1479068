"""F4a: logical error of the bit-flip code against injected leakage and injected Pauli errors (Miao et al., Fig. 4a).

What is sampled: experiments/F4a.toml.

Arrays: ``qec_leak.studies.logical``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, crossing, sample
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study

PUBLISHED = {
    "NO_RESET leakage at 40%": Published(0.01, "Fig. 4a", bound="<"),
    "NO_RESET pauli at 40%": Published(0.05, "Fig. 4a"),
}
"""Populations per qubit and cycle at which the logical error is 40 %. Under DQLR leakage and bit flips act alike."""

HIGH, LOW = 0.4, 0.02
"""Logical errors at which injected populations are compared: without reset, and under DQLR."""

INJECTIONS = ("leakage", "pauli")


def injected(results: Results, strategy: str, kind: str) -> tuple[Array, Array, Array]:
    """Injected population per cycle, "leakage" or "pauli", from 0 on; logical error; its standard error."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    other = INJECTIONS[1 - INJECTIONS.index(kind)]
    chosen = counts.where(**{f"inject_{other}": 0.0})
    order = np.argsort(chosen[f"inject_{kind}"])
    return chosen[f"inject_{kind}"][order], chosen.probability[order], chosen.error[order]


def numbers(results: Results) -> Mapping[str, Number]:
    """Logical error without injection, and the populations at which it reaches 40 % and 2 %."""
    out: dict[str, Number] = {}
    for strategy in LogicalCounts.of(results).values("strategy"):
        _, p, error = injected(results, strategy, "leakage")
        out[f"{strategy} without injection"] = Number(float(p[0]), float(error[0]))
        for kind in INJECTIONS:
            for level in (HIGH, LOW):
                at = crossing(*injected(results, strategy, kind), level)
                if np.isfinite(at.value) and at.value > 0:
                    out[f"{strategy} {kind} at {level:.0%}"] = at
    return out


def draw(results: Results) -> Figure:
    """One panel."""
    figure, [axes] = new_figure(height=2.8)
    plot_injections(axes, results)
    return figure


def plot_injections(axes: Axes, results: Results) -> None:
    """Logical error per shot against population per qubit and cycle; points without logical errors are left out."""
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


STUDY = Study("F4a", sample, numbers, version=2, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F4a",
        "bit-flip code, d = 21, 60 cycles: injected leakage and injected bit flips (Miao et al., Fig. 4a)",
        STUDY,
        draw,
        "Without reset a little leakage does more harm than many times as many bit flips; under DQLR the two do "
        "nearly the same. (Injected are an X on data qubits, and on measure qubits, which are between their "
        "Hadamards, a Z, which flips the outcome.)",
    ),
)
