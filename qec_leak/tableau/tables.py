"""Distributions for the kernel from the rows of a tag: one for each set of labels and values."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from qec_leak.tableau.grammar import UNTOUCHED, Fates, Rows, Tag

TOLERANCE = 1e-9
ONLY_KNOWN = "LEAKAGE_TRANSITION_Z"
ASKED = "ab"
"""Labels of a computational qubit whose value the stabilizers do not decide, by its asked value 0, 1."""
LABELS = "0123" + ASKED
"""The kernel's labels, in the order of its codes."""

PAULI_X, PAULI_Z, COIN_Z, RETURN, LEAVE, LEVEL = 1, 2, 4, 8, 16, 32
"""Bits of an action. RETURN: with value PAULI_X; LEAVE and LEVEL: to level 2, or 3 where PAULI_X is set as well."""
_STAYS = {"I": 0, "X": PAULI_X, "Z": PAULI_Z, "Y": PAULI_X | PAULI_Z}


@dataclass(frozen=True)
class Draw:
    """Actions, one a qubit, with their probabilities; nothing happens with the rest."""

    actions: tuple[tuple[int, ...], ...]
    probabilities: tuple[float, ...]


def channel_draws(tag: Tag) -> dict[str, Draw]:
    """A Draw for each of 6^arity sets of labels. Raises ValueError for rows that cannot be probabilities."""
    full = rows_of(tag)
    only_known = tag.family == ONLY_KNOWN
    return {
        labels: _draw(labels, _by_values(labels, full, only_known))
        for labels in map("".join, itertools.product(LABELS, repeat=tag.arity))
    }


def rows_of(tag: Tag) -> Rows:
    """The complete rows of a channel's tag, without what does nothing."""
    assert tag.rows is not None
    return complete_rows(tag.arity, {"C": {}, **tag.rows} if tag.family == ONLY_KNOWN else tag.rows)


def can_leak_by(full: Rows) -> set[tuple[str, int, str]]:
    """(row, place, level) of all that a channel with these rows can leave leaked."""
    return {
        (row, place, fate[-1])
        for row, branches in full.items()
        for fates in branches
        for place, fate in enumerate(fates)
        if fate[-1] in "23"
    }


def complete_rows(arity: int, listed: Rows) -> Rows:
    """What happens in every row but nothing, with its probability (completion: docs/tags.md)."""
    rows: Rows = {}
    for row, branches in listed.items():
        total = sum(branches.values())
        if total > 1 + TOLERANCE:
            raise ValueError(f"row {_shown(row)} must sum to at most 1, but sums to {total!r}; lower its probabilities")
        rows[row] = {fates: p for fates, p in branches.items() if p > 0 and fates != _untouched(row)}
    if arity == 1 and "C" not in rows and ("0" in rows or "1" in rows):
        rows["C"] = {}
        for value in "01":
            for fates, p in rows.get(value, {}).items():
                if ">" not in fates[0]:
                    raise ValueError(
                        f"row {value} must not change a value where the value is unknown, but goes to {fates[0]}; "
                        "list a row for U, or use LEAKAGE_TRANSITION_Z"
                    )
                rows["C"][fates] = p / 2
    for row in map("".join, itertools.product("C0123", repeat=arity)):
        unknown = "".join("C" if label in "01" else label for label in row)
        if row not in rows and unknown in rows and unknown != row:
            rows[row] = _resolved(row, unknown, rows[unknown])
    return {row: rows.get(row, {}) for row in map("".join, itertools.product("C0123", repeat=arity))}


def _resolved(row: str, unknown: str, branches: dict[Fates, float]) -> dict[Fates, float]:
    """Branches of a row with known values: the qubits that leave do so with theirs, the rest share what is left.

    Qubits that stay keep their Paulis. A Z does nothing to the value, but it does to values that were asked before.
    """
    known = [q for q in range(len(row)) if row[q] != unknown[q]]
    leaving: dict[Fates, float] = {}
    staying: dict[Fates, float] = {}
    gone = 0.0
    for fates, p in branches.items():
        leavers = [q for q in known if ">" in fates[q]]
        if leavers:
            gone += p
            if all(fates[q][0] == row[q] for q in leavers):
                _add(leaving, fates, p * 2 ** len(leavers))
        else:
            _add(staying, fates, p)
    left = sum(leaving.values())
    kept = 1 - gone
    if left > 1 + TOLERANCE or (kept <= 0 and left < 1 - TOLERANCE):
        raise ValueError(
            f"row {_shown(unknown)} must leak at most half of its shots from one value, but row {_shown(row)} "
            f"sums to {left!r}; lower the probability or say from which values they leak"
        )
    for fates, p in staying.items():
        _add(leaving, fates, p * (1 - left) / kept)
    return leaving


