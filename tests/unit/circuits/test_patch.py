"""Layouts: coordinates, checks, CZ layers, DQLR pairs."""

import pickle

import pytest
import stim

from qec_leak.circuits.patch import compass_direction
from qec_leak.circuits.patches import make_patch, repetition_patch, surface_patch

PATCHES = [make_patch(code, distance) for code in ("surface", "repetition") for distance in (3, 5, 7)]


def name(patch):
    return f"{patch.code}-{patch.distance}"


@pytest.mark.parametrize("distance", [3, 5, 7])
def test_surface_numbers(distance):
    patch = surface_patch(distance)
    assert len(patch.data_qubits) == distance**2
    assert len(patch.measure_qubits) == distance**2 - 1
    assert len(patch.removal_qubits) == 1
    for basis in "XZ":
        weights = [check.weight for check in patch.stabilizers if check.basis == basis]
        assert weights.count(2) == distance - 1
        assert weights.count(4) == (distance - 1) ** 2 // 2
        assert len(weights) == (distance**2 - 1) // 2


@pytest.mark.parametrize("distance", [3, 5, 21])
def test_repetition_numbers(distance):
    patch = repetition_patch(distance)
    assert [len(patch.qubits(role)) for role in ("data", "measure", "removal")] == [distance, distance - 1, 1]
    assert [check.support for check in patch.stabilizers] == [(k, k + 1) for k in range(distance - 1)]


@pytest.mark.parametrize("patch", PATCHES, ids=name)
def test_indices_are_consecutive_data_measure_removal(patch):
    indices = patch.data_qubits + patch.measure_qubits + patch.removal_qubits
    assert indices == tuple(range(len(patch.coordinates)))
    assert len(set(patch.coordinates)) == len(indices)
    assert tuple(check.measure_qubit for check in patch.stabilizers) == patch.measure_qubits
    assert [patch.role(qubit) for qubit in (0, patch.measure_qubits[0], patch.removal_qubits[0])] == [
        "data",
        "measure",
        "removal",
    ]


@pytest.mark.parametrize("distance", [3, 5])
def test_surface_sites_are_those_of_stim(distance):
    patch = surface_patch(distance)
    generated = stim.Circuit.generated("surface_code:rotated_memory_z", distance=distance, rounds=1)
    sites = {tuple(map(int, site)) for site in generated.get_final_qubit_coordinates().values()}
    assert sites == set(patch.coordinates[: len(patch.data_qubits + patch.measure_qubits)])
    generated_z = {tuple(map(int, site[:2])) for site in generated.get_detector_coordinates().values()}
    assert generated_z == {patch.coordinates[c.measure_qubit] for c in patch.stabilizers if c.basis == "Z"}


@pytest.mark.parametrize("patch", PATCHES, ids=name)
def test_checks_commute_and_so_do_logical_operators(patch):
    operators = [(check.basis, set(check.support)) for check in patch.stabilizers]
    for basis, support in operators:
        for other, other_support in operators:
            assert basis == other or len(support & other_support) % 2 == 0
        for logical, qubits in (("X", patch.logical_x), ("Z", patch.logical_z)):
            assert basis == logical or len(support & set(qubits)) % 2 == 0
    assert len(set(patch.logical_x) & set(patch.logical_z)) % 2 == 1


@pytest.mark.parametrize("patch", PATCHES, ids=name)
def test_no_qubit_twice_in_a_cz_layer(patch):
    for layer in range(patch.num_layers):
        met = [check.data_qubits[layer] for check in patch.stabilizers if check.data_qubits[layer] is not None]
        assert len(met) == len(set(met))


def test_cz_layers_look_in_the_documented_directions():
    patch = surface_patch(5)
    expected = {"X": ("SE", "SW", "NE", "NW"), "Z": ("SE", "NE", "SW", "NW")}
    for check in patch.stabilizers:
        site = patch.coordinates[check.measure_qubit]
        for direction, qubit in zip(expected[check.basis], check.data_qubits, strict=True):
            assert qubit is None or compass_direction(site, patch.coordinates[qubit]) == direction
    line = repetition_patch(5)
    for check in line.stabilizers:
        directions = [
            compass_direction(line.coordinates[check.measure_qubit], line.coordinates[q]) for q in check.support
        ]
        assert directions == ["W", "E"]


@pytest.mark.parametrize("patch", [*PATCHES, surface_patch(11), repetition_patch(21)], ids=name)
def test_dqlr_pairs_are_a_matching_of_neighbors(patch):
    data, partners = zip(*patch.dqlr_pairs, strict=True)
    assert data == patch.data_qubits
    assert sorted(partners) == sorted(patch.measure_qubits + patch.removal_qubits)
    for qubit, partner in patch.dqlr_pairs:
        (x, y), (u, v) = patch.coordinates[qubit], patch.coordinates[partner]
        assert max(abs(x - u), abs(y - v)) == 1


def test_patches_are_values():
    patch = surface_patch(3)
    assert pickle.loads(pickle.dumps(patch)) == patch == surface_patch(3)
    assert hash(patch) == hash(surface_patch(3))


@pytest.mark.parametrize("distance", [4, 2, 1, -3, 0])
@pytest.mark.parametrize("code", ["surface", "repetition"])
def test_refuses_distances(code, distance):
    with pytest.raises(ValueError, match="`distance` must"):
        make_patch(code, distance)


def test_refuses_unknown_names():
    with pytest.raises(ValueError, match="`code` must"):
        make_patch("surfase", 3)
    with pytest.raises(ValueError, match="`role` must"):
        surface_patch(3).qubits("ancilla")
    with pytest.raises(ValueError, match="`qubit` must"):
        surface_patch(3).role(18)
