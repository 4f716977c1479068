"""Operations with loops as lists in lists, for passes that follow a circuit forwards or backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qec_leak.program.program import Instruction, Op

Nested = list["Instruction | Nested"]


def nested(ops: Iterable[Instruction]) -> Nested:
    """``ops`` with the body of each loop as a list; loop operations themselves are left out."""
    return _block(iter(ops))


def _block(ops: Iterator[Instruction]) -> Nested:
    out: Nested = []
    for op in ops:
        if op[0] == Op.LOOP_END:
            break
        out.append(_block(ops) if op[0] == Op.LOOP_BEGIN else op)
    return out
