"""Roles: given by a circuit, guessed where it does not give them, and what is said of a guess."""

import pytest
import stim

import qec_leak as ql
from qec_leak.circuits import guess_note, guessed_roles, qubit_roles
from qec_leak.circuits.roles import text_without_roles
from qec_leak.device import Device

GIVEN = "QUBIT_COORDS[role:{}](0, 0) 0\n"


@pytest.mark.parametrize(
    "text",
    ["CX 0 1\nM 1\nCX 0 1\nM 0 1", "REPEAT 2 {\n    CX 0 1\n    M 1\n}\nM 0", "CX 0 1\nMR 1\nM 0", "H 0\nM 1\nR 1"],
)
def test_a_qubit_measured_and_used_again_is_a_measure_qubit(text):
    assert guessed_roles(stim.Circuit(text)) == {0: "data", 1: "measure"}


def test_a_qubit_reset_again_and_never_measured_is_a_removal_qubit():
    loop = stim.Circuit("R 0 1\nREPEAT 3 {\n    II[LEAKAGE_ISWAP] 0 1\n    R 1\n}\nM 0")
    assert guessed_roles(loop) == {0: "data", 1: "removal"}
    assert guessed_roles(stim.Circuit("R 0 1\nCZ 0 1")) == {0: "data", 1: "data"}


def test_products_measure_nobody_alone():
    assert guessed_roles(stim.Circuit("MPP Z0*Z1\nMPP Z0*Z1\nM 0 1")) == {0: "data", 1: "data"}


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
@pytest.mark.parametrize("rounds", [1, 4])
def test_memories_give_all_roles_and_the_guess_is_the_same(strategy, rounds):
    """One round without reset says too little to guess."""
    memory = ql.memory_experiment(distance=3, rounds=rounds, strategy=strategy)
    patch = memory.patch
    for circuit in (memory.circuit, memory.ideal_circuit, stim.Circuit(str(memory.circuit))):
        roles = qubit_roles(circuit)
        assert set(roles) == {q for q in range(memory.circuit.num_qubits)}
        assert all(role == patch.role(q) for q, role in roles.items())
        assert guessed_roles(circuit) == {} and guess_note(circuit) is None
        if rounds > 1:
            assert guessed_roles(stim.Circuit(text_without_roles(circuit))) == roles


def test_what_is_given_goes_before_the_guess():
    circuit = stim.Circuit(GIVEN.format("removal") + "QUBIT_COORDS[other](5) 1\nCX 0 1\nM 1\nCX 0 1\nM 0 1")
    assert qubit_roles(circuit) == {0: "removal", 1: "measure"}
    assert guess_note(circuit) == ("roles are guessed (measure 1); write QUBIT_COORDS[role:data](x, y) q to give them")
    assert qubit_roles(stim.Circuit("QUBIT_COORDS[role:data](0) 0 7\nH 0")) == {0: "data"}  # 7 does nothing


def test_mistakes_are_named():
    with pytest.raises(ValueError, match=r"`QUBIT_COORDS\[role:dta\]` must be one of .*did you mean 'data'"):
        qubit_roles(stim.Circuit(GIVEN.format("dta") + "H 0"))
    with pytest.raises(
        ValueError, match="must give each qubit one role, but qubit 0 is data already, but is 'measure'"
    ):
        qubit_roles(stim.Circuit(GIVEN.format("data") + GIVEN.format("measure") + "H 0"))


def test_dress_reads_them():
    device = Device.preset("miao2023").replace({"roles.measure.gate.error": 0.25})
    given = ql.dress(GIVEN.format("measure") + "H 0", device)
    assert "DEPOLARIZE1[gate](0.25) 0" in str(given)
    assert "DEPOLARIZE1[gate](0.25) 0" in str(ql.dress("H 0", device, roles={0: "measure"}))
    assert "0.25" not in str(ql.dress("H 0", device))
    assert "0.25" not in str(ql.dress(GIVEN.format("measure") + "H 0", device, roles={0: "data"}))


def test_engines_do_not_mind_them():
    memory = ql.memory_experiment(distance=3, rounds=3, strategy="DQLR")
    plain = stim.Circuit(text_without_roles(memory.circuit))
    assert plain != memory.circuit
    for engine in ("frames", "tableau"):
        one, other = (
            ql.compile_sampler(c, seed=1, engine=engine).sample(200, populations=None) for c in (plain, memory.circuit)
        )
        assert (one.detection_events_b8 == other.detection_events_b8).all()
