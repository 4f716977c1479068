"""Fit of the `sycamore` preset to its surface code memories under MLR (arXiv:2207.06431).

Usage: python experiments/fit_sycamore.py [--shots N] [--check]

Fitted parameter (gates, readout, reset, T1, T2, heating and the leakage of a CZ are the published ones):
  idle.measurement_error  what waiting beside a measurement costs a data qubit
Chosen: cz.high, which role is the higher qubit of a CZ: in half of the directions, or always the data qubit.
Fitted rows: eps_3 and eps_5.
"""

from __future__ import annotations

from collections.abc import Collection

from fitting import Fit, Values, both_bases

import qec_leak as ql

ROUNDS = 25


def device_at(parameters: Values, high: str) -> ql.Device:
    """`sycamore` with the fitted parameters replaced."""
    directions = ["NE", "SW", "E"] if high == "direction" else []
    return ql.Device.preset("sycamore").replace({**parameters, "cz.high": high, "cz.data_high_in": directions})


def values(device: ql.Device, shots: int, names: Collection[str]) -> dict[str, float]:
    """Numbers by row."""
    eps = {d: both_bases(device, d, ROUNDS, "MLR", shots).error_per_cycle for d in (3, 5)}
    return {"eps_3": eps[3], "eps_5": eps[5], "Lambda 3/5": eps[3] / eps[5]}


FIT = Fit("sycamore", {"idle.measurement_error": 3e-3}, ("direction", "data"), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=80_000)
