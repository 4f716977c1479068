"""Matrices on levels that the exact simulator needs beside those of ``qec_leak.channels.operations``."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.channels.kraus import Kraus
from qec_leak.exact.steps import Matrix

# Real and imaginary parts of a one-qubit Clifford's entries; Stim gives them in single precision.
_PARTS = np.array([0.0, 0.5, math.sqrt(0.5), 1.0])
_PAULI = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.diag([1, -1]).astype(complex),
}
PAULIS_1 = ("X", "Y", "Z")
PAULIS_2 = tuple("".join(pair) for pair in itertools.product("IXYZ", repeat=2))[1:]
"""Order of the arguments of Stim's PAULI_CHANNEL_1 and PAULI_CHANNEL_2."""


def on_computational(unitary: npt.ArrayLike, levels: int) -> Matrix:
    """A 2 x 2 matrix on levels 0 and 1, the identity on the others."""
    out = np.eye(levels, dtype=complex)
    out[:2, :2] = unitary
    return out


@functools.lru_cache(maxsize=256)
def clifford(name: str, levels: int) -> Matrix:
    """Stim's one-qubit Clifford ``name`` on levels 0 and 1, the identity on leaked levels."""
    rough = np.asarray(stim.gate_data(name).unitary_matrix, dtype=complex)

    def snap(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        nearest = _PARTS[np.abs(np.abs(x)[..., None] - _PARTS).argmin(axis=-1)]
        return np.asarray(np.sign(x) * nearest)

    return on_computational(snap(rough.real) + 1j * snap(rough.imag), levels)


def pauli(letters: str, levels: int) -> Matrix:
    """A Pauli string on one or two transmons; each letter acts on levels 0 and 1 and not on a leaked transmon."""
    factors = [on_computational(_PAULI[letter], levels) for letter in letters]
    return functools.reduce(lambda a, b: np.asarray(np.kron(a, b)), factors)


def pauli_mixture(probabilities: Sequence[float], levels: int) -> Kraus:
    """Kraus operators of a Pauli channel: 3 or 15 probabilities in Stim's order, the identity first in the result."""
    letters = PAULIS_1 if len(probabilities) == 3 else PAULIS_2
    size = levels if len(probabilities) == 3 else levels**2
    stays = max(0.0, 1.0 - math.fsum(probabilities))
    terms = [(stays, np.eye(size, dtype=complex))]
    terms += [(p, pauli(s, levels)) for s, p in zip(letters, probabilities, strict=True)]
    return [np.asarray(math.sqrt(p) * matrix, dtype=complex) for p, matrix in terms if p > 0]
