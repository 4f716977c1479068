"""The leakage tag grammar: how a stim.Circuit carries leakage, parsed and formatted.

A tag is ``[label|]FAMILY: (group) (group) ...``; the label is free text that names the process (``cz|LEAKAGE_...``).
Fields of a group are separated by commas. Families (a superset of Stimside's, Stim branch ``stimside``):

| family | on | groups |
|---|---|---|
| LEAKAGE_TRANSITION_1 | I, I_ERROR, II, II_ERROR | ``(p, A-->B[, action])``, ``(p, A<->B)`` |
| LEAKAGE_TRANSITION_2 | II, II_ERROR | ``(p, A_B-->C_D[, action])``, ``(p, A_B<->C_D)`` |
| LEAKAGE_TRANSITION_Z | I, I_ERROR | ``(p, 2-->1)``: known Z state, labels 0-3 |
| LEAKAGE_CONTROLLED_ERROR | II, II_ERROR | ``(p, 2-->X)``: first qubit in 2, error on the second |
| LEAKAGE_PROJECTION_Z | M, MX, MY, MR.. | ``(p, n)``: a qubit in level n reads 1 with probability p |
| LEAKAGE_MEASUREMENT | MPAD | ``(p, n) ... : q q``: qubit q in level n gives 1 with probability p; the bit inverts it |
| LEAKAGE_RESET | R, RX, RY, MR.. | ``(p, 2-->2)``: a qubit that arrives in 2 leaves in 0-3; the rest goes to 0 |
| LEAKAGE_SWAP | SWAP | none; levels are exchanged with the qubits, as in every SWAP here |
| LEAKAGE_DEPOLARIZE_1 | I, I_ERROR | none; no effect: a leaked transmon has no hidden computational state here |
| LEAKAGE_POPULATION | TICK | none; level populations are counted here |
| LEAKAGE_ISWAP | II | none; an ideal Leakage iSWAP, becomes noise when dressed |
| INJECT_LEAKAGE | I | ``(P)``: a 1-2 rotation that leaks population P, becomes noise when dressed |
| IDLE_NS | I | ``(t)``: waits t ns, becomes noise when dressed |
| CONDITIONED_ON_PAIR | controlled Paulis | ``(U, U)`` only: what a gate does here anyway |

Incoming labels: U computational with unknown value; 0, 1 computational with known value; 2, 3 leaked. Outgoing: U the
same computational state; V (or D) a depolarised one; 2, 3; 0, 1 a definite value; a leaked transmon that goes to U
returns with a random value. LEAKAGE_MEASUREMENT takes the levels 2, 3 and U (or 0 and 1 alike), each 0 if not listed.
``action`` has one letter a qubit: I, X, Y, Z a Pauli on a qubit that goes U-->U; 0, 1 the value with which a qubit goes
U-->2 or U-->3 (without it: either, half each). Branches not listed are the identity. Rows of known value not listed
follow from the U row (``complete_channel``). A family of Stimside's that is not in the table is refused by name, with
what to write instead. Other tags are left alone.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition
from qec_leak.channels.completion import complete_channel, listed_rows

TRANSITION_1 = "LEAKAGE_TRANSITION_1"
TRANSITION_2 = "LEAKAGE_TRANSITION_2"
TRANSITION_Z = "LEAKAGE_TRANSITION_Z"
CONTROLLED_ERROR = "LEAKAGE_CONTROLLED_ERROR"
PROJECTION_Z = "LEAKAGE_PROJECTION_Z"
MEASUREMENT = "LEAKAGE_MEASUREMENT"
SWAP = "LEAKAGE_SWAP"
RESET = "LEAKAGE_RESET"
DEPOLARIZE_1 = "LEAKAGE_DEPOLARIZE_1"
POPULATION = "LEAKAGE_POPULATION"
ISWAP = "LEAKAGE_ISWAP"
INJECT = "INJECT_LEAKAGE"
IDLE = "IDLE_NS"
CONDITIONED_ON_PAIR = "CONDITIONED_ON_PAIR"

_NOISE_1, _NOISE_2 = ("I", "I_ERROR"), ("II", "II_ERROR")
_MEASUREMENTS = ("M", "MZ", "MX", "MY", "MR", "MRZ", "MRX", "MRY")
_RESETS = ("R", "RZ", "RX", "RY", "MR", "MRZ", "MRX", "MRY")
_CONTROLLED = ("CX", "CY", "CZ", "XCX", "XCY", "XCZ", "YCX", "YCY", "YCZ", "ZCX", "ZCY", "ZCZ", "CNOT")
ALLOWED_GATES: dict[str, tuple[str, ...]] = {
    TRANSITION_1: (*_NOISE_1, *_NOISE_2),
    TRANSITION_2: _NOISE_2,
    TRANSITION_Z: _NOISE_1,
    CONTROLLED_ERROR: _NOISE_2,
    PROJECTION_Z: _MEASUREMENTS,
    MEASUREMENT: ("MPAD",),
    SWAP: ("SWAP",),
    RESET: _RESETS,
    DEPOLARIZE_1: _NOISE_1,
    POPULATION: ("TICK",),
    ISWAP: ("II",),
    INJECT: ("I",),
    IDLE: ("I",),
    CONDITIONED_ON_PAIR: _CONTROLLED,
}

INSTEAD: dict[str, str] = {
    "CONDITIONED_ON_SELF": "drop it if it says U, which every gate obeys here, and write what single levels do "
    "as LEAKAGE_TRANSITION_1",
    "CONDITIONED_ON_OTHER": "write a Pauli that depends on another qubit's level as LEAKAGE_CONTROLLED_ERROR or "
    "LEAKAGE_TRANSITION_2",
    "LEAKAGE_DETECTOR": "write MPAD[LEAKAGE_MEASUREMENT: (1, 2) (1, 3) : q] 0 and DETECTOR rec[-1]",
}
"""Families of Stimside's that have no meaning here, and what to write instead."""

