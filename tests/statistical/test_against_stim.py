"""Zero leakage: means and covariances of detectors and observables agree with Stim's sampler, 5 sigma family-wise."""

import numpy as np
import numpy.typing as npt
import pytest
import stim
from comparison import disagreements, family_limit, mean_deviations

import qec_leak as ql
from qec_leak.validate.random_circuits import ALL, random_circuit

QUICK_SHOTS, SLOW_SHOTS = 200_000, 1_000_000
NOISE = {
    "after_clifford_depolarization": 0.008,
    "before_round_data_depolarization": 0.005,
    "before_measure_flip_probability": 0.011,
    "after_reset_flip_probability": 0.007,
}
GENERATED = [
    ("surface_code:rotated_memory_x", 3, 4),
    ("surface_code:rotated_memory_z", 3, 4),
    ("surface_code:rotated_memory_x", 5, 4),
    ("surface_code:rotated_memory_z", 5, 4),
    ("surface_code:unrotated_memory_z", 3, 3),
    ("repetition_code:memory", 5, 8),
    ("color_code:memory_xyz", 3, 4),
]
PRESETS = [
    (code, distance, basis, strategy)
    for code, distance, basis in (("surface", 3, "X"), ("surface", 3, "Z"), ("surface", 5, "Z"), ("repetition", 5, "Z"))
    for strategy in ("NO_RESET", "MLR")
]

Bits = npt.NDArray[np.bool_]


def theirs(circuit: stim.Circuit, shots: int, seed: int = 11) -> Bits:
    """Stim's detection events and observable flips, bool (shots, detectors + observables)."""
    return np.hstack(circuit.compile_detector_sampler(seed=seed).sample(shots, separate_observables=True))


def ours(circuit: stim.Circuit, shots: int, seed: int = 5) -> Bits:
    batch = ql.compile_sampler(circuit, seed=seed).sample(shots, populations=None)
    return np.hstack([batch.detection_events, batch.observable_flips])


def generated(task: str, distance: int, rounds: int, **changes: float) -> stim.Circuit:
    noise = NOISE | changes
    if task.startswith("color"):
        noise["after_reset_flip_probability"] = 0.0  # Stim has none in its colour code
    return stim.Circuit.generated(task, distance=distance, rounds=rounds, **noise)


def memory(code: str, distance: int, basis: str, strategy: str) -> stim.Circuit:
    device = ql.Device.preset("miao2023").without_leakage()
    return ql.memory_experiment(
        code=code, distance=distance, rounds=5, basis=basis, strategy=strategy, device=device
    ).circuit


@pytest.mark.parametrize(("task", "distance", "rounds"), GENERATED)
def test_generated_circuits(task: str, distance: int, rounds: int) -> None:
    circuit = generated(task, distance, rounds)
    found = disagreements(
        ours(circuit, QUICK_SHOTS), theirs(circuit, QUICK_SHOTS), pairs=distance == 3, families=len(GENERATED)
    )
    assert not found, found[:5]


@pytest.mark.slow
@pytest.mark.parametrize(("task", "distance", "rounds"), GENERATED)
def test_generated_circuits_with_a_million_shots(task: str, distance: int, rounds: int) -> None:
    circuit = generated(task, distance, rounds)
    found = disagreements(
        ours(circuit, SLOW_SHOTS, seed=6),
        theirs(circuit, SLOW_SHOTS, seed=12),
        pairs=distance == 3,
        families=len(GENERATED),
    )
    assert not found, found[:5]


@pytest.mark.parametrize(("code", "distance", "basis", "strategy"), PRESETS)
def test_memory_of_a_device_without_leakage(code: str, distance: int, basis: str, strategy: str) -> None:
    circuit = memory(code, distance, basis, strategy)
    assert not ql.compile_sampler(circuit).program.can_leak.any()
    found = disagreements(
        ours(circuit, QUICK_SHOTS), theirs(circuit, QUICK_SHOTS), pairs=distance == 3, families=len(PRESETS)
    )
    assert not found, found[:5]


@pytest.mark.slow
@pytest.mark.parametrize(("code", "distance", "basis", "strategy"), PRESETS)
def test_memory_of_a_device_without_leakage_with_a_million_shots(
    code: str, distance: int, basis: str, strategy: str
) -> None:
    circuit = memory(code, distance, basis, strategy)
    found = disagreements(
        ours(circuit, SLOW_SHOTS, seed=6),
        theirs(circuit, SLOW_SHOTS, seed=12),
        pairs=distance == 3,
        families=len(PRESETS),
    )
    assert not found, found[:5]


