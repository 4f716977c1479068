"""Fit of the `willow` preset to its surface code memories with DQLR (arXiv:2408.13687), then predictions.

Usage: python experiments/fit_willow.py [--shots N] [--check]

Fitted parameter (gates, readout, reset, T1, T2, heating and the leakage of a CZ are the published ones):
  idle.measurement_error  what waiting beside a measurement costs a data qubit
Chosen: cz.high, which role is the higher qubit of a CZ, by what Lambda loses without DQLR.
Fitted rows, of equal weight in their ranges: detection fractions at d = 3, 5, 7 and eps_7. Lambda 3/5 and 5/7 are
predictions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fitting import Fit, Row, Values, numbers, published

import qec_leak as ql
from qec_leak.studies.devices.willow import LOST

HEAD = "DQLR, 25 cycles: "
DISTANCES = (3, 5, 7)
ROWS = (
    *(
        Row.factor(name, "Fig. 1", published("willow", name), 1.1, kind="fitted")
        for name in (f"{HEAD}detection, d = {d}" for d in DISTANCES)
    ),
    Row.factor(f"{HEAD}eps_7", "abstract", published("willow", f"{HEAD}eps_7"), 1.25, kind="fitted"),
    *(
        Row(f"{HEAD}Lambda {pair}", "abstract", published("willow", f"{HEAD}Lambda {pair}"), 2.0, 2.3)
        for pair in ("3/5", "5/7")
    ),
    Row.within(LOST, "text", published("willow", LOST), 0.1, kind="chosen"),
)


def device_at(parameters: Values, high: str) -> ql.Device:
    """`willow` with the fitted parameters replaced."""
    return ql.Device.preset("willow").replace({**parameters, "cz.high": high})


def values(device: ql.Device, shots: int, names: Collection[str]) -> Values:
    """Numbers by row; the 60 cycles are sampled only where they are asked for."""
    only: Mapping[str, Any] = {}
    if LOST not in names:
        zipped = {"circuit.strategy": ["DQLR"] * 3, "circuit.rounds": [25] * 3, "circuit.distance": list(DISTANCES)}
        only = {"axes__zip": [zipped]}
    found = numbers("willow", device, stop__max_shots=shots, **only)
    return {name: found[name].value for name in names}


FIT = Fit("willow", ROWS, {"idle.measurement_error": 3e-3}, ("data",), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=400_000)
