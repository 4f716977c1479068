"""Two questions that the paper leaves open: how good CZs must be to do without removal of data leakage, and how often
it should be removed. Arrays: see ``qec_leak.studies.logical``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.studies.logical import LogicalCounts, crossing, sample
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Study


def suppression_by_leakage(results: Results, strategy: str, distance: int) -> tuple[Array, Array, Array]:
    """CZ leakage, Lambda_{d/(d+2)} and its standard error (delta method), where that is below 30 %: from logical errors
    near 1/2 nothing can be told."""
    counts = LogicalCounts.of(results).where(strategy=strategy)
    low = counts.where(distance=distance)
    inverse, error = low.inverse_suppression(counts.where(distance=distance + 2))
    known = (inverse > 0) & (error < 0.3 * inverse)
    return low["cz.leakage"][known], 1 / inverse[known], error[known] / inverse[known] ** 2


def suppression_numbers(results: Results) -> Mapping[str, Number]:
    """Lambda of the two largest distances with the least CZ leakage; the CZ leakage from which on distance does not
    help (Lambda < 1), and from which on DQLR is better than MLR, at the largest distance."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    distances = sorted(counts.values("distance"))
    start = distances[-2]
    for strategy in counts.values("strategy"):
        leakage, value, error = suppression_by_leakage(results, strategy, start)
        out[f"{strategy} Lambda {start}/{distances[-1]} at {leakage[0]:g}"] = Number(float(value[0]), float(error[0]))
        end = crossing(leakage, 1 / value, error / value**2, 1.0)
        if np.isfinite(end.value):
            out[f"{strategy} Lambda {start}/{distances[-1]} < 1 from"] = end
    if {"MLR", "DQLR"} <= set(counts.values("strategy")):
        mlr, dqlr = (counts.where(strategy=s, distance=distances[-1]) for s in ("MLR", "DQLR"))
        ratio = mlr.per_cycle / np.maximum(dqlr.per_cycle, 1e-12)
        relative = np.hypot(mlr.per_cycle_error / mlr.per_cycle, dqlr.per_cycle_error / dqlr.per_cycle)
        better = crossing(mlr["cz.leakage"], ratio, ratio * relative, 1.0)
        out[f"DQLR better than MLR at d = {distances[-1]} from"] = better
    return out


def by_interval(results: Results, leakage: float) -> LogicalCounts:
    """Points with DQLR every k-th cycle at one CZ leakage, in the order of k."""
    counts = LogicalCounts.of(results)
    return counts.where(strategy="DQLR", **{"cz.leakage": leakage})


def without_removal(results: Results, leakage: float) -> LogicalCounts:
    """The point with MLR only, at the same CZ leakage."""
    return LogicalCounts.of(results).where(strategy="MLR", **{"cz.leakage": leakage})


def interval_numbers(results: Results) -> Mapping[str, Number]:
    """For each CZ leakage the best interval (DQLR every k-th cycle), the logical error per cycle there, and what DQLR
    in every cycle costs or saves beyond MLR alone."""
    out: dict[str, Number] = {}
    for leakage in LogicalCounts.of(results).values("cz.leakage"):
        part, plain = by_interval(results, leakage), without_removal(results, leakage)
        best = int(np.argmin(part.per_cycle))
        out[f"best interval at {leakage:g}, cycles"] = Number(float(part["dqlr_every"][best]))
        out[f"error per cycle there at {leakage:g}"] = Number(
            float(part.per_cycle[best]), float(part.per_cycle_error[best])
        )
        difference = float(part.per_cycle[0] - plain.per_cycle[0])
        out[f"DQLR in every cycle - MLR at {leakage:g}"] = Number(
            difference, float(np.hypot(part.per_cycle_error[0], plain.per_cycle_error[0]))
        )
    return out


SUPPRESSION = Study("beyond1", sample, suppression_numbers)
INTERVAL = Study("beyond2", sample, interval_numbers)
