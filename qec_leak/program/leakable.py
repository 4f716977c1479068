"""Which qubits can ever be leaked: a fixed point over everything in a circuit that moves levels."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, Row, is_leaked

_COMPUTATIONAL: frozenset[Label] = frozenset({"C", 0, 1})


def leakable_qubits(
    num_qubits: int, moves: Iterable[tuple[LeakageChannel, tuple[int, ...]]], swaps: Iterable[tuple[int, int]]
) -> npt.NDArray[np.bool_]:
    """bool (num_qubits,): True where some order of the ``moves`` (channel, qubits) and ``swaps`` can leak the qubit."""
    labels: list[set[Label]] = [set(_COMPUTATIONAL) for _ in range(num_qubits)]
    moves, swaps = list(set(moves)), list(set(swaps))
    changed = True
    while changed:
        changed = False
        for channel, qubits in moves:
            for row, position, after in _leaks(channel):
                have = labels[qubits[position]]
                if after not in have and all(label in labels[q] for label, q in zip(row, qubits, strict=True)):
                    have.add(after)
                    changed = True
        for a, b in swaps:
            union = labels[a] | labels[b]
            changed |= labels[a] != union or labels[b] != union
            labels[a], labels[b] = set(union), set(union)
    return np.array([any(map(is_leaked, have)) for have in labels], dtype=bool)


@functools.lru_cache(maxsize=1024)
def _leaks(channel: LeakageChannel) -> tuple[tuple[Row, int, Label], ...]:
    """(row, position, leaked level) for each way in which a channel can make a transmon leaked."""
    found = {
        (row, position, after)
        for row, transitions in channel.rows.items()
        for t in transitions
        for position, after in enumerate(t.outgoing)
        if is_leaked(after)
    }
    return tuple(sorted(found, key=str))
