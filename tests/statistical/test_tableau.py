"""The tableau simulator against Stim where nothing leaks, against closed forms and exact trajectories where it does."""

import functools

import numpy as np
import numpy.typing as npt
import pytest
import stim
from comparison import disagreements, family_limit

import qec_leak as ql
from qec_leak.exact import compile_exact_sampler
from qec_leak.tableau import TableauShots, compile_tableau
from qec_leak.tableau.gates import ONE_QUBIT_GATES
from qec_leak.validate.random_circuits import random_circuit

Bits = npt.NDArray[np.bool_]
CIRCUITS, GROUPS, SHOTS = 80, 4, 20_000
QUICK_SHOTS = 1000


def theirs(circuit: stim.Circuit, shots: int, seed: int) -> Bits:
    return np.hstack(circuit.compile_detector_sampler(seed=seed).sample(shots, separate_observables=True))


def events(circuit: stim.Circuit, shots: TableauShots) -> Bits:
    """Detection events and observable flips, bool (shots, detectors + observables)."""
    converted = circuit.compile_m2d_converter().convert(
        measurements=shots.measurements, sweep_bits=shots.sweep_bits, separate_observables=True
    )
    return np.hstack(converted)


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_random_circuits(group: int) -> None:
    """Every mean and pair covariance, of detectors and of the records themselves."""
    assert not differing(range(group, CIRCUITS, GROUPS), SHOTS)


def test_random_circuits_in_few_shots() -> None:
    assert not differing(range(CIRCUITS), QUICK_SHOTS)


def differing(seeds: range, shots: int) -> dict[int, list[str]]:
    """By seed, where the random circuit's records or detectors are not Stim's."""
    failures = {}
    for seed in seeds:
        circuit = random_circuit(seed)
        tableau = compile_tableau(circuit)
        found = disagreements(
            events(circuit, tableau.sample(0, shots, seed=seed)),
            theirs(circuit, shots, seed),
            pairs=True,
            families=2 * CIRCUITS,
        )
        records = tableau.sample(shots, shots, seed=seed, sweep_bits=[False] * circuit.num_sweep_bits).measurements
        found += disagreements(
            records, circuit.compile_sampler(seed=seed).sample(shots), pairs=True, families=2 * CIRCUITS
        )
        if found:
            failures[seed] = found[:3]
    return failures


def test_random_circuits_tell_a_change_of_noise() -> None:
    circuit = stim.Circuit("DEPOLARIZE1(0.1) 0\nM 0\nDETECTOR rec[-1]")
    other = stim.Circuit("DEPOLARIZE1(0.12) 0\nM 0\nDETECTOR rec[-1]")
    shots = compile_tableau(circuit).sample(0, SHOTS, seed=1)
    assert disagreements(events(circuit, shots), theirs(other, SHOTS, 1), pairs=False)
    assert not disagreements(events(circuit, shots), theirs(circuit, SHOTS, 1), pairs=False)


def test_memory_without_leakage() -> None:
    device = ql.Device.preset("miao2023").without_leakage()
    circuit = ql.memory_experiment(code="surface", distance=3, rounds=5, strategy="MLR", device=device).circuit
    shots = compile_tableau(circuit).sample(0, 40_000, seed=4)
    assert not disagreements(events(circuit, shots), theirs(circuit, 40_000, 8), pairs=True)


# ---- values that nobody knows --------------------------------------------------------------------------------------

LEAKS_FROM_ONE = "I_ERROR[LEAKAGE_TRANSITION_1: (0.15, U-->2, 1)] 0\n"  # 1 leaks with probability 0.3
STAYS, TIMES = 0.7, 4


def survival(text: str, shots: int = 40_000) -> tuple[float, float]:
    """Fraction of shots in which the last qubit measured is computational, and its sigma."""
    sampled = compile_tableau(stim.Circuit(text)).sample(0, shots, seed=9, heralds=True)
    assert sampled.levels is not None
    p = float((sampled.levels[:, -1] == 0).mean())
    return p, float(np.sqrt(p * (1 - p) / shots))


def echoes() -> list[str]:
    """Pieces of circuit that do nothing to qubit 0 and its partner."""
    one = [f"{g} 0\n{stim.gate_data(g).inverse.name} 0\n" for g in ONE_QUBIT_GATES]
    two = [
        f"{g} {pair}\n{d.inverse.name} {pair}\n"
        for g, d in ((n, stim.gate_data(n)) for n in stim.gate_data())
        if d.is_unitary
        and d.is_two_qubit_gate
        and g != "II"
        and not g.startswith("SQRT")
        and d.inverse.name == g
        and "SWAP" not in g
        for pair in ("0 1", "1 0")
    ]
    return ["", "SWAP 0 1\nSWAP 0 1\n", "C_XYZ 0\nC_XYZ 0\nC_XYZ 0\n", *one, *two]


@pytest.mark.parametrize("prepare", ["RX 0\nR 1", "RX 0\nRX 1", "RY 0\nRY 1", "RY 0\nRX 1"])
def test_those_who_did_not_leak_are_less_likely_one(prepare: str) -> None:
    """(1 + (1 - p)^k) / 2 stay after k channels, whatever is done and undone in between."""
    expected = (1 + STAYS**TIMES) / 2
    pieces = echoes()
    limit = family_limit(4 * len(pieces))
    for piece in pieces:
        measured, sigma = survival(f"{prepare}\n" + (LEAKS_FROM_ONE + piece) * TIMES + "M 0", 10_000)
        assert abs(measured - expected) < limit * sigma, piece