ELSEWHERE: dict[tuple[str, str], str] = {
    (TRANSITION_Z, "R"): "write LEAKAGE_RESET, or put it on an I_ERROR after the R",
    (TRANSITION_1, "DETECTOR"): "put it on an I_ERROR",
    (TRANSITION_2, "DETECTOR"): "put it on an II_ERROR",
    (TRANSITION_1, "OBSERVABLE_INCLUDE"): "put it on an I_ERROR",
    (TRANSITION_2, "OBSERVABLE_INCLUDE"): "put it on an II_ERROR",
    (CONTROLLED_ERROR, "I_ERROR"): "put it on an II_ERROR",
}
"""What to do about a family on an instruction where Stimside knows it, and this grammar does not."""

_FAMILY = re.compile(r"\s*(?:(?P<label>[^|]*)\|)?\s*(?P<family>\w+)")
_LOOKS_LIKE_OURS = re.compile(r"\w*LEAKAGE\w*|LEAK_\w+|IDLE_NS|CONDITIONED_ON\w*")
_FAMILY_IN_LABEL = re.compile(r"LEAKAGE_[A-Z]|-->|<->")
_ARROW_ANYWHERE = re.compile(r"-->|<->")
_SHAPE = re.compile(r"\s*:?\s*(?P<groups>(?:\([^()]*\)[\s,]*)*)(?P<tail>:[\d\s]*)?")
_GROUP = re.compile(r"\(([^()]*)\)")
_ARROW = re.compile(r"\s*(\S+?)\s*(-->|<->)\s*(\S+)\s*")


class TagError(ValueError):
    """A leakage tag that does not parse. The message quotes the tag and ends with the fix."""


