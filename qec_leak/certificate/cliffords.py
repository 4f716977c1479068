"""Stim's gates as what the certificate executes: one-qubit Cliffords by number, CZ and SWAP."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import stim

_CHANGE = {"X": "H", "Y": "H_YZ", "Z": None}
"""One-qubit gate (its own inverse) that turns the Pauli into Z."""
_LETTERS = {"C": "Z", "X": "X", "Y": "Y", "Z": "Z"}

Part = tuple[str, str]
"""("1", gate) on the first qubit, ("2", gate) on the second, ("CZ", "") or ("SWAP", "")."""


def basis_change(pauli: str) -> str | None:
    """The gate, its own inverse, that turns ``pauli`` ("X", "Y" or "Z") into Z; None for Z."""
    return _CHANGE[pauli]


@functools.cache
def two_qubit_parts(name: str) -> tuple[Part, ...]:
    """A two-qubit Clifford of Stim as parts, signs included.

    A leaked qubit takes no part in its one-qubit parts and in CZ. So a controlled Pauli does nothing to its partner;
    SQRT_ZZ and ISWAP, which are S S CZ (SWAP), leave the partner's S: the leaked qubit acts as |0> in each.
    """
    name = stim.gate_data(name).name
    if name == "SWAP":
        return (("SWAP", ""),)
    if name in ("CXSWAP", "CZSWAP"):
        return (*two_qubit_parts(name[:2]), ("SWAP", ""))
    if name == "SWAPCX":
        return (("SWAP", ""), *two_qubit_parts("CX"))
    dag = "_DAG" if name.endswith("_DAG") else ""
    rotation = (("1", "S" + dag), ("2", "S" + dag), ("CZ", ""))
    if name.startswith("ISWAP"):
        return (*rotation, ("SWAP", ""))
    if name.startswith("SQRT_"):
        return _in_basis(name[5:7], rotation)
    if name == "II":
        return ()
    letters = _LETTERS[name[0]] + name[-1] if len(name) == 2 else name[0] + name[2]
    return _in_basis(letters, (("CZ", ""),))


def _in_basis(letters: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    change = tuple((str(k + 1), gate) for k, p in enumerate(letters) if (gate := _CHANGE[p]))
    return (*change, *parts, *change)


def _row(tableau: stim.Tableau) -> tuple[int, ...]:
    x, y, z = tableau.x_output(0), tableau.y_output(0), tableau.z_output(0)
    return (*_bits(x), *_bits(z), *(int(p.sign == -1) for p in (x, z, y)))


def _bits(pauli: stim.PauliString) -> tuple[int, int]:
    return int(pauli[0] in (1, 2)), int(pauli[0] in (2, 3))


@functools.cache
def clifford_table() -> tuple[npt.NDArray[np.uint8], dict[str, int]]:
    """uint8 (24, 7) and the row of each one-qubit gate of Stim.

    Columns: x and z bit of the image of X, x and z bit of the image of Z, 1 where those of X, Z and Y have a minus.
    """
    rows: dict[tuple[int, ...], int] = {}
    numbers = {}
    for name, data in stim.gate_data().items():
        if data.is_unitary and data.is_single_qubit_gate:
            numbers[name] = rows.setdefault(_row(data.tableau), len(rows))
    table = np.array(list(rows), dtype=np.uint8)
    table.setflags(write=False)
    return table, numbers


@functools.cache
def images_before(number: int) -> tuple[str, tuple[int, ...], npt.NDArray[np.uint8]]:
    """Of a row of the table: a gate's name, and what I, X, Y, Z (0..3) behind it were before it: Paulis, and uint8 (4,)
    1 where with a minus."""
    name = next(name for name, of_gate in clifford_table()[1].items() if of_gate == number)
    back = stim.gate_data(name).tableau.inverse()
    images = back.x_output(0), back.y_output(0), back.z_output(0)
    return name, (0, *(int(p[0]) for p in images)), np.array([0, *(p.sign == -1 for p in images)], dtype=np.uint8)
