"""Frames against the tableau simulator, which skips the gates of leaked qubits shot by shot, on random circuits."""

from __future__ import annotations

import numpy as np
import stim

from qec_leak.circuits.memory import memory_experiment
from qec_leak.device import Device
from qec_leak.engine import LeakageSampler, ShotBatch, TableauSampler
from qec_leak.program import compile_program
from qec_leak.validate.check import Check, Result, Settings, Table, agreement
from qec_leak.validate.compare import Bits, all_deviations, count_deviations
from qec_leak.validate.random_leakage import random_leaky_circuit


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    checks = [random_circuits(settings, 500 if settings.full else 60)]
    rows = []
    for distance in (3, 5) if settings.full else (3,):
        for strategy in ("NO_RESET", "MLR", "DQLR") if settings.full else ("NO_RESET",):
            for factor in (1, 10):
                check, row = _memory(settings, distance, strategy, factor)
                checks.append(check)
                rows.append(row)
    header = ("memory", "leakage", "leaked, frames", "leaked, tableau", "events, frames", "events, tableau", "worst")
    return Result(tuple(checks), (Table("Memories on frames and on tableaux, 15 rounds", header, tuple(rows)),))


def random_circuits(settings: Settings, count: int) -> Check:
    """The first ``count`` random circuits for which frames are exact: all that is sampled of them, in one family."""
    shots = settings.shots(8192, 20_480)
    deviations: list[float] = []
    worst, worst_at, seed, compared = 0.0, "", settings.seed * 100_000, 0
    while compared < count:
        circuit = random_leaky_circuit(seed)
        program = compile_program(circuit)
        if not program.conflicts:
            found = _deviations(circuit, LeakageSampler(program, seed=seed), shots, seed)
            deviations += found
            if max(found) > worst:
                worst, worst_at = max(found), f"seed {seed}"
            compared += 1
        seed += 1
    note = f"{seed - settings.seed * 100_000 - count} more circuits have no certificate and are the tableau's"
    about = "means and covariances of records and levels, and populations, with one tableau a shot"
    return agreement(
        f"{count} random circuits with leakage of every kind",
        about,
        shots,
        np.array(deviations),
        note=note,
        worst_at=worst_at,
    )


def _memory(settings: Settings, distance: int, strategy: str, factor: int) -> tuple[Check, tuple[str, ...]]:
    """A memory of ``miao2023`` with its CZ leakage and heating times ``factor``: detectors, pairs, populations."""
    device = Device.preset("miao2023")
    more = {"cz.leakage": factor * device.cz.leakage, "idle.heating_per_us": factor * device.idle.heating_per_us}
    memory = memory_experiment(distance=distance, rounds=15, strategy=strategy, device=device.replace(more))
    shots = settings.shots(4096, 40_960 if distance == 3 else 16_384)
    ours = LeakageSampler(compile_program(memory.circuit), seed=settings.seed).sample(4 * shots)
    judge = TableauSampler(memory.circuit, seed=settings.seed + 1).sample(shots)
    assert ours.population_counts is not None and judge.population_counts is not None
    counts = count_deviations(ours.population_counts, 4 * shots, judge.population_counts, shots)
    found = np.concatenate([all_deviations(ours.detection_events, judge.detection_events), counts.ravel()])
    name = f"d={distance} {strategy}, leakage times {factor}"
    check = agreement(name, "every detector, pair and population with one tableau a shot", shots, found)
    levels = [f"{batch.leakage_population[-1].mean():.3%}" for batch in (ours, judge)]
    events = [f"{batch.detection_events.mean():.3%}" for batch in (ours, judge)]
    return check, (f"d={distance} {strategy}", f"x {factor}", *levels, *events, f"{found.max():.2f} sigma")


def _deviations(circuit: stim.Circuit, frames: LeakageSampler, shots: int, seed: int) -> list[float]:
    ours = frames.sample(shots, measurements=True, heralds=True)
    judge = TableauSampler(circuit, seed=seed + 1).sample(shots, measurements=True, heralds=True)
    assert ours.population_counts is not None and judge.population_counts is not None
    counts = count_deviations(ours.population_counts, shots, judge.population_counts, shots)
    return [*all_deviations(_bits(ours), _bits(judge)).tolist(), *counts.ravel().tolist()]


def _bits(batch: ShotBatch) -> Bits:
    assert batch.measurements is not None and batch.heralds is not None
    return np.hstack([batch.measurements, batch.heralds >= 2, batch.heralds == 3])
