"""Cases of a certificate: which qubits are leaked, from where to where."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from qec_leak.certificate.kernels import CZ, LEAVE, RESET, RETURN, SWAP
from qec_leak.certificate.lines import Line
from qec_leak.certificate.operations import Operations, Spot

Event = tuple[int, int, int]
"""Position, LEAVE or RETURN, qubit."""


@dataclass(frozen=True)
class Case:
    """events: in order of position.   leaves: the Spots where qubits leave.   back: Line where the first one is back
    or reset, None if never."""

    events: tuple[Event, ...]
    leaves: tuple[Spot, ...]
    back: Line | None


@dataclass(frozen=True)
class _Stay:
    """ends: (position, qubit, line) of what can bring a leaked qubit back within the window; cleared: the position and
    line of the reset that does in any case; held: (position, qubit), the qubit that is leaked from there on."""

    ends: tuple[tuple[int, int, Line], ...]
    cleared: tuple[int, Line] | None
    held: tuple[tuple[int, int], ...]

    def holder(self, position: int) -> int:
        """Which qubit is leaked before the operation at ``position``."""
        return [qubit for since, qubit in self.held if since <= position][-1]


class Cases:
    """Cases of a circuit. Raises ValueError where a leaked qubit would take part in a product."""

    def __init__(self, operations: Operations) -> None:
        self._of = operations
        self._touching: list[list[int]] = [[] for _ in range(operations.num_qubits)]
        for k, (code, a, b, _) in enumerate(operations.table.tolist()):
            for q in (a, b) if code in (CZ, SWAP) else (a,):
                self._touching[q].append(k)
        self._back: list[list[Spot]] = [[] for _ in range(operations.num_qubits)]
        for spot in sorted(operations.returning, key=lambda s: s.position):
            self._back[spot.qubit].append(spot)
        self._stays = {(s.position, s.qubit): self._stay(s) for s in operations.leaving}
        self._leaving = sorted(operations.leaving, key=lambda s: (s.position, s.qubit))

    def one(self) -> Iterator[Case]:
        """One leaked qubit: each place where it leaves, with never and each place of the window where it is back."""
        for spot in self._leaving:
            stay = self._stays[spot.position, spot.qubit]
            leave = (spot.position, LEAVE, spot.qubit)
            yield Case((leave,), (spot,), stay.cleared[1] if stay.cleared else None)
            for position, qubit, line in stay.ends:
                yield Case((leave, (position, RETURN, qubit)), (spot,), line)

    def two(self) -> Iterator[Case]:
        """Two leaked qubits: see ``first_order``."""
        table = self._of.table
        pairs = {frozenset((int(a), int(b))) for code, a, b, _ in table if code == CZ}
        by_qubit: dict[int, list[Spot]] = {}
        for spot in self._leaving:
            by_qubit.setdefault(spot.qubit, []).append(spot)
        for pair in sorted(map(sorted, pairs)):
            for q, other in (pair, pair[::-1]):
                for first in by_qubit.get(q, ()):
                    for second in by_qubit.get(other, ()):
                        if (first.position, q) < (second.position, other):
                            yield from self._pair(first, second)

    def _pair(self, first: Spot, second: Spot) -> Iterator[Case]:
        if second.position > first.position + self._of.window:
            return
        stay = self._stays[first.position, first.qubit]
        if stay.cleared and stay.cleared[0] < second.position:
            return
        if stay.holder(second.position) == second.qubit:
            return
        leaves = ((first.position, LEAVE, first.qubit), (second.position, LEAVE, second.qubit))
        yield Case(leaves, (first, second), stay.cleared[1] if stay.cleared else None)
        later = self._stays[second.position, second.qubit]
        for ends in (stay.ends, later.ends):
            after = [end for end in ends if end[0] > second.position]
            if after:
                position, qubit, line = after[0]
                yield Case((*leaves, (position, RETURN, qubit)), (first, second), line)

    def _stay(self, spot: Spot) -> _Stay:
        table, qubit, position = self._of.table, spot.qubit, spot.position
        ends: list[tuple[int, int, Line]] = []
        held = [(position, qubit)]
        while True:
            touching = self._touching[qubit]
            at = bisect_left(touching, position)
            here = touching[at] if at < len(touching) else len(table)
            for back in self._back[qubit]:
                if position <= back.position <= here and back.position <= spot.position + self._of.window:
                    ends.append((back.position, qubit, back.line))
            if here == len(table):
                return _Stay(tuple(ends), None, tuple(held))
            if here in self._of.forbidden:
                line = self._of.line_of[here]
                raise ValueError(
                    f"line {line.number}: `{line.text}` must act on qubits that cannot be leaked, but qubit {qubit} "
                    f"can, from line {spot.line.number} on; write it with controlled Paulis and one-qubit measurements"
                )
            code, a, b, c = (int(v) for v in table[here])
            if code == RESET and not c:
                return _Stay(tuple(ends), (here, self._of.line_of[here]), tuple(held))
            if code == SWAP:
                qubit = b if qubit == a else a
                held.append((here + 1, qubit))
            position = here + 1
