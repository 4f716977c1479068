"""Zero leakage: the engine against Stim's detector sampler, every mean and pair covariance."""

from __future__ import annotations

import numpy as np
import stim

from qec_leak.circuits.memory import memory_experiment
from qec_leak.device import Device
from qec_leak.engine import compile_sampler
from qec_leak.validate.check import Check, Result, Settings, agreement
from qec_leak.validate.compare import Bits, Deviations, all_deviations
from qec_leak.validate.random_circuits import ALL, random_circuit

_NOISE = {
    "after_clifford_depolarization": 0.008,
    "before_round_data_depolarization": 0.005,
    "before_measure_flip_probability": 0.011,
    "after_reset_flip_probability": 0.007,
}
_GENERATED = (
    ("surface_code:rotated_memory_x", 3, 4),
    ("surface_code:unrotated_memory_z", 3, 3),
    ("repetition_code:memory", 5, 8),
    ("color_code:memory_xyz", 3, 4),
    ("surface_code:rotated_memory_z", 5, 4),
)
_QUICK_CIRCUITS, _FULL_CIRCUITS = 60, 240


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    return Result((_random(settings), _generated(settings), _memories(settings)))


def stim_bits(circuit: stim.Circuit, shots: int, seed: int) -> Bits:
    """Stim's detection events and observable flips, bool (shots, detectors + observables)."""
    return np.hstack(circuit.compile_detector_sampler(seed=seed).sample(shots, separate_observables=True))


def engine_bits(circuit: stim.Circuit, shots: int, seed: int) -> Bits:
    """The same of the engine."""
    batch = compile_sampler(circuit, seed=seed).sample(shots, populations=None)
    return np.hstack([batch.detection_events, batch.observable_flips])


def _compare(circuit: stim.Circuit, shots: int, seed: int) -> Deviations:
    return all_deviations(engine_bits(circuit, shots, seed), stim_bits(circuit, shots, seed + 1))


def _random(settings: Settings) -> Check:
    shots, circuits = settings.shots(20_000, 100_000), _FULL_CIRCUITS if settings.full else _QUICK_CIRCUITS
    # Neighbouring seeds hold neighbouring instructions: with a stride, few circuits still hold all kinds.
    seeds = [k * _FULL_CIRCUITS // circuits for k in range(circuits)]
    deviations = np.concatenate([_compare(random_circuit(seed), shots, settings.seed + seed) for seed in seeds])
    instructions = {item.name for seed in seeds for item in random_circuit(seed)} & set(ALL)
    about = f"all detectors and pairs of {circuits} random Clifford circuits, {len(instructions)} kinds of instruction"
    return agreement("random circuits", about, shots, deviations)


def _generated(settings: Settings) -> Check:
    shots = settings.shots(100_000, 400_000)
    deviations = []
    for task, distance, rounds in _GENERATED if settings.full else _GENERATED[:4]:
        noise = _NOISE | ({"after_reset_flip_probability": 0.0} if task.startswith("color") else {})
        circuit = stim.Circuit.generated(task, distance=distance, rounds=rounds, **noise)
        deviations.append(_compare(circuit, shots, settings.seed))
    about = f"all detectors and pairs of {len(deviations)} codes that Stim generates"
    return agreement("generated codes", about, shots, np.concatenate(deviations))


def _memories(settings: Settings) -> Check:
    shots = settings.shots(50_000, 200_000)
    device = Device.preset("miao2023").without_leakage()
    deviations = []
    for code, basis in (("surface", "Z"), ("surface", "X"), ("repetition", "Z")):
        for strategy in ("NO_RESET", "MLR"):
            memory = memory_experiment(code=code, distance=3, rounds=5, basis=basis, strategy=strategy, device=device)
            deviations.append(_compare(memory.circuit, shots, settings.seed))
    about = f"all detectors and pairs of {len(deviations)} memories of miao2023 without leakage"
    return agreement("memories without leakage", about, shots, np.concatenate(deviations))
