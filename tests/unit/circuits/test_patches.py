"""Patches as values: rectangles, the unrotated code, small ones; proofs and what they refuse; several observables."""

from dataclasses import replace

import pytest
import stim

import qec_leak as ql
from qec_leak import Patch, Stabilizer, surface_patch, unrotated_surface_patch
from qec_leak.circuits import find_patch, ideal_memory_circuit, repetition_patch
from qec_leak.circuits.patches import choose_patch, code_names, make_patch

SIZES = [(2, 2), (2, 3), (3, 2), (3, 5), (4, 3)]
PATCHES = [make(*size) for make in (surface_patch, unrotated_surface_patch) for size in SIZES]


def name(patch):
    return f"{patch.code}-{len(patch.logical_x)}x{len(patch.logical_z)}"


@pytest.mark.parametrize("patch", [*PATCHES, repetition_patch(2), repetition_patch(4)], ids=name)
def test_they_prove_themselves_and_keep_their_distance(patch):
    """A memory of Z fails by a logical X, and its weight is that of the shortest error that Stim finds."""
    patch.verify()
    for basis, weight in (("X", len(patch.logical_z)), ("Z", len(patch.logical_x))):
        if basis not in patch.bases:
            continue
        for strategy in ("NO_RESET", "DQLR"):
            for form in ("CSS", "XZZX") if patch.xzzx_qubits else ("CSS",):
                memory = ql.memory_experiment(patch=patch, rounds=3, basis=basis, strategy=strategy, form=form)
                assert len(memory.circuit.shortest_graphlike_error(ignore_ungraphlike_errors=True)) == weight
                assert memory.circuit.num_detectors == patch.num_detectors(3, basis)


def test_numbers():
    assert [len(surface_patch(2, 3).qubits(role)) for role in ("data", "measure", "removal")] == [6, 5, 1]
    assert [len(unrotated_surface_patch(3).qubits(role)) for role in ("data", "measure", "removal")] == [13, 12, 1]
    assert surface_patch(3, 3) == surface_patch(3) == make_patch("surface", 3)
    assert surface_patch(3, 5).distance == 3
    for make in (surface_patch, unrotated_surface_patch, repetition_patch):
        with pytest.raises(ValueError, match="must be at least 2"):
            make(1)


def two_logicals():
    """The [[4, 2, 2]] code: one X and one Z check of all data qubits, two logical qubits."""
    return Patch(
        code="four_two_two",
        distance=2,
        data_qubits=(0, 1, 2, 3),
        measure_qubits=(4, 5),
        coordinates=((0, 0), (2, 0), (0, 2), (2, 2), (1, 1), (1, 3)),
        stabilizers=(
            Stabilizer("X", 4, (0, 1, 2, 3, None, None, None, None)),
            Stabilizer("Z", 5, (None, None, None, None, 0, 1, 2, 3)),
        ),
        logical_x=(0, 1),
        logical_z=(0, 2),
        more_logicals=(((0, 2), (0, 1)),),
    )


@pytest.mark.parametrize("basis", "XZ")
def test_several_observables(basis):
    patch = two_logicals()
    patch.verify()
    memory = ql.memory_experiment(patch=patch, rounds=4, basis=basis, strategy="MLR")
    assert memory.circuit.num_observables == 2 and memory.circuit.num_detectors == 8
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(2000)
    assert batch.observable_flips.shape == (2000, 2) and batch.observable_flips.any(axis=0).all()
    assert ql.decode(memory.circuit, batch).shape == (2000, 2)
    one = stim.Circuit(str(memory.ideal_circuit.flattened()).replace("\nM ", "\nX_ERROR(0.1) 1\nM ", 1))
    one.detector_error_model()


