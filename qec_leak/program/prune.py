"""Leaving out operations that can do nothing."""

from __future__ import annotations

from collections.abc import Callable

from qec_leak.program.program import Op

Instruction = tuple[int, int, int, int]


def pruned(ops: list[Instruction], idle: Callable[[Instruction], bool]) -> list[Instruction]:
    """``ops`` without those that are ``idle``; loop ends are told the new lengths of their bodies."""
    kept: list[Instruction] = []
    bodies: list[int] = []
    for op in ops:
        if idle(op):
            continue
        if op[0] == Op.LOOP_END:
            op = (op[0], op[1], len(kept) - bodies.pop(), op[3])
        kept.append(op)
        if op[0] == Op.LOOP_BEGIN:
            bodies.append(len(kept))
    return kept
