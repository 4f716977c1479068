"""Leakage populations as named arrays, and the numbers that several figures read off them.

Arrays, for each strategy S: ``S.counts`` int64 (blocks, rounds, qubits, 2), shots with a qubit in level 2, 3 at the end
of each round, by block of shots; ``S.shots`` int64 (blocks,); ``S.ROLE_qubits`` int64, qubits by role.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qec_leak.records import LeakagePopulations
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add
from qec_leak.studies.study import Number

ROLES = ("data", "measure", "removal")


def population_arrays(name: str, blocks: Sequence[LeakagePopulations]) -> dict[str, Array]:
    """Populations by block as named arrays."""
    out: dict[str, Array] = {
        f"{name}.counts": np.array([block.counts for block in blocks]),
        f"{name}.shots": np.array([block.shots for block in blocks]),
    }
    return out | {f"{name}.{role}_qubits": np.asarray(members) for role, members in blocks[0].qubits.items()}


def populations_in(results: Results) -> dict[str, LeakagePopulations]:
    """All populations of ``results`` by name."""
    return {name: add(blocks) for name, blocks in population_blocks_in(results).items()}


def population_blocks_in(results: Results) -> dict[str, list[LeakagePopulations]]:
    """The same by block of shots."""
    out = {}
    for name in results.strategies("counts"):
        qubits = {r: tuple(map(int, results[f"{name}.{r}_qubits"])) for r in ROLES if f"{name}.{r}_qubits" in results}
        pairs = zip(results[f"{name}.counts"], results[f"{name}.shots"], strict=True)
        out[name] = [LeakagePopulations(counts, int(shots), qubits) for counts, shots in pairs]
    return out


def final_population(blocks: Sequence[LeakagePopulations], strategy: str, role: str | None) -> Number:
    """Leakage of the qubits of a role (data and measure qubits together if None) at the end: the mean over the last
    three rounds; with DQLR, which is steady from the third round on, over all of those."""
    rounds = slice(2, None) if strategy == "DQLR" else slice(-3, None)
    return Number.from_blocks([code_qubits(block).leakage_population(role)[rounds].mean() for block in blocks])


def settling_rounds(populations: LeakagePopulations, role: str = "data") -> int:
    """First round from which on the population is within 10 % of its end, or within 3 sigma of it."""
    population, error = populations.leakage_population(role), populations.leakage_population_error(role)
    near = np.maximum(0.1 * population[-1], 3 * error)
    return int(np.argmax(np.abs(population - population[-10:].mean()) < near)) + 1


def code_qubits(populations: LeakagePopulations) -> LeakagePopulations:
    """Populations without those of removal qubits."""
    qubits = {role: members for role, members in populations.qubits.items() if role != "removal"}
    return LeakagePopulations(populations.counts, populations.shots, qubits)
