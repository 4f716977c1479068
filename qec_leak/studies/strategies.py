"""Leakage populations against cycles under each strategy (Miao et al., F3a).

Arrays, for each strategy S: ``S.counts`` int64 (rounds, qubits, 2), shots with a qubit in level 2, 3 at the end of each
round; ``S.ROLE_qubits`` int64, qubits by role; ``S.shots``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.records import LeakagePopulations
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import sample_populations
from qec_leak.studies.study import Number, Run, Study

ROLES = ("data", "measure", "removal")


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Populations of every point; the axis is circuit.strategy."""
    out: dict[str, Array] = {}
    for number, point in enumerate(experiment.points):
        populations = sample_populations(point.memory(), experiment.shots, seed=experiment.seed + number, run=run)
        out |= population_arrays(str(point.circuit["strategy"]), populations)
    return out


def population_arrays(name: str, populations: LeakagePopulations) -> dict[str, Array]:
    """``populations`` as named arrays."""
    out: dict[str, Array] = {f"{name}.counts": populations.counts, f"{name}.shots": np.asarray(populations.shots)}
    return out | {f"{name}.{role}_qubits": np.asarray(members) for role, members in populations.qubits.items()}


def populations_in(results: Results) -> dict[str, LeakagePopulations]:
    """All populations of ``results`` by name."""
    names = [name.removesuffix(".counts") for name in results.arrays if name.endswith(".counts")]
    return {
        name: LeakagePopulations(
            results[f"{name}.counts"],
            int(results.scalar(f"{name}.shots")),
            {r: tuple(map(int, results[f"{name}.{r}_qubits"])) for r in ROLES if f"{name}.{r}_qubits" in results},
        )
        for name in names
    }


def late_population(populations: LeakagePopulations, role: str | None, *, rounds: int = 3) -> Number:
    """Leakage at the end: mean over the last rounds. The error is that of one round: rounds are correlated."""
    value = populations.leakage_population(role)[-rounds:].mean()
    return Number(float(value), float(populations.leakage_population_error(role)[-rounds:].mean()))


def steady_population(populations: LeakagePopulations, role: str | None, *, first: int = 3) -> Number:
    """Mean over the rounds from ``first`` on, where the population is steady; the error as if two rounds in a row were
    one (leakage of a DQLR device does not live longer)."""
    part = populations.leakage_population(role)[first - 1 :]
    error = populations.leakage_population_error(role)[first - 1 :].mean() / np.sqrt(max(len(part) / 2, 1))
    return Number(float(part.mean()), float(error))


def settling_rounds(populations: LeakagePopulations, role: str = "data") -> int:
    """First round from which on the population is within 10 % of its end, or within 3 sigma of it."""
    population, error = populations.leakage_population(role), populations.leakage_population_error(role)
    near = np.maximum(0.1 * population[-1], 3 * error)
    return int(np.argmax(np.abs(population - population[-10:].mean()) < near)) + 1


def numbers(results: Results) -> Mapping[str, Number]:
    """Populations of data, measure and all qubits at the end; of DQLR over all rounds but the first two."""
    out: dict[str, Number] = {}
    for strategy, part in populations_in(results).items():
        average = steady_population if strategy == "DQLR" else late_population
        for role in ("data", "measure"):
            out[f"{strategy} {role}"] = average(part, role)
        out[f"{strategy} all"] = all_qubits(part, strategy)
        if strategy == "DQLR":
            out["DQLR settles, cycles"] = Number(settling_rounds(part))
    return out


def all_qubits(populations: LeakagePopulations, strategy: str) -> Number:
    """Leakage averaged over data and measure qubits."""
    return (steady_population if strategy == "DQLR" else late_population)(code_qubits(populations), None)


def code_qubits(populations: LeakagePopulations) -> LeakagePopulations:
    """Populations without those of removal qubits."""
    qubits = {role: members for role, members in populations.qubits.items() if role != "removal"}
    return LeakagePopulations(populations.counts, populations.shots, qubits)


STUDY = Study("F3a", sample, numbers)
