"""An ideal stim.Circuit as moments of native operations: what a device with H-like gates, CZ, M and R executes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import stim

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
MEASUREMENTS = frozenset({"M", "MX", "MY"})
RESETS = frozenset({"R", "RX", "RY"})
_MEASURE_RESET = {"MR": ("M", "R"), "MRX": ("MX", "RX"), "MRY": ("MY", "RY")}


@dataclass(frozen=True)
class Moment:
    """Instructions executed at the same time, and the TICK that closed them (None at the end of a block)."""

    instructions: tuple[stim.CircuitInstruction, ...]
    tick: stim.CircuitInstruction | None


@dataclass(frozen=True)
class Loop:
    """A REPEAT block of moments."""

    count: int
    body: tuple[Moment | Loop, ...]
    tag: str


def split_moments(circuit: stim.Circuit) -> tuple[Moment | Loop, ...]:
    """The circuit's moments: instructions between TICKs, with CX as H CZ H, and MR as M, then R, in moments of their
    own. Where a circuit has no TICK, a new moment starts when a qubit would be used twice.

    Raises ValueError naming the instruction if it has no native form.
    """
    out: list[Moment | Loop] = []
    current: list[stim.CircuitInstruction] = []
    busy: set[int] = set()

    def flush(tick: stim.CircuitInstruction | None) -> None:
        if current or tick is not None:
            out.append(Moment(tuple(current), tick))
        current.clear()
        busy.clear()

    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            flush(None)
            out.append(Loop(item.repeat_count, split_moments(item.body_copy()), item.tag))
        elif item.name == "TICK":
            flush(item)
        else:
            for step, instruction in enumerate(_native(item)):
                used = operated_qubits(instruction)
                if step or used & busy:
                    flush(None)
                current.append(instruction)
                busy |= used
    flush(None)
    return tuple(out)


def operated_qubits(instruction: stim.CircuitInstruction) -> set[int]:
    """Qubits that the instruction occupies (none for annotations, noise and classically controlled Paulis)."""
    if instruction.name in ANNOTATIONS or instruction.name in NOISE or is_classical(instruction):
        return set()
    return {t.value for t in instruction.targets_copy() if t.is_qubit_target}


def is_classical(instruction: stim.CircuitInstruction) -> bool:
    """True for Paulis controlled by a measurement record or a sweep bit."""
    return any(
        t.is_measurement_record_target or t.is_sweep_bit_target for t in instruction.targets_copy()
    ) and instruction.name in ("CX", "CY", "CZ", "XCZ", "YCZ")


def _native(item: stim.CircuitInstruction) -> Iterable[stim.CircuitInstruction]:
    name, targets, args, tag = item.name, item.targets_copy(), item.gate_args_copy(), item.tag
    if name in _MEASURE_RESET:
        measure, reset = _MEASURE_RESET[name]
        plain = [t.value for t in targets]
        return [
            stim.CircuitInstruction(measure, targets, args, tag=tag),
            stim.CircuitInstruction(reset, plain, tag=tag),
        ]
    if name == "CX" and not is_classical(item):
        second = targets[1::2]
        h = stim.CircuitInstruction("H", second, tag=tag)
        return [h, stim.CircuitInstruction("CZ", targets, tag=tag), h]
    gate = stim.gate_data(name)
    native = (
        name in ANNOTATIONS
        or name in NOISE
        or name in MEASUREMENTS
        or name in RESETS
        or name in ("CZ", "II")
        or is_classical(item)
        or (gate.is_unitary and gate.is_single_qubit_gate)
    )
    if not native:
        raise ValueError(
            f"`circuit` must use one-qubit Cliffords, CZ, CX, measurements and resets to be dressed, but has "
            f"{str(item)[:60]!r}; decompose it into those"
        )
    return [item]
