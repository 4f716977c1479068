"""Fit of the `sycamore` preset to its surface code memories under MLR (arXiv:2207.06431).

Usage: python experiments/fit_sycamore.py [--shots N] [--check]

Fitted parameter (gates, readout, reset, T1, T2, heating and the leakage of a CZ are the published ones):
  idle.measurement_error  what waiting beside a measurement costs a data qubit
Chosen: cz.high, which role is the higher qubit of a CZ: in half of the directions, or always the data qubit.
Fitted rows, of equal weight in their ranges: eps_3 and eps_5. Lambda 3/5 is a prediction.
"""

from __future__ import annotations

from collections.abc import Collection

from fitting import Fit, Row, Values, numbers, published

import qec_leak as ql

HEAD = "MLR, 25 cycles: "
ROWS = (
    *(
        Row.factor(f"{HEAD}eps_{d}", "abstract", published("sycamore", f"{HEAD}eps_{d}"), 1.1, kind="fitted")
        for d in (3, 5)
    ),
    Row.within(f"{HEAD}Lambda 3/5", "abstract", published("sycamore", f"{HEAD}Lambda 3/5"), 0.12),
)


def device_at(parameters: Values, high: str) -> ql.Device:
    """`sycamore` with the fitted parameters replaced."""
    directions = ["NE", "SW", "E"] if high == "direction" else []
    return ql.Device.preset("sycamore").replace({**parameters, "cz.high": high, "cz.data_high_in": directions})


def values(device: ql.Device, shots: int, names: Collection[str]) -> Values:
    """Numbers by row."""
    found = numbers("sycamore", device, stop__max_shots=shots)
    return {name: found[name].value for name in names}


FIT = Fit("sycamore", ROWS, {"idle.measurement_error": 6e-3}, ("direction", "data"), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=400_000)
