"""Layouts of the rotated surface code and of the repetition code: coordinates, checks, CZ order, DQLR pairing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qec_leak._checks import broken_rule, check_choice, check_odd_distance

Site = tuple[int, int]
"""Coordinates (x, y) of a qubit; x grows to the east and y to the south, as Stim draws them."""

# Where the data qubit of each of the four CZ layers is, seen from the measure qubit: Stim's order. The last two data
# qubits of an X check are side by side in x, across the X logical operator, which runs along y; those of a Z check are
# side by side in y, across the Z logical operator, which runs along x. One fault of a measure qubit between the
# second and the third CZ (a hook error) so never covers two steps of a logical operator, and the distance is kept.
SURFACE_CZ_STEPS: dict[str, tuple[Site, ...]] = {
    "X": ((+1, +1), (-1, +1), (+1, -1), (-1, -1)),
    "Z": ((+1, +1), (+1, -1), (-1, +1), (-1, -1)),
}

REPETITION_CZ_STEPS: tuple[Site, ...] = ((-1, 0), (+1, 0))


@dataclass(frozen=True, slots=True)
class Stabilizer:
    """One check of the code.

    basis: "X" or "Z", of the code in its CSS form.
    measure_qubit: the qubit that measures it.
    data_qubits: the data qubit that it meets in each CZ layer; None where it meets none.
    """

    basis: str
    measure_qubit: int
    data_qubits: tuple[int | None, ...]

    @property
    def support(self) -> tuple[int, ...]:
        """Data qubits of the check, in the order of the CZ layers."""
        return tuple(qubit for qubit in self.data_qubits if qubit is not None)

    @property
    def weight(self) -> int:
        """Number of data qubits of the check."""
        return len(self.support)


@dataclass(frozen=True, slots=True)
class Patch:
    """Layout of one logical qubit. Qubits are numbered consecutively: data, then measure, then removal.

    code: "surface" or "repetition".
    distance: code distance.
    data_qubits, measure_qubits, removal_qubits: indices. Removal qubits take part in circuits with DQLR only.
    coordinates: (x, y) of every qubit, by index.
    stabilizers: one per measure qubit, in the order of ``measure_qubits``.
    logical_x, logical_z: data qubits on which the logical operators of the CSS form act.
    dqlr_pairs: (data qubit, measure or removal qubit) for every data qubit, no qubit twice.
    xzzx_qubits: data qubits that the XZZX form conjugates with a Hadamard; empty if the code has no such form.
    """

    code: str
    distance: int
    data_qubits: tuple[int, ...]
    measure_qubits: tuple[int, ...]
    removal_qubits: tuple[int, ...]
    coordinates: tuple[Site, ...]
    stabilizers: tuple[Stabilizer, ...]
    logical_x: tuple[int, ...]
    logical_z: tuple[int, ...]
    dqlr_pairs: tuple[tuple[int, int], ...]
    xzzx_qubits: tuple[int, ...]

    @property
    def logical(self) -> dict[str, tuple[int, ...]]:
        """Data qubits of the logical operators: ``{"X": ..., "Z": ...}``."""
        return {"X": self.logical_x, "Z": self.logical_z}

    @property
    def num_layers(self) -> int:
        """Number of CZ layers of a round."""
        return len(self.stabilizers[0].data_qubits)

    def qubits(self, role: str) -> tuple[int, ...]:
        """Indices of the qubits with ``role`` "data", "measure" or "removal"."""
        roles = {"data": self.data_qubits, "measure": self.measure_qubits, "removal": self.removal_qubits}
        return roles[check_choice("role", role, tuple(roles))]

    def role(self, qubit: int) -> str:
        """ "data", "measure" or "removal"."""
        for role in ("data", "measure", "removal"):
            if qubit in self.qubits(role):
                return role
        fix = f"use 0 to {len(self.coordinates) - 1}"
        raise ValueError(broken_rule("qubit", f"be a qubit of the {self.code} patch", qubit, fix))


def compass_direction(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Direction from ``start`` to ``end``: "NE", "NW", "SE", "SW", "E", "W", "N" or "S"; "" if they coincide.

    x grows to the east, y to the south, as Stim draws them.
    """
    (x, y), (u, v) = start, end
    return ("S" if v > y else "N" if v < y else "") + ("E" if u > x else "W" if u < x else "")


