"""Each shot's level of every qubit at snapshots, held against heralds, counts and circuits whose levels are certain."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.engine.batch import ShotBatch
from qec_leak.exact import compile_exact_sampler

SHOTS = 2500  # two full blocks and a part of one
ENGINES = ["frames", "tableau"]
TICK = "TICK[LEAKAGE_POPULATION]\n"


def leak(transitions: str, qubits: str) -> str:
    return f"I_ERROR[LEAKAGE_TRANSITION_1: {transitions}] {qubits}\n"


def memory(strategy: str = "DQLR", **options: object) -> stim.Circuit:
    options = {"distance": 3, "rounds": 5, "inject_leakage": 0.02} | options
    return ql.memory_experiment(strategy=strategy, **options).circuit  # type: ignore[arg-type]


def check_counts(batch: ShotBatch) -> None:
    """Counts are the sums of levels over shots."""
    levels = batch.levels
    assert levels is not None and batch.population_counts is not None
    for level in (2, 3):
        assert np.array_equal((levels == level).sum(axis=0), batch.population_counts[:, :, level - 2])
    assert np.allclose((levels > 0).mean(axis=0), batch.leakage_population, rtol=1e-12, atol=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_certain_levels(engine: str) -> None:
    """Every shot is known: qubits 0 and 9 in level 2, 8 in level 3, then 8 computational; 3 to 7 do nothing."""
    text = TICK + leak("(1, U-->2)", "0 9") + leak("(1, U-->3)", "8") + TICK + "TICK\nR 8\n" + TICK + "M 0 1 2 8 9"
    batch = ql.compile_sampler(text, seed=1, engine=engine).sample(SHOTS, levels="rounds")
    expected = np.zeros((3, 10), dtype=np.uint8)
    expected[1:, [0, 9]], expected[1, 8] = 2, 3
    assert batch.levels is not None and batch.leaked_b8 is not None and batch.three_b8 is not None
    assert batch.levels.dtype == np.uint8 and batch.levels.shape == (SHOTS, 3, 10)
    assert (batch.levels == expected).all()
    assert batch.leaked_b8.shape == batch.three_b8.shape == (SHOTS, 3, 2)
    assert (batch.leaked_b8 == [[0, 0], [1, 3], [1, 2]]).all()  # bit q % 8 of byte q // 8
    assert (batch.three_b8 == [[0, 0], [0, 1], [0, 0]]).all()
    moments = ql.compile_sampler(text, seed=1, engine=engine).sample(SHOTS, levels="moments", populations=None)
    assert moments.levels is not None and moments.population_counts is None
    assert (moments.levels == expected[[0, 1, 1, 2]]).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_levels_are_those_of_heralds(engine: str) -> None:
    """Dyadic probabilities; measurements that stand at the snapshot tell the same levels, shot by shot."""
    qubits = " ".join(map(str, range(70)))  # more than a word
    text = leak("(0.25, U-->2) (0.125, U-->3)", qubits) + TICK + f"M {qubits}\n" + leak("(0.5, 2<->3)", qubits) + TICK
    batch = ql.compile_sampler(text + f"M {qubits}", seed=3, engine=engine).sample(SHOTS, levels="rounds", heralds=True)
    assert batch.levels is not None and batch.heralds is not None
    assert np.array_equal(batch.levels.reshape(SHOTS, -1), batch.heralds)
    check_counts(batch)
    for level, p in ((2, 0.25), (3, 0.125)):
        assert abs((batch.levels[:, 0] == level).mean() - p) < 5 * (p * (1 - p) / (70 * SHOTS)) ** 0.5


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("strategy", ["NO_RESET", "DQLR"])
def test_counts_of_a_memory(engine: str, strategy: str) -> None:
    check_counts(ql.compile_sampler(memory(strategy), seed=1, engine=engine).sample(SHOTS, levels="rounds"))


@pytest.mark.parametrize("strategy", ["MLR", "DQLR"])
def test_a_wide_circuit(strategy: str) -> None:
    """More qubits than are written out at once (512)."""
    repetition = memory(strategy, code="repetition", distance=301, rounds=2)
    assert repetition.num_qubits > 512
    check_counts(ql.compile_sampler(repetition, seed=1).sample(1100, levels="rounds"))


def test_engines_agree() -> None:
    """P(leaked) by round and qubit, in two rounds running too, within 5 sigma."""
    circuit = memory("NO_RESET")
    shots = 20_000
    means = []
    for engine in ENGINES:
        levels = ql.compile_sampler(circuit, seed=5, engine=engine).sample(shots, levels="rounds").levels
        assert levels is not None
        leaked = levels > 0
        means.append(np.concatenate([leaked.mean(axis=0), (leaked[:, 1:] & leaked[:, :-1]).mean(axis=0)]))
    pooled = (means[0] + means[1]) / 2
    sigma = np.sqrt(2 * pooled * (1 - pooled) / shots)
    assert (abs(means[0] - means[1]) <= 5 * sigma).all()
    assert pooled[:5].max() > 0.05


@pytest.mark.parametrize("engine", ENGINES)
def test_bits_depend_on_seed_and_shot_alone(engine: str) -> None:
    """Threads and batches change nothing, and asking for levels changes nothing else."""
    circuit = memory()
    whole = ql.compile_sampler(circuit, seed=7, engine=engine).sample(SHOTS, levels="rounds", measurements=True)
    sampler = ql.compile_sampler(circuit, seed=7, engine=engine, threads=2)
    parts = ShotBatch.concatenate(list(sampler.batches(SHOTS, batch_shots=700, levels="rounds", measurements=True)))
    without = ql.compile_sampler(circuit, seed=7, engine=engine).sample(SHOTS, measurements=True)
    assert without.levels is None and without.leaked_b8 is None and without.three_b8 is None
    for name in ("leaked_b8", "three_b8", "measurements_b8", "detection_events_b8", "population_counts"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))
        assert name in ("leaked_b8", "three_b8") or np.array_equal(getattr(whole, name), getattr(without, name))


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_values_are_refused(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = ql.compile_sampler(memory(), seed=1, engine=engine)
    for value in ("shots", True, 1):
        with pytest.raises(ValueError, match="`levels` must be 'rounds', 'moments' or None, but is"):
            sampler.sample(10, levels=value)
    plain = ql.compile_sampler("I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0\nM 0", engine=engine)
    for value, tick in (("rounds", r"TICK\[LEAKAGE_POPULATION\]"), ("moments", "TICK")):
        with pytest.raises(ValueError, match=f"`levels` must be None for a circuit without {tick}, but is '{value}'"):
            plain.sample(10, levels=value)
    monkeypatch.setattr("qec_leak._limits.memory_bytes", lambda: {"frames": 5e4, "tableau": 1.2e5}[engine])
    sampler.sample(2000)
    with pytest.raises(ValueError, match="`shots` must fit memory, but 2,000 of them need some"):
        sampler.sample(2000, levels="rounds")


def test_exact_trajectories_have_no_levels() -> None:
    sampler = compile_exact_sampler(ql.memory_experiment(code="repetition", distance=3, rounds=1), seed=1)
    with pytest.raises(ValueError, match="`levels` must be None for exact trajectories"):
        sampler.sample(1, levels="rounds")


def test_a_planted_error_is_seen() -> None:
    batch = ql.compile_sampler(memory(), seed=1).sample(SHOTS, levels="rounds")
    assert batch.leaked_b8 is not None
    row = np.argwhere(batch.leaked_b8)[0]
    batch.leaked_b8[tuple(row)] ^= 1 << 2
    with pytest.raises(AssertionError):
        check_counts(batch)
