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
    """Runs cases in both descriptions. What is before a case's first event is shared with the case before it, which is
    why cases come in order of their first event."""

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
        self._sweeps = np.zeros((sweeps, self._words), dtype=np.uint64)
        for k in range(sweeps):
            self._sweeps[k, (1 + k) >> 6] = np.uint64(1) << np.uint64((1 + k) & 63)
        self._restart()

    def maps(self, case: Case) -> tuple[U64, U64]:
        """uint64 (outputs, words): by frames, and by the tableau. Outputs are those of the Operations, the values of
        the case's events, and sweep bits."""
        first, last = case.events[0][0], len(self._of.table)
        if first < self._at:
            self._restart()
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
        run_frames(
            table, first, last, events, self._cliffords, r.values, r.outcomes, READOUT, frames, outputs[0]
        )
        run_tableau(table, first, last, events, self._cliffords, READOUT, tableau, outputs[1], self._scratch)

    def _restart(self) -> None:
        n, words, self._at = self._of.num_qubits, self._words, 0
        symbols = np.arange(self._fixed, self._fixed + n)
        z = np.zeros((n, words), dtype=np.uint64)
        z[np.arange(n), symbols >> 6] = np.uint64(1) << (symbols & 63).astype(np.uint64)
        self._frames = Frames(np.zeros((n, words), dtype=np.uint64), z)
        rows = np.arange(n)
        columns = np.zeros((2, n, (2 * n + 63) // 64), dtype=np.uint64)
        for kind, row in enumerate((rows, rows + n)):
            columns[kind, rows, row >> 6] = np.uint64(1) << (row & 63).astype(np.uint64)
        self._tableau = Tableau(
            x=columns[0],
            z=columns[1],
            sign=np.zeros((2 * n, words), dtype=np.uint64),
            scratch=np.zeros((5, columns.shape[2]), dtype=np.uint64),
            product=np.zeros((n, 2), dtype=np.uint8),
        )
        self._outputs = self._empty(self._fixed + n), self._empty(self._fixed)

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


def _copied(state: _State) -> _State:
    return type(state)(*(array.copy() for array in state))
