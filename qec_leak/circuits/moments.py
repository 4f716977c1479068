"""An ideal stim.Circuit as moments of native operations: what a device with H-like gates, CZ, M and R executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import stim

from qec_leak.circuits import tags
from qec_leak.circuits.operation import MEASUREMENTS, RESETS, Operation, operation_of

ANNOTATIONS = frozenset({"DETECTOR", "OBSERVABLE_INCLUDE", "QUBIT_COORDS", "SHIFT_COORDS", "MPAD"})
NOISE = frozenset(
    {
        "DEPOLARIZE1",
        "DEPOLARIZE2",
        "X_ERROR",
        "Y_ERROR",
        "Z_ERROR",
        "PAULI_CHANNEL_1",
        "PAULI_CHANNEL_2",
        "E",
        "ELSE_CORRELATED_ERROR",
        "HERALDED_ERASE",
        "HERALDED_PAULI_CHANNEL_1",
        "I_ERROR",
        "II_ERROR",
    }
)
_MEASURE_RESET = {"MR": ("M", "R"), "MRX": ("MX", "RX"), "MRY": ("MY", "RY")}


@dataclass(frozen=True)
class Moment:
    """Instructions that are executed at the same time, the operation of each on the device (None: no operation), and
    the TICK that ends the moment (None at the end of a block)."""

    instructions: tuple[stim.CircuitInstruction, ...]
    operations: tuple[Operation | None, ...]
    tick: stim.CircuitInstruction | None


@dataclass(frozen=True)
class Loop:
    """A REPEAT block of moments."""

    count: int
    body: tuple[Moment | Loop, ...]
    tag: str


def split_moments(circuit: stim.Circuit, *, readout_tags: bool = True) -> tuple[Moment | Loop, ...]:
    """The circuit's moments: instructions between TICKs, with CX as H CZ H, and MR as M, then R, in moments of their
    own. Where a circuit has no TICK, a new moment starts when a qubit would be used twice, within an instruction too
    (Stim fuses ``CX 0 1`` and ``CX 1 2`` to ``CX 0 1 1 2``).

    Args: readout_tags: measurements and resets may have leakage tags of their own.
    Raises ValueError naming the instruction, with its line, if it has no native form or a tag that it may not have.
    """
    return _split(circuit, 1, readout_tags)[0]


def _split(circuit: stim.Circuit, line: int, readout_tags: bool) -> tuple[tuple[Moment | Loop, ...], int]:
    """The moments of a block whose first instruction is on ``line``, and the line behind it."""
    out: list[Moment | Loop] = []
    current: list[stim.CircuitInstruction] = []
    operations: list[Operation | None] = []
    busy: set[int] = set()

    def flush(tick: stim.CircuitInstruction | None) -> None:
        if current or tick is not None:
            out.append(Moment(tuple(current), tuple(operations), tick))
        current.clear()
        operations.clear()
        busy.clear()

    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            flush(None)
            body, line = _split(item.body_copy(), line + 1, readout_tags)
            out.append(Loop(item.repeat_count, body, item.tag))
        elif item.name == "TICK":
            flush(item)
        else:
            if not readout_tags:
                _refuse_tag(item, line)
            for part in _parts(item):
                for step, instruction in enumerate(_native(part, line)):
                    used = operated_qubits(instruction)
                    if step or used & busy:
                        flush(None)
                    current.append(instruction)
                    operations.append(operation_of(instruction) if used else None)
                    busy |= used
        line += 1
    flush(None)
    return tuple(out), line


def _refuse_tag(item: stim.CircuitInstruction, line: int) -> None:
    """Refuse a leakage tag on a measurement or reset."""
    if item.name in MEASUREMENTS or stim.gate_data(item.name).is_reset:
        tag = tags.parse_tag(item.tag)
        if tag is not None:
            raise ValueError(
                f"`circuit` must leave readout and reset to the device, but line {line} has {tag.family} on "
                f"{item.name}; drop the tag, or set the device's"
            )


def walk_moments(blocks: Iterable[Moment | Loop], *, passes: int = 1) -> Iterator[Moment]:
    """All moments. Those of a loop come at most ``passes`` times."""
    for block in blocks:
        if isinstance(block, Loop):
            for _ in range(min(block.count, passes)):
                yield from walk_moments(block.body, passes=passes)
        else:
            yield block


def operated_qubits(instruction: stim.CircuitInstruction) -> set[int]:
    """Qubits that the instruction occupies (none for annotations, noise and Paulis controlled by bits)."""
    if instruction.name in ANNOTATIONS or is_noise(instruction):
        return set()
    if has_bits(instruction):  # Stim fuses ``CZ rec[-1] 0`` and ``CZ 1 2`` to ``CZ rec[-1] 0 1 2``
        groups = instruction.target_groups()
        return {t.value for group in groups if all(t.is_qubit_target for t in group) for t in group}
    return {t.value for t in instruction.targets_copy() if t.is_qubit_target}


def is_noise(instruction: stim.CircuitInstruction) -> bool:
    """True for noise instructions, and for I and II that stand for noise by their tag."""
    if instruction.name in NOISE:
        return True
    tag = tags.parse_tag(instruction.tag) if instruction.name in ("I", "II") else None
    return tag is not None and (tag.channel is not None or tag.family == tags.DEPOLARIZE_1)


def _parts(item: stim.CircuitInstruction) -> list[stim.CircuitInstruction]:
    """The instruction in pieces that occupy each qubit once and are controlled by bits or not."""
    if item.name in ANNOTATIONS or is_noise(item) or item.name in ("MPP", "SPP", "SPP_DAG"):
        return [item]
    parts: list[list[stim.GateTarget]] = []
    seen: set[int] = set()
    classical = False
    for group in item.target_groups():
        by_bit = any(not t.is_qubit_target for t in group)
        qubits = set() if by_bit else {t.value for t in group}
        if not parts or qubits & seen or by_bit != classical:
            parts.append([])
            seen, classical = set(), by_bit
        parts[-1] += group
        seen |= qubits
    if len(parts) < 2:
        return [item]
    return [stim.CircuitInstruction(item.name, part, item.gate_args_copy(), tag=item.tag) for part in parts]


def has_bits(instruction: stim.CircuitInstruction) -> bool:
    """True where a measurement record or a sweep bit controls one of the Paulis; qubits may control others."""
    return any(
        t.is_measurement_record_target or t.is_sweep_bit_target for t in instruction.targets_copy()
    ) and instruction.name in ("CX", "CY", "CZ", "XCZ", "YCZ")


def _native(item: stim.CircuitInstruction, line: int) -> Iterable[stim.CircuitInstruction]:
    name, targets, args, tag = item.name, item.targets_copy(), item.gate_args_copy(), item.tag
    if name in _MEASURE_RESET:
        measure, reset = _MEASURE_RESET[name]
        plain = [t.value for t in targets]
        return [
            stim.CircuitInstruction(measure, targets, args, tag=tag),
            stim.CircuitInstruction(reset, plain, tag=tag),
        ]
    if name == "CX" and not has_bits(item):
        second = targets[1::2]
        h = stim.CircuitInstruction("H", second, tag="" if tags.parse_tag(tag) else tag)
        return [h, stim.CircuitInstruction("CZ", targets, tag=tag), h]
    gate = stim.gate_data(name)
    native = (
        name in ANNOTATIONS
        or is_noise(item)
        or name in MEASUREMENTS
        or name in RESETS
        or name in ("CZ", "II")
        or has_bits(item)
        or (gate.is_unitary and gate.is_single_qubit_gate)
    )
    if not native:
        raise ValueError(
            f"`circuit` must use one-qubit Cliffords, CZ, CX, measurements and resets to be dressed, but line {line} "
            f"has {str(item)[:60]!r}, for which a device has no duration and no noise; decompose it into those"
        )
    return [item]
