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
        cum, outcome = np.full((n, 16), 2.0), np.zeros((n, 16), dtype=np.uint8)
        for outcomes, i in self._index.items():
            total = math.fsum(p for _, p in outcomes)
            log[i], size[i] = inverse_log(total), len(outcomes)
            cum[i, : len(outcomes) - 1] = np.cumsum([p / total for _, p in outcomes])[:-1]
            outcome[i, : len(outcomes)] = [bits for bits, _ in outcomes]
        return {"noise_log": log, "noise_cum": cum, "noise_outcome": outcome, "noise_size": size}


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
    """Leakage channels as rows of cumulative probabilities and actions; and sites: a channel with the known values of
    the places where it stands, which say how shots are visited."""

    def __init__(self) -> None:
        self._channels: dict[LeakageChannel, int] = {}
        self._sites: dict[tuple[int, float, float, float], int] = {}

    def add(self, channel: LeakageChannel, known: Sequence[int]) -> int | None:
        """Site of ``channel`` on places with reference values ``known`` (0, 1, or -1 unknown), one for each target;
        None if it never does anything there.

        Shots are visited in three classes, each with the largest probability of a row in it: those in the row that the
        reference says, those with a known value flipped against the reference, those that arrive leaked.
        """
        k = channel.num_qubits
        usual: set[Row] = set()
        flipped: set[Row] = set()
        for place in {tuple(known[i : i + k]) for i in range(0, len(known), k)}:
            usual.add(tuple("C" if v < 0 else v for v in place))
            flipped |= set(itertools.product(*(("C",) if v < 0 else (0, 1) for v in place)))
        leaked = {row for row in channel.rows if any(map(is_leaked, row))}
        largest = [_largest(channel, rows) for rows in (usual, flipped if flipped != usual else set(), leaked)]
        if not any(largest):
            return None
        index = self._channels.setdefault(channel, len(self._channels))
        usual_max, flipped_max, leaked_max = largest[0], *(p if p <= VISIT_EVERY else 1.0 for p in largest[1:])
        return self._sites.setdefault((index, usual_max, flipped_max, leaked_max), len(self._sites))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        rows = np.zeros((len(self._channels), 26), dtype=np.int32)
        cum: list[float] = []
        actions: list[tuple[int, int]] = []
        for channel, i in self._channels.items():
            codes = 5**channel.num_qubits
            for code in range(codes):
                row = row_of(code, channel.num_qubits)
                rows[i, code] = len(cum)
                moving = sorted((t for t in channel.rows[row] if not t.is_identity(row)), key=lambda t: -t.probability)
                cum += np.cumsum([t.probability for t in moving]).tolist()
                actions += [action_of(row, t) for t in moving]
            rows[i, codes:] = len(cum)
        largest = np.array([site[1:] for site in self._sites], dtype=float).reshape(-1, 3)
        return {
            "channel_row": rows,
            "transition_cum": np.array(cum, dtype=float),
            "transition_action": np.array(actions, dtype=np.uint8).reshape(-1, 2),
            "site_channel": np.array([site[0] for site in self._sites], dtype=np.int32),
            "site_max": largest,
            "site_log": np.array([inverse_log(p) if p > 0 else 0.0 for p in largest.ravel()]).reshape(-1, 3),
        }


def _largest(channel: LeakageChannel, rows: Iterable[Row]) -> float:
    """Largest probability to do something among ``rows``."""
    moves = (math.fsum(t.probability for t in channel.rows[row] if not t.is_identity(row)) for row in rows)
    return min(max(moves, default=0.0), 1.0)


def row_of(code: int, num_qubits: int) -> Row:
    """Incoming labels of a row code."""
    return (CODE_LABELS[code],) if num_qubits == 1 else (CODE_LABELS[code // 5], CODE_LABELS[code % 5])


def action_of(row: Row, t: Transition) -> tuple[int, int]:
    """What a transition does to each transmon's planes, as the bits of Program.transition_action."""
    parts = zip(row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True)
    actions = [_action(*part) for part in parts]
    return (actions[0], actions[1]) if len(actions) == 2 else (actions[0], 0)


def _action(before: Label, after: Label, pauli: str, left: int | None, returned: int | None) -> int:
    flip_x, flip_z, random_z = 4, 8, 16
    if is_leaked(after):
        assert isinstance(after, int)
        return after | ((random_z | (flip_x if left else 0)) if left is not None else 0)
    if is_leaked(before):
        return random_z | (flip_x if returned else 0)
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
