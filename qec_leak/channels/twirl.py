"""Kraus operators -> LeakageChannel: the level-resolved generalised Pauli twirl."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import Label, LeakageChannel, Row, Transition, all_rows

COMPLETENESS_TOLERANCE = 1e-7
NEGLIGIBLE = 1e-15
"""Weights below this are rounding errors of the linear algebra and are dropped."""

_PAULIS: dict[str, npt.NDArray[np.complex128]] = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.diag([1, -1]).astype(complex),
}


def twirl(kraus_operators: Iterable[npt.ArrayLike], num_qubits: int) -> LeakageChannel:
    """The generalised Pauli channel of an operation given by Kraus operators, without its ideal gate.

    Source: docs/model.md; for one leaked level it is the generalised Pauli twirling of Manabe et al., arXiv:2308.08186.
    If r transmons are computational before and after, a Pauli P has weight |Tr(K P)/2^r|^2. A transmon that leaks
    contributes the average over its two inputs. A transmon that returns contributes the sum over its two outputs. In
    both cases each value has its own branch. A transmon with known Z value is projected on it. Input label 3 is
    physical level 3. An output in level 4 or above is folded into 3, as a readout would report it.

    Args:
        kraus_operators: arrays (n**num_qubits, n**num_qubits), complex, n >= 4 levels a transmon, first transmon most
            significant (|high low> is index n*high + low).
        num_qubits: 1 or 2.

    Returns:
        The channel.

    Raises:
        ValueError: shapes do not fit, or sum K^dagger K is not the identity.

    Examples:
        >>> from qec_leak.channels import heating
        >>> round(twirl(heating(1.0, 10.0), 1).leakage_rate, 5)
        0.00498
    """
    operators = _check_kraus(kraus_operators, num_qubits)
    levels = round(operators[0].shape[0] ** (1 / num_qubits))
    tensors = np.array([k.reshape((levels,) * (2 * num_qubits)) for k in operators])
    return LeakageChannel(num_qubits, {row: _row(tensors, row, levels) for row in all_rows(num_qubits)})


def _check_kraus(kraus_operators: Iterable[npt.ArrayLike], num_qubits: int) -> list[npt.NDArray[np.complex128]]:
    operators = [np.asarray(k, dtype=complex) for k in kraus_operators]
    if not operators:
        raise ValueError("`kraus_operators` must not be empty, but is; give at least one operator")
    size = operators[0].shape[0] if operators[0].ndim == 2 else 0
    levels = round(size ** (1 / num_qubits)) if size else 0
    for k in operators:
        if k.shape != (size, size) or levels**num_qubits != size or levels < 4:
            raise ValueError(
                f"`kraus_operators` must be square with n^{num_qubits} rows, n >= 4 levels each, but one has shape "
                f"{k.shape!r}; pad the operators to 4 or 5 levels"
            )
    # Level 4 and above may be cut off (a propagator truncated there), so completeness is asked of levels 0 to 3.
    total = np.sum([k.conj().T @ k for k in operators], axis=0)
    kept = [i for i in range(size) if all((i // levels**q) % levels < 4 for q in range(num_qubits))]
    error = float(np.abs(total[np.ix_(kept, kept)] - np.eye(len(kept))).max())
    if error > COMPLETENESS_TOLERANCE:
        raise ValueError(
            f"`kraus_operators` must satisfy sum K^dagger K = 1, but it is off by {error:.3g}; add what is missing"
        )
    return operators


def _choices(before: Label, levels: int) -> list[tuple[Label, int | None, int | None, Sequence[int], Sequence[int]]]:
    """Possible fates of one transmon: (label after, left_with, returned_with, output levels, input levels)."""
    leaked_outputs: list[tuple[Label, int]] = [(min(level, 3), level) for level in range(2, levels)]
    if before == "C":
        stay: list[tuple[Label, int | None, int | None, Sequence[int], Sequence[int]]] = [
            ("C", None, None, (0, 1), (0, 1))
        ]
        return stay + [(lab, v, None, (level,), (v,)) for lab, level in leaked_outputs for v in (0, 1)]
    if before in (0, 1):
        assert isinstance(before, int)
        known: list[tuple[Label, int | None, int | None, Sequence[int], Sequence[int]]] = [
            (v, None, None, (v,), (before,)) for v in (0, 1)
        ]
        return known + [(lab, before, None, (level,), (before,)) for lab, level in leaked_outputs]
    assert isinstance(before, int)
    back: list[tuple[Label, int | None, int | None, Sequence[int], Sequence[int]]] = [
        ("C", None, v, (v,), (before,)) for v in (0, 1)
    ]
    return back + [(lab, None, None, (level,), (before,)) for lab, level in leaked_outputs]


def _row(tensors: npt.NDArray[np.complex128], row: Row, levels: int) -> list[Transition]:
    num_qubits = len(row)
    weights: dict[tuple[Row, str, tuple[int | None, ...], tuple[int | None, ...]], float] = {}
    for fates in itertools.product(*(_choices(before, levels) for before in row)):
        index = np.ix_(range(len(tensors)), *(f[3] for f in fates), *(f[4] for f in fates))
        block = tensors[index]
        staying = [q for q in range(num_qubits) if len(fates[q][3]) == 2]
        half = 0.5 ** sum(row[q] == "C" and len(fates[q][3]) == 1 for q in range(num_qubits))
        dim = 2 ** len(staying)
        matrices = block.reshape(len(tensors), dim, dim)
        outgoing: Row = tuple(f[0] for f in fates)
        for letters in itertools.product("IXYZ", repeat=len(staying)):
            pauli_matrix = np.eye(1, dtype=complex)
            for letter in letters:
                pauli_matrix = np.kron(pauli_matrix, _PAULIS[letter])
            amplitude = np.einsum("kij,ji->k", matrices, pauli_matrix) / dim
            weight = half * float(np.sum(np.abs(amplitude) ** 2))
            if weight > NEGLIGIBLE:
                named = dict(zip(staying, letters, strict=True))
                pauli = "".join(named.get(q, "I") for q in range(num_qubits))
                key = (outgoing, pauli, tuple(f[1] for f in fates), tuple(f[2] for f in fates))
                weights[key] = weights.get(key, 0.0) + weight
    # The dropped rounding errors and a truncated level 4 leave the sum off by less than the completeness tolerance.
    total = sum(weights.values())
    assert abs(total - 1.0) < 10 * COMPLETENESS_TOLERANCE, (row, total)
    return sorted((Transition(w / total, *key) for key, w in weights.items()), key=lambda t: -t.probability)
