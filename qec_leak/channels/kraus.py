"""Kraus operators of the processes that move one transmon between levels. Each returns a list of (levels, levels)
complex128 arrays with sum K^dagger K = 1; times are in ns, probabilities in [0, 1]."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qec_leak import _checks

Kraus = list[npt.NDArray[np.complex128]]


def relaxation(t1_ns: float, time_ns: float, *, levels: int = 4) -> Kraus:
    """Relaxation of a harmonic ladder: level n decays at n/T1, one level at a time, so T1(|2>) = T1/2.

    K_k = sum_n sqrt(C(n, k) eta^(n-k) (1-eta)^k) |n-k><n| with eta = exp(-t/T1): the exact solution of the master
    equation with jump operator sqrt(1/T1) a (Chuang, Leung and Yamamoto, PRA 56, 1114 (1997), eq. 4.5).

    Args:
        t1_ns: relaxation time of |1>.
        time_ns: how long.
        levels: levels of the transmon.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Raises:
        ValueError: T1 is not positive, or the time is negative.

    Examples:
        >>> round(abs(relaxation(1000.0, 1000.0)[0][1, 1]).item() ** 2, 4)
        0.3679
    """
    _checks.check_positive("t1_ns", t1_ns, allow_infinite=True)
    _checks.check_non_negative("time_ns", time_ns)
    eta = math.exp(-time_ns / t1_ns)
    operators = []
    for k in range(levels):
        weights = [math.comb(n, k) * eta ** (n - k) * (1 - eta) ** k for n in range(k, levels)]
        operators.append(np.diag(np.sqrt(weights), k).astype(complex))
    return operators


def dephasing(t1_ns: float, t2_ns: float, time_ns: float, *, levels: int = 4) -> Kraus:
    """Pure dephasing by white frequency noise.

    The coherence of |n> and |m| shrinks by exp(-(n-m)^2 t/T_phi), 1/T_phi = 1/T2 - 1/(2 T1). The Kraus operators are
    the eigenvectors of that positive matrix (its Schur product is the channel).

    Args:
        t1_ns: relaxation time.
        t2_ns: coherence time, at most 2 T1.
        time_ns: how long.
        levels: levels of the transmon.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Raises:
        ValueError: T1 or T2 is not positive, the time is negative, or T2 is above 2 T1.

    Examples:
        >>> operators = dephasing(20e3, 30e3, 100.0)
        >>> round(abs(sum(k.conj().T @ k for k in operators)).trace().item(), 6)
        4.0
    """
    _checks.check_positive("t1_ns", t1_ns, allow_infinite=True)
    _checks.check_positive("t2_ns", t2_ns, allow_infinite=True)
    rate = 1 / t2_ns - 1 / (2 * t1_ns)
    if rate < -1e-12:
        raise ValueError(f"`t2_ns` must be at most 2 t1_ns = {2 * t1_ns!r}, but is {t2_ns!r}; lower T2")
    n = np.arange(levels)
    kernel = np.exp(-(np.subtract.outer(n, n) ** 2) * max(rate, 0.0) * time_ns)
    values, vectors = np.linalg.eigh(kernel)
    return [np.diag(math.sqrt(v) * vectors[:, i]).astype(complex) for i, v in enumerate(values) if v > 1e-14]


def heating(rate_per_us: float, time_ns: float, *, levels: int = 4) -> Kraus:
    """Heating |1> -> |2>: probability 1 - exp(-rate t) (Miao et al. S1).

    Args:
        rate_per_us: rate in 1/us.
        time_ns: how long.
        levels: levels of the transmon.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Raises:
        ValueError: the rate or the time is negative.

    Examples:
        >>> round(abs(heating(1.0, 1000.0)[1][2, 1]).item() ** 2, 4)
        0.6321
    """
    _checks.check_non_negative("rate_per_us", rate_per_us)
    probability = -math.expm1(-rate_per_us * time_ns * 1e-3)
    jump = np.zeros((levels, levels), dtype=complex)
    jump[2, 1] = math.sqrt(probability)
    stay = np.eye(levels, dtype=complex)
    stay[1, 1] = math.sqrt(1 - probability)
    return [stay, jump] if probability else [stay]


def rotation_12(theta: float, *, levels: int = 4) -> Kraus:
    """Rotation between |1> and |2>: leaks |1> with probability sin^2(theta/2).

    Args:
        theta: angle in radians.
        levels: levels of the transmon.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Examples:
        >>> import math
        >>> round(abs(rotation_12(math.pi / 2)[0][2, 1]).item() ** 2, 6)
        0.5
    """
    u = np.eye(levels, dtype=complex)
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    u[1:3, 1:3] = [[c, -s], [s, c]]
    return [u]


def leakage_rotation(population: float, *, levels: int = 4) -> Kraus:
    """Rotation between 1 and 2 that leaks an unknown computational state (Miao et al., methods: leakage injection).

    Its angle is 2 asin sqrt(2 P), since only the half in 1 leaks.

    Args:
        population: probability to leak, at most 1/2.
        levels: levels of the transmon.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Raises:
        ValueError: the population is not in [0, 1/2].

    Examples:
        >>> round(abs(leakage_rotation(0.1)[0][2, 1]).item() ** 2, 6)
        0.2
    """
    _checks.check_probability("population", population)
    if population > 0.5:
        raise ValueError(f"`population` must be at most 0.5, but is {population!r}; only the |1> half can leak")
    return rotation_12(2 * math.asin(math.sqrt(2 * population)), levels=levels)


def level_map(probabilities: npt.ArrayLike) -> Kraus:
    """Incoherent map of levels: K = sqrt(p) |out><in|.

    It measures the level on the way, as resets and readouts do.

    Args:
        probabilities: float (levels, levels), [out, in]; columns sum to 1.

    Returns:
        Kraus operators, complex128 (levels, levels) each.

    Raises:
        ValueError: the table is not square or empty, has a negative entry, or a column that does not sum to 1.

    Examples:
        >>> len(level_map([[1, 0.9], [0, 0.1]]))
        3
    """
    table = np.asarray(probabilities, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.size:
        rule = "be a square table [level after, level before]"
        raise ValueError(f"`probabilities` must {rule}, but has shape {table.shape!r}; give it a row for each level")
    if not (table >= 0).all():
        out, into = map(int, np.argwhere(~(table >= 0))[0])
        raise ValueError(
            f"`probabilities` must be at least 0, but [{out}, {into}] is {float(table[out, into])!r}; correct it"
        )
    if (off := np.abs(table.sum(axis=0) - 1)).max() > 1e-9:
        into = int(off.argmax())
        total = float(table[:, into].sum())
        raise ValueError(
            f"`probabilities` must have columns that sum to 1, but column {into} sums to {total!r}; correct it"
        )
    operators = []
    for out, into in np.argwhere(table > 0):
        k = np.zeros(table.shape, dtype=complex)
        k[out, into] = math.sqrt(table[out, into])
        operators.append(k)
    return operators


def compose(*steps: Sequence[npt.NDArray[np.complex128]]) -> Kraus:
    """Kraus operators of the ``steps`` one after another, the first one first.

    Args:
        *steps: Kraus operators of each step.

    Returns:
        Their products.

    Examples:
        >>> [k.shape for k in compose([rotation_12(0.1)[0]], [rotation_12(0.2)[0]])]
        [(4, 4)]
    """
    operators: Kraus = [np.eye(steps[0][0].shape[0], dtype=complex)]
    for step in steps:
        products = [k @ sofar for sofar in operators for k in step]
        operators = [k for k in products if np.abs(k).max() > 1e-15]
    return operators
