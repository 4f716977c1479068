"""Leakage put into one data qubit, and where it goes: excess populations against the same experiment without it.

Two studies: F1c, the ends of cycles and the decay (Miao et al., F1c), and S4, every moment on the lattice, under each
strategy (Miao et al., S4). Arrays, for each strategy S:

S.excess: float64 (snapshots, qubits), P(level >= 2) with the injection less that without; the first is before it.
S.error: its standard error.
S.centre: float64 (blocks, snapshots), excess of the injected qubit in each block of shots.
cycle: float64 (snapshots,), cycles since the injection: the ends of cycles are 1, 2, ...; moments lie between.
operation: str (snapshots,), the operation of each moment ("" for the ends of cycles, and before the injection).
coordinates: int64 (qubits, 2).   qubit: int64 (), the one that is put into |2>.
neighbors: int64 (), the measure qubits next to it.   data_qubits, measure_qubits: int64, indices.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import curve_fit

from qec_leak.circuits import MemoryExperiment
from qec_leak.records import LeakagePopulations
from qec_leak.studies.experiment import Experiment, memory_of
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add, sample_populations
from qec_leak.studies.study import Number, Run, Study


def sample_cycles(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Excess populations at the ends of cycles. [circuit] says with leak_qubit and leak_round where and when."""
    return _sample(experiment, run, moments=False)


def sample_moments(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Excess populations after every moment."""
    return _sample(experiment, run, moments=True)


def _sample(experiment: Experiment, run: Run, *, moments: bool) -> dict[str, Array]:
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


def decay(results: Results, strategy: str, *, cycles: int = 8) -> tuple[Number, Number]:
    """1/e time in cycles of the excess on the injected qubit, and its size at cycle 0, from an exponential through the
    ends of the first ``cycles`` cycles. What transport brings back is part of it, as in the measurement.

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


def strategies_in(results: Results) -> list[str]:
    """Strategies that were sampled."""
    return [name.removesuffix(".excess") for name in results.arrays if name.endswith(".excess")]


def decay_numbers(results: Results) -> Mapping[str, Number]:
    """Decay time of the injected |2>, and what has gone to other data qubits after one cycle."""
    out: dict[str, Number] = {}
    for strategy in strategies_in(results):
        out[f"{strategy} decay, cycles"] = decay(results, strategy)[0]
        excess, error = summed_excess(results, strategy, "other data")
        at = int(np.flatnonzero(results[f"{strategy}.cycle"] == 1)[0])
        out[f"{strategy} on other data after 1 cycle"] = Number(float(excess[at]), float(error[at]))
    return out


def lattice_numbers(results: Results) -> Mapping[str, Number]:
    """Leaked qubits in excess, summed over the lattice, at the end of the cycle of the injection and of the fifth."""
    out: dict[str, Number] = {}
    for strategy in strategies_in(results):
        time, excess = results[f"{strategy}.cycle"], results[f"{strategy}.excess"]
        error = np.sqrt(np.square(results[f"{strategy}.error"]).sum(axis=1))
        for cycle in (1, 5):
            at = int(np.argmin(np.abs(time - cycle)))
            out[f"{strategy} after cycle {cycle}"] = Number(float(excess[at].sum()), float(error[at]))
    return out


DECAY = Study("F1c", sample_cycles, decay_numbers)
LATTICE = Study("S4", sample_moments, lattice_numbers)
