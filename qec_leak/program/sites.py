"""Leakage channels at sites: a channel with what the reference knows of the places where it stands.

Shots at a site are of three classes: as the reference says, with a known value flipped against it, and arriving leaked.
The usual ones are visited as often as the most likely row to do something needs; flipped ones among them, or, where
they are far more likely to change, apart; leaked ones apart. Of two transmons, that one leads which is leaked while its
partner is computational. Something happens to the partner's frame by default (its z flips, or becomes random), which is
done to whole rows; where that is nearly all that happens, a shot is calm, and met by itself only as often as the most
likely row to do something else needs.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition, is_leaked
from qec_leak.program.tables import alias_table

CODE_LABELS: tuple[Label, ...] = ("C", "C", 0, 1, 2, 3)
"""Labels by row code: 0, 1 the shot's value where the reference does not know it; 2, 3 where it does; 4, 5 leaked."""

Codes = tuple[int, ...]
"""Row codes of the transmons of a channel."""

VISIT_EVERY = 0.25
"""Above this largest probability of a row, every shot of its class is visited."""

CALM = 0.5
"""Up to this largest probability of anything but the default, leaked shots are calm."""

VISIT_TOGETHER = 0.01
"""Up to this largest probability, or four times that of the usual ones, flipped shots are visited among the usual."""

USUAL, FLIPPED, LEAKED_CLASS = 0, 1, 2
"""Classes of shots."""

CLASSES = 3

FLIP_X, FLIP_Z, RANDOM_Z, _FLIP_LEAKED, _FLIP_THREE = 1, 2, 4, 8, 16
"""Bits of a transmon's byte of an action."""

RANDOM_X, WILD = 8, 16
"""Bits of a default beside those of an action up to 4: the partner's x becomes random; there is none, the shots are not
calm."""

_WHOLE = 1 << 63

DEFAULTS = tuple(x | z for x in (0, FLIP_X, RANDOM_X) for z in (0, FLIP_Z, RANDOM_Z))


@dataclass(frozen=True)
class _Site:
    channel: LeakageChannel
    usual: frozenset[Codes]
    flipped: frozenset[Codes]
    leaked: frozenset[Codes]

    @property
    def arity(self) -> int:
        return self.channel.num_qubits

    @property
    def met_leading(self) -> set[Codes]:
        """Rows of shots of which one transmon leads, for the partners that places of this site have."""
        met = self.usual | self.flipped
        return {codes for a, b in met for level in (4, 5) for codes in ((level, b), (a, level))}


class SiteTable:
    """Sites of leakage channels, equal ones shared."""

    def __init__(self) -> None:
        self._sites: dict[_Site, int] = {}

    def add(self, channel: LeakageChannel, values: Sequence[int]) -> int | None:
        """Site of ``channel`` on places with reference ``values`` (Z value, +2 where it is known), one for each target;
        None if it never does anything there."""
        k = channel.num_qubits
        usual: set[Codes] = set()
        flipped: set[Codes] = set()
        for place in {tuple(values[i : i + k]) for i in range(0, len(values), k)}:
            says = set(itertools.product(*((v,) if v & 2 else (0, 1) for v in place)))
            usual |= says
            flipped |= set(itertools.product(*((2, 3) if v & 2 else (0, 1) for v in place))) - says
        leaked = {codes for codes in itertools.product(range(6), repeat=k) if max(codes) >= 4}
        site = _Site(channel, frozenset(usual), frozenset(flipped), frozenset(leaked))
        if not any(_largest(channel, rows) for rows in (usual, flipped, leaked)):
            return None
        return self._sites.setdefault(site, len(self._sites))

    def moves_computational(self, site: int) -> bool:
        """Whether the site's channel does anything to shots that arrive computational."""
        of = list(self._sites)[site]
        return any(_largest(of.channel, rows) for rows in (of.usual, of.flipped))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        n = len(self._sites)
        rate, apart, leaked = np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n)
        default = np.zeros((n, 2, 2), dtype=np.uint8)
        coin = np.zeros((n, 36, 2), dtype=np.uint64)
        rows = _RowTables(n)
        for of, site in self._sites.items():
            usual, flipped = _largest(of.channel, of.usual), _largest(of.channel, of.flipped)
            apart[site] = flipped > max(VISIT_TOGETHER, 4 * usual)
            usual = _visited(usual if apart[site] else max(usual, flipped))
            rate[site] = -math.log1p(-usual) if usual < 1.0 else math.inf
            for codes in of.usual if apart[site] else of.usual | of.flipped:
                rows.add(site, USUAL, codes, _given_visit(moves(of.channel, codes), usual))
            for codes in of.flipped if apart[site] else ():
                rows.add(site, FLIPPED, codes, _given_visit(moves(of.channel, codes), 1.0))
            if of.arity == 1:
                leaked[site] = _visited(_largest(of.channel, of.leaked))
                for codes in of.leaked:
                    rows.add(site, LEAKED_CLASS, codes, _given_visit(moves(of.channel, codes), leaked[site]))
                continue
            default[site], leaked[site] = _defaults(of)
            for codes in of.leaked:
                out: Mapping[int, float] = moves(of.channel, codes)
                if codes in of.met_leading and not default[site][_leading(codes)] & WILD:
                    out = _beside_default(out, codes, int(default[site][_leading(codes)]), leaked[site])
                coin[site, _row(codes)], branches = _coin(out, codes)
                rows.add(site, LEAKED_CLASS, codes, branches)
        return {
            "site_rate": rate,
            "site_flipped": apart,
            "site_leaked": leaked,
            "site_default": default,
            "site_coin": coin,
            **rows.arrays(),
        }


