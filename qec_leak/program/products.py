"""Products of Paulis as instructions write them, in which a qubit may stand more than once."""

from __future__ import annotations

from collections.abc import Sequence

import stim

Factors = list[tuple[int, int]]
"""(qubit, Pauli 1 to 3), each qubit once."""


def simplified(group: Sequence[stim.GateTarget], pauli: int = 0) -> tuple[bool, Factors] | None:
    """Whether the product of a target group has the sign -1, and its factors; None where it has the sign i or -i, so
    that it is no observable. ``pauli``: of targets that name only qubits."""
    phase = 0  # in powers of i
    found: dict[int, int] = {}
    for target in group:
        if target.is_combiner:
            continue
        p = pauli or "IXYZ".index(target.pauli_type)
        q = found.get(target.value, 0)
        if p and q and p != q:
            phase += 1 if (p - q) % 3 == 1 else 3  # X Y = i Z, Y X = -i Z
        found[target.value] = p ^ q
        phase += 2 * target.is_inverted_result_target
    if phase % 2:
        return None
    return phase % 4 == 2, [(qubit, p) for qubit, p in found.items() if p]
