"""Both descriptions of a case, as maps from random bits to outputs."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qec_leak.certificate.cases import Case
from qec_leak.certificate.cliffords import clifford_table
from qec_leak.certificate.kernels import MEASURE, RESET, Frames, Outputs, Tableau, run_frames, run_tableau
from qec_leak.certificate.operations import Operations
from qec_leak.certificate.reference import Reference

U64 = npt.NDArray[np.uint64]
_State = TypeVar("_State", Frames, Tableau, Outputs)

READOUT = 1
"""What a leaked qubit reads."""

_MAX_EVENTS = 3
_NO_EVENTS = np.zeros((0, 3), dtype=np.int32)


class Comparison:
    """Runs cases in both descriptions. Cases come in the order of their first event, so that each shares the operations
    before it with the case before."""

    _at: int
    _frames: Frames
    _tableau: Tableau
    _outputs: tuple[Outputs, Outputs]

    def __init__(self, operations: Operations, reference: Reference) -> None:
        self._of, self._reference = operations, reference
        self._cliffords = clifford_table()[0]
        n, sweeps = operations.num_qubits, operations.num_sweep_bits
        codes = operations.table[:, 0]
        random = int(np.count_nonzero((codes == MEASURE) | (codes == RESET)))
        self._fixed = 1 + sweeps + _MAX_EVENTS
        self._words = (self._fixed + n + random + _MAX_EVENTS + 63) // 64
        self._scratch = np.zeros(self._words, dtype=np.uint64)
        flat = [record for p in operations.parities for record in (*p, operations.num_records)]
        starts = np.cumsum([0] + [len(p) + 1 for p in operations.parities])[:-1]
        self._parities = np.array(flat, dtype=np.intp), starts
        self._sweeps = _one_bits(sweeps, self._words, 1)
        self._begin()

    def maps(self, case: Case) -> tuple[U64, U64]:
        """uint64 (outputs, words): by frames, and by the tableau. Outputs are those of the Operations, the values of
        the case's events, and sweep bits."""
        first, last = case.events[0][0], len(self._of.table)
        if first < self._at:
            self._begin()
        self._advance(self._at, first, _NO_EVENTS, self._frames, self._tableau, self._outputs)
        self._at = first
        outputs = _copied(self._outputs[0]), _copied(self._outputs[1])
        events = np.array(case.events, dtype=np.int32)
        self._advance(first, last, events, _copied(self._frames), _copied(self._tableau), outputs)
        return self._map(outputs[0], len(events)), self._map(outputs[1], len(events))

    def _advance(
        self, first: int, last: int, events: npt.NDArray[np.int32], frames: Frames, tableau: Tableau,
        outputs: tuple[Outputs, Outputs],
    ) -> None:  # fmt: skip
        table, r = self._of.table, self._reference
        run_frames(table, first, last, events, self._cliffords, r.values, r.outcomes, READOUT, frames, outputs[0])
        run_tableau(table, first, last, events, self._cliffords, READOUT, tableau, outputs[1], self._scratch)

    def _begin(self) -> None:
        self._at = 0
        self._frames, self._tableau = _no_frames(self._of.num_qubits, self._words, self._fixed), self._zeros()
        self._outputs = self._empty(self._fixed + self._of.num_qubits), self._empty(self._fixed)

    def _zeros(self) -> Tableau:
        """All qubits in |0>."""
        n = self._of.num_qubits
        x, z = (_one_bits(n, (2 * n + 63) // 64, first) for first in (0, n))
        return Tableau(
            x=x,
            z=z,
            sign=np.zeros((2 * n, self._words), dtype=np.uint64),
            scratch=np.zeros((5, x.shape[1]), dtype=np.uint64),
            product=np.zeros((n, 2), dtype=np.uint8),
        )

    def _empty(self, free: int) -> Outputs:
        return Outputs(
            records=np.zeros((self._of.num_records + 1, self._words), dtype=np.uint64),
            events=np.zeros((_MAX_EVENTS, self._words), dtype=np.uint64),
            leaked=np.zeros(self._of.num_qubits, dtype=np.uint8),
            next=np.array([free, 1 + self._of.num_sweep_bits], dtype=np.int64),
        )

    def _map(self, outputs: Outputs, events: int) -> U64:
        flat, starts = self._parities
        parities = np.bitwise_xor.reduceat(outputs.records[flat], starts, axis=0) if len(starts) else self._sweeps[:0]
        return np.vstack([parities, outputs.events[:events], self._sweeps])


def _no_frames(qubits: int, words: int, first: int) -> Frames:
    """No X, and Z at random: symbols ``first``..."""
    return Frames(np.zeros((qubits, words), dtype=np.uint64), _one_bits(qubits, words, first))


def _one_bits(rows: int, words: int, first: int) -> U64:
    """uint64 (rows, words): row k has bit ``first`` + k."""
    out, bits = np.zeros((rows, words), dtype=np.uint64), np.arange(first, first + rows)
    out[np.arange(rows), bits >> 6] = np.uint64(1) << (bits & 63).astype(np.uint64)
    return out


def _copied(state: _State) -> _State:
    arrays = {name: array.copy() for name, array in state._asdict().items()}
    return state._replace(**arrays)
