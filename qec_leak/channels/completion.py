"""Completes a table that lists only some rows. Branches that are not listed are the identity. Rows for known values
that are not listed follow from the row for unknown values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from qec_leak.channels.channel import (
    ROW_SUM_TOLERANCE,
    LeakageChannel,
    Row,
    Transition,
    all_rows,
    identity_transition,
    is_leaked,
)


def complete_channel(num_qubits: int, rows: Mapping[Row, Sequence[Transition]]) -> LeakageChannel:
    """The channel with the listed ``rows``. The rest of a row's probability is the identity.

    A row for known values that is not listed follows from the row for unknown values. A branch in which a transmon
    leaks with value v happens only in shots with that value: its probability in those shots is doubled for each such
    transmon. Branches in which none leaks share the rest (docs/model.md, values).
    A one-transmon row "C" that is not listed while 0 or 1 are is their average.
    Raises ValueError if a row exceeds 1 or more than half of unknown-value shots leak from one value.
    """
    listed: dict[Row, tuple[Transition, ...]] = {row: _with_remainder(row, rows[row]) for row in rows}
    if num_qubits == 1 and ("C",) not in listed and ((0,) in listed or (1,) in listed):
        listed["C",] = _average(listed)
    full: dict[Row, tuple[Transition, ...]] = {}
    for row in all_rows(num_qubits):
        if row in listed:
            full[row] = listed[row]
            continue
        unknown: Row = tuple("C" if label in (0, 1) else label for label in row)
        if unknown != row and unknown in listed:
            full[row] = _resolve(row, unknown, listed[unknown])
        else:
            full[row] = (identity_transition(row),)
    return LeakageChannel(num_qubits, full)


def listed_rows(channel: LeakageChannel) -> dict[Row, tuple[Transition, ...]]:
    """The rows from which ``complete_channel`` makes ``channel`` again: those that do not follow from others."""
    out: dict[Row, tuple[Transition, ...]] = {}
    for row in all_rows(channel.num_qubits):
        transitions = channel.rows[row]
        unknown: Row = tuple("C" if label in (0, 1) else label for label in row)
        if unknown == row:
            if not all(t.is_identity(row) for t in transitions):
                out[row] = transitions
        elif not _same(transitions, complete_channel(channel.num_qubits, {unknown: channel.rows[unknown]}).rows[row]):
            out[row] = transitions
    return out


def _with_remainder(row: Row, transitions: Sequence[Transition]) -> tuple[Transition, ...]:
    total = math.fsum(t.probability for t in transitions)
    if total > 1 + ROW_SUM_TOLERANCE:
        raise ValueError(f"row {row!r} must sum to at most 1, but sums to {total!r}; lower its probabilities")
    moving = [t for t in transitions if not t.is_identity(row)]
    stays = 1.0 - math.fsum(t.probability for t in moving)
    return (*moving, identity_transition(row, stays)) if stays > 1e-15 else tuple(moving)


def _resolve(row: Row, unknown: Row, transitions: Sequence[Transition]) -> tuple[Transition, ...]:
    known = {q: label for q, label in enumerate(row) if unknown[q] != label}
    leaving: list[Transition] = []
    staying: list[Transition] = []
    for t in transitions:
        values = {q: t.left_with[q] for q in known if is_leaked(t.outgoing[q])}
        if not values:
            staying.append(_with_known_outputs(t, known))
        elif all(known[q] == value for q, value in values.items()):
            resolved = _with_known_outputs(t, known)
            leaving.append(replace(resolved, probability=t.probability * 2.0 ** len(values)))
    left = math.fsum(t.probability for t in leaving)
    if left > 1 + ROW_SUM_TOLERANCE:
        raise ValueError(
            f"row {unknown!r} must leak at most half of its shots from one value, but value row {row!r} sums to "
            f"{left!r}; lower the probability or say from which values they leak"
        )
    kept = math.fsum(t.probability for t in staying)
    scale = (1 - left) / kept if kept > 0 else 0.0
    return _merged([*leaving, *(replace(t, probability=t.probability * scale) for t in staying)])


def _with_known_outputs(t: Transition, known: Mapping[int, object]) -> Transition:
    """``t`` with the labels of transmons of known value resolved (a Pauli X or Y flips the value)."""
    outgoing, pauli = list(t.outgoing), list(t.pauli)
    for q, value in known.items():
        if outgoing[q] == "C":
            outgoing[q] = int(bool(value)) ^ (pauli[q] in "XY")
            pauli[q] = "I"
    return replace(t, outgoing=tuple(outgoing), pauli="".join(pauli))


def _average(listed: Mapping[Row, Sequence[Transition]]) -> tuple[Transition, ...]:
    out: list[Transition] = []
    for value in (0, 1):
        for t in listed.get((value,), ()):
            if is_leaked(t.outgoing[0]):
                out.append(replace(t, probability=t.probability / 2))
            elif t.outgoing[0] != value:
                raise ValueError(
                    f"row ({value!r},) must not change a value where the value is unknown, but has {value} --> "
                    f"{t.outgoing[0]}; use a Pauli instruction or a row for U"
                )
    return _with_remainder(("C",), out)


def _merged(transitions: Sequence[Transition]) -> tuple[Transition, ...]:
    total: dict[Transition, float] = {}
    for t in transitions:
        key = replace(t, probability=0.0)
        total[key] = total.get(key, 0.0) + t.probability
    return tuple(replace(key, probability=p) for key, p in total.items())


def _same(a: Sequence[Transition], b: Sequence[Transition]) -> bool:
    first, second = ({replace(t, probability=0.0): t.probability for t in x} for x in (a, b))
    keys = first.keys() | second.keys()
    return all(abs(first.get(k, 0.0) - second.get(k, 0.0)) < 1e-12 for k in keys)