class _RowTables:
    """Alias tables of rows; entry 0 is the identity, for rows in which nothing happens."""

    def __init__(self, sites: int) -> None:
        self.start = np.zeros((sites, CLASSES, 36), dtype=np.int32)
        self.size = np.ones((sites, CLASSES, 36), dtype=np.int32)
        self.share: list[float] = [1.0]
        self.action: list[tuple[int, int]] = [(0, 0)]

    def add(self, site: int, kind: int, codes: Codes, branches: Mapping[int, float]) -> None:
        """Table of the row ``codes`` of a site, from the probabilities of its actions."""
        if not any(branches):
            return
        own = sorted(branches)
        kept, alias = alias_table([branches[a] for a in own])
        self.start[site, kind, _row(codes)] = len(self.share)
        self.size[site, kind, _row(codes)] = len(own)
        self.share += kept
        self.action += [(own[k], own[alias[k]]) for k in range(len(own))]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        return {
            "site_acts": (self.start > 0).astype(np.uint8),
            "site_row": self.start,
            "site_size": self.size,
            "branch_share": np.array([round(share * _WHOLE) for share in self.share], dtype=np.uint64),
            "branch_action": np.array(self.action, dtype=np.uint16),
        }


def _row(codes: Codes) -> int:
    return codes[0] if len(codes) == 1 else 6 * codes[0] + codes[1]


def _visited(probability: float) -> float:
    return 1.0 if probability > VISIT_EVERY else probability


@functools.lru_cache(maxsize=4096)
def moves(channel: LeakageChannel, codes: Codes) -> Mapping[int, float]:
    """Probability of each action that does something to a shot with row ``codes``.

    Where values are unknown to the reference, the row averages over them; but the shot has some, the reference's joint
    Z-basis sample with its frame. Branches that change a level happen as often as the row of those values says (which
    Pauli Z comes with them is the average's), and the branches that change none share the rest: |11> -> |20> happens in
    shots with both values 1 only, and says so of whatever those values are tied to (docs/model.md, rule 3).
    """
    row: Row = tuple(CODE_LABELS[code] for code in codes)
    met = [t for t in channel.rows[row] if _leaves_with(codes, t)]
    average: dict[_Branch, float] = {}
    for t in met:
        branch = _branch(row, codes, t)
        average[branch] = average.get(branch, 0.0) + t.probability
    resolved: dict[_Branch, float] = {}
    values: Row = tuple(code if code < 2 else CODE_LABELS[code] for code in codes)
    for t in channel.rows[values]:
        branch = t.outgoing, t.returned_with
        resolved[branch] = resolved.get(branch, 0.0) + t.probability
    moving: dict[int, float] = {}
    staying: dict[int, float] = {}
    for t in met:
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
    """Whether those that leave do so with the values of the shot."""
    return all(value is None or code >= 2 or value == code for value, code in zip(t.left_with, codes, strict=True))


def _changes_level(row: Row, t: Transition) -> bool:
    """Whether a transmon leaves, returns, or changes its leaked level."""
    return any(a != b and (is_leaked(a) or is_leaked(b)) for a, b in zip(row, t.outgoing, strict=True))


def _largest(channel: LeakageChannel, rows: Iterable[Codes]) -> float:
    """Largest probability to do something among ``rows``."""
    return min(max((math.fsum(moves(channel, codes).values()) for codes in rows), default=0.0), 1.0)


def _given_visit(branches: Mapping[int, float], visited: float) -> dict[int, float]:
    """Probability of each action, 0 for none, of a shot that is visited with probability ``visited``."""
    if not branches:
        return {}
    out = {action: p / visited for action, p in branches.items()}
    nothing = 1.0 - math.fsum(out.values())
    if nothing > 1e-12:
        out[0] = out.get(0, 0.0) + nothing
    return out


