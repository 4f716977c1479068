"""Unitary gates and Paulis that bits control."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build, qubits_of
from qec_leak.program.gates import flips_z, leaked_participant_allowed, moves_levels, one_qubit_op, two_qubit_parts
from qec_leak.program.program import Instruction, Op
from qec_leak.program.totals import CLASSICAL


def one_qubit(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A gate on each qubit."""
    return gate_ops(b, item.name, qubits_of(item))


def gate_ops(b: Build, name: str, qubits: list[int]) -> list[Instruction]:
    """A one-qubit gate. After it a leaked qubit's frame is the reference's value again: the qubit acts as |0>."""
    b.reference.gate(name, qubits)
    op = one_qubit_op(name)
    ops = [] if op is None else [b.op(op, qubits, 0, b.sampled(qubits))]
    return [*ops, b.anchor(qubits)] if flips_z(name) else ops


def two_qubit(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A gate on each pair of qubits."""
    return pair_ops(b, item.name, qubits_of(item))


def pair_ops(b: Build, name: str, qubits: list[int]) -> list[Instruction]:
    """A two-qubit gate on pairs of ``qubits``."""
    pairs = list(zip(qubits[::2], qubits[1::2], strict=True))
    if not leaked_participant_allowed(name):
        b.stay_computational(pairs)
    if moves_levels(name):
        b.swaps |= set(pairs)
    ops = []
    # Parts of a layer commute only if its pairs are disjoint; otherwise pair by pair.
    groups = [pairs] if len(set(qubits)) == len(qubits) else [[pair] for pair in pairs]
    for group in groups:
        for part, detail in two_qubit_parts(name):
            both = [q for pair in group for q in pair]
            if part in ("1", "2"):
                ops += gate_ops(b, detail, both[int(part) - 1 :: 2])
            elif part == "ROTATION":
                b.reference.gate(name, both)
                paulis = ["IXYZ".index(p) for p in detail]
                ops += [b.op(Op.PAULI_ROTATION, [4 * q + paulis[0], 4 * r + paulis[1]]) for q, r in group]
            else:
                b.reference.gate(part, both)
                ops.append(b.op(Op.CZ if part == "CZ" else Op.SWAP, both))
    return ops


def controlled(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A controlled Pauli; records or sweep bits may control some of its pairs."""
    targets = item.targets_copy()
    if all(t.is_qubit_target for t in targets):
        return two_qubit(b, item, tag)
    ops = []
    for first, second in zip(targets[::2], targets[1::2], strict=True):
        if first.is_qubit_target and second.is_qubit_target:
            ops += pair_ops(b, item.name, [first.value, second.value])
        else:
            ops += _by_bit(b, item.name, first, second)
    return ops


def _by_bit(b: Build, name: str, first: stim.GateTarget, second: stim.GateTarget) -> list[Instruction]:
    """A Pauli that a record or a sweep bit controls."""
    acted_on = first if name in ("XCZ", "YCZ") else second
    if not acted_on.is_qubit_target and name != "CZ":
        raise b.error("must act on a qubit, but acts on a bit; the bit must be the control")
    if not (first.is_qubit_target or second.is_qubit_target):
        return []  # a phase of the whole state
    control, target = (second, first) if first.is_qubit_target else (first, second)
    pauli = CLASSICAL[name]
    if control.is_sweep_bit_target:
        return [b.op(Op.SWEEP, [control.value, 4 * target.value + pauli])]
    ops = [b.op(Op.FEEDBACK, [-control.value, 4 * target.value + pauli])]
    if b.reference.records[control.value]:
        b.reference.pauli(pauli, target.value)
        if pauli != 3:
            ops.append(b.anchor([target.value]))
    return ops
