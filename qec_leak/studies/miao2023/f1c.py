"""F1c: leakage put into the central data qubit, its decay, and where it goes (Miao et al., Fig. 1c).

What is sampled: experiments/F1c.toml.

Arrays: ``qec_leak.studies.miao2023.injected``, at the ends of cycles.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.optimize import curve_fit

from qec_leak.figures.legends import add_legend
from qec_leak.figures.style import COLUMN_WIDTH, ROLE_MARKERS, house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.miao2023.injected import centre_excess, sample_excess, summed_excess
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {"MLR decay, cycles": Published(4.4, "Fig. 1c")}
"""Cycles to 1/e."""


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Excess populations at the ends of cycles."""
    return sample_excess(experiment, run, moments=False)


def decay(results: Results, strategy: str, *, cycles: int = 8) -> tuple[Number, Number]:
    """1/e time in cycles of the excess on the injected qubit, and its size at cycle 0, from an exponential through the
    ends of the first ``cycles`` cycles. It includes leakage that transport brings back, as the measurement does.

    Errors by the jackknife over blocks of shots: a qubit that stays leaked correlates the cycles of a shot.
    """
    time, excess, error = centre_excess(results, strategy)
    blocks = results[f"{strategy}.centre"]
    chosen = (time >= 1) & (time <= cycles)
    best = _exponential(time[chosen], excess[chosen], error[chosen])
    left_out = [np.delete(blocks, block, axis=0).mean(axis=0)[chosen] for block in range(len(blocks))]
    parts = np.array([_exponential(time[chosen], part, error[chosen]) for part in left_out])
    errors = np.sqrt((len(parts) - 1) * parts.var(axis=0))
    return Number(best[0], float(errors[0])), Number(best[1], float(errors[1]))


def _exponential(time: Array, excess: Array, error: Array) -> tuple[float, float]:
    """1/e time and size at time 0 of an exponential through the points."""
    (size, rate), _ = curve_fit(
        lambda k, size, rate: size * np.exp(-rate * k), time, excess, p0=(1.0, 0.25), sigma=error, absolute_sigma=True
    )
    return float(1 / rate), float(size)


def numbers(results: Results) -> Mapping[str, Number]:
    """Decay time of the injected |2>, and what has gone to other data qubits after one cycle."""
    out: dict[str, Number] = {}
    for strategy in results.strategies("excess"):
        out[f"{strategy} decay, cycles"] = decay(results, strategy)[0]
        excess, error = summed_excess(results, strategy, "other data")
        at = int(np.flatnonzero(results[f"{strategy}.cycle"] == 1)[0])
        out[f"{strategy} on other data after 1 cycle"] = Number(float(excess[at]), float(error[at]))
    return out


def draw(results: Results) -> Figure:
    """Decay with fits beside the neighbours' share."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, panels=2)
    plot_decay(left, results)
    plot_neighbors(right, results)
    return figure


def plot_decay(axes: Axes, results: Results) -> None:
    """Excess of the injected qubit at the ends of cycles with its exponential fit, logarithmic."""
    with house_style():
        for strategy in results.strategies("excess"):
            color = strategy_color(strategy)
            time, excess, error = centre_excess(results, strategy)
            seen = (time >= 1) & (excess > 3 * error)
            axes.errorbar(time[seen], excess[seen], yerr=error[seen], color=color, marker="s", linestyle="none")
            cycles, size = decay(results, strategy)
            k = np.linspace(0, 8, 50)
            label = f"{strategy_label(strategy)}: {cycles} cycles"
            axes.plot(k, size.value * np.exp(-k / cycles.value), color=color, label=label)
        measured = PUBLISHED["MLR decay, cycles"].value
        k = np.linspace(0, 8, 2)
        label = f"measured: {measured} cycles"
        axes.plot(k, np.exp(-k / measured), color="#444444", alpha=0.55, linestyle="--", zorder=1.5, label=label)
        axes.set_yscale("log")
        axes.set_xlabel("cycles since the injection")
        axes.set_ylabel("excess leakage, injected qubit")
        axes.set_xlim(0, None)
        axes.set_ylim(top=1.2)
        axes.legend(title="decay to 1/e", title_fontsize=7)


def plot_neighbors(axes: Axes, results: Results) -> None:
    """Excess summed over the other data qubits and over the measure qubits: leaked qubits for each one injected."""
    with house_style():
        for strategy in results.strategies("excess"):
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
        strategies = results.strategies("excess")
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


STUDY = Study("F1c", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F1c",
        "leakage put into the central data qubit: decay, and where it goes (Miao et al., Fig. 1c)",
        STUDY,
        draw,
        "An injected |2> lives for some cycles: less than T1 of level 2 allows, for CZs carry it to neighbours. "
        "MLR removes what arrives on measure qubits; without reset it stays on the lattice.",
    ),
)