def _defaults(of: _Site) -> tuple[npt.NDArray[np.uint8], float]:
    """What happens by default to the partner where the first or second transmon leads, by its level: uint8 (2, 2), of
    ``DEFAULTS`` or WILD; and the probability with which calm shots have to be met."""
    chosen = np.full((2, 2), WILD, dtype=np.uint8)
    met = 0.0
    for group in np.ndindex(2, 2):
        rows = [codes for codes in of.met_leading if _leading(codes) == group]
        needs = {q: max(_needs(moves(of.channel, codes), codes, q) for codes in rows) for q in DEFAULTS}
        best = min(DEFAULTS, key=lambda q: (round(needs[q], 12), DEFAULTS.index(q)))
        if needs[best] <= CALM:
            chosen[group], met = best, max(met, needs[best])
    return chosen, met


def _leading(codes: Codes) -> tuple[int, int]:
    """Which transmon leads, and its level, from 2."""
    leads = int(codes[0] < 4)
    return leads, codes[leads] - 4


def _needs(branches: Mapping[int, float], codes: Codes, default: int) -> float:
    """With which probability shots have to be met if the others can be left to the default."""
    found = _explicit(branches, codes)
    parts = _default_parts(default, codes)
    needs = 1.0 - min(found.get(action, 0.0) / p for action, p in parts.items() if p > 0)
    return needs if needs > 1e-12 else 0.0


def _beside_default(branches: Mapping[int, float], codes: Codes, default: int, met: float) -> dict[int, float]:
    """What a calm shot does that is met (probability ``met``), if that and the default together make ``branches``."""
    if met == 0.0:
        return {}
    found = _explicit(branches, codes)
    for action, p in _default_parts(default, codes).items():
        found[action] = found.get(action, 0.0) - (1.0 - met) * p
    assert min(found.values()) > -1e-9, (codes, found)
    return {action: p / met for action, p in found.items() if p > 1e-15}


def _default_parts(default: int, codes: Codes) -> dict[int, float]:
    """The actions of a default with their probabilities."""
    x = (0, FLIP_X) if default & RANDOM_X else (default & FLIP_X,)
    z = (0, FLIP_Z) if default & RANDOM_Z else (default & FLIP_Z,)
    parts = {(a | b) << _partner_byte(codes): 1.0 / (len(x) * len(z)) for a in x for b in z}
    return _explicit(parts, codes)


def _explicit(branches: Mapping[int, float], codes: Codes) -> dict[int, float]:
    """All actions of a calm row, that of doing nothing among them, in one form: where the partner stays computational,
    a random z is half a flip; where its value is known, z is nothing at all."""
    byte = _partner_byte(codes)
    known = max(code for code in codes if code < 4) >= 2
    out = {0: max(1.0 - math.fsum(branches.values()), 0.0)} if 0 not in branches else {}
    for action, p in branches.items():
        stays = not (action >> byte) & _FLIP_LEAKED
        plain = action & ~((FLIP_Z | RANDOM_Z) << byte)
        if stays and known:
            parts = [(plain, p)]
        elif stays and (action >> byte) & RANDOM_Z:
            parts = [(plain, p / 2), (plain | FLIP_Z << byte, p / 2)]
        else:
            parts = [(action, p)]
        for part, q in parts:
            out[part] = out.get(part, 0.0) + q
    return out


def _coin(branches: Mapping[int, float], codes: Codes) -> tuple[tuple[int, int], dict[int, float]]:
    """What nearly always happens to a leaked shot that is met, by one comparison: the z of its computational partner
    flips, or nothing happens (Program.site_coin). And the other actions, given that it is one of them."""
    flip = FLIP_Z << _partner_byte(codes) if min(codes) < 4 else None
    flips = branches.get(flip, 0.0) if flip is not None else 0.0
    others = {action: p for action, p in branches.items() if action and action != flip}
    total = math.fsum(others.values())
    if total < 1e-15:
        return (round(flips * _WHOLE), _WHOLE), {}
    below = tuple(round(min(max(p, 0.0), 1.0) * _WHOLE) for p in (flips, 1.0 - total))
    return (below[0], below[1]), {action: p / total for action, p in others.items()}


def _partner_byte(codes: Codes) -> int:
    """Shift of the computational partner's byte in an action."""
    return 8 if codes[0] >= 4 else 0


def action_of(row: Row, t: Transition) -> int:
    """What a transition does to the transmons' planes, as the bits of Program.branch_action."""
    parts = zip(row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True)
    return sum(_action(*part) << (8 * q) for q, part in enumerate(parts))


def _action(before: Label, after: Label, pauli: str, left: int | None, returned: int | None) -> int:
    action = _FLIP_LEAKED if is_leaked(before) != is_leaked(after) else 0
    action |= _FLIP_THREE if (before == 3) != (after == 3) else 0
    value = left if left is not None else returned
    if value is not None:
        return action | RANDOM_Z | (FLIP_X if value else 0)
    if is_leaked(before):
        return action
    if before == "C":
        return (FLIP_X if pauli in "XY" else 0) | (FLIP_Z if pauli in "YZ" else 0)
    return RANDOM_Z | (FLIP_X if after != before else 0)
