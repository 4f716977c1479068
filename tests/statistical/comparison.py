"""Two samples of the same bits: do their means and pair covariances agree?

The standard deviation of each difference follows from the counts; rare events are compared by the exact conditional
binomial test, as a deviation of equal probability. The limit is 5 sigma for the whole family of comparisons: the chance
that equal distributions are told apart by one call is that of one 5 sigma event.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

Bits = npt.NDArray[np.bool_]
Deviations = npt.NDArray[np.float64]

FEW = 100
"""Counts below this are compared exactly: a normal distribution has the wrong tails there."""


def family_limit(comparisons: int) -> float:
    """Deviation in sigma that the largest of so many comparisons exceeds as rarely as a single one exceeds 5."""
    return float(norm.isf(norm.sf(5.0) / max(comparisons, 1)))


def _exact(hits_a: npt.NDArray[np.int64], hits_b: npt.NDArray[np.int64], share: float) -> Deviations:
    """Deviation of hits_a given hits_a + hits_b, if each hit belongs to a with probability ``share``."""
    total = hits_a + hits_b
    tail = np.minimum(binom.cdf(hits_a, total, share), binom.sf(hits_a - 1, total, share))
    return np.asarray(norm.isf(np.minimum(tail, 0.5)))


def mean_deviations(a: Bits, b: Bits) -> Deviations:
    """Differences of the means of bool (shots, k) samples, in sigma, float64 (k,)."""
    n, m = len(a), len(b)
    hits_a, hits_b = a.sum(axis=0), b.sum(axis=0)
    pooled = (hits_a + hits_b) / (n + m)
    sigma = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    difference = np.abs(hits_a / n - hits_b / m)
    normal = np.divide(difference, sigma, out=np.zeros_like(difference), where=sigma > 0)
    exact_hits = _exact(hits_a, hits_b, n / (n + m))
    exact_misses = _exact(n - hits_a, m - hits_b, n / (n + m))
    out = np.where(hits_a + hits_b < FEW, exact_hits, normal)
    return np.where((n - hits_a) + (m - hits_b) < FEW, exact_misses, out)


def _moments(bits: Bits) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    real = bits.astype(np.float32)  # counts below 2^24 are exact
    return bits.mean(axis=0), np.rint(real.T @ real).astype(np.int64)


def covariance_deviations(a: Bits, b: Bits) -> Deviations:
    """Differences of the covariances of all pairs of bool (shots, k) samples, in sigma, float64 (k, k)."""
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
    normal = np.divide(difference, sigma, out=np.zeros_like(difference), where=sigma > 0)
    few = both_a + both_b < FEW
    out = normal.copy()
    out[few] = _exact(both_a[few], both_b[few], n / (n + m))
    np.fill_diagonal(out, 0.0)
    return out


def disagreements(a: Bits, b: Bits, *, pairs: bool, families: int = 1) -> list[str]:
    """What differs by more than 5 sigma family-wise between bool (shots, k) samples ``a`` and ``b``.

    pairs: compare pair covariances too.   families: number of calls that make up the family.
    """
    k = a.shape[1]
    limit = family_limit(families * (k + (k * (k - 1) // 2 if pairs else 0)))
    means = mean_deviations(a, b)
    found = [
        f"mean of {i}: {a[:, i].mean():.5f} and {b[:, i].mean():.5f}, {means[i]:.1f} sigma"
        for i in np.flatnonzero(means > limit)
    ]
    if pairs:
        deviations = covariance_deviations(a, b)
        found += [
            f"covariance of {i} and {j}: {deviations[i, j]:.1f} sigma"
            for i, j in np.argwhere(np.triu(deviations, 1) > limit)
        ]
    return found
