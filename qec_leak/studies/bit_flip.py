"""The bit-flip repetition code of distance 21: logical error against injected leakage and injected Pauli errors (Miao
et al., F4a), and against cycles (S5). Arrays: see ``qec_leak.studies.logical``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.analysis import GompertzFit, fit_gompertz
from qec_leak.studies.logical import LogicalCounts, crossing, sample
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study

HIGH, LOW = 0.4, 0.02
"""Logical errors at which injected populations are compared: without reset, and under DQLR."""

INJECTIONS = ("leakage", "pauli")


def injected(results: Results, strategy: str, kind: str) -> tuple[Array, Array, Array]:
    """Injected population per cycle, "leakage" or "pauli", from 0 on; logical error; its standard error."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    other = INJECTIONS[1 - INJECTIONS.index(kind)]
    chosen = counts.where(**{f"inject_{other}": 0.0})
    order = np.argsort(chosen[f"inject_{kind}"])
    return chosen[f"inject_{kind}"][order], chosen.probability[order], chosen.error[order]


def injection_numbers(results: Results) -> Mapping[str, Number]:
    """Logical error without injection, and the populations at which it reaches 40 % and 2 %."""
    out: dict[str, Number] = {}
    for strategy in LogicalCounts.of(results).values("strategy"):
        _, p, error = injected(results, strategy, "leakage")
        out[f"{strategy} without injection"] = Number(float(p[0]), float(error[0]))
        for kind in INJECTIONS:
            for level in (HIGH, LOW):
                at = crossing(*injected(results, strategy, kind), level)
                if np.isfinite(at.value) and at.value > 0:
                    out[f"{strategy} {kind} at {level:.0%}"] = at
    return out


def gompertz(results: Results, strategy: str) -> GompertzFit | None:
    """The Gompertz curve of a strategy (Miao et al., S5); None with fewer than 3 points that have errors."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    if (counts.errors > 0).sum() < 3:
        return None
    return fit_gompertz(counts.rounds, counts.errors, counts.shots)


def cycle_numbers(results: Results) -> Mapping[str, Number]:
    """Logical error after the last number of cycles, and the rates of the Gompertz curves."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    last = int(counts.rounds.max())
    for strategy in counts.values("strategy"):
        out[f"{strategy} at cycle {last}"] = counts.where(strategy=strategy, rounds=last).number()
        fit = gompertz(results, strategy)
        if fit is not None:
            out[f"{strategy} Gompertz rate per cycle"] = Number(fit.rate, fit.rate_error)
    return out


INJECTION = Study("F4a", sample, injection_numbers, version=2)
CYCLES = Study("S5", sample, cycle_numbers)
