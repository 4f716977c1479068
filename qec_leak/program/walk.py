"""The walk through a circuit: instruction by instruction, and through REPEAT blocks until the reference comes back."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build, short
from qec_leak.program.handlers import HANDLERS
from qec_leak.program.program import Instruction, Op
from qec_leak.program.totals import largest_feedback

MAX_APERIODIC_ITERATIONS = 2000
"""A REPEAT whose reference state does not come back within this many iterations is refused."""


def compiled_circuit(b: Build) -> list[Instruction]:
    """Operations of the whole circuit."""
    return _block(b, b.circuit, 1, largest_feedback(b.circuit))


def _block(b: Build, circuit: stim.Circuit, line: int, lookback: int) -> list[Instruction]:
    """Operations of a block whose first instruction is on ``line``. ``lookback``: records that feedback may read."""
    ops: list[Instruction] = []
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            ops += _loop(b, item, line, lookback)
            line += _lines(item)
        else:
            b.line, b.text = line, short(item)
            ops += _instruction(b, item)
            b.records += item.num_measurements
            line += 1
    return ops


def _loop(b: Build, item: stim.CircuitRepeatBlock, line: int, lookback: int) -> list[Instruction]:
    """Iterations are compiled until the reference state comes back. From there on they repeat."""
    body, count, made = item.body_copy(), item.repeat_count, b.records
    b.line, b.text = line, f"REPEAT {count}"
    if b.parse("REPEAT", item.tag) is not None:
        raise b.error(f"must have no leakage tag, but has {item.tag!r}; move it to an instruction of the block")
    seen: dict[tuple[object, ...], int] = {}
    iterations: list[list[Instruction]] = []
    first = period = 0
    while len(iterations) < count:
        state = b.reference.state(lookback)
        if state in seen:
            first, period = seen[state], len(iterations) - seen[state]
            break
        if len(iterations) >= MAX_APERIODIC_ITERATIONS:
            b.line, b.text = line, f"REPEAT {count}"
            raise b.error(
                f"must come back to an earlier noiseless state within {MAX_APERIODIC_ITERATIONS} iterations, but does "
                "not; unroll it or shorten it"
            )
        seen[state] = len(iterations)
        iterations.append(_block(b, body, line + 1, lookback))
    ops = _joined(iterations[: first if period else None])
    if period:
        full, rest = divmod(count - first, period)
        ops += _repeated(b, _joined(iterations[first:]), full)
        ops += _joined(iterations[first : first + rest])
        _advance_reference(b, body, rest, lookback)
    b.records = made + count * body.num_measurements
    return ops


def _joined(iterations: list[list[Instruction]]) -> list[Instruction]:
    return [op for iteration in iterations for op in iteration]


def _repeated(b: Build, body: list[Instruction], count: int) -> list[Instruction]:
    b.loop_counts.append(count)
    begin = (int(Op.LOOP_BEGIN), 0, 0, len(b.loop_counts) - 1)
    return [begin, *body, (int(Op.LOOP_END), 0, len(body), 0)]


def _advance_reference(b: Build, body: stim.Circuit, iterations: int, lookback: int) -> None:
    """Bring the reference from the start of a period to where the loop ends."""
    for _ in range(iterations):
        kept = len(b.targets), len(b.loop_counts)
        _block(b, body, 0, lookback)
        del b.targets[kept[0] :], b.values[kept[0] :], b.loop_counts[kept[1] :]


def _instruction(b: Build, item: stim.CircuitInstruction) -> list[Instruction]:
    _check_lookback(b, item)
    tag = _tag(b, item)
    handler = HANDLERS.get(item.name)
    if handler is None:
        raise b.error("must be an instruction that qec_leak samples, but is not; remove it")
    return handler(b, b.labels.relabel(item), tag)


def _check_lookback(b: Build, item: stim.CircuitInstruction) -> None:
    reach = max((-t.value for t in item.targets_copy() if t.is_measurement_record_target), default=0)
    if reach > b.records:
        raise b.error(
            f"must name records made before, but rec[-{reach}] is none of the {b.records} there are; correct it"
        )


def _tag(b: Build, item: stim.CircuitInstruction) -> tags.Tag | None:
    """The tag of an instruction. Raises ValueError if it does not belong there."""
    tag = b.parse(item.name, item.tag)
    if tag is None:
        return None
    if item.name not in tags.ALLOWED_GATES[tag.family]:
        allowed = ", ".join(tags.ALLOWED_GATES[tag.family])
        fix = tags.ELSEWHERE.get((tag.family, item.name), "move it")
        raise ValueError(f"line {b.line}: {tag.family} must be a tag of {allowed}, but is one of {item.name}; {fix}")
    if item.name in ("I_ERROR", "II_ERROR") and item.gate_args_copy():
        raise ValueError(
            f"line {b.line}: `{item.name}` with {tag.family} must have its probabilities in the tag, but has "
            "arguments too; drop them"
        )
    if tag.family in (tags.ISWAP, tags.INJECT):
        raise ValueError(f"line {b.line}: {tag.family} must be dressed before sampling, but is not; use qec_leak.dress")
    return tag


def _lines(item: stim.CircuitRepeatBlock) -> int:
    return 2 + sum(_lines(x) if isinstance(x, stim.CircuitRepeatBlock) else 1 for x in item.body_copy())
