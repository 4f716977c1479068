"""Where leakage comes from: exact where the device says it, and as the engine samples it."""

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.analysis import DetectionStatistics, detector_layout, leakage_gain

DEVICE = ql.Device.preset("miao2023").replace({"gate.leakage": 0, "idle.heating_per_us": 0, "readout.leakage": 0})


def memory(strategy="NO_RESET", rounds=3, **changes):
    device = DEVICE.replace({key.replace("__", "."): value for key, value in changes.items()})
    return ql.memory_experiment(distance=3, rounds=rounds, strategy=strategy, device=device)


def test_pairs_have_the_leakage_of_their_cz():
    """A CZ leaks ``cz.leakage`` from random values, on its higher qubit."""
    device = DEVICE.replace({"pairs.4-15.cz.leakage": 0.006, "cz.high": "data"})
    gain = leakage_gain(ql.memory_experiment(distance=3, rounds=3, strategy="MLR", device=device))
    patch = ql.surface_patch(3)
    assert set(gain.by_pair) == {(q, s.measure_qubit) for s in patch.stabilizers for q in s.support}
    for pair, value in gain.by_pair.items():
        assert value == pytest.approx(0.006 if pair == (4, 15) else device.cz.leakage, rel=1e-9)
    for qubit, value in gain.by_qubit.items():
        assert value == pytest.approx(sum(v for pair, v in gain.by_pair.items() if pair[0] == qubit), rel=1e-9, abs=0)


def test_a_reset_qubit_is_in_0():
    """From random values the Leakage iSWAP would leak a quarter; the measure qubits of DQLR are in 0."""
    gain = leakage_gain(memory("DQLR"))
    assert (0, 17) in gain.by_pair and max(gain.by_pair.values()) < 0.01


@pytest.mark.parametrize(
    ("changes", "roles"),
    [({}, ("data", "measure")), ({"cz__leakage": 0, "idle__heating_per_us": 0.004}, ("data",))],
    ids=["CZs", "heating of data qubits, whose values are random"],
)
def test_the_engine_gains_as_much(changes, roles):
    """Leakage grows so in the second round, where none decays: 5 sigma, and 2 % for gates that leaked qubits miss."""
    still = memory(idle__t1_ns=float("inf"), idle__t2_ns=float("inf"), **changes)
    qubits = [q for role in roles for q in still.qubits(role)]
    shots = 200_000
    levels = ql.compile_sampler(still.circuit, seed=3).sample(shots, levels="rounds").levels[:, :, qubits]
    growth = (levels[:, 1] > 0).sum(axis=1).astype(float) - (levels[:, 0] > 0).sum(axis=1)
    expected = sum(value for q, value in leakage_gain(still).by_qubit.items() if q in qubits)
    margin = 5 * growth.std() / shots**0.5 + 0.02 * expected
    assert abs(growth.mean() - expected) < margin
    assert abs(growth.mean() - 1.25 * expected) > margin  # a planted error is seen


def test_long_memories_are_read_as_fast():
    one, many = leakage_gain(memory("MLR", 3)), leakage_gain(memory("MLR", 3000))
    assert one == many


def test_one_round_is_refused():
    with pytest.raises(ValueError, match="`memory` must have at least 2 rounds, but has 1; give it more"):
        leakage_gain(memory(rounds=1))


def test_fractions_of_stabilizers():
    experiment = memory("MLR", 6)
    batch = ql.compile_sampler(experiment.circuit, seed=1).sample(3000)
    statistics, layout = DetectionStatistics.of_shots(batch, experiment), detector_layout(experiment)
    inside = statistics.bulk()[layout.round - 1]
    for stabilizer, fraction in enumerate(statistics.stabilizer_fraction()):
        chosen = inside & (layout.stabilizer == stabilizer)
        assert fraction == pytest.approx(batch.detection_events[:, chosen].mean())
    weights = np.array([s.weight for s in experiment.patch.stabilizers])
    assert statistics.stabilizer_fraction()[weights == 4].mean() == pytest.approx(statistics.bulk_fraction(4))
