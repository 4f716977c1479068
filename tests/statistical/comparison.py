"""What differs between two samples of the same bits, in words. The deviations are those of the validation report."""

from __future__ import annotations

import numpy as np

from qec_leak.validate.compare import Bits, covariance_deviations, family_limit, mean_deviations

__all__ = ["Bits", "covariance_deviations", "disagreements", "family_limit", "mean_deviations"]


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
        first, second = np.triu_indices(k, 1)
        found += [
            f"covariance of {first[n]} and {second[n]}: {deviations[n]:.1f} sigma"
            for n in np.flatnonzero(deviations > limit)
        ]
    return found
