"""The unrotated (planar) surface code on a rectangle (Dennis et al., arXiv:quant-ph/0110143)."""

from __future__ import annotations

from qec_leak._checks import check_int
from qec_leak.circuits.patch import Patch, Site
from qec_leak.circuits.patches.assemble import lattice_patch

# All checks look north, west, east, south. The last two are on a diagonal, so that a fault in the middle of a check
# covers one step of a logical operator, which runs along x or y.
UNROTATED_CZ_STEPS: tuple[Site, ...] = ((0, -1), (-1, 0), (+1, 0), (0, +1))


def unrotated_surface_patch(dx: int, dz: int | None = None) -> Patch:
    """Unrotated surface code: data qubits where x + y is even, X checks at odd, Z checks at even x.

    X checks end the patch in the north and the south, Z checks in the west and the east. The logical X is the first
    column, the logical Z the first row.

    Args:
        dx: weight of the logical X, >= 2.
        dz: weight of the logical Z, >= 2; ``dx`` if None. The distance is the smaller one.

    Returns:
        The patch.

    Raises:
        ValueError: a weight is below 2.
        TypeError: a weight is no integer.

    Examples:
        >>> patch = unrotated_surface_patch(3, 5)
        >>> patch.distance, len(patch.data_qubits)
        (3, 23)
    """
    rows = check_int("dx", dx, minimum=2)
    columns = rows if dz is None else check_int("dz", dz, minimum=2)
    sites = [(x, y) for y in range(2 * rows - 1) for x in range(2 * columns - 1)]
    outside = [(x, y) for y in range(-1, 2 * rows) for x in range(-1, 2 * columns) if (x, y) not in set(sites)]
    return lattice_patch(
        code="unrotated_surface",
        distance=min(rows, columns),
        data=[(x, y) for x, y in sites if (x + y) % 2 == 0],
        checks=[("X" if x % 2 else "Z", (x, y)) for x, y in sites if (x + y) % 2],
        steps={"X": UNROTATED_CZ_STEPS, "Z": UNROTATED_CZ_STEPS},
        free=outside,
        logical_x=[(0, 2 * row) for row in range(rows)],
        logical_z=[(2 * column, 0) for column in range(columns)],
    )
