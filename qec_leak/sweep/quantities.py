"""Quantities of a point with their likelihood intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sinter

from qec_leak.analysis import logical_error_fit as binomial_fit
from qec_leak.analysis import logical_error_per_cycle_fit, suppression_factor_fit
from qec_leak.sweep.summary import PointSummary


def error_probability_fit(summary: PointSummary) -> sinter.Fit | None:
    """Logical error probability of a shot; None where no shot was kept."""
    kept = _kept(summary)
    return binomial_fit(kept, summary.stats.errors) if kept else None


def per_cycle_fit(summary: PointSummary) -> sinter.Fit | None:
    """Logical error per cycle; None where the metadata has no number of rounds, or no shot was kept."""
    rounds, kept = rounds_of(summary), _kept(summary)
    return None if rounds is None or not kept else logical_error_per_cycle_fit(kept, summary.stats.errors, rounds)


def leakage_fit(summary: PointSummary, role: str) -> sinter.Fit | None:
    """Population of the qubits of ``role`` in levels 2 and 3 at the end of the last round; None where it was not
    counted. Qubits are taken as independent: see LeakagePopulations."""
    counts = summary.stats.custom_counts
    rounds = [int(name.rsplit("_r", 1)[1]) for name in counts if name.startswith(f"leaked_{role}_r")]
    if not rounds or not counts[f"qubits_{role}"]:
        return None
    return binomial_fit(counts[f"qubits_{role}"], counts[f"leaked_{role}_r{max(rounds)}"])


def detection_fit(summary: PointSummary) -> sinter.Fit | None:
    """Fraction of events in rounds that compare full rounds; None where events were not counted.

    Events of a shot are correlated: the interval is that of as many independent detectors as give the same variance.
    """
    counts: Counter[str] = summary.stats.custom_counts
    shots = summary.stats.shots
    if not counts["bulk_checked"]:
        if not counts["detectors_checked"]:
            return None
        return binomial_fit(counts["detectors_checked"], counts["detection_events"])
    checked, events = counts["bulk_checked"], counts["bulk_events"]
    mean = events / checked
    variance = (counts["bulk_squares"] / shots - (events / shots) ** 2) / shots * (shots / checked) ** 2
    if not variance > 0.0 or mean in (0.0, 1.0):
        return binomial_fit(checked, events)
    number = max(1, round(mean * (1 - mean) / variance))
    return binomial_fit(number, round(mean * number))


def suppression_fit(first: PointSummary, second: PointSummary) -> sinter.Fit | None:
    """Lambda, the logical error per cycle of ``first`` over that of ``second``, at two distances more; None where one
    of them has none."""
    counts = []
    for summary in (first, second):
        rounds, kept = rounds_of(summary), _kept(summary)
        if rounds is None or not kept:
            return None
        counts.append((kept, summary.stats.errors, rounds))
    return suppression_factor_fit(counts[0], counts[1])


def fits_of(summary: PointSummary) -> Mapping[str, sinter.Fit | None]:
    """All quantities of one point by name."""
    return {
        "logical_error_per_cycle": per_cycle_fit(summary),
        "logical_error_probability": error_probability_fit(summary),
        "detection_fraction": detection_fit(summary),
        **{f"leakage_{role}": leakage_fit(summary, role) for role in ("data", "measure", "removal")},
    }


def rounds_of(summary: PointSummary) -> int | None:
    """Number of rounds, if the metadata has one."""
    rounds: Any = summary.metadata.get("r")
    return rounds if isinstance(rounds, int) and rounds >= 1 else None


def _kept(summary: PointSummary) -> int:
    return int(summary.stats.shots - summary.stats.discards)