@dataclass(frozen=True)
class Tag:
    """A parsed tag.

    Attributes:
        family: its family.
        label: the process that it names.
        channel: of the transition families.
        one_given: (level, P(reads 1)) of LEAKAGE_PROJECTION_Z and of LEAKAGE_MEASUREMENT, whose level 0 is any
            computational state.
        reset: (incoming level, ((probability, outgoing level), ...)) of LEAKAGE_RESET.
        population: of INJECT_LEAKAGE.
        time_ns: of IDLE_NS.
        needs_known_z: it is a LEAKAGE_TRANSITION_Z.
        qubits: those that LEAKAGE_MEASUREMENT reads, one for each target.

    Examples:
        >>> parse_tag("idle|IDLE_NS: (20)").time_ns
        20.0
    """

    family: str
    label: str = ""
    channel: LeakageChannel | None = None
    one_given: tuple[tuple[int, float], ...] = ()
    reset: tuple[tuple[int, tuple[tuple[float, int], ...]], ...] = ()
    population: float = 0.0
    time_ns: float = 0.0
    needs_known_z: bool = False
    qubits: tuple[int, ...] = ()


@functools.lru_cache(maxsize=256)
def parse_tag(text: str) -> Tag | None:
    """The meaning of a tag.

    Args:
        text: the tag of an instruction.

    Returns:
        The meaning, or None for text that is not a leakage tag.

    Raises:
        TagError: it looks like a leakage tag and is none; the message quotes it.

    Examples:
        >>> parse_tag("LEAKAGE_PROJECTION_Z: (0.9, 2)").one_given
        ((2, 0.9),)
        >>> parse_tag("note")
    """
    start = _FAMILY.match(text)
    if start is None:
        return None
    family, label = start["family"], (start["label"] or "").strip()
    if _FAMILY_IN_LABEL.search(label):
        raise TagError(f"tag {text!r} must have one family, but has two; give each an instruction of its own")
    if family not in ALLOWED_GATES:
        _not_ours(text, family, text[start.end() :])
        return None
    match = _SHAPE.fullmatch(text, start.end())
    if match is None or (match["tail"] is not None and family != MEASUREMENT):
        raise TagError(f"tag {text!r} must read 'FAMILY: (group) (group)', but does not; see qec_leak.circuits.tags")
    groups = [[f.strip() for f in g.split(",")] for g in _GROUP.findall(match["groups"])]
    try:
        if family == MEASUREMENT:
            return _parse_measurement(family, label, groups, match["tail"])
        return _PARSERS[family](family, label, groups)
    except TagError:
        raise
    except ValueError as error:
        raise TagError(f"tag {text!r}: {error}") from None


def _not_ours(text: str, family: str, rest: str) -> None:
    """Refuse leakage tags that are not supported. A lower-case word alone is a label."""
    if family in INSTEAD:
        raise TagError(f"tag {text!r} must name a family that is sampled, but names {family}; {INSTEAD[family]}")
    if family.upper() in ALLOWED_GATES and rest.lstrip().startswith((":", "(")):
        raise TagError(f"tag {text!r} must name its family in capitals, but names {family}; write {family.upper()}")
    if _LOOKS_LIKE_OURS.fullmatch(family) or _ARROW_ANYWHERE.search(rest):
        raise TagError(f"tag {text!r} must name one of {', '.join(ALLOWED_GATES)}, but names {family}; correct it")


def format_channel(channel: LeakageChannel, label: str = "") -> str:
    """The tag of a channel; parse_tag gives back an equal channel (probabilities to 1e-12).

    Args:
        channel: the channel.
        label: the process that the tag names.

    Returns:
        The tag.

    Examples:
        >>> tag = format_channel(parse_tag("LEAKAGE_TRANSITION_1: (0.25, 1-->2)").channel, "mine")
        >>> tag.startswith("mine|LEAKAGE_TRANSITION_1: ")
        True
    """
    family = TRANSITION_1 if channel.num_qubits == 1 else TRANSITION_2
    groups = []
    for row, transitions in listed_rows(channel).items():
        moving = [t for t in transitions if not t.is_identity(row)]
        for t in moving or transitions:
            groups.append(_format_transition(row, t))
    return _format(label, family, groups)


def format_reset(reset: Sequence[tuple[int, Sequence[tuple[float, int]]]], label: str = "") -> str:
    """The tag of a reset that can leave leakage: per incoming level ((probability, outgoing level), ...)."""
    return _format(label, RESET, [f"({p!r}, {level}-->{out})" for level, outs in reset for p, out in outs])


