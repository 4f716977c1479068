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
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

import qec_leak as ql
from qec_leak.analysis import detector_layout

DIRECTIONS = ("NE", "SW", "SE", "NW")
START = {"cz.leakage": 1.5e-3, "idle.heating_per_us": 1.1e-3, "reset.leaked_given_2": 0.04}


class Row(NamedTuple):
    """A measured number and the range in which a simulated one agrees."""

    name: str
    source: str
    target: float
    low: float
    high: float
    fitted: bool

    @classmethod
    def factor(cls, name: str, source: str, target: float, factor: float, *, fitted: bool) -> Row:
        return cls(name, source, target, target / factor, target * factor, fitted)


ROWS = (
    Row("decay of injected |2>, cycles", "F1c", 4.4, 3.4, 5.4, True),
    Row.factor("NO_RESET data, cycle 30", "F3a", 5e-2, 1.5, fitted=True),
    Row.factor("NO_RESET measure, cycle 30", "F3a", 3e-2, 1.5, fitted=True),
    Row("MLR data, cycle 30", "F3a", 1.5e-2, 1.5e-2 / 1.5, 1.5e-2 * 1.5, True),
    Row.factor("MLR measure, cycle 30", "F3a", 3e-4, 1.5, fitted=True),
    Row.factor("DQLR data", "F3a, S4", 1e-3, 1.5, fitted=False),
    Row("DQLR measure", "F3a, S4", 1e-4, 0.0, 1e-4, False),
    Row("DQLR settles, cycles", "S4", 2, 0.0, 2.0 * 1.5, False),
    Row.factor("DQLR data after measurement", "F3c", 5e-3, 1.5, fitted=False),
    Row("detection DQLR, weight 4", "F5a", 0.18, 0.16, 0.20, False),
    Row("detection DQLR, weight 2", "F5a", 0.11, 0.09, 0.13, False),
    Row("detection DQLR, weight 4, slope in sigma", "F5a", 0.0, -3.0, 3.0, False),
    Row("detection MLR, weight 4, rise to cycle 15", "F5a", 0.025, 0.015, 0.035, False),
    Row("detection NO_RESET, weight 4, rise from 15 to 30", "F5a", 0.02, 0.0, 1.0, False),
    Row("detection NO_RESET - MLR, weight 4, cycle 30", "F5a", 0.02, 0.0, 1.0, False),
)


def device_at(parameters: dict[str, float], num_high: int) -> ql.Device:
    """`miao2023` with the fitted parameters replaced; data qubits are high in ``num_high`` of four directions."""
    values: dict[str, object] = dict(parameters)
    values["reset.leaked_given_3"] = 2 * parameters["reset.leaked_given_2"]
    values["cz.data_high_in"] = [*DIRECTIONS[:num_high], "E"]
    return ql.Device.preset("miao2023").replace(values)


def sample(device: ql.Device, strategy: str, shots: int, *, seed: int, **options: object):
    memory = ql.memory_experiment(distance=3, rounds=30, strategy=strategy, device=device, **options)
    return memory, ql.compile_sampler(memory.circuit, seed=seed).sample(shots)


def decay_cycles(device: ql.Device, shots: int) -> float:
    """1/e time of the excess leakage of a data qubit put into |2>, from a fit to its first 8 cycles, MLR (F1c)."""
    centre, start, cycles = 4, 1, 8
    _, with_leak = sample(device, "MLR", shots, seed=11, leak_qubit=centre, leak_round=start)
    _, without = sample(device, "MLR", shots, seed=12)
    excess = (with_leak.leakage_population - without.leakage_population)[start : start + cycles, centre]
    return float(-1 / np.polyfit(np.arange(cycles), np.log(excess), 1)[0])


def fitted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The fitted rows."""
    out = {"decay of injected |2>, cycles": decay_cycles(device, shots)}
    for strategy in ("NO_RESET", "MLR"):
        memory, batch = sample(device, strategy, shots, seed=13)
        for role in ("data", "measure"):
            name = f"{strategy} {role}, cycle 30"
            out[name] = float(memory.leakage_population(batch, role=role)[-3:].mean())
    return out


def predicted_values(device: ql.Device, shots: int) -> dict[str, float]:
    """The rows that are not fitted."""
    out: dict[str, float] = {}
    memory, batch = sample(device, "DQLR", shots, seed=14)
    data = memory.leakage_population(batch)
    out["DQLR data"] = float(data[2:].mean())
    out["DQLR measure"] = float(memory.leakage_population(batch, role="measure")[2:].mean())
    # Settled when within 10 % of the end, or 3 sigma of it.
    near = np.maximum(0.1 * data[-1], 3 * np.sqrt(data[-1] / (shots * len(memory.qubits("data")))))
    out["DQLR settles, cycles"] = float(np.argmax(np.abs(data - data[-10:].mean()) < near) + 1)
    moments = ql.compile_sampler(memory.circuit, seed=15).sample(shots, populations="moments")
    population = memory.leakage_population(moments)
    measured = [i for i, (number, operation) in enumerate(memory.moments()) if operation == "M" and 3 <= number <= 30]
    out["DQLR data after measurement"] = float(population[measured].mean())
    rounds = np.arange(3, 31)
    curves = {}
    for strategy in ("DQLR", "MLR", "NO_RESET"):
        memory, batch = sample(device, strategy, shots, seed=16)
        layout = detector_layout(memory)
        fraction = batch.detection_events.mean(axis=0)
        for weight in (4, 2):
            curve = [fraction[(layout.weight == weight) & (layout.round == r)].mean() for r in rounds]
            curves[strategy, weight] = np.array(curve)
    for weight in (4, 2):
        out[f"detection DQLR, weight {weight}"] = float(curves["DQLR", weight].mean())
    flat = curves["DQLR", 4]
    slope = np.polyfit(rounds, flat, 1)[0]
    spread = np.sqrt(flat.mean() * (1 - flat.mean()) / (shots * 4) / np.sum((rounds - rounds.mean()) ** 2))
    out["detection DQLR, weight 4, slope in sigma"] = float(slope / spread)
    out["detection MLR, weight 4, rise to cycle 15"] = float(curves["MLR", 4][10:14].mean() - curves["MLR", 4][0])
    rise = curves["NO_RESET", 4]
    out["detection NO_RESET, weight 4, rise from 15 to 30"] = float(rise[-3:].mean() - rise[11:14].mean())
    out["detection NO_RESET - MLR, weight 4, cycle 30"] = float(rise[-3:].mean() - curves["MLR", 4][-3:].mean())
    return out


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
