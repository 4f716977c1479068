"""Processes that are brought: what is refused, and what each attribute does."""

import math

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.channels import leakage_rotation, level_map, relaxation
from qec_leak.circuits.process import PauliError, Place, Process
from qec_leak.exact import circuit_steps, evolve

QUIET = ql.Device.preset("miao2023").without_leakage().replace(
    {"gate.error": 0.0, "idle.t1_ns": math.inf, "idle.t2_ns": math.inf, "cz.high": "first", "cz.data_high_in": ()}
)  # fmt: skip


class Rotation(Process):
    label = "rotation"
    on = "gate"

    def kraus(self, parameters, *, levels):
        return leakage_rotation(0.25, levels=levels)


class Incomplete(Rotation):
    def kraus(self, parameters, *, levels):
        return [0.5 * np.eye(levels)]


class Elsewhere(Rotation):
    def places(self, operation, chip):
        yield Place((9,))


class Double(Rotation):
    def errors(self, place, chip):
        yield PauliError("Z_ERROR", (0.25,), place.qubits)


def named(label="rotation", on="gate"):
    return type("Other", (Rotation,), {"label": label, "on": on})()


@pytest.mark.parametrize(
    ("processes", "error", "message"),
    [
        ([3], TypeError, "`processes` must be processes, but is 3; give a qec_leak.circuits.Process or its module"),
        (["math:pi"], TypeError, "must be processes, but is 'math:pi'"),
        (["nowhere"], ValueError, "must be module:attribute, but is 'nowhere'"),
        ([named("cz")], ValueError, "must have a label that is not one of gate, cz, .*, but is 'cz'; rename it"),
        ([Rotation(), Rotation()], ValueError, "must have a label that is not one of .*rotation, but is 'rotation'"),
        ([named("a|b")], ValueError, "`Other.label` must be a letter, and letters, digits"),
        ([named("LEAKAGE_SWAP")], ValueError, "`Other.label` must not be the name of a tag, but is 'LEAKAGE_SWAP'"),
        ([named(on="wait")], ValueError, "`rotation.on` must be one of"),
        ([Incomplete()], ValueError, r"process rotation: `kraus_operators` must satisfy sum K\^dagger K = 1"),
        ([Elsewhere()], ValueError, r"`rotation.places` must act on one or two qubits of the circuit, but is \(9,\)"),
        ([Double()], ValueError, "`rotation.errors` must have neither Z_ERROR nor PAULI_CHANNEL_1 beside Kraus"),
    ],
)
def test_refusals(processes, error, message):
    with pytest.raises(error, match=message):
        ql.dress("H 0", QUIET, processes=processes)


def lines(text, process):
    return [line for line in str(ql.dress(text, QUIET, processes=[process])).splitlines() if process.label in line]


def outcome(text, process, num_qubits=1):
    circuit = ql.dress(text, QUIET, processes=[process])
    return evolve(circuit_steps(circuit, QUIET, processes=[process])[1], num_qubits, 5)


def test_the_paulis_of_a_twirl_stand_behind_its_tag_and_are_the_kraus_operators_alone_in_the_exact_simulator():
    tag, pauli = lines("X 0", Rotation())
    assert tag.startswith("I_ERROR[rotation|LEAKAGE_TRANSITION_1: (0.25")
    assert pauli.startswith("Z_ERROR[rotation](") and pauli.endswith(" 0")
    found = outcome("X 0\nTICK", Rotation())
    assert found.level_population[0, 0, 0] == pytest.approx(0.5, abs=1e-12)
    _, steps = circuit_steps(ql.dress("X 0", QUIET, processes=[Rotation()]), QUIET, processes=[Rotation()])
    assert sum(len(step.kraus) == 1 for step in steps) == 2  # X and the rotation; the rest is the gate's error


def test_a_process_without_leakage_is_read_from_its_paulis():
    class Relaxation(Rotation):
        on = "idle"

        def parameters(self, place, chip):
            return place.time_ns

        def kraus(self, time_ns, *, levels):
            whole = np.eye(levels)
            whole[:2, :2] = [[1, 1 - math.exp(-time_ns / 20e3)], [0, math.exp(-time_ns / 20e3)]]
            return level_map(whole)

    found = lines("X 0\nTICK\nM 1\nTICK\nM 0", Relaxation())
    assert {line.split("(")[0] for line in found} == {"PAULI_CHANNEL_1[rotation]"}
    device = QUIET.replace({"readout.error": 0.0, "gate.error": 0.0, "idle.dd_error_per_us": 0.0})
    circuit = ql.dress("X 0\nTICK\nM 1\nTICK\nM 0", device, processes=[Relaxation()])
    found = evolve(circuit_steps(circuit, device, processes=[Relaxation()])[1], 2, 5)
    assert found.outcomes[0, 1] == pytest.approx(math.exp(-device.readout.duration_ns / 20e3), abs=1e-12)


def test_equal_paulis_of_different_tags_are_one_line():
    """The Paulis of qubit 1 stand before its tag then, and both belong to one process."""

    class Uneven(Rotation):
        coherent = False

        def parameters(self, place, chip):
            return place.qubits[0]

        def kraus(self, q, *, levels):
            table = np.eye(levels)
            table[2:4, 2] = (0.75, 0.25) if q else (0.5, 0.5)
            return level_map(table)

    names = [line.split("[")[0] for line in lines("X 0 1", Uneven())]
    assert names == ["I_ERROR", "Z_ERROR", "I_ERROR"]
    circuit = ql.dress("X 0 1", QUIET, processes=[Uneven()])
    _, steps = circuit_steps(circuit, QUIET, processes=[Uneven()])
    assert [step.qubits for step in steps if len(step.kraus) == 6] == [(0,), (1,)]


def test_a_pair_has_one_tag():
    class Pair(Rotation):
        on = "cz"

        def kraus(self, parameters, *, levels):
            return [np.kron(k, np.eye(levels)) for k in relaxation(20e3, 1000.0, levels=levels)]

    [line] = lines("CZ 1 0", Pair())
    assert line.startswith("II_ERROR[rotation|LEAKAGE_TRANSITION_2: ") and line.endswith(" 1 0")


def test_a_longer_operation_makes_others_idle_longer():
    class Slow(Process):
        label = "slow"
        on = "gate"

        def duration_ns(self, operation, chip):
            return 500.0 if operation.kind == "gate" else 0.0

        def errors(self, place, chip):
            yield PauliError("Z_ERROR", (0.125,), place.qubits)

    device = QUIET.replace({"idle.heating_per_us": 0.5})
    circuit = ql.dress("H 0\nM 1", device, processes=[Slow()])
    assert "Z_ERROR[slow](0.125) 0" in str(circuit).splitlines()
    still = ql.dress("H 0", device.replace({"gate.duration_ns": 500.0}))
    slow = ql.dress("H 0", device, processes=[Slow()])
    assert [i.tag for i in slow if i.name == "I_ERROR"] == [i.tag for i in still if i.name == "I_ERROR"]


def test_numbers_that_change_in_a_process_change_the_next_circuit():
    class Settable(Rotation):
        population = 0.25

        def kraus(self, parameters, *, levels):
            return leakage_rotation(self.population, levels=levels)

    process = Settable()
    first = ql.dress("X 0", QUIET, processes=[process])
    process.population = 0.125
    assert ql.dress("X 0", QUIET, processes=[process]) != first
    assert isinstance(first, stim.Circuit)
