"""Leakage put into one data qubit, and where it goes: excess populations against the same experiment without it.

F1c and S4 share this. Arrays, for each strategy S:

S.excess: float64 (snapshots, qubits), P(level >= 2) with the injection minus that without; the first is before it.
S.error: its standard error.
S.centre: float64 (blocks, snapshots), excess of the injected qubit in each block of shots.
cycle: float64 (snapshots,), cycles since the injection: the ends of cycles are 1, 2, ...; moments lie between.
operation: str (snapshots,), the operation of each moment ("" for the ends of cycles, and before the injection).
coordinates: int64 (qubits, 2).   qubit: int64 (), the one that is put into |2>.
neighbors: int64 (), the measure qubits next to it.   data_qubits, measure_qubits: int64, indices.
"""

from __future__ import annotations

import numpy as np

from qec_leak.circuits import MemoryExperiment
from qec_leak.records import LeakagePopulations
from qec_leak.studies.experiment import Experiment, memory_of
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add, sample_populations
from qec_leak.studies.study import Run


def sample_excess(experiment: Experiment, run: Run, *, moments: bool) -> dict[str, Array]:
    """Excess populations at the ends of cycles, or after every moment. leak_qubit and leak_round of [circuit] say
    where and when."""
    out: dict[str, Array] = {}
    for number, point in enumerate(experiment.points):
        start, qubit = int(point.circuit["leak_round"]), int(point.circuit["leak_qubit"])
        injected, plain = point.memory(), memory_of(point, leak_qubit=None, leak_round=None)
        parts = [
            sample_populations(
                memory,
                experiment.shots,
                seed=experiment.seed + 2 * number + which,
                run=run,
                populations="moments" if moments else "rounds",
            )
            for which, memory in enumerate((injected, plain))
        ]
        name = str(plain.strategy)
        excess, error = _excess(*(add(blocks) for blocks in parts))
        centre = np.array([_excess(*blocks)[0][:, qubit] for blocks in zip(*parts, strict=True)])
        cycle, operation = _clock(plain, start, moments=moments)
        chosen = cycle >= 0
        out |= {
            f"{name}.excess": excess[chosen],
            f"{name}.error": error[chosen],
            f"{name}.centre": centre[:, chosen],
            f"{name}.cycle": cycle[chosen],
            f"{name}.operation": operation[chosen],
        }
        patch = plain.patch
        checks = [check for check in patch.stabilizers if qubit in check.support]
        out |= {
            "coordinates": np.asarray(patch.coordinates),
            "qubit": np.asarray(qubit),
            "neighbors": np.asarray([check.measure_qubit for check in checks]),
            "data_qubits": np.asarray(patch.data_qubits),
            "measure_qubits": np.asarray(patch.measure_qubits),
        }
    return out


def _excess(injected: LeakagePopulations, plain: LeakagePopulations) -> tuple[Array, Array]:
    """Difference of populations by snapshot and qubit, and its standard error."""
    parts = [part.counts.sum(axis=2) / part.shots for part in (injected, plain)]
    variance = sum(p * (1 - p) / part.shots for p, part in zip(parts, (injected, plain), strict=True))
    return parts[0] - parts[1], np.sqrt(variance)


def _clock(memory: MemoryExperiment, start: int, *, moments: bool) -> tuple[Array, Array]:
    """Cycles since the start of round ``start`` (counted from 0) at each snapshot, and the operation before it.

    The last snapshot before the injection has time 0, those before it are negative.
    """
    if not moments:
        return np.arange(memory.rounds) + 1.0 - start, np.full(memory.rounds, "")
    listed = memory.moments()
    rounds = np.array([number for number, _ in listed])
    operation = np.array([name for _, name in listed])
    time = np.empty(len(listed))
    for number in np.unique(rounds):
        members = np.flatnonzero(rounds == number)
        time[members] = number - 1 - start + np.arange(1, len(members) + 1) / len(members)
    time[(rounds == 0) | (rounds > memory.rounds)] = -1.0  # preparation and final measurement belong to no cycle
    return time, operation


def centre_excess(results: Results, strategy: str) -> tuple[Array, Array, Array]:
    """Cycles since the injection, excess of the injected qubit, its standard error: float64 (snapshots,) each."""
    qubit = int(results.scalar("qubit"))
    return results[f"{strategy}.cycle"], results[f"{strategy}.excess"][:, qubit], results[f"{strategy}.error"][:, qubit]


def summed_excess(results: Results, strategy: str, group: str) -> tuple[Array, Array]:
    """Excess summed over "other data" or "measure" qubits (leaked qubits, not a mean), and its standard error."""
    members = set(results["data_qubits" if group == "other data" else "measure_qubits"].tolist())
    rows = sorted(members - {int(results.scalar("qubit"))})
    error = np.sqrt(np.square(results[f"{strategy}.error"][:, rows]).sum(axis=1))
    return results[f"{strategy}.excess"][:, rows].sum(axis=1), error
