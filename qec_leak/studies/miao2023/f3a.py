"""F3a: leakage populations against cycles under the three strategies (Miao et al., Fig. 3a).

What is sampled: experiments/F3a.toml.

Arrays: ``qec_leak.studies.populations``.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from qec_leak.figures.leakage_population import plot_leakage_population
from qec_leak.figures.style import ROLE_MARKERS, new_figure
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.populations import (
    final_population,
    population_arrays,
    population_blocks_in,
    populations_in,
    settling_rounds,
)
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add, sample_populations
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {
    "NO_RESET data": Published(5e-2, "Fig. 3a, cycle 30, still rising"),
    "NO_RESET measure": Published(3e-2, "Fig. 3a, cycle 30, still rising"),
    "MLR data": Published(1.5e-2, "Fig. 3a, cycle 30"),
    "MLR measure": Published(3e-4, "Fig. 3a, cycle 30"),
    "DQLR data": Published(1e-3, "Fig. 3a, cycle 30"),
    "DQLR measure": Published(1e-4, "Fig. 3a", bound="<"),
    "DQLR settles, cycles": Published(2, "Fig. S4"),
}
"""P(level >= 2)."""


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Populations of every point; the axis is circuit.strategy."""
    out: dict[str, Array] = {}
    for number, point in enumerate(experiment.points):
        blocks = sample_populations(point.memory(), experiment.shots, seed=experiment.seed + number, run=run)
        out |= population_arrays(str(point.circuit["strategy"]), blocks)
    return out


def numbers(results: Results) -> Mapping[str, Number]:
    """Populations of data, measure and all qubits at the end, and when DQLR has settled."""
    out: dict[str, Number] = {}
    for strategy, blocks in population_blocks_in(results).items():
        for name, role in (("data", "data"), ("measure", "measure"), ("all", None)):
            out[f"{strategy} {name}"] = final_population(blocks, strategy, role)
        if strategy == "DQLR":
            out["DQLR settles, cycles"] = Number(settling_rounds(add(blocks)))
    return out


def draw(results: Results) -> Figure:
    """Populations at the ends of cycles, with what was measured."""
    measured = {
        (strategy, role): PUBLISHED[f"{strategy} {role}"].value
        for strategy, roles in (("NO_RESET", ROLE_MARKERS), ("MLR", ROLE_MARKERS), ("DQLR", ("data",)))
        for role in roles
    }
    figure, [axes] = new_figure(height=2.7)
    plot_leakage_population(axes, populations_in(results), measured=measured)
    axes.set_xlabel("cycle")
    return figure


STUDY = Study("F3a", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F3a",
        "leakage populations, data and measure qubits, three strategies, 30 cycles (Miao et al., Fig. 3a)",
        STUDY,
        draw,
        "Without reset, leakage piles up on data and measure qubits. MLR empties the measure qubits, and data "
        "qubits settle where decay and transport balance CZ leakage and heating. DQLR empties both within two "
        "cycles.",
    ),
)
