"""Leakage channels at sites: a channel with what the reference knows of the places where it stands.

Shots at a site are of three classes: usual ones have the values of the reference, flipped ones have a known value
flipped against it, and leaked ones have a leaked transmon. Usual shots are visited at the rate of the most active row.
Flipped shots are visited together with them or, where they are far more active, all of them. Leaked shots are visited
apart.

Where one of two transmons is leaked, one thing mostly happens to the frame of its computational partner: its z flips,
its z becomes random, or nothing happens. That is the default of the leaked transmon's level. It is done to whole
planes. Where there is a default, a shot is visited only at the rate of everything else (docs/engine.md, "A leaked
pair").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import LeakageChannel
from qec_leak.engine.plan.alias import alias_table
from qec_leak.engine.plan.formats import beside
from qec_leak.program.actions import (
    FLIP_LEAKED,
    FLIP_X,
    FLIP_Z,
    RANDOM_Z,
    Arrivals,
    Codes,
    actions,
    arrivals,
    largest,
)

VISIT_EVERY = 0.25
"""If the largest probability of a row is above this, every shot of the class is visited."""

MOST_BESIDE_DEFAULT = 0.5
"""There is a default if the largest probability of anything else is at most this."""

VISIT_TOGETHER = 0.01
"""Flipped shots are visited with the usual ones if their largest probability is at most this, or at most four times
that of the usual ones."""

USUAL, FLIPPED, LEAKED_CLASS = 0, 1, 2
"""Classes of shots."""

CLASSES = 3

ROWS = 36
"""Rows of a class of a site: a pair's row is 6 * code of the first transmon + code of the second."""

RANDOM_X, NO_DEFAULT = 8, 16
"""Bits of a default beside those of an action up to 4: the partner's x becomes random; there is no default."""

_WHOLE = 1 << 63

DEFAULTS = tuple(x | z for x in (0, FLIP_X, RANDOM_X) for z in (0, FLIP_Z, RANDOM_Z))


@dataclass(frozen=True)
class _Site:
    channel: LeakageChannel
    arrive: Arrivals

    @property
    def arity(self) -> int:
        return self.channel.num_qubits

    @property
    def one_leaked(self) -> set[Codes]:
        """Rows of shots in which one transmon is leaked, for the partners that places of this site have."""
        partners = self.arrive.usual | self.arrive.flipped
        return {codes for a, b in partners for level in (4, 5) for codes in ((level, b), (a, level))}


class SiteTable:
    """Sites of leakage channels, equal ones shared."""

    def __init__(self) -> None:
        self._sites: dict[_Site, int] = {}

    def add(self, channel: LeakageChannel, values: Sequence[int]) -> int:
        """Site of ``channel`` on places with reference ``values`` (Z value, +2 where it is known), one for each
        target."""
        return self._sites.setdefault(_Site(channel, arrivals(channel.num_qubits, values)), len(self._sites))

    def tables(self) -> dict[str, Any]:
        """Fields of PlanTables whose names begin with ``site`` and ``branch``."""
        n = len(self._sites)
        rate, apart, leaked = np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n)
        default = np.zeros((n, 2, 2), dtype=np.uint8)
        coin = np.zeros((n, ROWS, 2), dtype=np.uint64)
        rows = _RowTables(n)
        for of, site in self._sites.items():
            usual, flipped = largest(of.channel, of.arrive.usual), largest(of.channel, of.arrive.flipped)
            apart[site] = flipped > max(VISIT_TOGETHER, 4 * usual)
            usual = _visited(usual if apart[site] else max(usual, flipped))
            rate[site] = -math.log1p(-usual) if usual < 1.0 else math.inf
            for codes in of.arrive.usual if apart[site] else of.arrive.usual | of.arrive.flipped:
                rows.add(site, USUAL, codes, _given_visit(actions(of.channel, codes), usual))
            for codes in of.arrive.flipped if apart[site] else ():
                rows.add(site, FLIPPED, codes, _given_visit(actions(of.channel, codes), 1.0))
            if of.arity == 1:
                leaked[site] = _visited(largest(of.channel, of.arrive.leaked))
                for codes in of.arrive.leaked:
                    rows.add(site, LEAKED_CLASS, codes, _given_visit(actions(of.channel, codes), leaked[site]))
                continue
            default[site], leaked[site] = _defaults(of)
            for codes in of.arrive.leaked:
                out: Mapping[int, float] = actions(of.channel, codes)
                if codes in of.one_leaked and not default[site][_leaked_one(codes)] & NO_DEFAULT:
                    out = _beside_default(out, codes, int(default[site][_leaked_one(codes)]), leaked[site])
                coin[site, _row(codes)], branches = _coin(out, codes)
                rows.add(site, LEAKED_CLASS, codes, branches)
        return {
            "site_rate": rate,
            "site_flipped": apart,
            "site_leaked": leaked,
            "site_default": default,
            "site_coin": coin.ravel(),
            **rows.tables(),
        }


