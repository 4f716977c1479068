"""Compares means and pair covariances of two samples of bits. Deviations are in sigma and have a limit.

The standard deviation of a difference follows from the pooled counts; rare events are compared by the exact conditional
binomial test, as the deviation of equal probability.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

Bits = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Deviations = npt.NDArray[np.float64]

FEW = 50
"""Where the smaller sample expects fewer counts they are compared exactly: a normal distribution has wrong tails."""


def family_limit(comparisons: int) -> float:
    """Deviation in sigma that the largest of so many comparisons exceeds as rarely as a single one exceeds 5."""
    return float(norm.isf(norm.sf(5.0) / max(comparisons, 1)))


def chance_of_largest(deviation: float, comparisons: int) -> float:
    """Probability that the largest of so many independent two-sided deviations is at least ``deviation`` sigma."""
    return -math.expm1(comparisons * math.log1p(-min(2 * float(norm.sf(deviation)), 1 - 1e-16)))


def _few(total: Counts, shots_a: int, shots_b: int) -> Bits:
    """Whether the smaller sample expects few of ``total`` counts."""
    return np.asarray(total * (min(shots_a, shots_b) / (shots_a + shots_b)) < FEW)


def _exact(hits_a: Counts, hits_b: Counts, share: float) -> Deviations:
    """Deviation of hits_a given hits_a + hits_b, if each hit belongs to a with probability ``share``."""
    out = np.zeros(hits_a.shape)
    some = hits_a + hits_b > 0  # none says nothing
    a, total = hits_a[some], (hits_a + hits_b)[some]
    tail = np.minimum(binom.cdf(a, total, share), binom.sf(a - 1, total, share))
    out[some] = norm.isf(np.minimum(tail, 0.5))
    return out


def count_deviations(hits_a: npt.ArrayLike, shots_a: int, hits_b: npt.ArrayLike, shots_b: int) -> Deviations:
    """Differences of fractions hits/shots in sigma, float64 of the shape of the hits."""
    a, b = np.asarray(hits_a, dtype=np.int64), np.asarray(hits_b, dtype=np.int64)
    n, m = shots_a, shots_b
    pooled = (a + b) / (n + m)
    sigma = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    difference = np.abs(a / n - b / m)
    normal = np.divide(difference, sigma, out=np.zeros_like(difference), where=sigma > 0)
    out = np.where(_few(a + b, n, m), _exact(a, b, n / (n + m)), normal)
    return np.where(_few((n - a) + (m - b), n, m), _exact(n - a, m - b, n / (n + m)), out)


def mean_deviations(a: Bits, b: Bits) -> Deviations:
    """Differences of the means of bool (shots, k) samples, in sigma, float64 (k,)."""
    return count_deviations(a.sum(axis=0), len(a), b.sum(axis=0), len(b))


def _moments(bits: Bits) -> tuple[npt.NDArray[np.float64], Counts]:
    real = bits.astype(np.float32)  # counts below 2^24 are exact
    return np.asarray(bits.mean(axis=0)), np.rint(real.T @ real).astype(np.int64)


def covariance_deviations(a: Bits, b: Bits) -> Deviations:
    """Differences of the covariances of all pairs of bool (shots, k) samples, in sigma, float64 (k (k-1)/2,)."""
    n, m = len(a), len(b)
    (mean_a, both_a), (mean_b, both_b) = _moments(a), _moments(b)
    covariance_a = both_a / n - np.outer(mean_a, mean_a)
    covariance_b = both_b / m - np.outer(mean_b, mean_b)
    mean, both = (n * mean_a + m * mean_b) / (n + m), (both_a + both_b) / (n + m)
    # E[(x - <x>)^2 (y - <y>)^2] of bits, for which x^2 = x.
    slope, square = 1 - 2 * mean, mean**2
    fourth = np.outer(slope, slope) * both + np.outer(slope * mean, square) + np.outer(square, slope * mean)
    fourth += np.outer(square, square)
    covariance = both - np.outer(mean, mean)
    sigma = np.sqrt(np.maximum(fourth - covariance**2, 0.0) * (1 / n + 1 / m))
    difference = np.abs(covariance_a - covariance_b)
    out = np.divide(difference, sigma, out=np.zeros_like(difference), where=sigma > 0)
    upper = np.triu(np.ones(out.shape, dtype=bool), 1)
    few = _few(both_a + both_b, n, m) & upper
    out[few] = _exact(both_a[few], both_b[few], n / (n + m))
    return np.asarray(out[np.triu_indices(len(mean), 1)])


def all_deviations(a: Bits, b: Bits) -> Deviations:
    """Means, then pair covariances of bool (shots, k) samples, in sigma, float64 (k + k (k-1)/2,)."""
    return np.concatenate([mean_deviations(a, b), covariance_deviations(a, b)])
