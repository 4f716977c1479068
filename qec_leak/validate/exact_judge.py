"""Compares the engine with the exact simulator: devices, samples of both, and deviations between them."""

from __future__ import annotations

import functools
from typing import Literal

import numpy as np

from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.device import Device
from qec_leak.engine import ShotBatch, compile_sampler
from qec_leak.exact import compile_exact_sampler
from qec_leak.validate.compare import Bits, Deviations, all_deviations, count_deviations

Mode = Literal["coherent", "phase_randomised"]
Idle = Literal["pauli", "kraus"]


def quiet(one_given_2: float = 1.0, t1_ns: float = 1e7) -> Device:
    """miao2023 without noise but relaxation, on which a leaked qubit reads 1 with ``one_given_2``."""
    zero = ("cz.error", "cz.crosstalk", "cz.leakage", "gate.error", "readout.error", "reset.error")
    idle = {"idle.heating_per_us": 0.0, "idle.dd_error_per_us": 0.0, "idle.t1_ns": t1_ns, "idle.t2_ns": t1_ns}
    values: dict[str, object] = {**dict.fromkeys(zero, 0.0), **idle, "readout.one_given_2": one_given_2}
    return Device.preset("miao2023").replace(values)


@functools.cache
def exaggerated(cz_leakage: float = 0.01) -> Device:
    """miao2023 with ten times the leakage and less other noise, so that few shots are enough."""
    return Device.preset("miao2023").replace(
        {
            "cz.leakage": cz_leakage,
            "cz.error": 2e-3,
            "cz.crosstalk": 0.0,
            "gate.error": 5e-4,
            "readout.error": 5e-3,
            "reset.error": 5e-3,
            "idle.heating_per_us": 1e-2,
            "readout.leakage": 2e-3,
            "dqlr.efficiency": 0.9,
            "reset.leaked_given_2": 0.3,
            "reset.leaked_given_3": 0.4,
        }
    )


def pauli_partners(device: Device) -> Device:
    """``device`` whose CZ does nothing to the partner of a leaked transmon but a Z (on the low one): no transport,
    phases of 0 and pi.

    Checks that meet in a leaked data qubit do not commute, and a coherent phase between 0 and pi on their measure
    qubits correlates their records: that is beyond any twirl, and beyond random phases on leaked levels.
    """
    return device.replace(
        {
            "cz.model": "given",
            "cz.anharmonicity_mhz": None,
            "cz.pulse_ns": None,
            "cz.ramp_ns": None,
            "cz.transport_30_12": 0.0,
            "cz.transport_31_22": 0.0,
            "cz.leakage_phase_low": 1.0,
            "cz.leakage_phase_high": 0.0,
        }
    )


def exact_batch(
    memory: MemoryExperiment,
    shots: int,
    seed: int,
    *,
    mode: Mode = "phase_randomised",
    idle: Idle = "pauli",
    levels: int = 5,
) -> ShotBatch:
    """Shots of the exact simulator. idle: what waiting does to 0 and 1 is the Pauli noise that the circuit says, or
    relaxation as it is ("kraus")."""
    return compile_exact_sampler(memory, mode=mode, levels=levels, idle=idle, seed=seed).sample(shots)


def engine_batch(memory: MemoryExperiment, shots: int, seed: int) -> ShotBatch:
    """Shots of the engine."""
    return compile_sampler(memory.circuit, seed=seed).sample(shots)


def outcome_bits(batch: ShotBatch) -> Bits:
    """bool (shots, detectors + observables)."""
    return np.hstack([batch.detection_events, batch.observable_flips])


def bit_deviations(a: ShotBatch, b: ShotBatch) -> Deviations:
    """Means and pair covariances of detectors and observables, in sigma."""
    return all_deviations(outcome_bits(a), outcome_bits(b))


def population_deviations(a: ShotBatch, b: ShotBatch) -> Deviations:
    """Populations of levels 2 and 3 of every qubit at the end of every round, in sigma."""
    assert a.population_counts is not None and b.population_counts is not None
    return count_deviations(a.population_counts, a.shots, b.population_counts, b.shots).ravel()
