"""Row: a published number and how it is judged; Part: one value with the range in which it agrees."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qec_leak.studies import Number

Numbers = Mapping[str, Mapping[str, Number]]
"""Numbers by study and name."""


class Part(NamedTuple):
    """One value of a row: it agrees if low <= value <= high. ``target`` is what was published."""

    name: str
    value: Number
    target: str
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """True if the value agrees; its error does not widen the range."""
        return self.low <= self.value.value <= self.high


@dataclass(frozen=True)
class Row:
    """A published number, or a few that belong together.

    needs: studies and ``qec_leak.scorecard.processes`` whose numbers it is read off.
    parts: those numbers -> the values that are judged; a row passes if all do.
    fitted: whether a parameter of its device's preset was fitted to it; else it is predicted.
    reason: why it fails, if it does, as far as that is known.
    note: what has to be known of it if it passes.
    """

    what: str
    source: str
    tolerance: str
    needs: tuple[str, ...]
    parts: Callable[[Numbers], Sequence[Part]]
    fitted: bool = False
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """A row and what came out."""

    row: Row
    parts: tuple[Part, ...]

    @property
    def passed(self) -> bool:
        """True if every part agrees."""
        return all(part.passed for part in self.parts)


def judge(row: Row, numbers: Numbers) -> Verdict:
    """The verdict on a row. Raises ValueError if a number that it needs was not sampled."""
    try:
        return Verdict(row, tuple(row.parts(numbers)))
    except KeyError as missing:
        raise ValueError(f"`numbers` must hold {missing} for the row {row.what!r}, but does not; sample it") from None


def within(name: str, value: Number, target: float, tolerance: float) -> Part:
    """target - tolerance to target + tolerance."""
    return Part(name, value, f"{target:g}", target - tolerance, target + tolerance)


def factor(name: str, value: Number, target: float, times: float) -> Part:
    """target / times to target * times."""
    return Part(name, value, f"{target:g}", target / times, target * times)


def below(name: str, value: Number, bound: float, target: str = "") -> Part:
    """At most ``bound``."""
    return Part(name, value, target or f"< {bound:g}", -math.inf, bound)


def above(name: str, value: Number, bound: float, target: str = "") -> Part:
    """At least ``bound``."""
    return Part(name, value, target or f"> {bound:g}", bound, math.inf)


def sigmas(number: Number) -> Number:
    """A value in units of its standard error."""
    return Number(number.value / number.error if number.error else math.copysign(math.inf, number.value))
