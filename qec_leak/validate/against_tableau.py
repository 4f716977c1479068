"""Frames against the tableau simulator, which skips the gates of leaked qubits shot by shot, on random circuits."""

from __future__ import annotations

import numpy as np
import stim

from qec_leak.engine import LeakageSampler, ShotBatch, TableauSampler
from qec_leak.program import compile_program
from qec_leak.validate.check import Check, Result, Settings, agreement
from qec_leak.validate.compare import Bits, all_deviations, count_deviations
from qec_leak.validate.random_leakage import random_leaky_circuit


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    circuits = 500 if settings.full else 60
    return Result((random_circuits(settings, circuits),))


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


def _deviations(circuit: stim.Circuit, frames: LeakageSampler, shots: int, seed: int) -> list[float]:
    ours = frames.sample(shots, measurements=True, heralds=True)
    judge = TableauSampler(circuit, seed=seed + 1).sample(shots, measurements=True, heralds=True)
    assert ours.population_counts is not None and judge.population_counts is not None
    counts = count_deviations(ours.population_counts, shots, judge.population_counts, shots)
    return [*all_deviations(_bits(ours), _bits(judge)).tolist(), *counts.ravel().tolist()]


def _bits(batch: ShotBatch) -> Bits:
    assert batch.measurements is not None and batch.heralds is not None
    return np.hstack([batch.measurements, batch.heralds >= 2, batch.heralds == 3])
