"""Which qubits can ever be leaked: a fixed point over everything in a circuit that moves levels."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, is_leaked

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
            for row in itertools.product(*(tuple(labels[q]) for q in qubits)):
                for t in channel.rows[row]:
                    for q, after in zip(qubits, t.outgoing, strict=True):
                        if is_leaked(after) and after not in labels[q]:
                            labels[q].add(after)
                            changed = True
        for a, b in swaps:
            union = labels[a] | labels[b]
            changed |= labels[a] != union or labels[b] != union
            labels[a], labels[b] = set(union), set(union)
    return np.array([any(map(is_leaked, have)) for have in labels], dtype=bool)
