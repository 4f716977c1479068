"""What a leakage channel does to a shot of given values and levels: actions on its frames, with their probabilities.

A shot arrives at a channel with a row code for each transmon: 0, 1 its Z value where the reference does not know the
value; 2, 3 where the reference knows it; 4, 5 for levels 2, 3. A place is one group of a channel's targets. The places
of an operation decide which codes can arrive: ``arrivals``.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition, is_leaked

CODE_LABELS: tuple[Label, ...] = ("C", "C", 0, 1, 2, 3)
"""Labels by row code."""

Codes = tuple[int, ...]
"""Row codes of the transmons of a channel."""

FLIP_X, FLIP_Z, RANDOM_Z, FLIP_LEAKED, FLIP_THREE = 1, 2, 4, 8, 16
"""Bits of a transmon's byte of an action. The low byte is for the first transmon, the high byte for the second."""


@dataclass(frozen=True)
class Arrivals:
    """Row codes with which shots can arrive at some places: with the values of the reference; with a known value
    flipped against it; with a transmon leaked."""

    usual: frozenset[Codes]
    flipped: frozenset[Codes]
    leaked: frozenset[Codes]


def arrivals(num_qubits: int, values: Sequence[int]) -> Arrivals:
    """Arrivals at the places of an operation whose targets have these reference ``values`` (Z value, +2 where it is
    known), ``num_qubits`` a place."""
    return _arrivals(
        num_qubits, frozenset(tuple(values[i : i + num_qubits]) for i in range(0, len(values), num_qubits))
    )


@functools.lru_cache(maxsize=4096)
def _arrivals(num_qubits: int, places: frozenset[Codes]) -> Arrivals:
    usual: set[Codes] = set()
    flipped: set[Codes] = set()
    for place in places:
        as_known = set(itertools.product(*((v,) if v & 2 else (0, 1) for v in place)))
        usual |= as_known
        flipped |= set(itertools.product(*((2, 3) if v & 2 else (0, 1) for v in place))) - as_known
    leaked = {codes for codes in itertools.product(range(6), repeat=num_qubits) if max(codes) >= 4}
    return Arrivals(frozenset(usual), frozenset(flipped), frozenset(leaked))


def acts(channel: LeakageChannel, values: Sequence[int]) -> bool:
    """Whether the channel does anything at places with these reference values."""
    of = arrivals(channel.num_qubits, values)
    return any(largest(channel, rows) for rows in (of.usual, of.flipped, of.leaked))


def acts_on_computational(channel: LeakageChannel, values: Sequence[int]) -> bool:
    """Whether it does anything there to shots that arrive computational."""
    of = arrivals(channel.num_qubits, values)
    return any(largest(channel, rows) for rows in (of.usual, of.flipped))


def largest(channel: LeakageChannel, rows: Iterable[Codes]) -> float:
    """Largest probability to do something among ``rows``."""
    return min(max((math.fsum(actions(channel, codes).values()) for codes in rows), default=0.0), 1.0)


@functools.lru_cache(maxsize=4096)
def actions(channel: LeakageChannel, codes: Codes) -> Mapping[int, float]:
    """Probability of each action that does something to a shot with row ``codes``.

    Where the reference does not know a value, the channel's row averages over it. But each shot has a value: that of
    the joint sample, XOR its x frame. Branches that change a level have the probability of the row of these values; the
    average decides which Pauli Z comes with them. Branches that change no level share the rest. So |11> -> |20> happens
    in shots with both values 1 only (docs/engine.md, rule 4).
    """
    row: Row = tuple(CODE_LABELS[code] for code in codes)
    possible = [t for t in channel.rows[row] if _leaves_with(codes, t)]
    average: dict[_Branch, float] = {}
    for t in possible:
        branch = _branch(row, codes, t)
        average[branch] = average.get(branch, 0.0) + t.probability
    resolved: dict[_Branch, float] = {}
    values: Row = tuple(code if code < 2 else CODE_LABELS[code] for code in codes)
    for t in channel.rows[values]:
        branch = t.outgoing, t.returned_with
        resolved[branch] = resolved.get(branch, 0.0) + t.probability
    moving: dict[int, float] = {}
    staying: dict[int, float] = {}
    for t in possible:
        action = 0 if t.is_identity(row) else action_of(row, t)
        if not _changes_level(row, t):
            staying[action] = staying.get(action, 0.0) + t.probability
        else:
            branch = _branch(row, codes, t)
            p = t.probability / average[branch] * resolved.get(branch, 0.0)
            moving[action] = moving.get(action, 0.0) + p
    kept = math.fsum(staying.values())
    scale = (1.0 - math.fsum(moving.values())) / kept if kept > 0 else 0.0
    out = {action: p * scale for action, p in staying.items() if action}
    for action, p in moving.items():
        if action and p > 0:
            out[action] = out.get(action, 0.0) + p
    return MappingProxyType(out)


_Branch = tuple[Row, tuple[int | None, ...]]
"""Outgoing labels, values where they are known, and the values with which transmons return."""


def _branch(row: Row, codes: Codes, t: Transition) -> _Branch:
    """The branch of the row of the shot's values to which a transition of the averaged row belongs."""
    outgoing: list[Label] = list(t.outgoing)
    for q, code in enumerate(codes):
        if row[q] == "C" and outgoing[q] == "C":
            outgoing[q] = code ^ (t.pauli[q] in "XY")
    return tuple(outgoing), t.returned_with


def _leaves_with(codes: Codes, t: Transition) -> bool:
    """Whether the transmons that leak do so with the values of the shot."""
    return all(value is None or code >= 2 or value == code for value, code in zip(t.left_with, codes, strict=True))


def _changes_level(row: Row, t: Transition) -> bool:
    """Whether a transmon leaks, returns, or changes its leaked level."""
    return any(a != b and (is_leaked(a) or is_leaked(b)) for a, b in zip(row, t.outgoing, strict=True))


def action_of(row: Row, t: Transition) -> int:
    """What a transition does to the transmons' planes, as bits of an action."""
    parts = zip(row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True)
    return sum(_action(*part) << (8 * q) for q, part in enumerate(parts))


def _action(before: Label, after: Label, pauli: str, left: int | None, returned: int | None) -> int:
    action = FLIP_LEAKED if is_leaked(before) != is_leaked(after) else 0
    action |= FLIP_THREE if (before == 3) != (after == 3) else 0
    value = left if left is not None else returned
    if value is not None:
        return action | RANDOM_Z | (FLIP_X if value else 0)
    if is_leaked(before):
        return action
    if before == "C":
        return (FLIP_X if pauli in "XY" else 0) | (FLIP_Z if pauli in "YZ" else 0)
    return RANDOM_Z | (FLIP_X if after != before else 0)
