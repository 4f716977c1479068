"""Tables that a Program is built from: Pauli noise, leakage channels, resets, readouts; equal ones are shared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition, is_leaked

CODE_LABELS: tuple[Label, ...] = ("C", "C", 0, 1, 2, 3)
"""Labels by row code: 0, 1 the shot's value where the reference does not know it; 2, 3 where it does; 4, 5 leaked."""

Codes = tuple[int, ...]
"""Row codes of the transmons of a channel."""

VISIT_EVERY = 0.25
"""Above this largest probability of a row, every flipped or leaked shot is visited instead of skipping some."""

_PAULI_BITS = (0, 1, 3, 2)
"""Frame bits (x, 2 z) of I, X, Y, Z."""


def inverse_log(probability: float) -> float:
    """1/log(1-p), the factor of geometric skipping; 0 for p = 1."""
    return 0.0 if probability >= 1.0 else 1.0 / math.log1p(-probability)


class NoiseTable:
    """Pauli noise: outcomes with probabilities, one entry per different noise."""

    def __init__(self) -> None:
        self._index: dict[tuple[tuple[tuple[int, float], ...], bool], int] = {}

    def add(self, outcomes: Sequence[tuple[int, float]], *, once: bool = False) -> int | None:
        """Index of noise with (frame bits, probability) ``outcomes``; None if nothing can happen. ``once``: each event
        is to be seen as one (a herald, a link of a chain), so that it cannot be made of several."""
        kept = tuple((bits, p) for bits, p in outcomes if p > 0)
        return self._index.setdefault((kept, once), len(self._index)) if kept else None

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        n = len(self._index)
        rate = np.zeros(n)
        log, size = np.zeros(n), np.zeros(n, dtype=np.int32)
        share, alias = np.ones((n, 16)), np.zeros((n, 16), dtype=np.uint8)
        outcome = np.zeros((n, 16), dtype=np.uint8)
        for (given, once), i in self._index.items():
            log[i] = inverse_log(math.fsum(p for _, p in given))
            rates = () if once else poisson_rates(given)
            outcomes = rates or given
            total = math.fsum(p for _, p in outcomes)
            rate[i] = total if rates else 0.0
            size[i] = len(outcomes)
            share[i, : len(outcomes)], alias[i, : len(outcomes)] = alias_table([p / total for _, p in outcomes])
            outcome[i, : len(outcomes)] = [bits for bits, _ in outcomes]
        return {
            "noise_log": log,
            "noise_rate": rate,
            "noise_share": share,
            "noise_alias": alias,
            "noise_outcome": outcome,
            "noise_size": size,
        }


