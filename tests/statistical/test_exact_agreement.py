"""The engine against exact trajectories of five-level transmons, leakage exaggerated, random phases on leaked levels:
detectors, pairs of them, final flips and populations agree within 5 sigma, family-wise; a wrong device does not.

What waiting does to 0 and 1 is its Pauli twirl on both sides (idle="pauli"): relaxation of definite values, 1 -> 0 and
never back, is no Pauli channel, and that error of the twirl is another question.
"""

import functools

import numpy as np
import numpy.typing as npt
import pytest
import stim
from comparison import covariance_deviations, disagreements, family_limit

import qec_leak as ql
from qec_leak.engine.batch import ShotBatch
from qec_leak.exact import compile_exact_sampler

QUICK_SHOTS, SLOW_SHOTS = 20_000, 200_000
ENGINE_SHOTS = 20
"""Times as many shots of the engine, so that the noise is that of the exact simulator."""
ROUNDS = 5
STRATEGIES = ("NO_RESET", "MLR", "DQLR")
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
WRONG = {
    "half more leakage of the CZ": ("NO_RESET", {"cz.leakage": 0.015}),
    "the other qubit of each pair is higher": ("MLR", {"cz.data_high_in": ["NW", "W"]}),
    "leaked transmons decay half as fast": ("MLR", {"idle.t1_ns": 40_000.0}),
    "no heating": ("MLR", {"idle.heating_per_us": 0.0}),
    "leaked transmons read as 0": ("NO_RESET", {"readout.one_given_2": 0.2}),
    "the leakage iSWAP works half of the time": ("DQLR", {"dqlr.efficiency": 0.5}),
}

Bits = npt.NDArray[np.bool_]


def device(**changes: object) -> ql.Device:
    return ql.Device.preset("miao2023").replace({**EXAGGERATED, **changes})


def memory(strategy: str, **changes: object) -> ql.MemoryExperiment:
    return ql.memory_experiment(
        code="repetition", distance=3, rounds=ROUNDS, strategy=strategy, device=device(**changes)
    )


@functools.cache
def exact(strategy: str, shots: int) -> ShotBatch:
    return compile_exact_sampler(memory(strategy), mode="phase_randomised", idle="pauli", seed=17).sample(shots)


def engine(circuit: stim.Circuit, shots: int) -> ShotBatch:
    return ql.compile_sampler(circuit, seed=23).sample(ENGINE_SHOTS * shots)


def bits(batch: ShotBatch) -> Bits:
    return np.hstack([batch.detection_events, batch.observable_flips])


def population_disagreements(a: ShotBatch, b: ShotBatch, families: int) -> list[str]:
    """Populations of levels 2 and 3 that differ by more than 5 sigma family-wise."""
    assert a.population_counts is not None and b.population_counts is not None
    pooled = (a.population_counts + b.population_counts) / (a.shots + b.shots)
    sigma = np.sqrt(pooled * (1 - pooled) * (1 / a.shots + 1 / b.shots))
    enough = pooled * min(a.shots, b.shots) >= 10  # below that the tails are not normal
    deviation = np.divide(
        np.abs(a.level_population - b.level_population), sigma, out=np.zeros_like(sigma), where=enough
    )
    limit = family_limit(families * int(enough.sum()))
    return [f"population {tuple(i)}: {deviation[tuple(i)]:.1f} sigma" for i in np.argwhere(deviation > limit)]


def found(a: ShotBatch, b: ShotBatch, families: int = len(STRATEGIES)) -> list[str]:
    return disagreements(bits(a), bits(b), pairs=True, families=families) + population_disagreements(a, b, families)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_repetition_code(strategy: str) -> None:
    judged, ours = exact(strategy, QUICK_SHOTS), engine(memory(strategy).circuit, QUICK_SHOTS)
    assert memory(strategy).leakage_population(judged)[-1] > 0.002
    assert not found(judged, ours)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_repetition_code_with_many_shots(strategy: str) -> None:
    assert not found(exact(strategy, SLOW_SHOTS), engine(memory(strategy).circuit, SLOW_SHOTS))


@pytest.mark.parametrize("error", WRONG)
def test_a_wrong_device_is_told_apart(error: str) -> None:
    strategy, changes = WRONG[error]
    assert found(exact(strategy, QUICK_SHOTS), engine(memory(strategy, **changes).circuit, QUICK_SHOTS))


def test_interference_is_told_apart() -> None:
    """Coherent trajectories are what the twirl leaves out: the comparison sees it, in populations above all."""
    judged = compile_exact_sampler(memory("MLR"), mode="coherent", idle="pauli", seed=17).sample(QUICK_SHOTS)
    assert population_disagreements(judged, engine(memory("MLR").circuit, QUICK_SHOTS), 1)


# Data 0-3 at the corners; X checks of 0, 1 (qubit 4) and 2, 3 (qubit 6), Z check of all (qubit 5).
SMALL_PATCH = """
QUBIT_COORDS(1, 1) 0
QUBIT_COORDS(3, 1) 1
QUBIT_COORDS(1, 3) 2
QUBIT_COORDS(3, 3) 3
QUBIT_COORDS(2, 0) 4
QUBIT_COORDS(2, 2) 5
QUBIT_COORDS(2, 4) 6
R 0 1 2 3 4 5 6
TICK
"""
SMALL_ROUND = """
H 4 5 6 1
TICK
CZ 4 1 5 3
TICK
H 0 1
TICK
CZ 4 0 5 1
TICK
H 0 3
TICK
CZ 6 3 5 2
TICK
H 2 3
TICK
CZ 6 2 5 0
TICK
H 2 4 5 6
TICK
M 4 5 6
{detectors}
TICK
R 4 5 6
TICK[LEAKAGE_POPULATION]
"""
SMALL_END = """
M 0 1 2 3
DETECTOR rec[-1] rec[-2] rec[-3] rec[-4] rec[-6]
OBSERVABLE_INCLUDE(0) rec[-3] rec[-4]
"""


def small_circuit(rounds: int) -> stim.Circuit:
    later = "\n".join(f"DETECTOR rec[-{k}] rec[-{k + 3}]" for k in (3, 2, 1))
    body = [SMALL_ROUND.format(detectors="DETECTOR rec[-2]"), *[SMALL_ROUND.format(detectors=later)] * (rounds - 1)]
    return stim.Circuit(SMALL_PATCH + "".join(body) + SMALL_END)


@pytest.mark.slow
def test_small_surface_code() -> None:
    """Data transmons in superpositions: values that nobody knows leak, return and are transported."""
    shots = QUICK_SHOTS // 4
    circuit = ql.dress(small_circuit(3), device())
    judged = compile_exact_sampler(
        circuit, device(), levels=4, mode="phase_randomised", idle="pauli", seed=29
    ).sample(shots)  # fmt: skip
    assert not found(judged, engine(circuit, shots), 1)


def test_pairs_are_correlated_enough_to_be_worth_comparing() -> None:
    events = bits(exact("NO_RESET", QUICK_SHOTS))
    independent = np.stack([np.random.default_rng(k).permutation(column) for k, column in enumerate(events.T)], axis=1)
    assert covariance_deviations(events, independent).max() > 20
