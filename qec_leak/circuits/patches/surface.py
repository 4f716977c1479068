"""The rotated surface code on a rectangle."""

from __future__ import annotations

from qec_leak._checks import check_int
from qec_leak.circuits.patch import Patch, Site
from qec_leak.circuits.patches.assemble import lattice_patch

# Where the data qubit of each of the four CZ layers is, seen from the measure qubit: Stim's order. The last two data
# qubits of an X check are side by side in x, across the X logical operator, which runs along y; those of a Z check are
# side by side in y, across the Z logical operator, which runs along x. One fault of a measure qubit between the
# second and the third CZ (a hook error) so never covers two steps of a logical operator, and the distance is kept.
SURFACE_CZ_STEPS: dict[str, tuple[Site, ...]] = {
    "X": ((+1, +1), (-1, +1), (+1, -1), (-1, -1)),
    "Z": ((+1, +1), (+1, -1), (-1, +1), (-1, -1)),
}


def surface_patch(dx: int, dz: int | None = None) -> Patch:
    """Rotated surface code in Stim's coordinates: data qubits at odd, measure qubits at even x and y.

    X checks end the patch in the north and the south, Z checks in the west and the east. The logical X is the first
    column, the logical Z the first row.

    Args:
        dx: weight of the logical X, the number of rows, >= 2.
        dz: weight of the logical Z, the number of columns, >= 2; ``dx`` if None. The distance is the smaller one.

    Returns:
        The patch.

    Raises:
        ValueError: a weight is below 2.
        TypeError: a weight is no integer.

    Examples:
        >>> patch = surface_patch(3, 5)
        >>> patch.distance, len(patch.data_qubits)
        (3, 15)
    """
    rows = check_int("dx", dx, minimum=2)
    columns = rows if dz is None else check_int("dz", dz, minimum=2)
    data = [(2 * column + 1, 2 * row + 1) for row in range(rows) for column in range(columns)]
    free: list[Site] = []
    checks: list[tuple[str, Site]] = []
    for y in range(0, 2 * rows + 1, 2):
        for x in range(0, 2 * columns + 1, 2):
            basis = "X" if (x + y) % 4 else "Z"
            outside = (x in (0, 2 * columns) and basis == "X") or (y in (0, 2 * rows) and basis == "Z")
            if outside:
                free.append((x, y))
            else:
                checks.append((basis, (x, y)))
    return lattice_patch(
        code="surface",
        distance=min(rows, columns),
        data=data,
        checks=checks,
        steps=SURFACE_CZ_STEPS,
        free=free,
        logical_x=[(1, 2 * row + 1) for row in range(rows)],
        logical_z=[(2 * column + 1, 1) for column in range(columns)],
        # The data qubits whose first and last CZ is that of an X check: conjugated, every data qubit of a round needs
        # its Hadamards at the same two places, around the two CZs in the middle.
        xzzx=[(x, y) for x, y in data if (x + y) % 4 == 0],
    )
