"""Leakage fits find the parameters of the curve they are given."""

from types import SimpleNamespace

import numpy as np
import pytest

from qec_leak.analysis import fit_leakage, populations_of


@pytest.mark.parametrize(("steady", "initial", "rate"), [(0.05, 0.0, 0.1), (0.001, 0.9, 0.25), (0.02, 0.001, 2.0)])
def test_fit_recovers_a_curve(steady, initial, rate):
    k = np.arange(31)
    p = steady * (1 - np.exp(-rate * k)) + initial * np.exp(-rate * k)
    fit = fit_leakage(k, p)
    assert fit.steady == pytest.approx(steady, rel=1e-3)
    assert fit.initial == pytest.approx(initial, rel=1e-3, abs=1e-6)
    assert fit.rate == pytest.approx(rate, rel=1e-3)
    assert np.allclose(fit.population(k), p, atol=1e-6)


def test_fit_errors_are_standard_errors():
    """The scatter of fits to noisy curves is what one fit claims, within 5 sigma of 100 repetitions (35 %)."""
    rng = np.random.default_rng(2)
    k = np.arange(1, 31)
    p, sigma = 0.05 * (1 - np.exp(-0.2 * k)), np.full(30, 5e-4)
    fits = [fit_leakage(k, p + sigma * rng.standard_normal(30), sigma) for _ in range(100)]
    assert np.std([f.rate for f in fits]) == pytest.approx(np.mean([f.rate_error for f in fits]), rel=0.35)


def test_populations_of_a_batch():
    counts = np.zeros((2, 3, 2), dtype=np.int64)
    counts[1, 2, 0] = 4
    batch = SimpleNamespace(population_counts=counts, shots=8)
    memory = SimpleNamespace(qubits=lambda role: {"data": (0, 1), "measure": (2,), "removal": ()}[role])
    part = populations_of(memory, batch)
    assert part.leakage_population("measure").tolist() == [0.0, 0.5]
    assert "removal" not in part.qubits
    with pytest.raises(ValueError, match="sample with populations"):
        populations_of(memory, SimpleNamespace(population_counts=None, shots=8))


def test_refusals():
    with pytest.raises(ValueError, match="at least 4"):
        fit_leakage([1, 2, 3], [0.1, 0.2, 0.3])
