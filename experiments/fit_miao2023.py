"""Fit of the `miao2023` preset: few physical leakage parameters to the measured rows of Miao et al., then predictions.

Usage: python experiments/fit_miao2023.py [--shots N] [--check]

Fitted parameters (everything else is `sycamore`):
  cz.leakage            L1 of a CZ
  idle.heating_per_us   |1> -> |2>, all the time
  reset.leaked_given_2  what a multi-level reset leaves in |2> (and twice that in |3>)
  cz.data_high_in       in how many of the four directions the data qubit is the higher one
Fitted rows: decay of an injected |2> (F1c); NO_RESET and MLR populations (F3a). All other rows are predictions.
--check evaluates the preset as it is; without it the fit is run and its parameters are printed, to be put into
qec_leak/device/presets/miao2023.toml.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

import qec_leak as ql
from qec_leak.studies import STUDIES, Experiment, Number

DIRECTIONS = ("NE", "SW", "SE", "NW")
START = {"cz.leakage": 1.5e-3, "idle.heating_per_us": 1.1e-3, "reset.leaked_given_2": 0.04}


class Row(NamedTuple):
    """A published number and the range in which a simulated one agrees."""

    name: str
    source: str
    target: float
    low: float
    high: float
    fitted: bool

    @classmethod
    def factor(cls, name: str, source: str, target: float, factor: float = 1.5, *, fitted: bool = False) -> Row:
        return cls(name, source, target, target / factor, target * factor, fitted)

    @classmethod
    def within(cls, name: str, source: str, target: float, tolerance: float, *, fitted: bool = False) -> Row:
        return cls(name, source, target, target - tolerance, target + tolerance, fitted)


def published(study: str, name: str) -> float:
    """A number of Miao et al., as it stands with its figure."""
    return STUDIES[study].published[name].value


ROWS = (
    Row.within("decay of injected |2>, cycles", "F1c", published("F1c", "MLR decay, cycles"), 1.0, fitted=True),
    *(
        Row.factor(f"{strategy} {role}, cycle 30", "F3a", published("F3a", f"{strategy} {role}"), fitted=True)
        for strategy in ("NO_RESET", "MLR")
        for role in ("data", "measure")
    ),
    Row.factor("DQLR data", "F3a, S4", published("F3a", "DQLR data")),
    Row("DQLR measure", "F3a, S4", published("F3a", "DQLR measure"), 0.0, published("F3a", "DQLR measure"), False),
    Row(
        "DQLR settles, cycles",
        "S4",
        published("F3a", "DQLR settles, cycles"),
        0.0,
        1.5 * published("F3a", "DQLR settles, cycles"),
        False,
    ),
    Row.factor("DQLR data after measurement", "F3c", published("F3c", "DQLR data, after measurement")),
    Row.within("detection DQLR, weight 4", "F5a", published("F5a", "DQLR weight 4"), 0.02),
    Row.within("detection DQLR, weight 2", "F5a", published("F5a", "DQLR weight 2"), 0.02),
    Row("detection DQLR, weight 4, slope in sigma", "F5a", 0.0, -3.0, 3.0, False),
    Row.within(
        "detection MLR, weight 4, rise to cycle 15", "F5a", published("F5a", "MLR weight 4, rise to cycle 15"), 0.01
    ),
    Row("detection NO_RESET, weight 4, rise from 15 to 30", "F5a", 0.02, 0.0, 1.0, False),
    Row("detection NO_RESET - MLR, weight 4, cycle 30", "F5a", 0.02, 0.0, 1.0, False),
)


def device_at(parameters: dict[str, float], num_high: int) -> ql.Device:
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


def fit(shots: int) -> tuple[dict[str, float], int]:
    """Parameters that bring the fitted rows closest to their targets, as logarithms (common random numbers)."""
    fitted = [row for row in ROWS if row.fitted]
    names = list(START)
    best: tuple[float, dict[str, float], int] | None = None
    for num_high in (2, 3, 4):

        def distance(logs: np.ndarray, num_high: int = num_high) -> np.ndarray:
            parameters = dict(zip(names, np.exp(logs).tolist(), strict=True))
            values = fitted_values(device_at(parameters, num_high), shots)
            return np.array([np.log(values[row.name] / row.target) / np.log(row.high / row.target) for row in fitted])

        found = least_squares(distance, np.log(list(START.values())), diff_step=0.05, max_nfev=12)
        parameters = dict(zip(names, np.exp(found.x).tolist(), strict=True))
        print(f"data high in {num_high} of 4 directions: distance {2 * found.cost:.3f} at {parameters}", flush=True)
        if best is None or found.cost < best[0]:
            best = (found.cost, parameters, num_high)
    assert best is not None
    return best[1], best[2]


def report(device: ql.Device, shots: int) -> bool:
    """Print every row; True if all agree."""
    values = {**fitted_values(device, shots), **predicted_values(device, shots)}
    print(f"{'row':<50} {'source':<8} {'value':>10} {'target':>10} {'allowed':>22}  kind       verdict")
    for row in ROWS:
        value = values[row.name]
        verdict = "pass" if row.low <= value <= row.high else "FAIL"
        allowed = f"{row.low:.3g} ... {row.high:.3g}"
        kind = "fitted" if row.fitted else "predicted"
        print(f"{row.name:<50} {row.source:<8} {value:>10.4g} {row.target:>10.4g} {allowed:>22}  {kind:<10} {verdict}")
    return all(row.low <= values[row.name] <= row.high for row in ROWS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=100_000)
    parser.add_argument("--check", action="store_true", help="only compare the preset as it is with the rows")
    args = parser.parse_args()
    device = ql.Device.preset("miao2023")
    if not args.check:
        parameters, num_high = fit(args.shots // 4)
        device = device_at(parameters, num_high)
    raise SystemExit(0 if report(device, args.shots) else 1)


if __name__ == "__main__":
    main()
