"""The engine against exact trajectories, leakage exaggerated: deviations in sigma, sigma from the counts of both."""

import numpy as np
from from_outside import sigmas

import qec_leak as ql
from qec_leak.exact import compile_exact_sampler

DEVICE = ql.Device.preset("miao2023").replace(
    {
        "cz.leakage": 0.02,
        "readout.leakage": 5e-3,
        "idle.heating_per_us": 1e-2,
        "dqlr.efficiency": 0.9,
        "reset.leaked_given_2": 0.4,
    }
)


def exact_batch(memory, shots):
    return compile_exact_sampler(memory, mode="phase_randomised", idle="pauli", levels=4, seed=3).sample(shots)


def engine_batch(memory, shots):
    return ql.compile_sampler(memory.circuit, seed=4).sample(shots)


def deviations(a, b):
    """Of every detector, pair of detectors, observable, and leaked qubit at the end of each round: |difference| in
    sigma."""
    bits = [np.hstack([batch.detection_events, batch.observable_flips]).astype(float) for batch in (a, b)]
    counts = [
        np.concatenate([(x.T @ x)[np.triu_indices(x.shape[1])], batch.population_counts.sum(axis=2).ravel()])
        for x, batch in zip(bits, (a, b), strict=True)
    ]
    return sigmas(counts, (a.shots, b.shots))
