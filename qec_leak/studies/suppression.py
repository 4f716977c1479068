"""Injected leakage in the surface code: logical error at d = 3 (Miao et al., F5b), 1/Lambda of d = 5 and 7 (F5c).
Arrays: see ``qec_leak.studies.logical``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.analysis import LineFit, fit_line
from qec_leak.studies.logical import LogicalCounts, sample
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study

LINE_UP_TO = 4e-3
"""Injected leakage per round up to which 1/Lambda under DQLR is fitted (Miao et al., F5c)."""


def order_numbers(results: Results) -> Mapping[str, Number]:
    """At each injection the logical errors, and how far they are apart, in standard errors."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for leakage in counts.values("inject_leakage"):
        parts = {s: counts.where(strategy=s, inject_leakage=leakage).number() for s in counts.values("strategy")}
        for strategy, number in parts.items():
            out[f"{strategy} at {leakage:g}"] = number
        for higher, lower in (("NO_RESET", "MLR"), ("MLR", "DQLR")):
            if higher in parts and lower in parts:
                difference = parts[higher].value - parts[lower].value
                error = float(np.hypot(parts[higher].error, parts[lower].error))
                out[f"{higher} - {lower} at {leakage:g}"] = Number(difference, error)
    return out


def inverse_lambda(results: Results, strategy: str, decoder: str) -> tuple[Array, Array, Array]:
    """Injected leakage per round, 1/Lambda_5/7 and its standard error, in the order of the injections."""
    counts = LogicalCounts.of(results).where(strategy=strategy, decoder=decoder)
    small, large = sorted(counts.values("distance"))[:2]
    low = counts.where(distance=small)
    value, error = low.inverse_suppression(counts.where(distance=large))
    return low["inject_leakage"], value, error


def line(results: Results, decoder: str, *, strategy: str = "DQLR") -> LineFit:
    """1/Lambda = slope P_L + offset, up to ``LINE_UP_TO``."""
    leakage, value, error = inverse_lambda(results, strategy, decoder)
    chosen = leakage <= LINE_UP_TO
    return fit_line(leakage[chosen], value[chosen], error[chosen])


def lambda_numbers(results: Results) -> Mapping[str, Number]:
    """For each decoder Lambda without leakage, and the line; for MLR how far it is above DQLR, and its curvature:
    the slope from the middle to the end less that from the start to the middle, in 1/Lambda per population."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for decoder in counts.values("decoder"):
        values = {}
        for strategy in counts.values("strategy"):
            leakage, value, error = inverse_lambda(results, strategy, decoder)
            values[strategy] = (value, error)
            start = Number(float(1 / value[0]), float(error[0] / value[0] ** 2))
            out[f"{strategy} Lambda without leakage, {decoder}"] = start
        if "DQLR" in values:
            fit = line(results, decoder)
            out[f"DQLR slope, {decoder}"] = Number(fit.slope, fit.slope_error)
            out[f"DQLR offset, {decoder}"] = Number(fit.offset, fit.offset_error)
            out[f"DQLR R^2, {decoder}"] = Number(fit.r_squared)
        if "MLR" in values:
            value, error = values["MLR"]
            middle = len(value) // 2
            out[f"MLR curvature, {decoder}"] = _bend(leakage, value, error, middle)
            if "DQLR" in values:
                gap = value[-1] - values["DQLR"][0][-1]
                out[f"MLR - DQLR at the end, {decoder}"] = Number(
                    float(gap), float(np.hypot(error[-1], values["DQLR"][1][-1]))
                )
    return out


def _bend(x: Array, y: Array, error: Array, middle: int) -> Number:
    first, second = x[middle] - x[0], x[-1] - x[middle]
    value = (y[-1] - y[middle]) / second - (y[middle] - y[0]) / first
    sigma = np.sqrt(
        (error[-1] / second) ** 2 + (error[middle] * (1 / first + 1 / second)) ** 2 + (error[0] / first) ** 2
    )
    return Number(float(value), float(sigma))


ORDER = Study("F5b", sample, order_numbers)
LAMBDA = Study("F5c", sample, lambda_numbers)