def poisson_rates(outcomes: Sequence[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Rates of independent Poisson events (frame bits, rate) that together are the Pauli noise ``outcomes``; empty if
    there are none.

    Eigenvalue b of a Pauli channel is sum_a p_a (-1)^<a,b> = exp(sum_a mu_a ((-1)^<a,b> - 1)), so the rates are the
    Walsh transform of its logarithm (any pairing <a,b> of the bits that runs through all signs serves).
    Not all Pauli channels divide so: X and Y without Z, or p >= 1/2, have no rates.
    """
    size = 4 if max(bits for bits, _ in outcomes) < 4 else 16
    probability = [0.0] * size
    for bits, p in outcomes:
        probability[bits] += p
    probability[0] += 1 - math.fsum(p for _, p in outcomes)
    sign = [[1 - 2 * ((a & b).bit_count() % 2) for b in range(size)] for a in range(size)]
    eigenvalues = [math.fsum(s * p for s, p in zip(row, probability, strict=True)) for row in sign]
    if min(eigenvalues) < 1e-3:
        return ()
    rates = [math.fsum(s * math.log(v) for s, v in zip(row, eigenvalues, strict=True)) / size for row in sign]
    if min(rates[1:]) < -1e-15:
        return ()
    return tuple((bits, rate) for bits, rate in enumerate(rates) if bits and rate > 1e-15)


def alias_table(probabilities: Sequence[float]) -> tuple[list[float], list[int]]:
    """Walker's alias table (Vose, IEEE Trans. Softw. Eng. 17, 972 (1991)): entry k, chosen with probability 1/n, keeps
    share[k] of its turns and hands the others to alias[k]."""
    n = len(probabilities)
    share = [p * n for p in probabilities]
    alias = list(range(n))
    small = [k for k in range(n) if share[k] < 1]
    large = [k for k in range(n) if share[k] >= 1]
    while small and large:
        k, donor = small.pop(), large[-1]
        alias[k] = donor
        share[donor] -= 1 - share[k]
        if share[donor] < 1:
            small.append(large.pop())
    for k in small + large:  # what rounding left over
        share[k] = 1.0
    return share, alias


def pauli_outcomes(name: str, args: Sequence[float]) -> list[tuple[int, float]]:
    """Outcomes (frame bits, probability) of one of Stim's Pauli noise instructions."""
    if name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
        return [(_PAULI_BITS["IXYZ".index(name[0])], args[0])]
    if name == "DEPOLARIZE1":
        return [(b, args[0] / 3) for b in _PAULI_BITS[1:]]
    if name == "PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS[1:], args, strict=True))
    if name == "HERALDED_ERASE":
        return [(b, args[0] / 4) for b in _PAULI_BITS]
    if name == "HERALDED_PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS, args, strict=True))
    pairs = [a | (b << 2) for a in _PAULI_BITS for b in _PAULI_BITS][1:]
    if name == "DEPOLARIZE2":
        return [(b, args[0] / 15) for b in pairs]
    assert name == "PAULI_CHANNEL_2", name
    return list(zip(pairs, args, strict=True))


class ChannelTable:
    """Leakage channels at sites: a channel with what the reference knows of the places where it stands, which says how
    shots are visited. Shots are of three classes: as the reference says, with a known value flipped against it, and
    arriving leaked. Each class is visited with the largest probability of its rows to do something."""

    def __init__(self) -> None:
        self._sites: dict[tuple[LeakageChannel, tuple[frozenset[Codes], ...]], int] = {}

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
        classes = (frozenset(usual), frozenset(flipped), frozenset(leaked))
        if not any(_largest(channel, rows) for rows in classes):
            return None
        return self._sites.setdefault((channel, classes), len(self._sites))

    def moves_computational(self, site: int) -> bool:
        """Whether the site's channel does anything to shots that arrive computational."""
        channel, classes = list(self._sites)[site]
        return any(_largest(channel, rows) for rows in classes[:2])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        shape = (len(self._sites), 3, 36)
        start, size, largest = np.zeros(shape, np.int32), np.ones(shape, np.int32), np.zeros(shape[:2])
        share: list[float] = [1.0]  # entry 0 is the identity, for rows that are never met
        action: list[tuple[int, int]] = [(0, 0)]
        for (channel, classes), site in self._sites.items():
            for kind, rows in enumerate(classes):
                visited = _largest(channel, rows)
                if kind and visited > VISIT_EVERY:
                    visited = 1.0
                largest[site, kind] = visited
                for codes in sorted(rows) if visited else ():
                    branches = _branches(channel, codes, visited)
                    own = list(branches)
                    kept, alias = alias_table([branches[a] for a in own])
                    row = codes[0] if len(codes) == 1 else 6 * codes[0] + codes[1]
                    start[site, kind, row], size[site, kind, row] = len(share), len(own)
                    share += kept
                    action += [(own[k], own[alias[k]]) for k in range(len(own))]
        return {
            "site_max": largest,
            "site_log": np.array([inverse_log(p) if p > 0 else 0.0 for p in largest.ravel()]).reshape(-1, 3),
            "site_row": start,
            "site_size": size,
            "branch_share": np.array(share),
            "branch_action": np.array(action, dtype=np.uint16),
        }


def moves(channel: LeakageChannel, codes: Codes) -> dict[int, float]:
    """Probability of each action that does something to a shot with row ``codes``.

    Where the value is unknown to the reference, the row averages over it; but the shot has one, the reference's joint
    Z-basis sample with its frame. A branch that leaves with value c happens in shots with that value only, twice as
    often, and the branches in which none leaves share the rest (physics: frozen-frame rule 4).
    """
    row: Row = tuple(CODE_LABELS[code] for code in codes)
    leaving: dict[int, float] = {}
    staying: dict[int, float] = {}
    kept = 0.0
    for t in channel.rows[row]:
        left = [(value, codes[q]) for q, value in enumerate(t.left_with) if value is not None and codes[q] < 2]
        action = 0 if t.is_identity(row) else action_of(row, t)
        if not left:
            kept += t.probability
            staying[action] = staying.get(action, 0.0) + t.probability
        elif all(value == code for value, code in left):
            leaving[action] = leaving.get(action, 0.0) + t.probability * 2.0 ** len(left)
    scale = (1.0 - math.fsum(leaving.values())) / kept if kept > 0 else 0.0
    out = {action: p * scale for action, p in staying.items() if action}
    for action, p in leaving.items():
        out[action] = out.get(action, 0.0) + p
    return out


def _largest(channel: LeakageChannel, rows: Iterable[Codes]) -> float:
    """Largest probability to do something among ``rows``."""
    return min(max((math.fsum(moves(channel, codes).values()) for codes in rows), default=0.0), 1.0)


def _branches(channel: LeakageChannel, codes: Codes, visited: float) -> dict[int, float]:
    """Probability of each action, 0 for none, of a shot that is visited with probability ``visited``."""
    out = {action: p / visited for action, p in moves(channel, codes).items()}
    nothing = 1.0 - math.fsum(out.values())
    if nothing > 1e-12:
        out[0] = out.get(0, 0.0) + nothing
    return out


def action_of(row: Row, t: Transition) -> int:
    """What a transition does to the transmons' planes, as the bits of Program.branch_action."""
    parts = zip(row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True)
    return sum(_action(*part) << (8 * q) for q, part in enumerate(parts))


def _action(before: Label, after: Label, pauli: str, left: int | None, returned: int | None) -> int:
    flip_x, flip_z, random_z, flip_leaked, flip_three = 1, 2, 4, 8, 16
    action = flip_leaked if is_leaked(before) != is_leaked(after) else 0
    action |= flip_three if (before == 3) != (after == 3) else 0
    value = left if left is not None else returned
    if value is not None:
        return action | random_z | (flip_x if value else 0)
    if is_leaked(before):
        return action
    if before == "C":
        return (flip_x if pauli in "XY" else 0) | (flip_z if pauli in "YZ" else 0)
    return random_z | (flip_x if after != before else 0)


class RowTable:
    """Rows of numbers, equal ones shared."""

    def __init__(self) -> None:
        self._index: dict[tuple[float, ...], int] = {}

    def add(self, *row: float) -> int:
        """Index of the row."""
        return self._index.setdefault(row, len(self._index))

    def array(self, *shape: int) -> npt.NDArray[np.float64]:
        """float64 (rows, *shape)."""
        return np.array(list(self._index), dtype=float).reshape(-1, *shape)
