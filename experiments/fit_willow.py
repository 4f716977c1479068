"""Fit of the `willow` preset to its surface code memories with DQLR (arXiv:2408.13687), then predictions.

Usage: python experiments/fit_willow.py [--shots N] [--check]

Fitted parameter (gates, readout, reset, T1, T2, heating and the leakage of a CZ are the published ones):
  idle.measurement_error  what waiting beside a measurement costs a data qubit
Chosen: cz.high, which role is the higher qubit of a CZ, by what Lambda loses without DQLR: 36 % with the data qubit
above all of its neighbours, 20 % with three of four, 5 % with half of them.
Fitted rows: detection fractions at d = 3, 5, 7 and eps_7. Lambda 3/5 and 5/7 are predictions.
"""

from __future__ import annotations

from collections.abc import Collection

from fitting import Fit, Values, both_bases

import qec_leak as ql

ROUNDS, MANY_ROUNDS = 25, 60
DISTANCES = (3, 5, 7)


def device_at(parameters: Values, high: str) -> ql.Device:
    """`willow` with the fitted parameters replaced."""
    return ql.Device.preset("willow").replace({**parameters, "cz.high": high})


def values(device: ql.Device, shots: int, names: Collection[str]) -> dict[str, float]:
    """Numbers by row; the 60 rounds are sampled only where they are asked for."""
    found = {d: both_bases(device, d, ROUNDS, "DQLR", shots) for d in DISTANCES}
    out = {f"detection, d = {d}": found[d].detection for d in DISTANCES}
    out |= {f"eps_{d}": found[d].error_per_cycle for d in DISTANCES}
    out |= {f"Lambda {d}/{d + 2}": found[d].error_per_cycle / found[d + 2].error_per_cycle for d in (3, 5)}
    lost = f"Lambda 3/5 lost without DQLR, {MANY_ROUNDS} rounds"
    if lost in names:
        factors = [
            both_bases(device, 3, MANY_ROUNDS, strategy, shots).error_per_cycle
            / both_bases(device, 5, MANY_ROUNDS, strategy, shots).error_per_cycle
            for strategy in ("DQLR", "MLR")
        ]
        out[lost] = 1 - factors[1] / factors[0]
    return out


FIT = Fit("willow", {"idle.measurement_error": 3e-3}, ("data",), device_at, values)

if __name__ == "__main__":
    FIT.main(__doc__, shots=80_000)
