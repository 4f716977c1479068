"""Measurements, resets and both, in any basis: a basis change, the operation in Z, the basis change again."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build, qubits_of
from qec_leak.program.handlers.unitary import gate_ops
from qec_leak.program.program import Instruction, Op

_CHANGE = {"X": "H", "Y": "H_YZ", "": None}
_MEASUREMENTS = {"M": "", "MX": "X", "MY": "Y", "MR": "", "MRX": "X", "MRY": "Y"}
_RESETS = {"R": "", "RX": "X", "RY": "Y", "MR": "", "MRX": "X", "MRY": "Y"}
NAMES = tuple(dict.fromkeys((*_MEASUREMENTS, *_RESETS)))


def measure_reset(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Each target once in an operation."""
    return [op for part in _parts_without_repeats(item) for op in _part(b, part, tag)]


def _part(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    qubits = qubits_of(item)
    change = _CHANGE[_MEASUREMENTS.get(item.name, _RESETS.get(item.name, ""))]
    ops = gate_ops(b, change, qubits) if change else []
    if item.name in _MEASUREMENTS:
        ops.append(_measure(b, item, qubits, tag))
    if item.name in _RESETS:
        ops.append(_reset(b, qubits, tag))
    return ops + (gate_ops(b, change, qubits) if change else [])


def _measure(b: Build, item: stim.CircuitInstruction, qubits: list[int], tag: tags.Tag | None) -> Instruction:
    error = item.gate_args_copy()[0] if item.gate_args_copy() else 0.0
    given = dict(tag.one_given) if tag is not None else {}
    if error and (0 in given or 1 in given):
        raise b.error("must have its assignment error in argument or tag, not both; drop one")
    of_zero, of_one = given.get(0, error), 1 - given[1] if 1 in given else error
    readout = b.readouts.add((of_zero, of_one, given.get(2, 1.0), given.get(3, 1.0)))
    values = []
    for target, outcome in zip(item.targets_copy(), b.reference.measure_z(qubits), strict=True):
        record = outcome ^ target.is_inverted_result_target
        b.reference.records.append(record)
        values.append(int(outcome) + 4 * record)
    return b.op(Op.MEASURE, qubits, readout, values)


def _reset(b: Build, qubits: list[int], tag: tags.Tag | None) -> Instruction:
    b.reference.reset_z(qubits)
    if tag is None or not tag.reset:
        return b.op(Op.RESET, qubits, -1)
    branches = [dict(tag.reset).get(level, ()) for level in (2, 3)]
    leaving = [sum(p for p, out in of_level if out == after) for of_level in branches for after in (1, 2, 3)]
    return b.op(Op.RESET, qubits, b.resets.add(tuple(leaving)))


def _parts_without_repeats(item: stim.CircuitInstruction) -> list[stim.CircuitInstruction]:
    """The instruction in pieces that name each qubit once (Stim fuses neighbouring lines that are alike)."""
    parts: list[list[stim.GateTarget]] = [[]]
    seen: set[int] = set()
    for target in item.targets_copy():
        if target.value in seen:
            parts.append([])
            seen = set()
        parts[-1].append(target)
        seen.add(target.value)
    if len(parts) == 1:
        return [item]
    return [stim.CircuitInstruction(item.name, part, item.gate_args_copy(), tag=item.tag) for part in parts]
