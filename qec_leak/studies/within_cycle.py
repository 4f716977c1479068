"""Leakage populations after every moment of a cycle (Miao et al., F3c).

Arrays, for each strategy S: ``S.population`` float64 (roles, moments + 1): P(level >= 2) averaged over cycles, first
at the start of the cycle, then after each moment; rows are data and measure qubits. ``S.error``: its standard error.
``S.operation`` str (moments + 1,): "" and the operation of each moment.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import sample_populations
from qec_leak.studies.study import Number, Run, Study

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


def strategies_in(results: Results) -> list[str]:
    """Strategies that were sampled."""
    return [name.removesuffix(".population") for name in results.arrays if name.endswith(".population")]


def numbers(results: Results) -> Mapping[str, Number]:
    """Data leakage at the start of a cycle, after its measurement and at its end."""
    out: dict[str, Number] = {}
    for strategy in strategies_in(results):
        measured = int(np.flatnonzero(results[f"{strategy}.operation"] == "M")[0])
        for when, at in (("start", 0), ("after measurement", measured), ("end", -1)):
            for row, role in enumerate(ROLES):
                value, error = results[f"{strategy}.population"][row, at], results[f"{strategy}.error"][row, at]
                out[f"{strategy} {role}, {when}"] = Number(float(value), float(error))
    return out


STUDY = Study("F3c", sample, numbers)
