"""One sampler in several threads, copied, and interrupted: every shot is handed out once."""

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from qec_leak import ShotBatch, compile_sampler, memory_experiment
from qec_leak.exact import compile_exact_sampler

CALLS = 40


def in_threads(sampler, shots, calls=CALLS):
    """Batches of ``calls`` calls from four threads that start together, by their first shot."""
    ready = threading.Barrier(4)

    def work(_):
        ready.wait()
        return [sampler.sample(shots) for _ in range(calls // 4)]

    with ThreadPoolExecutor(4) as pool:
        batches = [batch for part in pool.map(work, range(4)) for batch in part]
    return sorted(batches, key=lambda batch: batch.first_shot)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_share_a_sampler(threads):
    circuit = memory_experiment(distance=3, rounds=3, strategy="DQLR").circuit
    batches = in_threads(compile_sampler(circuit, seed=3, threads=threads), 500)
    assert [batch.first_shot for batch in batches] == [500 * k for k in range(CALLS)]
    whole, alone = ShotBatch.concatenate(batches), compile_sampler(circuit, seed=3).sample(500 * CALLS)
    assert np.array_equal(whole.detection_events_b8, alone.detection_events_b8)
    assert np.array_equal(whole.population_counts, alone.population_counts)


def test_threads_share_an_exact_sampler():
    memory = memory_experiment(code="repetition", distance=3, rounds=1, strategy="MLR")
    batches = in_threads(compile_exact_sampler(memory, seed=3), 3, calls=16)
    assert [batch.first_shot for batch in batches] == [3 * k for k in range(16)]
    whole, alone = ShotBatch.concatenate(batches), compile_exact_sampler(memory, seed=3).sample(48)
    assert np.array_equal(whole.detection_events_b8, alone.detection_events_b8)


@pytest.mark.parametrize("copied", [lambda sampler: pickle.loads(pickle.dumps(sampler)), copy.deepcopy])
def test_a_copy_goes_on_at_the_same_shot(copied):
    sampler = compile_sampler(memory_experiment(distance=3, rounds=2).circuit, seed=3)
    sampler.sample(700)
    other = copied(sampler)
    here, there = sampler.sample(1000), other.sample(1000)
    assert here.first_shot == there.first_shot == 700
    assert np.array_equal(here.detection_events_b8, there.detection_events_b8)


def test_interrupted_shots_come_again(monkeypatch):
    sampler = compile_sampler(memory_experiment(distance=3, rounds=2).circuit, seed=3)

    def interrupted(runs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qec_leak.engine.sampler._run_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sampler.sample(100)
    assert sampler.sample(100).first_shot == 0


@pytest.mark.parametrize("engine", ["frames", "tableau"])
def test_batches_that_do_not_fit_memory_are_refused(engine: str) -> None:
    sampler = compile_sampler("M 0\nDETECTOR rec[-1]", seed=1, engine=engine)
    with pytest.raises(ValueError, match="`shots` must fit memory, but 10,000,000,000,000 of them need some"):
        sampler.sample(10**13)
    assert sampler.sample(10).shots == 10
