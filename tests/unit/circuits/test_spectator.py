"""What a measurement costs those who wait: once a measurement, on coupled qubits, apart from what the time costs."""

import pytest

import qec_leak as ql
from qec_leak.exact import compile_exact_sampler

QUIET = {
    "idle.t1_ns": float("inf"),
    "idle.t2_ns": float("inf"),
    "idle.heating_per_us": 0.0,
    "idle.dd_error_per_us": 0.0,
}


def spectator_lines(circuit):
    return [item for item in circuit.flattened() if item.tag == "spectator"]


def test_once_a_round_on_data_qubits_that_wait():
    device = ql.Device.preset("projected").replace({"idle.measurement_error": 2**-6})
    memory = ql.memory_experiment(distance=3, rounds=4, strategy="DQLR", device=device, cycle_ns=1000)
    *rounds, final = spectator_lines(memory.circuit)
    assert [str(item) for item in rounds] == 4 * ["DEPOLARIZE1[spectator](0.015625) 0 1 2 3 4 5 6 7 8"]
    # In the last measurement the measure qubits wait; removal qubits are coupled to data qubits, too.
    assert {t.value for t in final.targets_copy()} >= set(memory.patch.measure_qubits)


def test_it_does_not_depend_on_the_time():
    def texts(duration_ns):
        device = ql.Device.preset("sycamore").replace(
            {"idle.measurement_error": 0.01, "readout.duration_ns": duration_ns}
        )
        circuit = ql.memory_experiment(distance=3, rounds=2, device=device).circuit
        return [str(item) for item in spectator_lines(circuit)]

    assert texts(300.0) == texts(900.0) != []


def test_qubits_that_are_not_coupled_are_left_alone():
    device = ql.Device.preset("sycamore").replace({"idle.measurement_error": 0.25, "cz.high": "data"})
    circuit = ql.dress("CZ 0 1\nTICK\nM 1\nTICK\nCZ 0 1\nH 2\nTICK\nM 0 1 2", device)
    assert [str(item) for item in spectator_lines(circuit)] == ["DEPOLARIZE1[spectator](0.25) 0"]


def test_the_exact_simulator_has_it():
    """A data qubit in 0 is flipped by two of the three Paulis, after each of two measurements."""
    errors = {"gate.error": 0.0, "cz.error": 0.0, "cz.crosstalk": 0.0, "readout.error": 0.0, "reset.error": 0.0}
    device = ql.Device.preset("projected").replace(QUIET | errors | {"idle.measurement_error": 0.3})
    memory = ql.memory_experiment(code="repetition", distance=3, rounds=2, device=device)
    batch = compile_exact_sampler(memory, seed=1).sample(2000)
    events = batch.detection_events.reshape(2000, -1).mean(axis=0)
    flipped = 2 * 0.2 * 0.8
    expected = [0.0, 0.0, flipped, flipped, flipped, flipped]
    assert events == pytest.approx(expected, abs=0.05)
