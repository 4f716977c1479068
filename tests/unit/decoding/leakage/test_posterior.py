"""What a posterior is good for by itself: the shots that are least suspected have less leakage and fewer errors."""

import numpy as np

import qec_leak as ql


def test_suspicion_counts_qubit_rounds():
    rng = np.random.default_rng(1)
    levels = rng.random((7, 5, 3, 2), dtype=np.float32) / 2
    posterior = ql.LeakagePosterior(levels, np.zeros((7, 4, 2), dtype=np.float32))
    assert posterior.suspicion.shape == (7,) and posterior.suspicion.dtype == np.float32
    assert np.allclose(posterior.suspicion, posterior.leakage_probability.sum(axis=(1, 2)))


def test_the_least_suspected_shots():
    """Half of the shots have less leakage and fewer logical errors than the other half, by more than 5 sigma."""
    memory = ql.memory_experiment(distance=3, rounds=20, strategy="MLR", device="willow")
    batch = ql.compile_sampler(memory.circuit, seed=5).sample(4000, levels="rounds")
    suspicion = ql.infer_leakage(memory.circuit, batch.detection_events).suspicion
    kept = suspicion <= np.median(suspicion)
    wrong = (ql.decode(memory.circuit, batch) != batch.observable_flips)[:, 0]
    leaked = (batch.levels >= 2).sum(axis=(1, 2))
    for value in (wrong, leaked):
        sigma = np.sqrt(value[kept].var() / kept.sum() + value[~kept].var() / (~kept).sum())
        assert value[kept].mean() < value[~kept].mean() - 5 * sigma
    assert abs(suspicion.mean() - leaked.mean()) < 0.2 * leaked.mean() + 5 * leaked.std() / 4000**0.5
