"""Moves: everything in a circuit that changes levels, and which qubits it can leave leaked."""

from __future__ import annotations

from qec_leak.tableau.grammar import Tag
from qec_leak.tableau.tables import can_leak_by, rows_of


class Moves:
    """Collects channels, resets and exchanges of levels, in any order."""

    def __init__(self) -> None:
        self._channels: dict[tuple[int, tuple[int, ...]], Tag] = {}
        self._resets: set[tuple[int, str, str]] = set()
        self._exchanges: set[tuple[int, int]] = set()

    def add_channel(self, tag: Tag, qubits: tuple[int, ...]) -> None:
        self._channels[id(tag), qubits] = tag

    def add_reset(self, qubit: int, reset: dict[int, list[tuple[float, int]]]) -> None:
        for level, branches in reset.items():
            self._resets |= {(qubit, str(level), str(out)) for p, out in branches if p > 0 and out in (2, 3)}

    def exchange(self, a: int, b: int) -> None:
        self._exchanges.add((a, b))

    def leakable(self) -> set[int]:
        """Qubits that some order of all this can leave leaked."""
        leaks = {id(tag): can_leak_by(rows_of(tag)) for tag in self._channels.values()}
        levels: set[tuple[int, str]] = set()  # (qubit, leaked level)
        size = -1
        while size != len(levels):
            size = len(levels)
            for (tag_id, qubits), _ in self._channels.items():
                for row, place, level in leaks[tag_id]:
                    if all(label not in "23" or (q, label) in levels for q, label in zip(qubits, row, strict=True)):
                        levels.add((qubits[place], level))
            for q, before, after in self._resets:
                if (q, before) in levels:
                    levels.add((q, after))
            for a, b in self._exchanges:
                for level in "23":
                    if (a, level) in levels or (b, level) in levels:
                        levels |= {(a, level), (b, level)}
        return {q for q, _ in levels}
