"""The bit-flip repetition code on a line."""

from __future__ import annotations

from qec_leak._checks import check_int
from qec_leak.circuits.patch import Patch, Site
from qec_leak.circuits.patches.assemble import lattice_patch

REPETITION_CZ_STEPS: tuple[Site, ...] = ((-1, 0), (+1, 0))


def repetition_patch(distance: int) -> Patch:
    """Bit-flip repetition code on a line: data qubits at even, measure qubits at odd x, all with y = 0.

    Args:
        distance: number of data qubits, >= 2. Their initial state is sweep bits.

    Returns:
        The patch.

    Raises:
        ValueError: the distance is below 2.
        TypeError: the distance is no integer.

    Examples:
        >>> patch = repetition_patch(3)
        >>> patch.data_qubits, patch.measure_qubits, patch.removal_qubits
        ((0, 1, 2), (3, 4), (5,))
    """
    d = check_int("distance", distance, minimum=2)
    data = [(2 * number, 0) for number in range(d)]
    return lattice_patch(
        code="repetition",
        distance=d,
        data=data,
        checks=[("Z", (2 * number + 1, 0)) for number in range(d - 1)],
        steps={"Z": REPETITION_CZ_STEPS},
        free=[(2 * d - 1, 0)],
        logical_x=data,
        logical_z=data[:1],
        random_start=True,
    )