def format_readout(one_given: Sequence[tuple[int, float]], label: str = "") -> str:
    """The tag of a readout: per level, the probability that it reads 1."""
    return _format(label, PROJECTION_Z, [f"({p!r}, {level})" for level, p in one_given])


def _format(label: str, family: str, groups: Sequence[str]) -> str:
    return (f"{label}|" if label else "") + family + (": " + " ".join(groups) if groups else "")


def _format_transition(row: Row, t: Transition) -> str:
    incoming = "_".join("U" if label == "C" else str(label) for label in row)
    parts = zip(t.outgoing, t.returned_with, strict=True)
    outgoing = "_".join(str(back) if back is not None else "U" if out == "C" else str(out) for out, back in parts)
    letters = zip(row, t.pauli, t.left_with, strict=True)
    action = "".join(pauli if left is None or before != "C" else str(left) for before, pauli, left in letters)
    tail = f", {action}" if action.strip("I") else ""
    return f"({t.probability!r}, {incoming}-->{outgoing}{tail})"


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"a group must start with a probability, but has {text!r}; write (p, ...)") from None
    if not (0.0 <= value <= 1.0) or math.isnan(value):
        raise ValueError(f"a probability must be in [0, 1], but is {text!r}; correct it")
    return value


def _arrow(text: str) -> tuple[str, str, str]:
    match = _ARROW.fullmatch(text)
    if match is None:
        raise ValueError(f"a transition must read 'A-->B' or 'A<->B', but is {text!r}; correct it")
    return match[1], match[2], match[3]


def _fields(group: Sequence[str], least: int, most: int) -> None:
    if not least <= len(group) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"a group must have {wanted} fields, but is ({', '.join(group)}); correct it")


