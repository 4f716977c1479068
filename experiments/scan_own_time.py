"""What it would take for the order of logical errors that Miao et al. measured, each strategy in its own time (F5b).

Usage: python experiments/scan_own_time.py [--shots N]

d = 3, 15 cycles, both bases, as experiments/own_time.toml. MLR is varied in its leakage, DQLR in its error and in the
time that it takes beyond MLR; the table has the logical errors per shot.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

import qec_leak as ql
from qec_leak.studies import STUDIES, Experiment, Number, Run
from qec_leak.studies.beyond.crossover import with_cost

TIMES_NS = (0.0, 50.0, 100.0, 172.0)
ERRORS = (0.0, 1.24e-3, 2.0e-3)
FIXED: dict[str, Any] = {"idle.dd_error_per_us": 0.0, "idle.measurement_error": 5.6e-3}
LEAKAGE: dict[str, dict[str, Any]] = {
    "as fitted": {},
    "no leakage": {"cz.leakage": 0.0, "idle.heating_per_us": 0.0},
    "CZ leakage and heating x 1.5": {"cz.leakage": 1.8e-3, "idle.heating_per_us": 2.19e-3},
    "CZ leakage and heating x 2": {"cz.leakage": 2.4e-3, "idle.heating_per_us": 2.92e-3},
    "data qubits above all neighbours": {"cz.high": "data", "cz.data_high_in": []},
    "|2> read as a coin": {"readout.one_given_2": 0.5, "readout.one_given_3": 0.5},
}


def logical_error(device: ql.Device, strategy: str, shots: int) -> Number:
    """Of one strategy, per shot."""
    overrides = {"stop.max_shots": shots, "axes.circuit.strategy": [strategy]}
    experiment = Experiment.find("own_time", overrides=overrides, device=device)
    return STUDIES["own_time"].numbers(STUDIES["own_time"].run(experiment, Run(os.cpu_count() or 1)))[strategy]


def data_leakage(device: ql.Device, shots: int) -> Number:
    """What MLR leaves on data qubits, as in F3a."""
    overrides = {"stop.max_shots": shots, "axes.circuit.strategy": ["MLR"]}
    experiment = Experiment.find("F3a", overrides=overrides, device=device)
    return STUDIES["F3a"].numbers(STUDIES["F3a"].run(experiment, Run(os.cpu_count() or 1)))["MLR data"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=200_000)
    shots = parser.parse_args().shots
    preset = ql.Device.preset("miao2023").replace(FIXED)
    for name, changes in LEAKAGE.items():
        device = preset.replace(changes)
        errors = {strategy: logical_error(device, strategy, shots) for strategy in ("NO_RESET", "MLR", "DQLR")}
        shown = ", ".join(f"{strategy} {number}" for strategy, number in errors.items())
        print(f"{name}: data leakage under MLR {data_leakage(device, shots)}; {shown}", flush=True)
    for error in ERRORS:
        found = [logical_error(with_cost(preset, time_ns, error), "DQLR", shots) for time_ns in TIMES_NS]
        shown = ", ".join(f"{time_ns:g} ns {number}" for time_ns, number in zip(TIMES_NS, found, strict=True))
        print(f"DQLR with an error of {error:g} that takes {shown}", flush=True)


if __name__ == "__main__":
    main()