def test_the_partner_of_a_bell_pair_follows_bayes() -> None:
    text = "R 0 1\nH 0\nCX 0 1\n" + LEAKS_FROM_ONE * TIMES + "M 1 0"
    sampled = compile_tableau(stim.Circuit(text)).sample(0, 40_000, seed=9, heralds=True)
    assert sampled.levels is not None
    stayed = sampled.levels[:, 1] == 0
    partner = sampled.measurements[:, 0]
    assert partner[~stayed].all()
    p = STAYS**TIMES / (1 + STAYS**TIMES)
    assert abs(partner[stayed].mean() - p) < 5 * np.sqrt(p * (1 - p) / stayed.sum())
    assert np.array_equal(partner[stayed], sampled.measurements[stayed, 0])
    assert abs(partner.mean() - 0.5) < 5 * 0.5 / np.sqrt(40_000)


def unitary_circuit(seed: int, num_qubits: int = 5) -> stim.Circuit:
    rng = np.random.default_rng(seed)
    circuit = stim.Circuit("R " + " ".join(map(str, range(num_qubits))))
    for _ in range(14):
        circuit.append(str(rng.choice(ONE_QUBIT_GATES)), [int(rng.integers(num_qubits))])
        a, b = rng.permutation(num_qubits)[:2]
        circuit.append(str(rng.choice(["CX", "CZ", "YCX", "XCX", "YCY", "ISWAP"])), [int(a), int(b)])
    return circuit


ONES_LEAK = {
    "a channel on each qubit": "\n".join(f"I[LEAKAGE_TRANSITION_1: (0.5, U-->2, 1)] {q}" for q in range(5)),
    "half of them": "\n".join(f"I[LEAKAGE_TRANSITION_1: (0.25, U-->3, 1)] {q}" for q in (4, 0, 2)),
    "11 of pairs": "II[LEAKAGE_TRANSITION_2: (0.25, U_U-->2_2, 11)] 0 1 2 3 1 4",
}


@pytest.mark.parametrize("channel", ONES_LEAK)
def test_leaking_from_one_is_reading_one(channel: str) -> None:
    """Who leaks from 1 and reads 1 then leaves the distribution of all outcomes as it was, in any stabilizer state."""
    shots, limit = 8_000, family_limit(40 * 32)
    everyone = "M 0 1 2 3 4"
    for seed in range(40):
        circuit = unitary_circuit(seed)
        simulator = stim.TableauSimulator()
        simulator.do(circuit)
        p = np.abs(simulator.state_vector(endian="little").astype(complex)) ** 2
        measured = compile_tableau(circuit + stim.Circuit(f"{ONES_LEAK[channel]}\n{everyone}")).sample(
            0, shots, seed=seed
        )
        counts = np.bincount(measured.measurements @ (1 << np.arange(5)), minlength=32)
        assert not counts[p < 1e-6].any()
        sigma = np.sqrt(shots * p * (1 - p))
        assert (np.abs(counts - shots * p) <= limit * sigma + 1e-3).all(), (channel, seed)


# ---- exact trajectories --------------------------------------------------------------------------------------------

EXAGGERATED = {
    "cz.leakage": 0.01,
    "cz.error": 2e-3,
    "gate.leakage": 2e-3,
    "readout.error": 5e-3,
    "readout.leakage": 2e-3,
    "readout.one_given_2": 0.8,
    "idle.heating_per_us": 1e-2,
    "dqlr.efficiency": 0.9,
}
EXACT_SHOTS = 10_000


def memory(strategy: str, **changes: object) -> ql.MemoryExperiment:
    device = ql.Device.preset("miao2023").replace({**EXAGGERATED, **changes})
    return ql.memory_experiment(code="repetition", distance=3, rounds=5, strategy=strategy, device=device)


@functools.cache
def exact(strategy: str) -> tuple[Bits, npt.NDArray[np.int64]]:
    sampler = compile_exact_sampler(memory(strategy), mode="phase_randomised", idle="pauli", seed=17)
    batch = sampler.sample(EXACT_SHOTS)
    assert batch.population_counts is not None
    return np.hstack([batch.detection_events, batch.observable_flips]), batch.population_counts


def found(strategy: str, circuit: stim.Circuit, shots: int = 10 * EXACT_SHOTS) -> list[str]:
    judged, counts = exact(strategy)
    sampled = compile_tableau(circuit).sample(0, shots, seed=31, snapshots="rounds")
    assert sampled.population_counts is not None
    out = disagreements(judged, events(circuit, sampled), pairs=True, families=2)
    pooled = (counts + sampled.population_counts) / (EXACT_SHOTS + shots)
    sigma = np.sqrt(pooled * (1 - pooled) * (1 / EXACT_SHOTS + 1 / shots))
    apart = np.abs(counts / EXACT_SHOTS - sampled.population_counts / shots)
    enough = pooled * EXACT_SHOTS >= 10  # below that the tails are not normal
    return out + [
        f"population {tuple(i)}" for i in np.argwhere(enough & (apart > family_limit(2 * int(enough.sum())) * sigma))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["NO_RESET", "DQLR"])
def test_repetition_code_against_exact_trajectories(strategy: str) -> None:
    assert not found(strategy, memory(strategy).circuit)


@pytest.mark.slow
def test_a_wrong_device_is_told_apart() -> None:
    assert found("NO_RESET", memory("NO_RESET", **{"cz.leakage": 0.015}).circuit)
