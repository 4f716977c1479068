"""Logical error per shot and per cycle, the suppression factor, and their likelihood intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

import sinter
from scipy.optimize import brentq, minimize_scalar

MAX_LIKELIHOOD_FACTOR = 1000.0
"""Intervals hold every hypothesis whose likelihood is within this factor of the best one's (sinter's default)."""


_NEGLIGIBLE = 1e-12
"""An error per cycle that no number of shots tells from zero."""


def logical_error_per_cycle(logical_error_probability: float, rounds: int) -> float:
    """Logical error per cycle of a memory: eps = (1 - (1 - 2 p)^(1/rounds)) / 2 (Miao et al., F5; arXiv:2207.06431).

    Args:
        logical_error_probability: p per shot.
        rounds: number of cycles, at least 1.

    Returns:
        eps; 1/2 where p >= 1/2.

    Raises:
        ValueError: p is no probability, or there is no round.

    Examples:
        >>> round(logical_error_per_cycle(0.1, 10), 5)
        0.01103
    """
    p = float(logical_error_probability)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"`logical_error_probability` must be in [0, 1], but is {p!r}; give errors/shots")
    if rounds < 1:
        raise ValueError(f"`rounds` must be at least 1, but is {rounds!r}; give the circuit's number of rounds")
    if p >= 0.5:
        return 0.5
    return float(sinter.shot_error_rate_to_piece_error_rate(p, pieces=rounds))


def logical_error_fit(shots: int, errors: int, *, max_likelihood_factor: float = MAX_LIKELIHOOD_FACTOR) -> sinter.Fit:
    """Logical error probability per shot: best value and likelihood interval.

    Args:
        shots: number of shots.
        errors: number of shots with a logical error.
        max_likelihood_factor: the interval holds what is less likely than the best value by at most this factor.

    Returns:
        The fit, with fields low, best, high.

    Examples:
        >>> logical_error_fit(1000, 10).best
        0.01
    """
    return sinter.fit_binomial(num_shots=shots, num_hits=errors, max_likelihood_factor=max_likelihood_factor)


def logical_error_per_cycle_fit(
    shots: int, errors: int, rounds: int, *, max_likelihood_factor: float = MAX_LIKELIHOOD_FACTOR
) -> sinter.Fit:
    """Logical error per cycle: best value and likelihood interval.

    Args:
        shots: number of shots.
        errors: number of shots with a logical error.
        rounds: number of cycles.
        max_likelihood_factor: the interval holds what is less likely than the best value by at most this factor.

    Returns:
        The fit, with fields low, best, high.

    Examples:
        >>> fit = logical_error_per_cycle_fit(10_000, 1000, 10)
        >>> fit.low < fit.best < fit.high
        True
    """
    fit = logical_error_fit(shots, errors, max_likelihood_factor=max_likelihood_factor)
    return sinter.Fit(
        low=logical_error_per_cycle(fit.low or 0.0, rounds),
        best=logical_error_per_cycle(fit.best or 0.0, rounds),
        high=logical_error_per_cycle(1.0 if fit.high is None else fit.high, rounds),
    )


def suppression_factor(error_per_cycle: float, error_per_cycle_next: float) -> float:
    """Lambda_{d/(d+2)} = eps_d / eps_{d+2}.

    Args:
        error_per_cycle: logical error per cycle at distance d.
        error_per_cycle_next: the same at d + 2.

    Returns:
        Lambda.

    Examples:
        >>> suppression_factor(0.02, 0.01)
        2.0
    """
    if error_per_cycle_next == 0.0:
        return math.inf if error_per_cycle else math.nan
    return error_per_cycle / error_per_cycle_next


def suppression_factor_fit(
    counts: tuple[int, int, int],
    counts_next: tuple[int, int, int],
    *,
    max_likelihood_factor: float = MAX_LIKELIHOOD_FACTOR,
) -> sinter.Fit:
    """Lambda_{d/(d+2)} with its profile-likelihood interval.

    The interval holds each Lambda for which some pair of errors per cycle with that ratio has a likelihood within
    ``max_likelihood_factor`` of the best pair's. An end without a bound is 0 or infinity.

    Args:
        counts: (shots, errors, rounds) at distance d.
        counts_next: the same at d + 2.
        max_likelihood_factor: the interval holds what is less likely than the best value by at most this factor.

    Returns:
        The fit, with fields low, best, high.

    Examples:
        >>> fit = suppression_factor_fit((10_000, 400, 10), (10_000, 200, 10))
        >>> fit.low < fit.best < fit.high
        True
    """
    best = [logical_error_per_cycle(errors / shots, rounds) for shots, errors, rounds in (counts, counts_next)]
    top = _log_likelihood(counts, best[0]) + _log_likelihood(counts_next, best[1])
    threshold = top - math.log(max_likelihood_factor)

    def profile(log_ratio: float) -> float:
        """Best log likelihood at Lambda = exp(log_ratio), above the threshold."""

        def loss(log_next: float) -> float:
            first, second = math.exp(log_next + log_ratio), math.exp(log_next)
            return -_log_likelihood(counts, min(first, 0.5)) - _log_likelihood(counts_next, min(second, 0.5))

        start, end = math.log(_NEGLIGIBLE / 100), math.log(0.5)
        found = minimize_scalar(loss, bounds=(start, end), method="bounded", options={"xatol": 1e-9})
        return -float(found.fun) - threshold

    ratio = suppression_factor(best[0], best[1])
    if not any(best):
        return sinter.Fit(low=0.0, best=ratio, high=math.inf)
    center = math.log(max(best[0], _NEGLIGIBLE) / max(best[1], _NEGLIGIBLE))
    return sinter.Fit(
        low=0.0 if not best[0] else _boundary(profile, center, -1.0, 0.0),
        best=ratio,
        high=math.inf if not best[1] else _boundary(profile, center, 1.0, math.inf),
    )


def _boundary(profile: Callable[[float], float], center: float, direction: float, unbounded: float) -> float:
    step = 1e-3
    while step < 40.0:
        if profile(center + direction * step) < 0.0:
            inner = center + direction * step / 2 if step > 1e-3 else center
            if profile(inner) < 0.0:
                return math.exp(inner)
            return math.exp(brentq(profile, inner, center + direction * step, xtol=1e-9))
        step *= 2.0
    return unbounded


def _log_likelihood(counts: tuple[int, int, int], error_per_cycle: float) -> float:
    shots, errors, rounds = counts
    p = 0.5 * -math.expm1(rounds * math.log1p(-2.0 * error_per_cycle)) if error_per_cycle < 0.5 else 0.5
    out = 0.0
    if errors:
        out += errors * math.log(p) if p > 0.0 else -math.inf
    if shots - errors:
        out += (shots - errors) * math.log1p(-p)
    return out


def logical_error_per_cycle_error(shots: int, errors: int, rounds: int) -> float:
    """Standard error of the logical error per cycle by the delta method, of at least one count: for weights of fits.

    Args:
        shots: number of shots.
        errors: number of shots with a logical error.
        rounds: number of cycles.

    Returns:
        The error; infinity where p >= 1/2, since the derivative is infinite there.

    Examples:
        >>> round(logical_error_per_cycle_error(10_000, 1000, 10), 5)
        0.00037
    """
    p = errors / shots
    if p >= 0.5:
        return math.inf
    sigma = math.sqrt(max(errors, 1) * (1.0 - p)) / shots
    return float(sigma / rounds * (1.0 - 2.0 * p) ** (1.0 / rounds - 1.0))


def inverse_suppression_factor(counts: tuple[int, int, int], counts_next: tuple[int, int, int]) -> tuple[float, float]:
    """1/Lambda_{d/(d+2)} = eps_{d+2} / eps_d and its standard error by the delta method.

    ``suppression_factor_fit`` has likelihood intervals, for few errors.

    Args:
        counts: (shots, errors, rounds) at distance d.
        counts_next: the same at d + 2.

    Returns:
        The ratio and its standard error.

    Raises:
        ValueError: there are no errors at distance d.

    Examples:
        >>> ratio, error = inverse_suppression_factor((10_000, 400, 10), (10_000, 200, 10))
        >>> round(ratio, 2), round(error, 2)
        (0.49, 0.04)
    """
    (low, low_error), (high, high_error) = (
        (logical_error_per_cycle(errors / shots, rounds), logical_error_per_cycle_error(shots, errors, rounds))
        for shots, errors, rounds in (counts, counts_next)
    )
    if not low:
        raise ValueError(f"`counts` must have errors, but has none in {counts[0]} shots; sample more")
    return high / low, math.hypot(high_error, high / low * low_error) / low
