"""F3c: leakage populations after every moment of a cycle (Miao et al., Fig. 3c).

What is sampled: experiments/F3c.toml.

Arrays, for each strategy S: ``S.population`` float64 (roles, moments + 1): P(level >= 2)
averaged over cycles, first at the start of the cycle, then after each moment; rows are data and measure qubits.
``S.error``: its standard error. ``S.operation`` str (moments + 1,): "" and the operation of each moment.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import (
    COLUMN_WIDTH,
    OPERATION_LABELS,
    ROLE_MARKERS,
    house_style,
    mark_measured,
    measured_entry,
    new_figure,
    strategy_color,
    strategy_label,
)
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import sample_populations
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {
    "DQLR data, start": Published(1e-3, "Fig. 3c"),
    "DQLR data, after measurement": Published(5e-3, "Fig. 3c"),
}
"""P(level >= 2)."""

_MEASURED_AT = {"": "DQLR data, start", "M": "DQLR data, after measurement"}
"""Operations after which a published number is drawn."""

ROLES = ("data", "measure")


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Averages over the cycles from [study] ``first_cycle`` on. The axis is circuit.strategy."""
    out: dict[str, Array] = {}
    first = int(experiment.study.get("first_cycle", 3))
    for number, point in enumerate(experiment.points):
        memory = point.memory()
        blocks = sample_populations(
            memory, experiment.shots, seed=experiment.seed + number, run=run, populations="moments"
        )
        listed = memory.moments()
        rounds = np.array([r for r, _ in listed])
        starts = [int(np.flatnonzero(rounds == r)[0]) for r in range(first, memory.rounds + 1)]
        length = int((rounds == first).sum())
        # From the moment before a cycle (the end of the last one) to its own last moment.
        window = np.array([np.arange(start - 1, start + length) for start in starts])
        population = np.array([[b.leakage_population(role)[window].mean(axis=0) for role in ROLES] for b in blocks])
        name = str(memory.strategy)
        out |= {
            f"{name}.population": population.mean(axis=0),
            f"{name}.error": population.std(axis=0, ddof=1) / np.sqrt(len(blocks)),
            f"{name}.operation": np.array(
                ["", *(operation for _, operation in listed[starts[0] : starts[0] + length])]
            ),
        }
    return out


def numbers(results: Results) -> Mapping[str, Number]:
    """Data leakage at the start of a cycle, after its measurement and at its end."""
    out: dict[str, Number] = {}
    for strategy in results.strategies("population"):
        measured = int(np.flatnonzero(results[f"{strategy}.operation"] == "M")[0])
        for when, at in (("start", 0), ("after measurement", measured), ("end", -1)):
            for row, role in enumerate(ROLES):
                value, error = results[f"{strategy}.population"][row, at], results[f"{strategy}.error"][row, at]
                out[f"{strategy} {role}, {when}"] = Number(float(value), float(error))
    return out


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
        for strategy in results.strategies("population"):
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
        for operation, name in _MEASURED_AT.items():
            if "DQLR" in results.strategies("population"):
                mark_measured(axes, longest.index(operation), PUBLISHED[name].value, "DQLR")
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


STUDY = Study("F3c", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F3c",
        "leakage populations after every moment of the cycle, MLR and DQLR (Miao et al., Fig. 3c)",
        STUDY,
        draw,
        "Leakage grows during CZs and the measurement, and under DQLR falls back to its start with each removal.",
    ),
)
