"""Validators with one message form: "`name` must <rule>, but is <value>; <fix>".

Each check returns the value in the type that it promises: ``x = check_int("x", x)`` converts and checks. A value of the
wrong type raises TypeError. A value that breaks its rule raises ValueError.
"""

from __future__ import annotations

import difflib
import math
import numbers
import operator
from collections.abc import Iterable
from typing import SupportsIndex, cast


def broken_rule(name: str, rule: str, value: object, fix: str) -> str:
    """The message of a refused argument: "`name` must <rule>, but is <value!r>; <fix>"."""
    return f"`{name}` must {rule}, but is {value!r}; {fix}"


def check_number(name: str, value: object) -> float:
    """``value`` as float. Refuses bools, strings, complex numbers and NaN; lets infinity through."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(broken_rule(name, "be a number", value, "write a plain number such as 0.25"))
    number = float(value)
    if math.isnan(number):
        raise ValueError(broken_rule(name, "be a number", value, "replace the NaN"))
    return number


def is_number(value: object) -> bool:
    """Whether a value is an int or a float; True and False are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_probability(name: str, value: object, *, maximum: float = 1.0) -> float:
    """``value`` as float within [0, maximum]; ``maximum`` below 1 where physics or Stim bounds the probability."""
    number = check_number(name, value)
    if not 0.0 <= number <= maximum:
        fix = "give a probability" if maximum == 1.0 else f"give a probability of at most {maximum:g}"
        raise ValueError(broken_rule(name, f"be in [0, {maximum:g}]", value, fix))
    return number


def check_positive(name: str, value: object, *, allow_infinite: bool = False) -> float:
    """``value`` as float above 0, finite unless ``allow_infinite``."""
    number = check_number(name, value)
    if number <= 0.0:
        raise ValueError(broken_rule(name, "be positive", value, "give a number above 0"))
    return number if allow_infinite else _finite(name, number)


def check_non_negative(name: str, value: object) -> float:
    """``value`` as finite float of at least 0."""
    number = check_number(name, value)
    if number < 0.0:
        raise ValueError(broken_rule(name, "be at least 0", value, "give 0 or a positive number"))
    return _finite(name, number)


def _finite(name: str, number: float) -> float:
    if math.isinf(number):
        raise ValueError(broken_rule(name, "be finite", number, "give a finite number"))
    return number


def check_int(name: str, value: object, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """``value`` as int, from ``minimum`` to ``maximum``. Takes NumPy integers, no bools, no floats (2.0 neither)."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(broken_rule(name, "be an integer", value, "give a whole number"))
    number = operator.index(cast(SupportsIndex, value))
    if minimum is not None and number < minimum:
        raise ValueError(broken_rule(name, f"be at least {minimum}", value, f"give {minimum} or more"))
    if maximum is not None and number > maximum:
        raise ValueError(broken_rule(name, f"be at most {maximum}", value, "give a smaller one"))
    return number


def check_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """``value`` if it is one of ``choices``; the error suggests the one that looks most like it."""
    known = tuple(choices)
    listed = "be one of " + ", ".join(repr(choice) for choice in known)
    if not isinstance(value, str):
        raise TypeError(broken_rule(name, listed, value, "give one of these strings"))
    if value not in known:
        raise ValueError(broken_rule(name, listed, value, suggestion(value, known) or "choose one of them"))
    return value


def suggestion(text: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'?" for the known word closest to ``text`` (case ignored), "" if none is close."""
    by_lower = {word.lower(): word for word in known}
    close = difflib.get_close_matches(text.lower(), by_lower, n=1, cutoff=0.55)
    return f"did you mean {by_lower[close[0]]!r}?" if close else ""


def ranges(numbers: Iterable[int]) -> str:
    """[0, 1, 2, 5, 6] -> "0 to 2, 5, 6"."""
    runs: list[list[int]] = []
    for n in sorted(set(numbers)):
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a} to {b}" for a, b in runs)


def check_odd_distance(name: str, value: object) -> int:
    """``value`` as int if it is an odd code distance of at least 3."""
    number = check_int(name, value)
    if number < 3:
        raise ValueError(broken_rule(name, "be an odd integer of at least 3", value, "use 3"))
    if number % 2 == 0:
        fix = f"use {number - 1} or {number + 1}"
        raise ValueError(broken_rule(name, "be an odd integer of at least 3", value, fix))
    return number