SMALL = surface_patch(2)
WRONG = {
    "numbers": ({"data_qubits": (0, 1, 2)}, "number its qubits 0, 1, 2, ...: data, then measure, then removal"),
    "places": ({"coordinates": (SMALL.coordinates[0], *SMALL.coordinates[:-1])}, "a place of its own for each"),
    "logical": ({"logical_x": (0, 9)}, r"data qubits in its logical_x, each once, but they are \(0, 9\)"),
    "others": ({"more_logicals": (((0,), (7,)),)}, "data qubits in its more_logicals"),
    "missing": ({"stabilizers": SMALL.stabilizers[:2]}, "a stabilizer for each measure qubit"),
    "basis": ({"stabilizers": (replace(SMALL.stabilizers[0], basis="Y"), *SMALL.stabilizers[1:])}, "qubit 4 has 'Y'"),
    "layers": (
        {"stabilizers": (*SMALL.stabilizers[:2], replace(SMALL.stabilizers[2], data_qubits=(3, 2)))},
        "as many CZ layers in each stabilizer, 4 as in the first, but the stabilizer of qubit 6 has 2",
    ),
    "support": (
        {"stabilizers": (*SMALL.stabilizers[:2], replace(SMALL.stabilizers[2], data_qubits=(3, 3, None, None)))},
        "data qubits in each stabilizer, each once, but the stabilizer of qubit 6",
    ),
    "layer": (
        {"stabilizers": (*SMALL.stabilizers[:2], replace(SMALL.stabilizers[2], data_qubits=(3, 2, None, None)))},
        "no data qubit twice in a CZ layer, but layer 0 has qubit 3 twice",
    ),
    "pairs": ({"dqlr_pairs": ((0, 4), (1, 4), (2, 5), (3, 6))}, "pair each data qubit once with a measure or removal"),
    "commute": (
        {"stabilizers": (replace(SMALL.stabilizers[0], data_qubits=(1, None, None, None)), *SMALL.stabilizers[1:])},
        "stabilizers that commute, but those of qubits 4 and 5 do not",
    ),
    "logical commutes": ({"logical_z": (0, 2)}, "logical operators that commute with its stabilizers, but logical Z 0"),
    "partners": ({"logical_x": (0, 1)}, "logical X and Z that anticommute with their own partner only, but X 0 and"),
    "schedule": (
        {"stabilizers": (
            Stabilizer("X", 4, (1, None, None, None, 0)),  # before the Z check on 1, behind it on 0
            Stabilizer("Z", 5, (3, 1, 2, 0, None)),
            Stabilizer("X", 6, (None, None, 3, 2, None)),
        )},
        "CZ layers that measure its stabilizers, but qubit [456] does not measure its own",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_are_named_in_one_line(case):
    change, message = WRONG[case]
    with pytest.raises(ValueError, match=rf"^the surface patch must .*{message}[^\n]*$"):
        replace(SMALL, **change).verify()


def test_patches_are_proven_where_they_are_used():
    assert replace(SMALL, **WRONG["schedule"][0])  # a value alone is not refused
    with pytest.raises(ValueError, match="must have CZ layers that measure its stabilizers"):
        ql.memory_experiment(patch=replace(SMALL, **WRONG["schedule"][0]), rounds=2)


def test_arguments():
    assert choose_patch("repetition", 5) == repetition_patch(5)
    assert find_patch(SMALL) is SMALL
    assert set(code_names()) == {"surface", "repetition", "unrotated_surface"}
    assert ql.memory_experiment(code="unrotated_surface", distance=3, rounds=2).patch == unrotated_surface_patch(3)
    for arguments, error, message in (
        ({}, ValueError, "`distance` must be given, but is missing; give it, or a patch"),
        ({"patch": SMALL, "distance": 3}, ValueError, "`distance` must not be given with a patch"),
        ({"patch": SMALL, "code": "repetition"}, ValueError, "`code` must not be given with a patch"),
        ({"patch": "surface"}, ValueError, "`patch` must be module:attribute"),
        ({"patch": "math:pi"}, TypeError, "`patch` must be a patch, but is 'math:pi'"),
        ({"patch": SMALL, "form": "XZZX", "basis": "Y"}, ValueError, "`basis` must"),
        ({"patch": two_logicals(), "form": "XZZX"}, ValueError, "`form` must be 'CSS' for the four_two_two patch"),
        ({"patch": two_logicals(), "strategy": "DQLR"}, ValueError, "DQLR needs its dqlr_pairs"),
    ):
        with pytest.raises(error, match=message):
            ql.memory_experiment(rounds=2, **{"strategy": "MLR", **arguments})


def test_a_line_is_a_line():
    circuit = ideal_memory_circuit(repetition_patch(3), "MLR", 2, "Z")
    assert {len(place) for place in circuit.get_detector_coordinates().values()} == {2}
