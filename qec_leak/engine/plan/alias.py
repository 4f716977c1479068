"""Walker's alias tables: they draw one of several things in one step."""

from __future__ import annotations

from collections.abc import Sequence


def alias_table(probabilities: Sequence[float]) -> tuple[list[float], list[int]]:
    """Walker's alias table (Vose, IEEE Trans. Softw. Eng. 17, 972 (1991)): entry k, chosen with probability 1/n, keeps
    share[k] of its turns and hands the others to alias[k]."""
    n = len(probabilities)
    share = [p * n for p in probabilities]
    alias = list(range(n))
    small = [k for k in range(n) if share[k] < 1]
    large = [k for k in range(n) if share[k] >= 1]
    while small and large:
        k, donor = small.pop(), large[-1]
        alias[k] = donor
        share[donor] -= 1 - share[k]
        if share[donor] < 1:
            small.append(large.pop())
    for k in small + large:  # what is left over by rounding
        share[k] = 1.0
    return share, alias