def _parse_transitions(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    num_qubits = 2 if family == TRANSITION_2 else 1
    rows: dict[Row, list[Transition]] = {}
    for group in groups:
        _fields(group, 2, 3)
        probability = _probability(group[0])
        source, arrow, target = _arrow(group[1])
        action = group[2] if len(group) == 3 else "I" * num_qubits
        ways = [(source, target)] + ([(target, source)] if arrow == "<->" else [])
        for before, after in ways:
            row, branches = _branches(num_qubits, before, after, action, probability, family)
            rows.setdefault(row, []).extend(branches)
    needs_known = family == TRANSITION_Z
    if needs_known:
        rows["C",] = []  # such a tag never stands where the value is unknown
    channel = complete_channel(num_qubits, {row: _merge(branches) for row, branches in rows.items()})
    return Tag(family, label, channel=channel, needs_known_z=needs_known)


def _merge(branches: Sequence[Transition]) -> list[Transition]:
    keyed: dict[tuple[Row, str, tuple[int | None, ...], tuple[int | None, ...]], float] = {}
    for t in branches:
        key = (t.outgoing, t.pauli, t.left_with, t.returned_with)
        keyed[key] = keyed.get(key, 0.0) + t.probability
    return [Transition(p, *key) for key, p in keyed.items()]


def _branches(
    num_qubits: int, before: str, after: str, action: str, probability: float, family: str
) -> tuple[Row, list[Transition]]:
    incoming, outgoing = before.split("_"), after.split("_")
    if not len(incoming) == len(outgoing) == len(action) == num_qubits:
        raise ValueError(
            f"a transition must name {num_qubits} labels on each side (and as many action letters), but is "
            f"{before}-->{after} with action {action!r}; correct it"
        )
    row: Row = tuple(_incoming_label(x, family) for x in incoming)
    fates = [_fates(row[q], outgoing[q], action[q], f"{before}-->{after}", family) for q in range(num_qubits)]
    branches = []
    for combination in itertools.product(*fates):
        weight = math.prod(f[0] for f in combination)
        out: Row = tuple(f[1] for f in combination)
        pauli = "".join(f[2] for f in combination)
        left, returned = tuple(f[3] for f in combination), tuple(f[4] for f in combination)
        branches.append(Transition(probability * weight, out, pauli, left, returned))
    return row, branches


def _incoming_label(text: str, family: str) -> Label:
    allowed = "0123" if family == TRANSITION_Z else "U0123"
    if len(text) != 1 or text not in allowed:
        raise ValueError(f"an incoming label must be one of {', '.join(allowed)}, but is {text!r}; correct it")
    return "C" if text == "U" else int(text)


Fate = tuple[float, Label, str, int | None, int | None]


def _fates(before: Label, text: str, action: str, where: str, family: str) -> list[Fate]:
    """Fates of one transmon: (share of the probability, label after, Pauli, left_with, returned_with)."""
    allowed = "0123" if family == TRANSITION_Z else "UVD0123XYZ"
    if len(text) != 1 or text not in allowed:
        raise ValueError(
            f"an outgoing label must be one of {', '.join(allowed)}, but is {text!r} in {where}; correct it"
        )
    if action not in "IXYZ01":
        raise ValueError(f"an action letter must be one of I, X, Y, Z, 0, 1, but is {action!r} in {where}; correct it")
    if text in "XYZ" and before == "C":
        text, action = "U", text
    if text == "D":
        text = "V"
    leaves = text in "23" and before in ("C", 0, 1)
    if action in "01" and not (leaves and before == "C"):
        raise ValueError(
            f"a value must stand where a qubit goes U-->2 or U-->3, but {action!r} does not in {where}; drop it"
        )
    if action in "XYZ" and not (before == "C" and text == "U"):
        raise ValueError(f"a Pauli must stand where a qubit goes U-->U, but {action!r} does not in {where}; drop it")
    if leaves:
        values = [before] if before != "C" else [int(action)] if action in "01" else [0, 1]
        return [(1 / len(values), int(text), "I", int(v), None) for v in values]
    if before == "C":
        if text == "U":
            return [(1.0, "C", action, None, None)]
        if text == "V":
            return [(0.25, "C", pauli, None, None) for pauli in "IXYZ"]
        raise ValueError(
            f"a qubit of unknown value must go to U, V, 2 or 3, but goes to {text!r} in {where}; correct it"
        )
    if before in (0, 1):
        if text in "01":
            return [(1.0, int(text), "I", None, None)]
        if text == "U":
            return [(1.0, before, "I", None, None)]
        if text == "V":
            return [(0.5, value, "I", None, None) for value in (0, 1)]
        raise ValueError(
            f"a qubit of known value must go to U, V, 0, 1, 2 or 3, but goes to {text!r} in {where}; fix it"
        )
    if text in "23":
        return [(1.0, int(text), "I", None, None)]
    if text in "UV":
        return [(0.5, "C", "I", None, value) for value in (0, 1)]
    if text in "01":
        return [(1.0, "C", "I", None, int(text))]
    raise ValueError(f"a leaked qubit must go to U, 0, 1, 2 or 3, but goes to {text!r} in {where}; correct it")


def _parse_controlled_error(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    rows: dict[Row, list[Transition]] = {}
    for group in groups:
        _fields(group, 2, 2)
        source, arrow, target = _arrow(group[1])
        if arrow != "-->" or source not in ("2", "3") or target not in ("X", "Y", "Z"):
            raise ValueError(f"a controlled error must read (p, 2-->X), but is ({', '.join(group)}); correct it")
        row: Row = (int(source), "C")
        branch = Transition(_probability(group[0]), row, "I" + target, (None, None), (None, None))
        rows.setdefault(row, []).append(branch)
    return Tag(family, label, channel=complete_channel(2, {row: _merge(b) for row, b in rows.items()}))


def _parse_projection(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    one_given: dict[int, float] = {}
    for group in groups:
        _fields(group, 2, 2)
        if group[1] not in ("0", "1", "2", "3") or int(group[1]) in one_given:
            raise ValueError(f"a level must be one of 0, 1, 2, 3, each once, but is {group[1]!r}; correct it")
        one_given[int(group[1])] = _probability(group[0])
    return Tag(family, label, one_given=tuple(sorted(one_given.items())))


def _parse_measurement(family: str, label: str, groups: Sequence[Sequence[str]], tail: str | None) -> Tag:
    given: dict[str, float] = {}
    for group in groups:
        _fields(group, 2, 2)
        if group[1] not in ("U", "0", "1", "2", "3") or group[1] in given:
            raise ValueError(f"a level must be one of U, 0, 1, 2, 3, each once, but is {group[1]!r}; correct it")
        given[group[1]] = _probability(group[0])
    values = {given.get("0", 0.0), given.get("1", 0.0)} if given.keys() & {"0", "1"} else {given.get("U", 0.0)}
    if len(values) > 1 or ("U" in given and given.keys() & {"0", "1"}):
        raise ValueError(
            f"{family} must treat 0 and 1 alike, since it reads levels only, but does not; write (p, U), or read the "
            "value with M"
        )
    qubits = tuple(int(q) for q in (tail or "").strip(":").split())
    if not qubits or len(set(qubits)) < len(qubits):
        raise ValueError(
            f"{family} must name its qubits after a second colon, each once, but does not; write (1, 2) : 0 1"
        )
    levels = {0: values.pop(), 2: given.get("2", 0.0), 3: given.get("3", 0.0)}
    return Tag(family, label, one_given=tuple(levels.items()), qubits=qubits)


def _parse_reset(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    out: dict[int, list[tuple[float, int]]] = {}
    for group in groups:
        _fields(group, 2, 2)
        source, arrow, target = _arrow(group[1])
        if arrow != "-->" or source not in ("2", "3") or target not in ("0", "1", "2", "3"):
            raise ValueError(f"a reset must read (p, 2-->n) or (p, 3-->n), but has ({', '.join(group)}); correct it")
        out.setdefault(int(source), []).append((_probability(group[0]), int(target)))
    for level, branches in out.items():
        total = math.fsum(p for p, _ in branches)
        if total > 1 + 1e-9:
            raise ValueError(f"branches of level {level} must sum to at most 1, but sum to {total!r}; lower them")
    return Tag(family, label, reset=tuple((level, tuple(out[level])) for level in sorted(out)))


def _parse_plain(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    if groups:
        raise ValueError(f"{family} must have no groups, but has {len(groups)}; remove them")
    return Tag(family, label)


def _parse_injection(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    if len(groups) != 1 or len(groups[0]) != 1:
        raise ValueError(f"{family} must have one group (P), but has {len(groups)}; write {family}(0.01)")
    population = _probability(groups[0][0])
    if population > 0.5:
        raise ValueError(f"{family} must leak at most 0.5, but leaks {population!r}; only the |1> half can leak")
    return Tag(family, label, population=population)


def _parse_idle(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    try:
        ((text,),) = groups
        time_ns = float(text)
    except ValueError:
        raise ValueError(f"{family} must have one group (time), but has not; write {family}(160.0)") from None
    if not 0.0 <= time_ns < math.inf:
        raise ValueError(f"{family} must wait 0 ns or more, but waits {text!r}; correct it")
    return Tag(family, label, time_ns=time_ns)


def _parse_condition(family: str, label: str, groups: Sequence[Sequence[str]]) -> Tag:
    if [list(g) for g in groups] != [["U", "U"]]:
        raise ValueError(
            f"{family} must be (U, U), which every gate obeys here, but is not; write what depends on levels as "
            "LEAKAGE_TRANSITION_2 or LEAKAGE_CONTROLLED_ERROR"
        )
    return Tag(family, label)


_PARSERS = {
    TRANSITION_1: _parse_transitions,
    TRANSITION_2: _parse_transitions,
    TRANSITION_Z: _parse_transitions,
    CONTROLLED_ERROR: _parse_controlled_error,
    PROJECTION_Z: _parse_projection,
    SWAP: _parse_plain,
    RESET: _parse_reset,
    DEPOLARIZE_1: _parse_plain,
    POPULATION: _parse_plain,
    ISWAP: _parse_plain,
    INJECT: _parse_injection,
    IDLE: _parse_idle,
    CONDITIONED_ON_PAIR: _parse_condition,
}
