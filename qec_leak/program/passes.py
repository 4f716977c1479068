"""Passes over compiled operations: what can be judged only when it is known which qubits can leak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import LeakageChannel
from qec_leak.program.actions import acts_on_computational
from qec_leak.program.program import Instruction, Op


def check_computational(
    groups: Mapping[tuple[int, ...], tuple[str, int]], can_leak: npt.NDArray[np.bool_], names: Sequence[int]
) -> None:
    """Raises ValueError if a qubit of ``groups`` (qubits -> instruction, line) can be leaked."""
    for qubits, (text, line) in groups.items():
        leaked = [q for q in qubits if can_leak[q]]
        if leaked:
            raise ValueError(
                f"line {line}: `{text}` must act on qubits that cannot be leaked, but qubit {names[leaked[0]]} "
                "can; write it with controlled Paulis and one-qubit measurements"
            )


def without_idle(
    ops: list[Instruction],
    targets: Sequence[int],
    values: Sequence[int],
    channels: Sequence[LeakageChannel],
    can_leak: npt.NDArray[np.bool_],
) -> list[Instruction]:
    """``ops`` without anchors and channels that concern leaked qubits only, where none can be leaked."""

    def idle(op: Instruction) -> bool:
        code, start, count, param = op
        if code in (Op.CHANNEL_1, Op.CHANNEL_2):
            if acts_on_computational(channels[param], values[start : start + count]):
                return False
        elif code != Op.ANCHOR:
            return False
        return not any(can_leak[q] for q in targets[start : start + count])

    return kept(ops, lambda op: not idle(op))


def kept(ops: Iterable[Instruction], wanted: Callable[[Instruction], bool]) -> list[Instruction]:
    """Those of ``ops`` that are wanted."""
    return with_loop_lengths(op for op in ops if wanted(op))


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
