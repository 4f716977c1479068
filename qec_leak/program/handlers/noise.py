"""Noise that is not leakage."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build, coded, qubits_of
from qec_leak.program.outcomes import pauli_outcomes
from qec_leak.program.program import Instruction, Op

_NEVER = 1e-300
"""Probability of a first error of a chain that must never happen."""


def pauli_1(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Pauli noise on each qubit."""
    return _pauli(b, item, Op.PAULI_1)


def pauli_2(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Pauli noise on each pair of qubits."""
    return _pauli(b, item, Op.PAULI_2)


def _pauli(b: Build, item: stim.CircuitInstruction, op: Op) -> list[Instruction]:
    noise = b.add_noise(pauli_outcomes(item.name, item.gate_args_copy()))
    return [b.op(op, qubits_of(item), noise)] if noise >= 0 else []


def correlated(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A Pauli product that happens or not; with ELSE only if nothing of its chain has happened."""
    noise = b.add_noise([(0, item.gate_args_copy()[0])])
    if item.name == "ELSE_CORRELATED_ERROR":
        return [b.op(Op.ELSE_CORRELATED, _paulis(item), noise)] if noise >= 0 else []
    if noise < 0:
        return [b.op(Op.CORRELATED, [], b.add_noise([(0, _NEVER)]))]
    return [b.op(Op.CORRELATED, _paulis(item), noise)]


def heralded(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Pauli noise that leaves a record where it strikes."""
    noise = b.add_noise(pauli_outcomes(item.name, item.gate_args_copy()))
    qubits = qubits_of(item)
    b.reference.records += [False] * len(qubits)
    return [b.op(Op.HERALDED if noise >= 0 else Op.PAD, qubits, noise)]


def _paulis(item: stim.CircuitInstruction) -> list[int]:
    return [coded(t) for t in item.targets_copy() if not t.is_combiner]