def _by_values(labels: str, full: Rows, only_known: bool) -> dict[Fates, float]:
    """What happens to qubits with these labels, asked values among them.

    Where a value was asked, branches that change a level are those of the row with the value in its place; the Pauli
    that a qubit gets which stays is that of the same branch of the row of unknown values. The rest of the probability
    goes to what that row does to qubits that stay in their levels. It stands first, so that what does not depend on
    values is drawn alike for all of them. A fate ``I?``, ``X?`` has a Z half of the time: the row of unknown values
    does not say. A channel for known values only acts as if the value had been read.
    """
    unknown = "".join("C" if label in ASKED else label for label in labels)
    if unknown == labels:
        return full[labels]
    row = "".join(str(ASKED.index(label)) if label in ASKED else label for label in labels)
    out: dict[Fates, float] = {}
    for fates, p in full[row].items():
        if not _moves(row, fates) and not only_known:
            continue
        alike = {other: w for other, w in full[unknown].items() if _same_branch(fates, other, row)}
        total = sum(alike.values())
        if total <= 0:
            unsure = [
                ("X?" if fate != row[q] else "I?") if labels[q] in ASKED and fate in ("0", "1") else fate
                for q, fate in enumerate(fates)
            ]
            _add(out, tuple(unsure), p)
        for other, w in alike.items():
            _add(out, other, p * w / total)
    if only_known:
        return out
    rest = 1 - sum(out.values())
    in_place = {fates: p for fates, p in full[unknown].items() if not _moves(unknown, fates)}
    kept = 1 - sum(p for fates, p in full[unknown].items() if _moves(unknown, fates))
    if kept > TOLERANCE:
        for fates, p in in_place.items():
            _add(out, fates, p * max(rest, 0.0) / kept)
    return dict(sorted(out.items(), key=lambda branch: _moves(row, branch[0])))


def _moves(row: str, fates: Fates) -> bool:
    """Whether a level changes."""
    return any(
        ">" in fate or "<" in fate or (label in "23" and fate != label) for label, fate in zip(row, fates, strict=True)
    )


def _same_branch(fates: Fates, other: Fates, row: str) -> bool:
    """Whether ``other``, of the row of unknown values, is the branch that is ``fates`` where they are known."""
    return all(_flips(a, v) == _flips(b, v) for a, b, v in zip(fates, other, row, strict=True))


def _flips(fate: str, value: str) -> str | bool:
    """Whether a qubit that stays with this value flips it; other fates as they are."""
    if value in "01" and fate in _STAYS:
        return bool(_STAYS[fate] & PAULI_X)
    return fate != value if value in "01" and fate in ("0", "1") else fate


def _draw(labels: str, branches: dict[Fates, float]) -> Draw:
    total: dict[tuple[int, ...], float] = {}
    for fates, p in branches.items():
        actions = tuple(_action(label, fate) for label, fate in zip(labels, fates, strict=True))
        if any(actions):
            total[actions] = total.get(actions, 0.0) + p
    return Draw(tuple(total), tuple(total.values()))


def _action(label: str, fate: str) -> int:
    three = PAULI_X if fate[-1] == "3" else 0
    if ">" in fate:
        return LEAVE | three
    if "<" in fate:
        return RETURN | int(fate[1])
    if label in "23":
        return 0 if fate == label else LEVEL | three
    if fate in ("I?", "X?"):
        return COIN_Z | (PAULI_X if fate == "X?" else 0)
    if fate in _STAYS:
        return _STAYS[fate]
    return COIN_Z | PAULI_X * (fate != label)  # a known value, and X forgotten: its row says nothing of it


def _add(branches: dict[Fates, float], fates: Fates, p: float) -> None:
    branches[fates] = branches.get(fates, 0.0) + p


def _untouched(row: str) -> Fates:
    return tuple(UNTOUCHED[label] for label in row)


def _shown(row: str) -> str:
    return "_".join(row.replace("C", "U"))
