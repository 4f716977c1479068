"""Stim's gates in terms of the engine's few: one-qubit Cliffords by what they do to frames, two-qubit Cliffords as CZ,
SWAP and Pauli rotations with basis changes."""

from __future__ import annotations

import functools

import stim

from qec_leak.program.program import Op

_BASIS_CHANGE = {"X": "H", "Y": "H_YZ", "Z": None}
"""Gate (its own inverse) that turns the Pauli into Z."""

_CONTROLLED = {
    "CX": "ZX",
    "CY": "ZY",
    "CZ": "ZZ",
    "XCX": "XX",
    "XCY": "XY",
    "XCZ": "XZ",
    "YCX": "YX",
    "YCY": "YY",
    "YCZ": "YZ",
}
_ROTATIONS = {
    "SQRT_XX": "XX",
    "SQRT_XX_DAG": "XX",
    "SQRT_YY": "YY",
    "SQRT_YY_DAG": "YY",
    "SQRT_ZZ": "ZZ",
    "SQRT_ZZ_DAG": "ZZ",
}
_SWAP_WITH = {"CXSWAP": ("CX", "SWAP"), "SWAPCX": ("SWAP", "CX"), "CZSWAP": ("CZ", "SWAP")}
_ISWAPS = {"ISWAP": "S", "ISWAP_DAG": "S_DAG"}
"""The one-qubit gate that stands before CZ and SWAP on both qubits."""

Part = tuple[str, str]
"""("1", gate) on the first target, ("2", gate) on the second, ("CZ", ""), ("SWAP", "") or ("ROTATION", "XX")."""


@functools.cache
def one_qubit_op(name: str) -> Op | None:
    """The engine's operation with the same effect on frames, None for a gate that only changes signs."""
    tableau = stim.gate_data(name).tableau
    of_x, of_z = int(tableau.x_output(0)[0]), int(tableau.z_output(0)[0])  # I, X, Y, Z = 0..3
    return {
        (1, 3): None,
        (3, 1): Op.H,
        (2, 3): Op.S,
        (1, 2): Op.SQRT_X,
        (2, 1): Op.C_XYZ,
        (3, 2): Op.C_ZYX,
    }[of_x, of_z]


@functools.cache
def flips_z(name: str) -> bool:
    """Whether a one-qubit gate takes Z to -Z."""
    return str(stim.gate_data(name).tableau.z_output(0)) == "-Z"


@functools.cache
def two_qubit_parts(name: str) -> tuple[Part, ...]:
    """The gate in parts: basis changes, CZ, SWAP and rotations. A leaked qubit takes no part in one-qubit gates and
    CZs. A SWAP moves it."""
    if name in _CONTROLLED:
        change = [(str(i + 1), gate) for i, p in enumerate(_CONTROLLED[name]) if (gate := _BASIS_CHANGE[p])]
        return (*change, ("CZ", ""), *change)
    if name == "SWAP":
        return (("SWAP", ""),)
    if name in _SWAP_WITH:
        return tuple(inner for part in _SWAP_WITH[name] for inner in two_qubit_parts(part))
    if name in _ISWAPS:
        return ("1", _ISWAPS[name]), ("2", _ISWAPS[name]), ("CZ", ""), ("SWAP", "")
    return (("ROTATION", _ROTATIONS[name]),)


def controlled_paulis(name: str) -> str | None:
    """The Paulis of a controlled Pauli, of its first and its second qubit; None for other gates."""
    return _CONTROLLED.get(name)


def leaked_participant_allowed(name: str) -> bool:
    """Whether the gate has a meaning when a participant is leaked: controlled Paulis, SWAP and what is made of them."""
    return name not in _ROTATIONS


def moves_levels(name: str) -> bool:
    """Whether the gate exchanges its qubits, their levels included."""
    return name == "SWAP" or name in _SWAP_WITH or name in _ISWAPS