class _RowTables:
    """Alias tables of rows; entry 0 is the identity, for rows in which nothing happens."""

    def __init__(self, sites: int) -> None:
        self.start = np.zeros((sites, CLASSES, ROWS), dtype=np.int32)
        self.size = np.ones((sites, CLASSES, ROWS), dtype=np.int32)
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

    def tables(self) -> dict[str, Any]:
        rows = np.arange(ROWS, dtype=np.uint64)
        own, alias = np.array(self.action, dtype=np.uint16).T
        return {
            "site_acts": ((self.start > 0).astype(np.uint64) << rows).sum(axis=2, dtype=np.uint64).ravel(),
            "site_table": beside(self.start, self.size, 32).ravel(),
            "branch_share": np.array([round(share * _WHOLE) for share in self.share], dtype=np.uint64),
            "branch_does": beside(own, alias, 16),
        }


def _row(codes: Codes) -> int:
    return codes[0] if len(codes) == 1 else 6 * codes[0] + codes[1]


def _visited(probability: float) -> float:
    return 1.0 if probability > VISIT_EVERY else probability


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
    """The default where the first or second transmon is leaked, by its level: uint8 (2, 2), one of ``DEFAULTS`` or
    NO_DEFAULT. And the probability with which shots with a default must be visited."""
    chosen = np.full((2, 2), NO_DEFAULT, dtype=np.uint8)
    visited = 0.0
    for group in np.ndindex(2, 2):
        rows = [codes for codes in of.one_leaked if _leaked_one(codes) == group]
        needs = {q: max(_needs(actions(of.channel, codes), codes, q) for codes in rows) for q in DEFAULTS}
        best = min(DEFAULTS, key=lambda q: (round(needs[q], 12), DEFAULTS.index(q)))
        if needs[best] <= MOST_BESIDE_DEFAULT:
            chosen[group], visited = best, max(visited, needs[best])
    return chosen, visited


def _leaked_one(codes: Codes) -> tuple[int, int]:
    """Which transmon is leaked, and its level, from 2."""
    which = int(codes[0] < 4)
    return which, codes[which] - 4


def _needs(branches: Mapping[int, float], codes: Codes, default: int) -> float:
    """The probability with which shots must be visited, if the others get the default."""
    found = _explicit(branches, codes)
    parts = _default_parts(default, codes)
    needs = 1.0 - min(found.get(action, 0.0) / p for action, p in parts.items() if p > 0)
    return needs if needs > 1e-12 else 0.0


def _beside_default(branches: Mapping[int, float], codes: Codes, default: int, visited: float) -> dict[int, float]:
    """Probabilities of actions of a visited shot, such that visits (probability ``visited``) and the default together
    give ``branches``."""
    if visited == 0.0:
        return {}
    found = _explicit(branches, codes)
    for action, p in _default_parts(default, codes).items():
        found[action] = found.get(action, 0.0) - (1.0 - visited) * p
    assert min(found.values()) > -1e-9, (codes, found)
    return {action: p / visited for action, p in found.items() if p > 1e-15}


def _default_parts(default: int, codes: Codes) -> dict[int, float]:
    """The actions of a default with their probabilities."""
    x = (0, FLIP_X) if default & RANDOM_X else (default & FLIP_X,)
    z = (0, FLIP_Z) if default & RANDOM_Z else (default & FLIP_Z,)
    parts = {(a | b) << _partner_byte(codes): 1.0 / (len(x) * len(z)) for a in x for b in z}
    return _explicit(parts, codes)


def _explicit(branches: Mapping[int, float], codes: Codes) -> dict[int, float]:
    """All actions of a row with one leaked transmon, doing nothing included, in one form: where the partner stays
    computational, a random z is a flip with probability 1/2; where its value is known, z is left out."""
    byte = _partner_byte(codes)
    known = max(code for code in codes if code < 4) >= 2
    out = {0: max(1.0 - math.fsum(branches.values()), 0.0)} if 0 not in branches else {}
    for action, p in branches.items():
        stays = not (action >> byte) & FLIP_LEAKED
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
    """Two shares (``PlanTables.site_coin``) for what nearly always happens to a visited leaked shot: the z of its
    computational partner flips, or nothing happens. And the probabilities of the other actions, given that it is one of
    them."""
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
