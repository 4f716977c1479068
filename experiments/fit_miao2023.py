"""Fit of the `miao2023` preset: few physical leakage parameters to the measured rows of Miao et al., then predictions.

Usage: python experiments/fit_miao2023.py [--shots N] [--check]

Fitted parameters (everything else is `sycamore`):
  cz.leakage            L1 of a CZ
  idle.heating_per_us   |1> -> |2>, all the time
  reset.leaked_given_2  what a multi-level reset leaves in |2> (and twice that in |3>)
Chosen: cz.data_high_in, in how many of the four directions the data qubit is the higher one.
Fitted rows: decay of an injected |2> (F1c); NO_RESET and MLR populations (F3a). All other rows are predictions.
"""

from __future__ import annotations

from collections.abc import Collection

from fitting import Fit, Row, Values, numbers, published

import qec_leak as ql

DIRECTIONS = ("NE", "SW", "SE", "NW")
START = {"cz.leakage": 1.5e-3, "idle.heating_per_us": 1.1e-3, "reset.leaked_given_2": 0.04}

SETTLES = published("F3a", "DQLR settles, cycles")
MEASURE = published("F3a", "DQLR measure")
ROWS = (
    Row.within("decay of injected |2>, cycles", "F1c", published("F1c", "MLR decay, cycles"), 1.0, kind="fitted"),
    *(
        Row.factor(f"{strategy} {role}, cycle 30", "F3a", published("F3a", f"{strategy} {role}"), kind="fitted")
        for strategy in ("NO_RESET", "MLR")
        for role in ("data", "measure")
    ),
    Row.factor("DQLR data", "F3a, S4", published("F3a", "DQLR data")),
    Row("DQLR measure", "F3a, S4", MEASURE, 0.0, MEASURE),
    Row("DQLR settles, cycles", "S4", SETTLES, 0.0, 1.5 * SETTLES),
    Row.factor("DQLR data after measurement", "F3c", published("F3c", "DQLR data, after measurement")),
    Row.within("detection DQLR, weight 4", "F5a", published("F5a", "DQLR weight 4"), 0.02),
    Row.within("detection DQLR, weight 2", "F5a", published("F5a", "DQLR weight 2"), 0.02),
    Row("detection DQLR, weight 4, slope in sigma", "F5a", 0.0, -3.0, 3.0),
    Row.within(
        "detection MLR, weight 4, rise to cycle 15", "F5a", published("F5a", "MLR weight 4, rise to cycle 15"), 0.01
    ),
    Row("detection NO_RESET, weight 4, rise from 15 to 30", "F5a", 0.02, 0.0, 1.0),
    Row("detection NO_RESET - MLR, weight 4, cycle 30", "F5a", 0.02, 0.0, 1.0),
)


def device_at(parameters: Values, num_high: int) -> ql.Device:
    """`miao2023` with the fitted parameters replaced; data qubits are high in ``num_high`` of four directions."""
    values: dict[str, object] = dict(parameters)
    values["reset.leaked_given_3"] = 2 * parameters["reset.leaked_given_2"]
    values["cz.data_high_in"] = [*DIRECTIONS[:num_high], "E"]
    return ql.Device.preset("miao2023").replace(values)


def fitted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The fitted rows."""
    injected = numbers("F1c", device, stop__max_shots=shots, axes__circuit__strategy=["MLR"])
    out = {"decay of injected |2>, cycles": injected["MLR decay, cycles"].value}
    populations = numbers("F3a", device, stop__max_shots=shots, axes__circuit__strategy=["NO_RESET", "MLR"])
    for strategy in ("NO_RESET", "MLR"):
        for role in ("data", "measure"):
            out[f"{strategy} {role}, cycle 30"] = populations[f"{strategy} {role}"].value
    return out


def predicted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The rows that are not fitted."""
    populations = numbers("F3a", device, stop__max_shots=shots, axes__circuit__strategy=["DQLR"])
    within = numbers("F3c", device, stop__max_shots=shots, axes__circuit__strategy=["DQLR"])
    detection = numbers("F5a", device, stop__max_shots=shots, axes__circuit__strategy=["NO_RESET", "MLR", "DQLR"])
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


def values(device: ql.Device, shots: int, names: Collection[str]) -> dict[str, float]:
    """Numbers by row; predictions are sampled only where they are asked for."""
    out = fitted_values(device, shots)
    if not set(names) <= set(out):
        out |= predicted_values(device, shots)
    return out


FIT = Fit("miao2023", ROWS, START, (2, 3, 4), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=100_000)