def test_generated_circuits_tell_a_change_of_one_noise_parameter() -> None:
    """The same comparison against a circuit with depolarization 0.0095 instead of 0.008 must fail."""
    task, distance, rounds = GENERATED[1]
    right = generated(task, distance, rounds)
    wrong = generated(task, distance, rounds, after_clifford_depolarization=0.0095)
    found = disagreements(ours(right, QUICK_SHOTS), theirs(wrong, QUICK_SHOTS), pairs=True, families=len(GENERATED))
    assert len(found) > 5


def test_covariances_tell_what_means_do_not() -> None:
    """Two detectors flipped together with probability 0.02, or each alone with the same total: equal means."""
    detectors = "M 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]"
    together = stim.Circuit(f"E(0.02) X0 X1\n{detectors}")
    alone = stim.Circuit(f"X_ERROR(0.02) 0 1\n{detectors}")
    found = disagreements(ours(together, 20_000), theirs(alone, 20_000), pairs=True)
    assert len(found) == 1
    assert "covariance of 0 and 1" in found[0]
    assert not disagreements(ours(together, 20_000), theirs(alone, 20_000), pairs=False)


def test_deviations_are_in_units_of_sigma() -> None:
    """Equal distributions: rms 1 and no outlier; a known shift: its size over the standard deviation, rare or not."""
    rng = np.random.default_rng(3)
    a, b = (rng.random((20_000, 400)) < 0.1 for _ in range(2))
    deviations = mean_deviations(a, b)
    assert np.sqrt((deviations**2).mean()) == pytest.approx(1.0, abs=0.15)
    assert deviations.max() < family_limit(400)
    for p, q, expected in ((0.10, 0.13, 9.4), (0.0002, 0.0012, 4.4)):
        first = np.zeros((20_000, 1), dtype=bool)
        second = first.copy()
        first[: round(p * 20_000)] = second[: round(q * 20_000)] = True
        assert mean_deviations(first, second)[0] == pytest.approx(expected, rel=0.15)


RANDOM_CIRCUITS, GROUPS, RANDOM_SHOTS = 240, 8, 20_000


@pytest.mark.parametrize("group", range(GROUPS))
def test_random_circuits(group: int) -> None:
    """Every detector mean and pair covariance of random Clifford circuits with random noise."""
    seeds = range(group, RANDOM_CIRCUITS, GROUPS)
    failures = {}
    for seed in seeds:
        circuit = random_circuit(seed)
        circuit.detector_error_model(approximate_disjoint_errors=True)  # Stim: every detector is deterministic
        found = disagreements(
            ours(circuit, RANDOM_SHOTS, seed), theirs(circuit, RANDOM_SHOTS, seed), pairs=True, families=RANDOM_CIRCUITS
        )
        if found:
            failures[seed] = found[:3]
    assert not failures


def test_random_circuits_hold_every_instruction_and_enough_detectors() -> None:
    circuits = [random_circuit(seed) for seed in range(RANDOM_CIRCUITS)]
    names = {line.strip().split("(")[0].split(" ")[0] for circuit in circuits for line in str(circuit).splitlines()}
    assert set(ALL) <= names
    text = "".join(map(str, circuits))
    assert all(f" {control} " in text or f" {control}[" in text for control in ("rec", "sweep"))
    assert "REPEAT 3" in text
    fired = [theirs(circuit, 500).mean(axis=0) for circuit in circuits]
    assert sum(((p > 0.02) & (p < 0.48)).sum() for p in fired) > 4 * RANDOM_CIRCUITS


MUTANTS = [("S", "SQRT_X"), ("H", "H_YZ"), ("CZ", "CX"), ("ISWAP", "CZSWAP"), ("C_XYZ", "C_ZYX")]


@pytest.mark.parametrize("names", MUTANTS)
def test_random_circuits_tell_gates_apart(names: tuple[str, str]) -> None:
    """A circuit and its copy with one kind of gate exchanged for another must be told apart where noise is echoed: the
    gate stands between noise and a perfect undoing of all gates, so that only its action on frames matters."""
    right, wrong = (echo(name) for name in names)
    assert disagreements(ours(right, RANDOM_SHOTS), theirs(wrong, RANDOM_SHOTS), pairs=True, families=RANDOM_CIRCUITS)


def echo(name: str) -> stim.Circuit:
    """Noise in the middle of a gate and its inverse, read in X, Y and Z."""
    two = stim.gate_data(name).is_two_qubit_gate
    circuit = stim.Circuit("RX 0 1" if two else "RX 0")
    targets = [0, 1] if two else [0]
    circuit.append(name, targets)
    circuit += stim.Circuit("PAULI_CHANNEL_1(0.05, 0.1, 0.2) 0")
    circuit.append(stim.gate_data(name).inverse.name, targets)
    circuit += stim.Circuit("MX 0 1" if two else "MX 0")
    for k in range(1, 1 + circuit.num_measurements):
        circuit.append("DETECTOR", [stim.target_rec(-k)])
    return circuit
