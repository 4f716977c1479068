"""memory_experiment: what it hands on, reading populations, refusals."""

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.device import Device


def test_it_carries_patch_strategy_and_both_circuits() -> None:
    memory = ql.memory_experiment(distance=3, rounds=4, basis="X", strategy="DQLR", device="projected")
    assert (memory.rounds, memory.basis, str(memory.strategy)) == (4, "X", "DQLR")
    assert memory.device == Device.preset("projected")
    assert memory.circuit.num_detectors == memory.ideal_circuit.num_detectors
    assert memory.circuit.num_measurements == memory.ideal_circuit.num_measurements
    assert memory.ideal_circuit.without_noise() == memory.ideal_circuit
    assert memory.circuit.get_final_qubit_coordinates() == memory.ideal_circuit.get_final_qubit_coordinates()


@pytest.mark.parametrize(
    ("strategy", "removal"),
    [("NO_RESET", 0), ("MLR", 0), ("DQLR", 1)],
)
def test_qubits_by_role(strategy: str, removal: int) -> None:
    memory = ql.memory_experiment(distance=3, rounds=1, strategy=strategy, device="miao2023")
    by_role = {role: memory.qubits(role) for role in ("data", "measure", "removal")}
    assert [len(qubits) for qubits in by_role.values()] == [9, 8, removal]
    assert memory.circuit.num_qubits == 17 + removal
    assert sorted(q for qubits in by_role.values() for q in qubits) == list(range(17 + removal))
    with pytest.raises(ValueError, match="`role` must"):
        memory.qubits("ancilla")


def test_populations_are_averaged_over_the_qubits_of_a_role() -> None:
    memory = ql.memory_experiment(distance=3, rounds=5, strategy="MLR", device="miao2023")
    batch = ql.compile_sampler(memory.circuit, seed=2).sample(5000)
    assert batch.leakage_population.shape == (5, memory.circuit.num_qubits)
    for role, columns in (("data", slice(0, 9)), ("measure", slice(9, 17))):
        expected = batch.leakage_population[:, columns].mean(axis=1)
        assert np.allclose(memory.leakage_population(batch, role=role), expected)
        assert memory.level_population(batch, role=role).shape == (5, 2)
        assert np.allclose(memory.level_population(batch, role=role).sum(axis=1), expected)
    assert memory.leakage_population(batch).max() > 10 * memory.leakage_population(batch, role="measure").max() > 0


def test_an_injected_qubit_leaks_in_its_round() -> None:
    """All shots have the qubit leaked at the end of that round, none before; removal by DQLR takes it away."""
    quiet = Device.preset("miao2023").without_leakage()
    for strategy, after in (("NO_RESET", 0.4), ("DQLR", 0.05)):
        memory = ql.memory_experiment(distance=3, rounds=5, strategy=strategy, device=quiet, leak_qubit=4, leak_round=2)
        population = ql.compile_sampler(memory.circuit, seed=2).sample(4000).leakage_population
        assert population[:2, 4].max() < 2e-3
        assert (population[2, 4] > after) == (strategy == "NO_RESET")
    memory = ql.memory_experiment(distance=3, rounds=5, device=quiet, leak_qubit=4, leak_round=2)
    moments = ql.compile_sampler(memory.circuit, seed=2).sample(4000, populations="moments").leakage_population[:, 4]
    assert moments[moments > 0][0] > 0.9


def test_injection_adds_its_population() -> None:
    quiet = Device.preset("miao2023").without_leakage()
    memory = ql.memory_experiment(distance=3, rounds=1, strategy="MLR", device=quiet, inject_leakage=0.05)
    shots = 20_000
    moments = ql.compile_sampler(memory.circuit, seed=2).sample(shots, populations="moments").leakage_population
    first = moments[np.flatnonzero(moments.sum(axis=1))[0]]
    # Right after the injection: 0.05 of qubits of unknown value, 0.1 or 0 where the value is known (rows of 1 and 0).
    unknown = first[(first > 0.02) & (first < 0.08)]
    sigma = (0.05 * 0.95 / (shots * len(unknown))) ** 0.5
    assert len(unknown) >= 8
    assert abs(unknown.mean() - 0.05) < 5 * sigma + 0.002  # a little decays before the moment ends


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"distance": 4}, "distance"),
        ({"distance": 1}, "distance"),
        ({"rounds": 0}, "rounds"),
        ({"code": "colour"}, "code"),
        ({"basis": "Y"}, "basis"),
        ({"strategy": "RESET"}, "strategy"),
        ({"form": "XYZ2"}, "form"),
        ({"device": "sycamor"}, ""),
        ({"inject_leakage": 0.6}, "inject_leakage"),
        ({"leak_qubit": 99}, "leak_qubit"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, object], name: str) -> None:
    options = {"distance": 3, "rounds": 2, "device": "miao2023"} | change
    with pytest.raises(ValueError, match=f"`{name}`" if name else "sycamore") as error:
        ql.memory_experiment(**options)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
