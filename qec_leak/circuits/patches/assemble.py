"""Makes a patch of the sites of a lattice: qubit numbers, CZ layers, DQLR pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qec_leak.circuits.patch import Patch, Site, Stabilizer


def lattice_patch(
    *,
    code: str,
    distance: int,
    data: Sequence[Site],
    checks: Sequence[tuple[str, Site]],
    steps: Mapping[str, Sequence[Site]],
    free: Iterable[Site],
    logical_x: Sequence[Site],
    logical_z: Sequence[Site],
    xzzx: Iterable[Site] = (),
    random_start: bool = False,
) -> Patch:
    """The patch of these sites, with one removal qubit.

    Args:
        data, checks: sites in the order of their numbers; a check is (basis, site of its measure qubit).
        steps: by basis, where the data qubit of each CZ layer is, seen from the measure qubit.
        free: where the removal qubit may be: the first that lets each data qubit have a partner next to it.
        logical_x, logical_z, xzzx: data qubits.
    """
    index = {site: qubit for qubit, site in enumerate(data)}
    stabilizers = tuple(
        Stabilizer(basis, len(data) + number, tuple(index.get((x + u, y + v)) for u, v in steps[basis]))
        for number, (basis, (x, y)) in enumerate(checks)
    )
    sites = [*data, *(site for _, site in checks)]
    removal, pairs = _pair_for_dqlr(sites, len(data), free)
    return Patch(
        code=code,
        distance=distance,
        data_qubits=tuple(range(len(data))),
        measure_qubits=tuple(range(len(data), len(sites))),
        removal_qubits=(len(sites),),
        coordinates=(*sites, removal),
        stabilizers=stabilizers,
        logical_x=tuple(index[site] for site in logical_x),
        logical_z=tuple(index[site] for site in logical_z),
        dqlr_pairs=pairs,
        xzzx_qubits=tuple(index[site] for site in xzzx),
        random_start=random_start,
    )


def _pair_for_dqlr(
    sites: Sequence[Site], num_data: int, free: Iterable[Site]
) -> tuple[Site, tuple[tuple[int, int], ...]]:
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
