"""Check: one row of the validation report; Settings: how much is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from qec_leak.validate.compare import chance_of_largest, family_limit

Verdict = Literal["pass", "fail", "skipped", "measured"]
"""``measured``: a number that is reported and not judged, as the size of the twirl's error is."""
Unit = Literal["sigma", "absolute"]


@dataclass(frozen=True)
class Settings:
    """full: the published report; otherwise the quick one of the tests.

    oracle: Python that has leakysim, or None.   scale: factor on all numbers of shots (the mutation check lowers it).
    """

    full: bool = False
    oracle: str | None = None
    seed: int = 1
    scale: float = 1.0

    def shots(self, quick: int, full: int) -> int:
        """Number of shots of a comparison."""
        return max(1024, round((full if self.full else quick) * self.scale))


@dataclass(frozen=True)
class Check:
    """A comparison and its result.

    worst: largest deviation, in ``unit``; None if nothing was run.   limit: what it may be; None if it is not judged.
    comparisons: how many numbers were compared.   note: why it was skipped, or what explains the value.
    deviations: all deviations in sigma, for the pictures.
    """

    name: str
    compared: str
    verdict: Verdict
    shots: int = 0
    worst: float | None = None
    limit: float | None = None
    unit: Unit = "sigma"
    comparisons: int = 0
    note: str = ""
    deviations: npt.NDArray[np.float64] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Table:
    """Numbers behind a topic, for the report: ``rows`` of cells under ``header``."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Curve:
    """Points of a picture: ``y`` against ``x`` with standard deviations ``error``."""

    panel: str
    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    error: tuple[float, ...]


@dataclass(frozen=True)
class Result:
    """Results of one topic."""

    checks: tuple[Check, ...]
    tables: tuple[Table, ...] = ()
    curves: tuple[Curve, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A group of checks: ``letter`` and ``title`` head it, ``run`` makes it, ``about`` says what it shows."""

    letter: str
    title: str
    about: str
    run: Callable[[Settings], Result]


def absolute(name: str, compared: str, error: float, limit: float, *, comparisons: int = 1, note: str = "") -> Check:
    """A comparison without sampling: passes if ``error`` <= ``limit``."""
    verdict: Verdict = "pass" if error <= limit else "fail"
    return Check(
        name, compared, verdict, worst=float(error), limit=limit, unit="absolute", comparisons=comparisons, note=note
    )


def agreement(
    name: str, compared: str, shots: int, deviations: npt.ArrayLike, *, note: str = "", worst_at: str = ""
) -> Check:
    """Samples that must agree: passes if no deviation (in sigma) is beyond 5 sigma for the family of all of them."""
    values = np.asarray(deviations, dtype=float).ravel()
    limit = family_limit(len(values))
    worst = float(values.max(initial=0.0))
    if worst > 3.0:
        chance = chance_of_largest(worst, len(values))
        explained = f"largest of {len(values):,}: a chance of {chance:.2g} if they agree"
        note = "; ".join(part for part in (note, explained, worst_at) if part)
    verdict: Verdict = "pass" if worst <= limit else "fail"
    return Check(name, compared, verdict, shots, worst, limit, "sigma", len(values), note, values)


def told_apart(name: str, compared: str, shots: int, deviations: npt.ArrayLike, *, note: str = "") -> Check:
    """A wrong alternative that the comparison must reject: passes if some deviation is beyond the limit of the
    family."""
    values = np.asarray(deviations, dtype=float).ravel()
    limit = family_limit(len(values))
    worst = float(values.max(initial=0.0))
    verdict: Verdict = "pass" if worst > limit else "fail"
    note = "; ".join(part for part in ("must exceed its limit", note) if part)
    return Check(name, compared, verdict, shots, worst, limit, "sigma", len(values), note)


def skipped(name: str, compared: str, reason: str) -> Check:
    """A check that could not be run, and why."""
    return Check(name, compared, "skipped", note=reason)
