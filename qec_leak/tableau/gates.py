"""Stim's Clifford gates as the kernel's: one-qubit gates by a code, two-qubit gates as CZ and SWAP between those."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import stim

_ALL = np.uint64(2**64 - 1)

TO_Z = {"X": "H", "Y": "H_YZ", "Z": None}
"""The gate, its own inverse, that turns a Pauli into Z."""

Step = tuple[str, int]
"""(one-qubit gate, place 0 or 1), ("CZ", -1) or ("SWAP", -1)."""

_SWAPS = {"SWAP": ("SWAP",), "CXSWAP": ("CX", "SWAP"), "SWAPCX": ("SWAP", "CX"), "CZSWAP": ("CZ", "SWAP")}
EXCHANGING = frozenset({*_SWAPS, "ISWAP", "ISWAP_DAG"})
"""Gates that exchange the levels of their qubits."""
CONTROLLED = frozenset({"CX", "CY", "CZ", "XCX", "XCY", "XCZ", "YCX", "YCY", "YCZ"})
"""Gates that do not happen where a qubit is leaked. What is in neither set has no meaning there."""


class GateTable(NamedTuple):
    """One-qubit gates by code. What is new is linear in what was, with signs for each Pauli.

    linear: uint64 (24, 4) masks: x from x, x from z, z from x, z from z.   flips: uint64 (24, 3) masks: sign of the
    image of X, Y, Z.   keeps_z: uint8 (24,): Z becomes Z or -Z.
    """

    linear: npt.NDArray[np.uint64]
    flips: npt.NDArray[np.uint64]
    keeps_z: npt.NDArray[np.uint8]


ONE_QUBIT_GATES: tuple[str, ...] = tuple(
    sorted(n for n, g in stim.gate_data().items() if g.is_unitary and g.is_single_qubit_gate)
)


@functools.cache
def gate_table() -> GateTable:
    """The table of all of Stim's one-qubit gates, in the order of ONE_QUBIT_GATES."""
    count = len(ONE_QUBIT_GATES)
    table = GateTable(
        np.zeros((count, 4), np.uint64),
        np.zeros((count, 3), np.uint64),
        np.zeros(count, np.uint8),
    )
    for code, name in enumerate(ONE_QUBIT_GATES):
        tableau = stim.gate_data(name).tableau
        images = [tableau(stim.PauliString(p)) for p in "XYZ"]
        for place, image in enumerate((images[0], images[2])):
            table.linear[code, place] = _ALL if image[0] in (1, 2) else 0
            table.linear[code, 2 + place] = _ALL if image[0] in (2, 3) else 0
        table.flips[code] = [_ALL if image.sign == -1 else 0 for image in images]
        table.keeps_z[code] = images[2][0] == 3
    return table


def code_of(name: str) -> int:
    """The kernel's code of a one-qubit gate."""
    return ONE_QUBIT_GATES.index(name)


@functools.cache
def steps_of(name: str) -> tuple[Step, ...]:
    """A two-qubit gate as steps, exact but for a global phase; where a qubit is leaked, its steps do not happen."""
    if name in CONTROLLED:
        axes = name.removeprefix("C") if name[0] == "C" else name[0] + name[2]
        axes = axes if len(axes) == 2 else "Z" + axes
        change = tuple((gate, k) for k, axis in enumerate(axes) if (gate := TO_Z[axis]) is not None)
        return (*change, ("CZ", -1), *change)
    if name in _SWAPS:
        return tuple(s for part in _SWAPS[name] for s in ((("SWAP", -1),) if part == "SWAP" else steps_of(part)))
    dagger = "_DAG" if name.endswith("_DAG") else ""
    phases = (("S" + dagger, 0), ("S" + dagger, 1), ("CZ", -1))
    if name.startswith("ISWAP"):
        return (*phases, ("SWAP", -1))
    axis = TO_Z[name[5]]  # SQRT_XX, SQRT_YY, SQRT_ZZ
    around = () if axis is None else ((axis, 0), (axis, 1))
    return (*around, *phases, *around)
