"""Density matrices of 1 to 3 transmons: exact expectations, with which trajectories are compared.

Every step maps a dense rho by full matrices, rho -> sum K rho K^dagger; every measurement adds up the branches of equal
records. Nothing is shared with the kernels but the list of steps.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak._checks import broken_rule
from qec_leak.exact.steps import Channel, Controlled, Matrix, Measure, Scramble, Snapshot, Step

MAX_QUBITS = 3


@dataclass(frozen=True, eq=False)
class Expectation:
    """Exact probabilities of a circuit.

    Attributes:
        outcomes: probability of each tuple of records.
        level_population: float64 (snapshots, qubits, 2), P(level 2) and P(level >= 3) at each snapshot.
    """

    outcomes: dict[tuple[int, ...], float]
    level_population: npt.NDArray[np.float64]


def evolve(steps: Sequence[Step], num_qubits: int, levels: int, *, sweep_bits: Sequence[int] = ()) -> Expectation:
    """Evolve |0...0><0...0| through ``steps``. Snapshots are taken at every TICK, with or without a tag."""
    if not 1 <= num_qubits <= MAX_QUBITS:
        raise ValueError(broken_rule("num_qubits", f"be 1 to {MAX_QUBITS}", num_qubits, "use trajectories"))
    size = levels**num_qubits
    start = np.zeros((size, size), dtype=complex)
    start[0, 0] = 1.0
    branches: dict[tuple[int, ...], Matrix] = {(): start}
    populations = []
    for step in steps:
        if isinstance(step, Channel):
            operators = [_spread(k, step.qubits, num_qubits, levels) for k in step.kraus]
            branches = {record: _evolved(operators, rho) for record, rho in branches.items()}
        elif isinstance(step, Scramble):
            keep = _same_class(step.qubit, num_qubits, levels)
            branches = {record: rho * keep for record, rho in branches.items()}
        elif isinstance(step, Controlled):
            unitary = _spread(step.unitary, (step.qubit,), num_qubits, levels)
            for record, rho in branches.items():
                if (sweep_bits[step.bit] if step.source == "sweep" else record[step.bit]) == 1:
                    branches[record] = _evolved([unitary], rho)
        elif isinstance(step, Measure):
            branches = _measured(step, branches, num_qubits, levels)
        else:
            assert isinstance(step, Snapshot)
            populations.append(_populations(sum(branches.values(), np.zeros_like(start)), num_qubits, levels))
    outcomes = {record: float(np.trace(rho).real) for record, rho in branches.items()}
    return Expectation(outcomes, np.array(populations).reshape(-1, num_qubits, 2))


def _spread(operator: Matrix, qubits: Sequence[int], num_qubits: int, levels: int) -> Matrix:
    """The operator on all transmons, qubit 0 most significant."""
    rest = [q for q in range(num_qubits) if q not in qubits]
    whole = np.kron(operator, np.eye(levels ** len(rest)))
    order = np.argsort([*qubits, *rest])
    axes = [*order, *(order + num_qubits)]
    return np.asarray(
        whole.reshape((levels,) * (2 * num_qubits)).transpose(axes).reshape(whole.shape), dtype=np.complex128
    )


def _evolved(operators: Sequence[Matrix], rho: Matrix) -> Matrix:
    return np.asarray(sum(k @ rho @ k.conj().T for k in operators), dtype=np.complex128)


def _level_of(qubit: int, num_qubits: int, levels: int) -> npt.NDArray[np.int64]:
    """Level of one transmon in each basis state, int64 (levels**num_qubits,)."""
    return np.asarray(np.indices((levels,) * num_qubits)[qubit].ravel())


def _same_class(qubit: int, num_qubits: int, levels: int) -> npt.NDArray[np.float64]:
    """1 where both sides of rho have the transmon computational, or in the same leaked level."""
    depth = np.maximum(_level_of(qubit, num_qubits, levels), 1)
    return np.asarray(np.equal.outer(depth, depth), dtype=float)


def _measured(
    step: Measure, branches: dict[tuple[int, ...], Matrix], num_qubits: int, levels: int
) -> dict[tuple[int, ...], Matrix]:
    level = _level_of(step.qubit, num_qubits, levels)
    out: dict[tuple[int, ...], Matrix] = {}
    for record, rho in branches.items():
        for bit in (0, 1):
            chance = step.one_given if bit else 1 - step.one_given
            parts = [chance[n] * rho * np.outer(level == n, level == n) for n in range(levels)]
            total = functools.reduce(np.add, parts)
            if np.trace(total).real > 0:
                out[(*record, bit)] = total
    return out


def _populations(rho: Matrix, num_qubits: int, levels: int) -> npt.NDArray[np.float64]:
    diagonal = np.diag(rho).real
    levels_of = [_level_of(q, num_qubits, levels) for q in range(num_qubits)]
    return np.array([[diagonal[lv == 2].sum(), diagonal[lv >= 3].sum()] for lv in levels_of])
