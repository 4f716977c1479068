"""Tables that a Program is built from: Pauli noise, leakage channels, resets, readouts; equal ones are shared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition, is_leaked

CODE_LABELS: tuple[Label, ...] = ("C", 0, 1, 2, 3)
"""Labels by row code: 0 unknown value, 1 value 0, 2 value 1, 3 level 2, 4 level 3."""

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
        self._index: dict[tuple[tuple[int, float], ...], int] = {}

    def add(self, outcomes: Sequence[tuple[int, float]]) -> int | None:
        """Index of noise with (frame bits, probability) ``outcomes``; None if nothing can happen."""
        kept = tuple((bits, p) for bits, p in outcomes if p > 0)
        return self._index.setdefault(kept, len(self._index)) if kept else None

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        n = len(self._index)
        log, size = np.zeros(n), np.zeros(n, dtype=np.int32)
        share, alias = np.ones((n, 16)), np.zeros((n, 16), dtype=np.uint8)
        outcome = np.zeros((n, 16), dtype=np.uint8)
        for outcomes, i in self._index.items():
            total = math.fsum(p for _, p in outcomes)
            log[i], size[i] = inverse_log(total), len(outcomes)
            share[i, : len(outcomes)], alias[i, : len(outcomes)] = alias_table([p / total for _, p in outcomes])
            outcome[i, : len(outcomes)] = [bits for bits, _ in outcomes]
        return {
            "noise_log": log,
            "noise_share": share,
            "noise_alias": alias,
            "noise_outcome": outcome,
            "noise_size": size,
        }


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
    """Leakage channels at sites: a channel with the known values of the places where it stands, which say how shots are
    visited. Shots are of three classes: in the row that the reference says, with a known value flipped against the
    reference, arriving leaked. Each class is visited with the largest probability of its rows to do something."""

    def __init__(self) -> None:
        self._sites: dict[tuple[LeakageChannel, tuple[frozenset[Row], ...]], int] = {}

    def add(self, channel: LeakageChannel, known: Sequence[int]) -> int | None:
        """Site of ``channel`` on places with reference values ``known`` (0, 1, or -1 unknown), one for each target;
        None if it never does anything there."""
        k = channel.num_qubits
        usual: set[Row] = set()
        flipped: set[Row] = set()
        for place in {tuple(known[i : i + k]) for i in range(0, len(known), k)}:
            says: Row = tuple("C" if v < 0 else v for v in place)
            usual.add(says)
            values: list[tuple[Label, ...]] = [("C",) if v < 0 else (0, 1) for v in place]
            flipped |= set(itertools.product(*values)) - {says}
        leaked = {row for row in channel.rows if any(map(is_leaked, row))}
        classes = (frozenset(usual), frozenset(flipped), frozenset(leaked))
        if not any(_largest(channel, rows) for rows in classes):
            return None
        return self._sites.setdefault((channel, classes), len(self._sites))

    def moves_computational(self, site: int) -> bool:
        """Whether the site's channel does anything to shots that arrive computational."""
        channel, classes = list(self._sites)[site]
        return any(_largest(channel, rows) for rows in classes[:2])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        shape = (len(self._sites), 3, 25)
        start, size, largest = np.zeros(shape, np.int32), np.ones(shape, np.int32), np.zeros(shape[:2])
        share: list[float] = [1.0]  # entry 0 is the identity, for rows that are never met
        action: list[tuple[int, int]] = [(0, 0)]
        for (channel, classes), site in self._sites.items():
            for kind, rows in enumerate(classes):
                visited = _largest(channel, rows)
                if kind and visited > VISIT_EVERY:
                    visited = 1.0
                largest[site, kind] = visited
                for row in sorted(rows, key=str) if visited else ():
                    branches = _branches(channel, row, visited)
                    own = list(branches)
                    kept, alias = alias_table([branches[a] for a in own])
                    code = code_of(row)
                    start[site, kind, code], size[site, kind, code] = len(share), len(own)
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


def _largest(channel: LeakageChannel, rows: Iterable[Row]) -> float:
    """Largest probability to do something among ``rows``."""
    moves = (math.fsum(t.probability for t in channel.rows[row] if not t.is_identity(row)) for row in rows)
    return min(max(moves, default=0.0), 1.0)


def _branches(channel: LeakageChannel, row: Row, visited: float) -> dict[int, float]:
    """Probability of each action, 0 for none, of a shot that is visited with probability ``visited``."""
    out: dict[int, float] = {}
    for t in channel.rows[row]:
        if not t.is_identity(row):
            out[action_of(row, t)] = out.get(action_of(row, t), 0.0) + t.probability / visited
    nothing = 1.0 - math.fsum(out.values())
    if nothing > 1e-12:
        out[0] = out.get(0, 0.0) + nothing
    return out


def code_of(row: Row) -> int:
    """Row code: 5*code_0 + code_1, or code_0 for one transmon."""
    code = 0
    for label in row:
        code = 5 * code + CODE_LABELS.index(label)
    return code


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
