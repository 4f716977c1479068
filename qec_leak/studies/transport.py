"""What one CZ does to levels: transport and conditional phases of a device (Miao et al., F2), without sampling.

Arrays: ``transport`` float64 (levels**2, levels**2), [out, in], index levels*high + low; ``levels`` int64 ();
``phase_low`` float64 (3,): phase of the low qubit's |1> with the high one in 0, 1, 2, in units of pi; ``phase_high``
the same with roles exchanged; ``fringe_low``, ``fringe_high`` float64 (3, angles): probability of 1 after a Ramsey
sequence around the gate against the angle of its second pulse, ``angle`` float64, in units of pi;
``ramp_ns`` float64 (ramps,), ``ramp_transport`` float64 (ramps, 2), ``ramp_phase`` float64 (ramps,): transport
|30> <-> |12>, |31> <-> |22>, and the phase with 2, of CZs with other ramps, each calibrated anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qec_leak.channels import conditional_phase, transport_matrix, transport_probability
from qec_leak.channels.operations import LEVELS, cz_unitary
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

PARTNER_LEVELS = (0, 1, 2)
MAIN_TRANSPORT = (((3, 0), (1, 2)), ((3, 1), (2, 2)))
"""|high low> before and after: |30> <-> |12> and |31> <-> |22>."""

_ANGLES = np.linspace(0, 2, 81)


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """The CZ of the device, and CZs with the ramps of [study] ``ramp_ns``."""
    cz = experiment.points[0].device.cz
    unitary = cz_unitary(cz)
    out: dict[str, Array] = {"transport": transport_matrix(unitary), "levels": np.asarray(LEVELS), "angle": _ANGLES}
    for of in ("low", "high"):
        phases = [conditional_phase(unitary, partner_level=level, of=of) for level in PARTNER_LEVELS]
        out[f"phase_{of}"] = np.array(phases)
        out[f"fringe_{of}"] = np.array([_fringe(unitary, level, of) for level in PARTNER_LEVELS])
    ramps = [float(ramp) for ramp in experiment.study.get("ramp_ns", ())]
    gates = [cz_unitary(replace(cz, model="hamiltonian", ramp_ns=ramp)) for ramp in ramps]
    out["ramp_ns"] = np.array(ramps)
    out["ramp_transport"] = np.array(
        [[transport_probability(u, before, after) for before, after in MAIN_TRANSPORT] for u in gates]
    ).reshape(-1, 2)
    out["ramp_phase"] = np.array([conditional_phase(u, partner_level=2) for u in gates])
    return out


def _fringe(unitary: Array, partner: int, of: str) -> Array:
    """P(1) of the superposed qubit, its partner found where it was, after pi/2, CZ, and pi/2 around an axis at each
    angle: float64 (angles,)."""

    def amplitude(own: int) -> complex:
        index = LEVELS * partner + own if of == "low" else LEVELS * own + partner
        return complex(unitary[index, index])

    zero, one = amplitude(0), amplitude(1)
    return np.asarray(np.abs(zero - np.exp(-1j * np.pi * _ANGLES) * one) ** 2 / 4)


def numbers(results: Results) -> Mapping[str, Number]:
    """The two large transport probabilities and the phases with the partner in 2."""
    levels, matrix = int(results.scalar("levels")), results["transport"]
    out = {}
    for (high, low), (to_high, to_low) in MAIN_TRANSPORT:
        value = matrix[levels * to_high + to_low, levels * high + low]
        out[f"transport |{high}{low}> <-> |{to_high}{to_low}>"] = Number(float(value))
    out["phase of low, high in 2, pi"] = Number(float(results["phase_low"][2]))
    out["phase of high, low in 2, pi"] = Number(float(results["phase_high"][2]))
    return out


STUDY = Study("F2", sample, numbers)