def make_patch(code: str, distance: int) -> Patch:
    """The patch of ``code`` "surface" or "repetition" with odd ``distance`` >= 3."""
    makers: dict[str, Callable[[int], Patch]] = {"surface": surface_patch, "repetition": repetition_patch}
    return makers[check_choice("code", code, tuple(makers))](distance)


def surface_patch(distance: int) -> Patch:
    """Rotated surface code in Stim's coordinates: data qubits at odd, measure qubits at even x and y.

    X checks end the patch in the north and the south, Z checks in the west and the east. The logical Z is the first
    row, the logical X the first column.
    """
    d = check_odd_distance("distance", distance)
    data = [(2 * column + 1, 2 * row + 1) for row in range(d) for column in range(d)]
    index = {site: qubit for qubit, site in enumerate(data)}
    free: list[Site] = []
    checks: list[tuple[str, Site]] = []
    for y in range(0, 2 * d + 1, 2):
        for x in range(0, 2 * d + 1, 2):
            basis = "X" if (x + y) % 4 else "Z"
            outside = (x in (0, 2 * d) and basis == "X") or (y in (0, 2 * d) and basis == "Z")
            if outside:
                free.append((x, y))
            else:
                checks.append((basis, (x, y)))
    stabilizers = tuple(
        Stabilizer(basis, len(data) + number, tuple(index.get((x + u, y + v)) for u, v in SURFACE_CZ_STEPS[basis]))
        for number, (basis, (x, y)) in enumerate(checks)
    )
    sites = data + [site for _, site in checks]
    removal, pairs = _pair_for_dqlr(sites, len(data), free)
    return Patch(
        code="surface",
        distance=d,
        data_qubits=tuple(range(len(data))),
        measure_qubits=tuple(range(len(data), len(sites))),
        removal_qubits=(len(sites),),
        coordinates=(*sites, removal),
        stabilizers=stabilizers,
        logical_x=tuple(range(0, d * d, d)),
        logical_z=tuple(range(d)),
        dqlr_pairs=pairs,
        # The data qubits whose first and last CZ is that of an X check: conjugated, every data qubit of a round needs
        # its Hadamards at the same two places, around the two CZs in the middle.
        xzzx_qubits=tuple(qubit for qubit, (x, y) in enumerate(data) if (x + y) % 4 == 0),
    )


def repetition_patch(distance: int) -> Patch:
    """Bit-flip repetition code on a line: data qubits at even, measure qubits at odd x, all with y = 0."""
    d = check_odd_distance("distance", distance)
    sites = [(2 * number, 0) for number in range(d)] + [(2 * number + 1, 0) for number in range(d - 1)]
    index = {site: qubit for qubit, site in enumerate(sites)}
    stabilizers = tuple(
        Stabilizer("Z", qubit, tuple(index[sites[qubit][0] + step, 0] for step, _ in REPETITION_CZ_STEPS))
        for qubit in range(d, 2 * d - 1)
    )
    removal, pairs = _pair_for_dqlr(sites, d, [(2 * d - 1, 0)])
    return Patch(
        code="repetition",
        distance=d,
        data_qubits=tuple(range(d)),
        measure_qubits=tuple(range(d, 2 * d - 1)),
        removal_qubits=(2 * d - 1,),
        coordinates=(*sites, removal),
        stabilizers=stabilizers,
        logical_x=tuple(range(d)),
        logical_z=(0,),
        dqlr_pairs=pairs,
        xzzx_qubits=(),
    )


def _pair_for_dqlr(sites: list[Site], num_data: int, free: Iterable[Site]) -> tuple[Site, tuple[tuple[int, int], ...]]:
    """Site of the removal qubit, the first of ``free`` that admits a complete pairing, and that pairing.

    There is one data qubit more than measure qubits, so that one removal qubit is the least.
    """
    import networkx  # here, since it is slow to import and needed by nothing else in this module

    for removal in free:
        graph = networkx.Graph()
        graph.add_nodes_from(range(num_data))
        partners = {site: num_data + number for number, site in enumerate([*sites[num_data:], removal])}
        for qubit, (x, y) in enumerate(sites[:num_data]):
            for neighbor in ((x + u, y + v) for u in (-1, 0, +1) for v in (-1, 0, +1)):
                if neighbor in partners:
                    graph.add_edge(qubit, partners[neighbor])
        matching = networkx.bipartite.hopcroft_karp_matching(graph, top_nodes=range(num_data))
        if all(qubit in matching for qubit in range(num_data)):
            return removal, tuple((qubit, matching[qubit]) for qubit in range(num_data))
    raise AssertionError("no free site next to the patch completes the pairing")
