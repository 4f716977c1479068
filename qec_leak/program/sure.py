"""Which Z values are sure: decided in every shot, whatever leaks.

The reference knows the Z value of a qubit where the noiseless circuit decides it. Gates of a leaked qubit do not
happen, so a shot with a leaked qubit may not have that value.

Here each qubit has at most one sure Pauli. Every qubit starts with Z, and a reset or measurement makes Z sure.
One-qubit gates carry the Pauli along. Z stays sure through a CZ. X or Y of one qubit stays sure through it if Z of the
other is sure. Both hold whether the gate happens or not. A channel may change levels, and qubits leak and return with
values of Z. So after a channel only Z can be sure.
"""

from __future__ import annotations

from collections.abc import Sequence

from qec_leak.program.nested import Nested
from qec_leak.program.program import Instruction, Op

_NONE, _X, _Y, _Z = 0, 1, 2, 3

_CARRIED = {
    Op.H: (_NONE, _Z, _Y, _X),
    Op.S: (_NONE, _Y, _X, _Z),
    Op.SQRT_X: (_NONE, _X, _Z, _Y),
    Op.C_XYZ: (_NONE, _Y, _Z, _X),
    Op.C_ZYX: (_NONE, _Z, _X, _Y),
}
"""What I, X, Y and Z are behind a one-qubit gate, signs apart."""


def unsure_places(block: Nested, targets: Sequence[int], num_qubits: int) -> set[int]:
    """Indices in ``targets`` of channels' qubits whose Z value is not sure."""
    unsure: set[int] = set()
    _follow(block, targets, [_Z] * num_qubits, unsure)
    return unsure


def _follow(block: Nested, targets: Sequence[int], sure: list[int], unsure: set[int]) -> None:
    for op in block:
        if isinstance(op, tuple):
            _step(op, targets, sure, unsure)
            continue
        at_start: list[int] = []
        while at_start != sure:  # what is sure at the start of every iteration
            at_start = list(sure)
            _follow(op, targets, sure, unsure)
            behind = list(sure)
            sure[:] = [a if a == b else _NONE for a, b in zip(at_start, behind, strict=True)]
        sure[:] = behind


def _step(op: Instruction, targets: Sequence[int], sure: list[int], unsure: set[int]) -> None:
    code, start, count, _ = op
    places = range(start, start + count)
    qubits = targets[start : start + count]
    if code in _CARRIED:
        for q in qubits:
            sure[q] = _CARRIED[Op(code)][sure[q]]
    elif code in (Op.CZ, Op.SWAP):
        for a, b in zip(qubits[::2], qubits[1::2], strict=True):
            sure[a], sure[b] = _behind_cz(sure[a], sure[b]) if code == Op.CZ else (sure[b], sure[a])
    elif code in (Op.CHANNEL_1, Op.CHANNEL_2):
        unsure.update(k for k in places if sure[targets[k]] != _Z)
        for q in qubits:
            sure[q] = _Z if sure[q] == _Z else _NONE
    elif code in (Op.RESET, Op.MEASURE):
        for q in qubits:
            sure[q] = _Z
    elif code in (Op.MEASURE_PAULI, Op.PAULI_ROTATION):
        for coded in qubits:
            sure[coded // 4] = _NONE


def _behind_cz(a: int, b: int) -> tuple[int, int]:
    return (a if a == _Z or b == _Z else _NONE), (b if a == _Z or b == _Z else _NONE)
