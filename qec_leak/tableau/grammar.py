"""Reads leakage tags (grammar: docs/tags.md), independently of ``circuits.tags``.

A row is a string, one character a qubit: C computational with unknown value, 0 and 1 known values, 2 and 3 leaked. What
happens to a qubit, its fate, is a string too:

| before | fate | meaning |
|---|---|---|
| C | ``I X Y Z`` | stays, with this Pauli |
| 0, 1 | ``0 1`` | stays, with this value |
| C, 0, 1 | ``v>L`` | had value v, leaks to level L |
| 2, 3 | ``2 3`` | leaked, in this level |
| 2, 3 | ``<c`` | comes back with value c |
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Fates = tuple[str, ...]
Rows = dict[str, dict[Fates, float]]

UNTOUCHED = {"C": "I", "0": "0", "1": "1", "2": "2", "3": "3"}
"""The fate of a qubit to which nothing happens, by its label."""

_NOISE_1, _NOISE_2 = frozenset({"I", "I_ERROR"}), frozenset({"II", "II_ERROR"})
_PLACES = {
    "LEAKAGE_TRANSITION_1": _NOISE_1 | _NOISE_2,
    "LEAKAGE_TRANSITION_2": _NOISE_2,
    "LEAKAGE_TRANSITION_Z": _NOISE_1,
    "LEAKAGE_CONTROLLED_ERROR": _NOISE_2,
    "LEAKAGE_PROJECTION_Z": frozenset({"M", "MX", "MY", "MR", "MRX", "MRY"}),
    "LEAKAGE_MEASUREMENT": frozenset({"MPAD"}),
    "LEAKAGE_SWAP": frozenset({"SWAP"}),
    "LEAKAGE_RESET": frozenset({"R", "RX", "RY", "MR", "MRX", "MRY"}),
    "LEAKAGE_DEPOLARIZE_1": _NOISE_1,
    "LEAKAGE_POPULATION": frozenset({"TICK"}),
    "LEAKAGE_ISWAP": frozenset({"II"}),
    "INJECT_LEAKAGE": frozenset({"I"}),
    "IDLE_NS": frozenset({"I"}),
    "CONDITIONED_ON_PAIR": frozenset({"CX", "CY", "CZ", "XCX", "XCY", "XCZ", "YCX", "YCY", "YCZ"}),
}
_UNDRESSED = ("LEAKAGE_ISWAP", "INJECT_LEAKAGE")


@dataclass(frozen=True, eq=False)
class Tag:
    """What a tag says. ``rows``: listed rows of a channel on ``arity`` qubits, their fates and probabilities;
    ``reads_one``: P(reads 1) by level; ``reset``: for level 2 and 3, (probability, outgoing level) pairs."""

    family: str
    arity: int = 0
    rows: Rows | None = None
    reads_one: dict[int, float] | None = None
    reset: dict[int, list[tuple[float, int]]] | None = None
    qubits: tuple[int, ...] = ()


@functools.lru_cache(maxsize=256)
def read_tag(text: str, gate: str) -> Tag | None:
    """The meaning of a tag on instruction ``gate``, None if it is not one of ours. Raises ValueError saying why it has
    none, in words that go on from the name of the instruction."""
    label, bar, after = text.partition("|")
    body = after.lstrip() if bar and _word(after.lstrip()) else text.lstrip()
    if bar and any(word in label for word in ("LEAKAGE_", "-->", "<->")):
        raise ValueError(f"tag {text!r} must have one family, but has two; give each an instruction of its own")
    family = _word(body)
    rest = body[len(family) :]
    if family not in _PLACES:
        _refuse_if_meant(text, family, rest)
        return None
    if gate not in _PLACES[family]:
        raise ValueError(f"{family} must be a tag of {', '.join(sorted(_PLACES[family]))}, but is not; move it")
    try:
        groups, tail = _split(rest)
        if tail and family != "LEAKAGE_MEASUREMENT":
            raise ValueError(f"nothing must follow the groups, but {tail!r} does; remove it")
        if family in _UNDRESSED:
            raise ValueError(f"{family} must be dressed before sampling, but is not; use qec_leak.dress")
        return _level_record(groups, tail) if family == "LEAKAGE_MEASUREMENT" else _meaning(family, groups)
    except ValueError as error:
        raise ValueError(f"tag {text!r}: {error}") from None


def _word(text: str) -> str:
    """The letters, digits and underscores with which a text starts."""
    return "".join(itertools.takewhile(lambda c: c.isalnum() or c == "_", text))


def _refuse_if_meant(text: str, family: str, rest: str) -> None:
    """Refuses leakage tags that are not supported."""
    small = family.upper() in _PLACES and rest.lstrip().startswith((":", "("))
    arrow = "-->" in rest or "<->" in rest
    if small or arrow or "LEAKAGE" in family or family.startswith(("LEAK_", "CONDITIONED_ON")):
        raise ValueError(f"tag {text!r} must name one of {', '.join(_PLACES)}, but names {family!r}; correct it")


def _split(rest: str) -> tuple[list[list[str]], str]:
    """Groups of ``: (a, b) (c) : 1 2``, and what follows them."""
    rest = rest.strip()
    colon = rest.startswith(":")
    rest = rest[colon:].lstrip()
    groups: list[list[str]] = []
    while rest.startswith("("):
        inside, closing, rest = rest[1:].partition(")")
        if not closing or "(" in inside:
            raise ValueError("a tag must read 'FAMILY: (group) (group)', but does not; close its parentheses")
        groups.append([field.strip() for field in inside.split(",")])
        while rest[:1] == "," or rest[:1].isspace():
            rest = rest[1:]
    if colon and not groups and rest and not rest.startswith(":"):
        rest = ":" + rest  # no groups, only what follows them
    if rest.strip("0123456789 \t") not in ("", ":") or (rest and not rest.startswith(":")):
        raise ValueError(f"a tag must read 'FAMILY: (group) (group)', but goes on with {rest!r}; correct it")
    return groups, rest


def _level_record(groups: list[list[str]], tail: str) -> Tag:
    """``(p, level) .. : qubits``: P(1) by level, U or 0 and 1 alike for computational qubits."""
    given: dict[str, float] = {}
    for group in groups:
        if len(group) != 2 or group[1] not in ("U", "0", "1", "2", "3") or group[1] in given:
            raise ValueError(f"a record must read (p, level), each level once, but is {_shown(group)}; correct it")
        given[group[1]] = _probability(group[0])
    values = [given.get("0", 0.0), given.get("1", 0.0)]
    if values[0] != values[1] or ("U" in given and ("0" in given or "1" in given)):
        raise ValueError("0 and 1 must be alike, since levels are read, but are not; write (p, U)")
    qubits = tuple(map(int, tail.strip(":").split()))
    if not qubits or len(set(qubits)) != len(qubits):
        raise ValueError("qubits must stand after a second colon, each once, but do not; write (1, 2) : 0 1")
    computational = given.get("U", values[0])
    reads_one = {0: computational, 2: given.get("2", 0.0), 3: given.get("3", 0.0)}
    return Tag("LEAKAGE_MEASUREMENT", reads_one=reads_one, qubits=qubits)


def _meaning(family: str, groups: list[list[str]]) -> Tag:
    if family.startswith("LEAKAGE_TRANSITION"):
        return _transitions(family, groups)
    if family == "LEAKAGE_CONTROLLED_ERROR":
        rows: Rows = {}
        for group in groups:
            p, before, arrow, after = _probability_and_arrow(group, 2)
            if arrow != "-->" or before not in ("2", "3") or after not in ("X", "Y", "Z"):
                raise ValueError(f"a controlled error must read (p, 2-->X), but is {_shown(group)}; correct it")
            _add(rows, before + "C", (before, after), p)
        return Tag(family, 2, rows)
    if family == "LEAKAGE_PROJECTION_Z":
        reads_one: dict[int, float] = {}
        for group in groups:
            if len(group) != 2 or group[1] not in ("0", "1", "2", "3") or int(group[1]) in reads_one:
                raise ValueError(f"a readout must read (p, level), each level once, but is {_shown(group)}; correct it")
            reads_one[int(group[1])] = _probability(group[0])
        return Tag(family, reads_one=reads_one)
    if family == "LEAKAGE_RESET":
        return Tag(family, reset=_reset(groups))
    if family == "CONDITIONED_ON_PAIR" and groups != [["U", "U"]]:
        raise ValueError("the condition must be (U, U), but is not; no other exists")
    if family == "IDLE_NS":
        try:
            well = len(groups) == 1 and len(groups[0]) == 1 and 0.0 <= float(groups[0][0]) < float("inf")
        except ValueError:
            well = False
        if not well:
            raise ValueError("the time must be one number of at least 0, but is not; write IDLE_NS(160.0)")
    if family in ("LEAKAGE_DEPOLARIZE_1", "LEAKAGE_POPULATION", "LEAKAGE_SWAP") and groups:
        raise ValueError(f"{family} must have no groups, but has {len(groups)}; remove them")
    return Tag(family)


def _reset(groups: list[list[str]]) -> dict[int, list[tuple[float, int]]]:
    reset: dict[int, list[tuple[float, int]]] = {}
    for group in groups:
        p, before, arrow, after = _probability_and_arrow(group, 2)
        if arrow != "-->" or before not in ("2", "3") or after not in ("0", "1", "2", "3"):
            raise ValueError(f"a reset must read (p, 2-->n) or (p, 3-->n), but is {_shown(group)}; correct it")
        reset.setdefault(int(before), []).append((p, int(after)))
    for level, branches in reset.items():
        total = sum(p for p, _ in branches)
        if total > 1 + 1e-9:
            raise ValueError(f"branches of level {level} must sum to at most 1, but sum to {total!r}; lower them")
    return reset


def _transitions(family: str, groups: list[list[str]]) -> Tag:
    arity = 2 if family == "LEAKAGE_TRANSITION_2" else 1
    known_only = family == "LEAKAGE_TRANSITION_Z"
    rows: Rows = {}
    for group in groups:
        p, before, arrow, after = _probability_and_arrow(group, 3)
        action = group[2] if len(group) == 3 else "I" * arity
        for source, target in [(before, after), (after, before)][: 2 if arrow == "<->" else 1]:
            incoming, outgoing = source.split("_"), target.split("_")
            if not len(incoming) == len(outgoing) == len(action) == arity:
                raise ValueError(f"{_shown(group)} must name {arity} labels a side and action letters; correct it")
            labels = [_incoming(x, known_only, group) for x in incoming]
            fates = [list(_fates(*one, known_only, group)) for one in zip(labels, outgoing, action, strict=True)]
            for combined in itertools.product(*fates):
                share = p
                for _, part in combined:
                    share *= part
                _add(rows, "".join(labels), tuple(fate for fate, _ in combined), share)
    return Tag(family, arity, rows)


def _incoming(text: str, known_only: bool, group: Sequence[str]) -> str:
    if text not in ("0", "1", "2", "3") and (known_only or text != "U"):
        raise ValueError(f"an incoming label must be {'' if known_only else 'U, '}0, 1, 2 or 3, in {_shown(group)}")
    return "C" if text == "U" else text


def _fates(label: str, after: str, action: str, known_only: bool, group: Sequence[str]) -> Iterator[tuple[str, float]]:
    """(fate, share) of one qubit of a transition."""
    if len(after) != 1 or after not in ("0123" if known_only else "UVD0123XYZ") or action not in "IXYZ01":
        raise ValueError(f"{_shown(group)} must have labels and action letters of the grammar, but has not; see docs")
    after = "V" if after == "D" else after
    if label == "C" and after in "XYZ":
        after, action = "U", after
    if action in "01" and not (label == "C" and after in "23"):
        raise ValueError(f"a value must stand where a qubit goes U-->2 or U-->3, unlike {_shown(group)}; drop it")
    if action in "XYZ" and not (label == "C" and after == "U"):
        raise ValueError(f"a Pauli must stand where a qubit goes U-->U, unlike {_shown(group)}; drop it")
    if label in "23":
        if after in "XYZ":
            raise ValueError(f"a leaked qubit must go to U, 0, 1, 2 or 3, unlike {_shown(group)}; correct it")
        options = [after] if after in "23" else ["<" + after] if after in "01" else ["<0", "<1"]
    elif after in "23":
        values = label if label != "C" else action if action in "01" else "01"
        options = [f"{value}>{after}" for value in values]
    elif label == "C":
        if after not in "UV":
            raise ValueError(f"a qubit of unknown value must go to U, V, 2 or 3, unlike {_shown(group)}; correct it")
        options = [action] if after == "U" else ["I", "X", "Y", "Z"]
    else:
        if after in "XYZ":
            raise ValueError(f"a qubit of known value must go to U, V, 0, 1, 2 or 3, unlike {_shown(group)}; fix it")
        options = [label] if after == "U" else ["0", "1"] if after == "V" else [after]
    for option in options:
        yield option, 1 / len(options)


def _add(rows: Rows, row: str, fates: Fates, p: float) -> None:
    listed = rows.setdefault(row, {})
    listed[fates] = listed.get(fates, 0.0) + p


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"a probability must be in [0, 1], but is {text!r}; correct it")
    return value


def _probability_and_arrow(group: Sequence[str], most: int) -> tuple[float, str, str, str]:
    if not 2 <= len(group) <= most:
        raise ValueError(f"a group must have 2 to {most} fields, but is {_shown(group)}; correct it")
    for arrow in ("-->", "<->"):
        before, found, after = (part.strip() for part in group[1].partition(arrow))
        if found and before and after:
            return _probability(group[0]), before, arrow, after
    raise ValueError(f"a transition must read 'A-->B' or 'A<->B', but is {group[1]!r}; correct it")


def _shown(group: Sequence[str]) -> str:
    return f"({', '.join(group)})"
