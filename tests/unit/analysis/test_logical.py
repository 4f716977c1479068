"""Logical errors per cycle, Lambda and their intervals against closed forms."""

import math

import numpy as np
import pytest
import sinter

from qec_leak.analysis import (
    inverse_suppression_factor,
    logical_error_fit,
    logical_error_per_cycle,
    logical_error_per_cycle_error,
    logical_error_per_cycle_fit,
    suppression_factor,
    suppression_factor_fit,
)


def test_formula():
    epsilon = 0.01
    for rounds in (1, 5, 30):
        p = 0.5 * (1 - (1 - 2 * epsilon) ** rounds)
        assert logical_error_per_cycle(p, rounds) == pytest.approx(epsilon, rel=1e-9)
    assert logical_error_per_cycle(0.0, 10) == 0.0
    assert logical_error_per_cycle(0.5, 10) == 0.5
    assert logical_error_per_cycle(0.6, 10) == 0.5


def test_intervals_are_sinters():
    fit = logical_error_per_cycle_fit(10_000, 300, rounds=10)
    shot = sinter.fit_binomial(num_shots=10_000, num_hits=300, max_likelihood_factor=1000)
    assert logical_error_fit(10_000, 300) == shot
    for ours, theirs in ((fit.low, shot.low), (fit.best, shot.best), (fit.high, shot.high)):
        assert ours == pytest.approx(0.5 * (1 - (1 - 2 * theirs) ** 0.1), rel=1e-9)
    assert logical_error_per_cycle_fit(10_000, 0, rounds=10).low == 0.0
    assert logical_error_per_cycle_fit(100, 52, rounds=10).high == 0.5


def test_suppression_factor():
    assert suppression_factor(0.02, 0.01) == 2.0
    assert suppression_factor(0.02, 0.0) == math.inf
    assert math.isnan(suppression_factor(0.0, 0.0))


def test_suppression_interval_in_the_gaussian_limit():
    """Many errors, one round: log Lambda is normal with variance 1/k1 + 1/k2 (p << 1), and a likelihood factor F is
    sqrt(2 ln F) standard deviations."""
    fit = suppression_factor_fit((10_000_000, 4000, 1), (10_000_000, 1000, 1))
    assert fit.best == pytest.approx(4.0, rel=1e-6)
    width = math.sqrt(2 * math.log(1000)) * math.sqrt(1 / 4000 + 1 / 1000)
    assert math.log(fit.high / fit.best) == pytest.approx(width, rel=0.05)
    assert math.log(fit.best / fit.low) == pytest.approx(width, rel=0.05)


def test_suppression_interval_without_errors_is_open():
    fit = suppression_factor_fit((1000, 50, 10), (1000, 0, 10))
    assert fit.high == math.inf
    assert 0.0 < fit.low < 20


def test_refusals():
    with pytest.raises(ValueError, match=r"must be in \[0, 1\], but is 1.5"):
        logical_error_per_cycle(1.5, 3)
    with pytest.raises(ValueError, match="`rounds` must be at least 1"):
        logical_error_per_cycle(0.1, 0)


class TestDeltaMethod:
    def test_errors_are_those_of_repetitions(self):
        """1000 binomial draws: spread of eps and of 1/Lambda against the delta method, 5 sigma = 11 %."""
        rng = np.random.default_rng(8)
        shots, rounds, p, p_next = 20_000, 15, 0.2, 0.1
        draws, draws_next = rng.binomial(shots, p, 1000), rng.binomial(shots, p_next, 1000)
        spread = np.std([logical_error_per_cycle(n / shots, rounds) for n in draws])
        error = logical_error_per_cycle_error(shots, round(p * shots), rounds)
        assert error == pytest.approx(spread, rel=5 / np.sqrt(2000))
        pairs = [
            inverse_suppression_factor((shots, int(a), rounds), (shots, int(b), rounds))[0]
            for a, b in zip(draws, draws_next, strict=True)
        ]
        value, error = inverse_suppression_factor(
            (shots, round(p * shots), rounds), (shots, round(p_next * shots), rounds)
        )
        assert error == pytest.approx(np.std(pairs), rel=5 / np.sqrt(2000))
        assert value == pytest.approx(np.mean(pairs), abs=5 * error / np.sqrt(1000))

    def test_ends(self):
        assert logical_error_per_cycle_error(10, 5, 3) == math.inf
        assert 0 < logical_error_per_cycle_error(1000, 0, 3) < 1e-3
        with pytest.raises(ValueError, match="must have errors"):
            inverse_suppression_factor((10, 0, 3), (10, 1, 3))
