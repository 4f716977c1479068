"""Any supported circuit of up to 12 qubits samples without error and has Stim's numbers of everything."""

import stim
from hypothesis import given, settings
from hypothesis import strategies as st

import qec_leak as ql
from qec_leak.validate.random_circuits import random_circuit


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), num_qubits=st.integers(2, 12), length=st.integers(1, 60), repeats=st.integers(1, 3))
def test_any_circuit_samples(seed, num_qubits, length, repeats):
    circuit = random_circuit(seed, num_qubits=num_qubits, length=length) * repeats
    batch = ql.compile_sampler(circuit, seed=seed).sample(70, populations="moments", measurements=True, heralds=True)
    assert batch.detection_events.shape == (70, circuit.num_detectors)
    assert batch.observable_flips.shape == (70, circuit.num_observables)
    assert batch.measurements is not None and batch.measurements.shape == (70, circuit.num_measurements)
    assert batch.sweep_bits.shape == (70, circuit.num_sweep_bits)
    again = ql.compile_sampler(stim.Circuit(str(circuit)), seed=seed).sample(70)
    assert (again.detection_events == batch.detection_events).all()
