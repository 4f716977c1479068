"""One schema of custom_counts: of sweeps, runs and sinter, and of circuits that are no memories."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.cli.sampling import RunningCounts
from qec_leak.sweep.counting import ShotCounter


def sampled(circuit):
    return ql.compile_sampler(circuit, seed=3).sample(3000, populations="rounds")


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
@pytest.mark.parametrize("code", ["surface", "repetition"])
def test_a_memory_and_its_circuit_are_counted_alike(code, strategy):
    memory = ql.memory_experiment(code=code, distance=3, rounds=4, strategy=strategy, inject_leakage=0.02)
    batch = sampled(memory.circuit)
    counts = ShotCounter.of_memory(memory).counts(batch)
    assert counts == ShotCounter.of_circuit(memory.circuit).counts(batch)
    assert counts["bulk_squares"] > counts["bulk_events"] > 0 and counts["leaked_data_r4"] > 0
    running = RunningCounts(memory)
    assert len(list(running.counted(iter([batch, batch])))) == 2
    assert running.custom_counts == {name: 2 * count for name, count in counts.items()}


def test_counts_are_those_of_the_unpacked_events():
    memory = ql.memory_experiment(distance=3, rounds=5, strategy="NO_RESET", inject_leakage=0.02)
    batch = sampled(memory.circuit)
    counts = ShotCounter.of_memory(memory).counts(batch)
    time = np.array([place[-1] for place in memory.circuit.get_detector_coordinates().values()])
    rounds = time - time.min() + 1
    bulk = batch.detection_events[:, (rounds > 2) & (rounds <= 5)].sum(axis=1)
    assert counts["bulk_checked"] == 3000 * ((rounds > 2) & (rounds <= 5)).sum()
    assert (counts["bulk_events"], counts["bulk_squares"]) == (bulk.sum(), (bulk**2).sum())
    for round_ in range(1, 7):
        fired = sum(counts[f"detection_w{weight}_r{round_}"] for weight in (2, 4))
        assert fired == batch.detection_events[:, rounds == round_].sum()


def test_a_circuit_that_is_no_memory():
    circuit = stim.Circuit("X_ERROR(0.1) 0 1\nM 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]")
    counts = ShotCounter.of_circuit(circuit).counts(sampled(circuit))
    assert counts == {"detectors_checked": 6000, "detection_events": counts["detection_events"], "qubits_data": 6000}
    assert 450 < counts["detection_events"] < 750
