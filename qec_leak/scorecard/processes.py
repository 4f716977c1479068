"""Numbers of the score card that belong to no figure: single processes, and p_ij without leakage."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import stim

from qec_leak.channels import compose, dephasing, relaxation, twirl
from qec_leak.circuits import dress
from qec_leak.device import Device
from qec_leak.engine import compile_sampler
from qec_leak.studies import Number, Published, Run, results_of

PROCESSES = "processes"
"""What rows need that belong to no study."""

PUBLISHED: Mapping[str, Published] = {
    "relaxation": Published(2.99e-3, "Miao et al., Table S1"),
    "DQLR error": Published(2.5e-3, "Miao et al., S3", bound="<"),
}

_STATES = (("", 1 / 6), ("X", 1 / 6), ("H", 4 / 6))
"""Preparations of |0>, |1> and |+>, and their share in the average over the six cardinal states: |+>, |->, |i> and |-i>
have the same error under this noise."""


def relaxation_error() -> Number:
    """Total Pauli error of T1 = T2 = 75 us over 300 ns (Miao et al., Table S1)."""
    paulis = twirl(compose(relaxation(75e3, 300.0), dephasing(75e3, 75e3, 300.0)), 1).pauli_probabilities()
    return Number(1.0 - paulis["I"])


def dqlr_error(device: Device, shots: int, seed: int) -> Number:
    """What a Leakage iSWAP and the second reset add to the error of a data qubit, beyond idling as long (Miao et al.,
    S3): wrong or leaked, averaged over the six cardinal states."""
    value, variance = 0.0, 0.0
    waiting_ns = device.dqlr.iswap_ns + device.reset.mlr_ns
    for sign, removal in ((1, "II[LEAKAGE_ISWAP] 0 1\nTICK\nR 1"), (-1, f"I[IDLE_NS({waiting_ns!r})] 0 1")):
        for number, (gate, share) in enumerate(_STATES):
            around = f"{gate} 0\nTICK\n" if gate else ""
            text = f"R 0 1\nTICK\n{around}R 1\nTICK\n{removal}\nTICK\n{around}M 0\nDETECTOR rec[-1]\n"
            circuit = dress(stim.Circuit(text), device, roles={0: "data", 1: "measure"})
            batch = compile_sampler(circuit, seed=seed + number).sample(shots, populations=None, heralds=True)
            assert batch.heralds is not None
            wrong = float((batch.detection_events[:, 0] | (batch.heralds[:, 0] > 0)).mean())
            value += sign * share * wrong
            variance += share**2 * wrong * (1 - wrong) / shots
    return Number(value, variance**0.5)


def p_ij_without_leakage(run: Run, *, quick: bool) -> Number:
    """The largest |mean p_ij| beyond separation 1 under MLR without leakage, in standard errors (18 means)."""
    overrides = {"device.without_leakage": True, "axes.circuit.strategy": ["MLR"]}
    results = results_of("S7", quick=quick, overrides=overrides, run=run)
    ratios = np.concatenate(
        [results[f"MLR.{kind}"][2:] / results[f"MLR.{kind}_error"][2:] for kind in ("same", "neighbor")]
    )
    return Number(float(np.abs(ratios).max()))


def numbers(run: Run, *, quick: bool, seed: int = 181) -> Mapping[str, Number]:
    """All of them by name."""
    return {
        "relaxation": relaxation_error(),
        "DQLR error": dqlr_error(Device.preset("miao2023"), 200_000 if quick else 4_000_000, seed),
        "p_ij without leakage": p_ij_without_leakage(run, quick=quick),
    }
