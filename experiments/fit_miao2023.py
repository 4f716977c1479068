"""Fit of the `miao2023` preset: few physical leakage parameters to the measured rows of Miao et al., then predictions.

Usage: python experiments/fit_miao2023.py [--shots N] [--check]

Fitted parameters (everything else is `sycamore`):
  cz.leakage            L1 of a CZ
  idle.heating_per_us   |1> -> |2>, all the time
  reset.leaked_given_2  what a multi-level reset leaves in |2> (and twice that in |3>)
Chosen: cz.data_high_in, in how many of the four directions the data qubit is the higher one.
Fitted rows: decay of an injected |2> (F1c); NO_RESET and MLR populations (F3a). All other rows are predictions, the
order of logical errors with each strategy in its own time (F5b) among them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fitting import Fit, Values, both_bases

import qec_leak as ql
from qec_leak.studies import STUDIES, Experiment, Number

DIRECTIONS = ("NE", "SW", "SE", "NW")
START = {"cz.leakage": 1.5e-3, "idle.heating_per_us": 1.1e-3, "reset.leaked_given_2": 0.04}


def device_at(parameters: Values, num_high: int) -> ql.Device:
    """`miao2023` with the fitted parameters replaced; data qubits are high in ``num_high`` of four directions."""
    values: dict[str, object] = dict(parameters)
    values["reset.leaked_given_3"] = 2 * parameters["reset.leaked_given_2"]
    values["cz.data_high_in"] = [*DIRECTIONS[:num_high], "E"]
    return ql.Device.preset("miao2023").replace(values)


def numbers(study: str, device: ql.Device, shots: int, strategies: tuple[str, ...]) -> Mapping[str, Number]:
    """What is read off the study of a figure on ``device``."""
    overrides = {"stop.max_shots": shots, "axes.circuit.strategy": list(strategies)}
    return STUDIES[study].numbers(STUDIES[study].run(Experiment.find(study, overrides=overrides, device=device)))


def fitted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The fitted rows."""
    injected = numbers("F1c", device, shots, ("MLR",))
    out = {"decay of injected |2>, cycles": injected["MLR decay, cycles"].value}
    populations = numbers("F3a", device, shots, ("NO_RESET", "MLR"))
    for strategy in ("NO_RESET", "MLR"):
        for role in ("data", "measure"):
            out[f"{strategy} {role}, cycle 30"] = populations[f"{strategy} {role}"].value
    return out


def predicted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The rows that are not fitted."""
    populations = numbers("F3a", device, shots, ("DQLR",))
    within = numbers("F3c", device, shots, ("DQLR",))
    detection = numbers("F5a", device, shots, ("NO_RESET", "MLR", "DQLR"))
    slope = detection["DQLR weight 4, slope per cycle"]
    return {
        "DQLR data": populations["DQLR data"].value,
        "DQLR measure": populations["DQLR measure"].value,
        "DQLR settles, cycles": populations["DQLR settles, cycles"].value,
        "DQLR data after measurement": within["DQLR data, after measurement"].value,
        "detection DQLR, weight 4": detection["DQLR weight 4"].value,
        "detection DQLR, weight 2": detection["DQLR weight 2"].value,
        "detection DQLR, weight 4, slope in sigma": slope.value / slope.error,
        "detection MLR, weight 4, rise to cycle 15": detection["MLR weight 4, rise to cycle 15"].value,
        "detection NO_RESET, weight 4, rise from 15 to 30": detection["NO_RESET weight 4, rise from 15"].value,
        "detection NO_RESET - MLR, weight 4, cycle 30": detection["NO_RESET - MLR, weight 4, end"].value,
    }


def logical_errors(device: ql.Device, shots: int) -> dict[str, float]:
    """Differences of logical errors per shot, each strategy in its own time: d = 3, 15 rounds, both bases."""
    no_reset, mlr, dqlr = (
        both_bases(device, 3, 15, strategy, 5 * shots).logical_error for strategy in ("NO_RESET", "MLR", "DQLR")
    )
    return {
        "logical error, own time: NO_RESET - MLR": no_reset - mlr,
        "logical error, own time: MLR - DQLR": mlr - dqlr,
    }


def values(device: ql.Device, shots: int, names: Collection[str]) -> dict[str, float]:
    """Numbers by row; predictions are sampled only where they are asked for."""
    out = fitted_values(device, shots)
    if not set(names) <= set(out):
        out |= predicted_values(device, shots) | logical_errors(device, shots)
    return out


FIT = Fit("miao2023", START, (2, 3, 4), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=100_000)
