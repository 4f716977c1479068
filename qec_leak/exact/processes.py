"""Matrices of the exact simulator that are not in ``qec_leak.channels``: gates on 0 and 1, and idling of busy qubits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.channels import kraus
from qec_leak.channels.kraus import Kraus
from qec_leak.device.transmon import IdleParameters

Matrix = npt.NDArray[np.complex128]

_PAULIS = {"I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}


def on_computational(gate: npt.ArrayLike, levels: int) -> Matrix:
    """A one-qubit gate (2, 2) on levels 0 and 1, the identity on leaked levels."""
    matrix = np.eye(levels, dtype=complex)
    matrix[:2, :2] = gate
    return matrix


def clifford(name: str, levels: int) -> Matrix:
    """The one-qubit Clifford that Stim calls ``name``, on levels 0 and 1."""
    return on_computational(np.round(stim.gate_data(name).unitary_matrix.astype(complex), 17), levels)


def pauli(letters: str, levels: int) -> Matrix:
    """A Pauli on one or two transmons, the identity on leaked levels; complex128 (levels**k, levels**k)."""
    matrix = np.eye(1, dtype=complex)
    for letter in letters:
        matrix = np.kron(matrix, on_computational(_PAULIS[letter], levels))
    return matrix


def depolarizing(qubits: int, probability: float, levels: int) -> tuple[tuple[float, Matrix], ...]:
    """(probability, Pauli) of every Pauli but the identity, all alike, ``probability`` in total."""
    names = ["".join(letters) for letters in itertools.product("IXYZ", repeat=qubits)][1:]
    return tuple((probability / len(names), pauli(name, levels)) for name in names)


def level_changes(idle: IdleParameters, time_ns: float, *, levels: int) -> Kraus:
    """Heating and decay of a busy transmon during ``time_ns``, with no decay from 1 to 0 and no dephasing: the error
    parameters of gates and readouts include those.

    As in ``idle_kraus``, |1> is heated to |2> with p = 1 - exp(-rate t), and what decays is binomial: level n >= 2 loses
    k quanta with C(n, k) eta^(n-k) (1-eta)^k, eta = exp(-t/T1), coherently (one operator for each k). |1> ends in |2> if it is
    heated and does not decay again, p eta^2; that it may have been is a damping of |1> that no map can do without.
    """
    eta = math.exp(-time_ns / idle.t1_ns)
    heated = -math.expm1(-idle.heating_per_us * time_ns * 1e-3) * eta**2
    heat = np.zeros((levels, levels), dtype=complex)
    heat[2, 1] = math.sqrt(heated)
    operators = kraus.relaxation(idle.t1_ns, time_ns, levels=levels)
    for k, operator in enumerate(operators):
        operator[:, :2] = 0
        if k == 0:
            operator[0, 0], operator[1, 1] = 1.0, math.sqrt(1 - heated)
    return [k for k in (*operators, heat) if np.abs(k).max() > 1e-15]


def to_level_two(levels: int) -> Kraus:
    """0 and 1 are put into 2, by a map that nobody can tell them apart after; leaked levels stay."""
    table = np.eye(levels)
    table[:, :2] = 0
    table[2, :2] = 1
    return kraus.level_map(table)
