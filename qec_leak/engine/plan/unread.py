"""Random frames that nothing reads: a measurement makes a qubit's z random, and a reset after it does so again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qec_leak.engine.plan.codes import LAYER_1, LAYER_2
from qec_leak.program import Instruction, Op

_LEAVE_Z_UNREAD = (
    LAYER_1,
    LAYER_2,
    *range(Op.PAULI_1, Op.HERALDED + 1),
    Op.CHANNEL_1,
    Op.CHANNEL_2,
    Op.DETECTOR,
    Op.OBSERVABLE,
    Op.SNAPSHOT,
)
"""Operations that may flip a z, but do nothing that depends on it."""


def unread_z(ops: Sequence[Instruction], targets: Sequence[int]) -> Iterator[int]:
    """Indices in ``targets`` of those measured or reset whose z is overwritten before a gate can read it."""
    overwritten: set[int] = set()
    for op, start, count, _ in reversed(ops):
        if op in (Op.MEASURE, Op.RESET):
            here = range(start, start + count)
            yield from (k for k in here if targets[k] in overwritten)
            overwritten.update(targets[k] for k in here)
        elif op not in _LEAVE_Z_UNREAD:
            overwritten.clear()
