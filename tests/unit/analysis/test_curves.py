"""Curves: parameters are found, errors are those of repetitions."""

import numpy as np
import pytest

from qec_leak.analysis import fit_gompertz, fit_line, fit_power_law

X = np.linspace(0, 4e-3, 9)
N = np.arange(2.0, 62.0, 4.0)
CURVES = {
    "line": (fit_line, X, lambda x: 111 * x + 0.2, {"slope": 111, "offset": 0.2}, 0.01),
    "power": (
        fit_power_law,
        np.linspace(0, 2, 12),
        lambda x: 0.1 + 0.3 * x**1.7,
        {"offset": 0.1, "prefactor": 0.3, "exponent": 1.7},
        0.01,
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_exact_points_give_the_parameters(name):
    fit, x, curve, parameters, sigma = CURVES[name]
    found = fit(x, curve(x), np.full(len(x), sigma))
    for key, value in parameters.items():
        assert getattr(found, key) == pytest.approx(value, rel=1e-4)
    assert np.allclose(found.value(x), curve(x), atol=1e-5)


@pytest.mark.parametrize("name", CURVES)
def test_errors_cover_the_scatter(name):
    """200 noisy copies: (fit - truth)/error has mean 0 and spread 1, 5 sigma."""
    fit, x, curve, parameters, sigma = CURVES[name]
    rng = np.random.default_rng(6)
    fits = [fit(x, curve(x) + rng.normal(0, sigma, len(x)), np.full(len(x), sigma)) for _ in range(200)]
    for key, value in parameters.items():
        pulls = np.array([(getattr(f, key) - value) / getattr(f, f"{key}_error") for f in fits])
        assert abs(pulls.mean()) < 5 / np.sqrt(200) and abs(pulls.std() - 1) < 5 / np.sqrt(400)


def gompertz_curve(displacement: float, rate: float) -> np.ndarray:
    return 0.5 * np.exp(-displacement * np.exp(-rate * N))


def test_exact_counts_give_the_gompertz_curve():
    shots = np.full(len(N), 10**12)
    found = fit_gompertz(N, shots * gompertz_curve(6, 0.05), shots)
    assert (found.displacement, found.rate) == (pytest.approx(6, rel=1e-6), pytest.approx(0.05, rel=1e-6))
    assert np.allclose(found.value(N), gompertz_curve(6, 0.05), atol=1e-9)


@pytest.mark.parametrize(("displacement", "rate", "shots"), [(6, 0.05, 4_000), (11, 0.015, 100_000)])
def test_errors_of_the_gompertz_curve_cover_the_scatter(displacement, rate, shots):
    """200 samples, also where the first points have a few errors or none. Errors are only ever raised by a misfit, so
    pulls may spread less than 1."""
    rng = np.random.default_rng(8)
    p, total = gompertz_curve(displacement, rate), np.full(len(N), shots)
    fits = [fit_gompertz(N, rng.binomial(shots, p), total) for _ in range(200)]
    for key, value in {"displacement": displacement, "rate": rate}.items():
        pulls = np.array([(getattr(f, key) - value) / getattr(f, f"{key}_error") for f in fits])
        assert abs(pulls.mean()) < 5 / np.sqrt(200)
        assert 0.85 - 5 / np.sqrt(400) < pulls.std() < 1 + 5 / np.sqrt(400)


def test_errors_of_the_gompertz_curve_grow_where_points_do_not_follow_it():
    shots = np.full(len(N), 100_000)
    found = fit_gompertz(N, shots * 0.4 * N / 60, shots)  # a straight line
    following = fit_gompertz(N, shots * found.value(N), shots)
    assert following.rate == pytest.approx(found.rate, rel=1e-6)
    assert found.rate_error > 5 * following.rate_error


def test_line_weights_and_explained_variance():
    """By hand: points at 0, 1, 2, the last one without weight."""
    found = fit_line([0, 1, 2], [1, 3, 100], [1, 1, 1e9])
    assert (found.slope, found.offset) == (pytest.approx(2), pytest.approx(1))
    half = fit_line([-1, 0, 1], [0, 3, 2], [1, 1, 1])  # slope 1, residuals -2/3, 4/3, -2/3; total 14/3
    assert half.slope == pytest.approx(1) and half.r_squared == pytest.approx(1 - (24 / 9) / (14 / 3))


def test_where_a_power_law_gets():
    found = fit_power_law(*CURVES["power"][1:2], CURVES["power"][2](CURVES["power"][1]), np.full(12, 0.01))
    assert found.value(found.where(0.4)) == pytest.approx(0.4)


def test_refusals():
    with pytest.raises(ValueError, match="at least 3"):
        fit_line([0, 1], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="`error` must be positive"):
        fit_line([0, 1, 2], [0, 1, 2], [1, 0, 1])
    with pytest.raises(ValueError, match="different values"):
        fit_line([1, 1, 1], [0, 1, 2], [1, 1, 1])
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        fit_gompertz([1, 2, 3], [0, 0, 0], [9, 9, 9])
    with pytest.raises(ValueError, match="`shots` must be positive"):
        fit_gompertz([1, 2, 3], [0, 0, 0], [0, 9, 9])
