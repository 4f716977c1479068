"""Leaving out operations that can do nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qec_leak.program.program import Op

Instruction = tuple[int, int, int, int]


def pruned(ops: list[Instruction], idle: Callable[[Instruction], bool]) -> list[Instruction]:
    """``ops`` without those that are ``idle``."""
    return with_loop_lengths(op for op in ops if not idle(op))


def with_loop_lengths(ops: Iterable[Instruction]) -> list[Instruction]:
    """``ops`` with loop ends told the lengths of their bodies."""
    told: list[Instruction] = []
    bodies: list[int] = []
    for op in ops:
        if op[0] == Op.LOOP_END:
            op = (op[0], op[1], len(told) - bodies.pop(), op[3])
        told.append(op)
        if op[0] == Op.LOOP_BEGIN:
            bodies.append(len(told))
    return told
