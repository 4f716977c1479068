"""The engine against exact trajectories with random phases on leaked levels, where the twirl should be exact."""

from __future__ import annotations

from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.strategies import strategy_names
from qec_leak.validate.check import Check, Result, Settings, agreement, told_apart
from qec_leak.validate.compare import chance_of_largest
from qec_leak.validate.exact_judge import (
    bit_deviations,
    engine_batch,
    exact_batch,
    exaggerated,
    pauli_partners,
    population_deviations,
)
from qec_leak.validate.small_patch import small_memory

_UNLIKELY = 0.05
"""A largest deviation with less than this chance is looked at again, with fresh samples."""

_ENGINE_SHOTS = 20  # as many of the engine's as of the judge's, whose noise then is all


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    checks: list[Check] = []
    repetition, small = settings.shots(2_048, 40_000), settings.shots(2_048, 60_000)
    for strategy in strategy_names():
        memory = memory_experiment(code="repetition", distance=3, rounds=6, strategy=strategy, device=exaggerated())
        checks += _compare(f"repetition d=3, {strategy}", memory, repetition, settings.seed, 4)
    if settings.full:
        memory = memory_experiment(code="repetition", distance=3, rounds=6, strategy="MLR", device=exaggerated())
        checks += _compare("repetition d=3, MLR, 5 levels", memory, repetition // 8, settings.seed, 5)
    for strategy in strategy_names() if settings.full else ("MLR",):
        memory = small_memory(strategy, 4, pauli_partners(exaggerated()))
        checks += _compare(f"patch d=2, {strategy}", memory, small, settings.seed, 4)
    return Result((*checks, *_power(settings)))


def _compare(title: str, memory: MemoryExperiment, shots: int, seed: int, levels: int) -> list[Check]:
    judged = exact_batch(memory, shots, seed, levels=levels)
    ours = engine_batch(memory, _ENGINE_SHOTS * shots, seed)
    leaked = f"data leaked {memory.leakage_population(ours)[-1]:.3f}, exact {memory.leakage_population(judged)[-1]:.3f}"
    detection, populations = bit_deviations(ours, judged), population_deviations(ours, judged)
    again = ""
    if chance_of_largest(float(detection.max()), detection.size) < _UNLIKELY:
        # Chance does not come twice; what is wrong comes again, and larger.
        fresh = bit_deviations(
            engine_batch(memory, 2 * _ENGINE_SHOTS * shots, seed + 1),
            exact_batch(memory, 2 * shots, seed + 1, levels=levels),
        )
        again = f"again with another seed, {2 * shots:,} shots: {fresh.max():.2f} sigma"
        if fresh.max() > detection.max():
            detection = fresh
    return [
        agreement(f"{title}: detection", "means and pair covariances of detectors and final flips", shots,
                  detection, note=again),
        agreement(f"{title}: populations", "levels 2 and 3 of every qubit and round", shots, populations, note=leaked),
    ]  # fmt: skip


def _power(settings: Settings) -> list[Check]:
    """A device whose leakage is off by a factor of two must be told from the right one."""
    shots = settings.shots(4_096, 20_000)
    memory = memory_experiment(code="repetition", distance=3, rounds=6, strategy="MLR", device=exaggerated())
    wrong = exaggerated().replace({"cz.leakage": 0.02})
    other = memory_experiment(code="repetition", distance=3, rounds=6, strategy="MLR", device=wrong)
    found = population_deviations(
        engine_batch(other, _ENGINE_SHOTS * shots, settings.seed), exact_batch(memory, shots, settings.seed, levels=4)
    )
    return [told_apart("wrong device: twice the CZ leakage", "populations with exact trajectories", shots, found)]
