"""Leakage against rounds: populations of a batch, and the fit of growth towards a steady state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import curve_fit

from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.engine import ShotBatch
from qec_leak.records import LeakagePopulations


def populations_of(memory: MemoryExperiment, batch: ShotBatch) -> LeakagePopulations:
    """The leakage populations of a batch, by role of the memory experiment's qubits.

    Args: memory: the MemoryExperiment that was sampled. batch: its ShotBatch, sampled with populations.
    """
    if batch.population_counts is None:
        raise ValueError("`batch` must hold populations, but has none; sample with populations='rounds'")
    roles = {role: tuple(memory.qubits(role)) for role in ("data", "measure", "removal")}
    qubits = {role: members for role, members in roles.items() if members}
    return LeakagePopulations(np.array(batch.population_counts, dtype=np.int64), int(batch.shots), qubits)


@dataclass(frozen=True)
class LeakageFit:
    """Parameters of P(k) = steady (1 - exp(-rate k)) + initial exp(-rate k), k in rounds, with standard errors.

    ``rate`` is Gamma per round; 1/rate rounds is the time to settle or decay.
    """

    steady: float
    initial: float
    rate: float
    steady_error: float
    initial_error: float
    rate_error: float

    def population(self, rounds: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The fitted P(k)."""
        decay = np.exp(-self.rate * np.asarray(rounds, dtype=float))
        return np.asarray(self.steady * (1 - decay) + self.initial * decay)


def fit_leakage(rounds: npt.ArrayLike, population: npt.ArrayLike, error: npt.ArrayLike | None = None) -> LeakageFit:
    """Fit P(k) = p_inf (1 - e^(-Gamma k)) + p_0 e^(-Gamma k), growth or decay (McEwen et al., arXiv:2102.06131).

    Args: rounds k, P(level >= 2) at each, and its standard errors (None: all alike).
    Raises ValueError where there are fewer than 4 points or nothing can be fitted.
    """
    k = np.asarray(rounds, dtype=float)
    p = np.asarray(population, dtype=float)
    if k.shape != p.shape or k.ndim != 1 or k.size < 4:
        raise ValueError(
            f"`population` must be one value a round, at least 4, but has shape {p.shape} for rounds {k.shape}; "
            "give more rounds"
        )

    def model(k: npt.NDArray[np.float64], steady: float, initial: float, rate: float) -> npt.NDArray[np.float64]:
        return np.asarray(steady + (initial - steady) * np.exp(-rate * k))

    span = float(np.ptp(k)) or 1.0
    best = None
    for rate in (0.3 / span, 3.0 / span, 30.0 / span):  # the scale is unknown: take the best of three starts
        try:
            values, covariance = curve_fit(
                model,
                k,
                p,
                p0=(p[-1], p[0], rate),
                sigma=None if error is None else np.asarray(error, dtype=float),
                absolute_sigma=error is not None,
                bounds=([0, 0, 0], [1, 1, np.inf]),
            )
        except RuntimeError:
            continue
        loss = float(np.square(model(k, *values) - p).sum())
        if best is None or loss < best[0]:
            best = (loss, values, np.sqrt(np.diag(covariance)))
    if best is None:
        raise ValueError(
            "`population` must grow or decay towards a steady state, but no fit converged; give more rounds"
        )
    _, values, errors = best
    return LeakageFit(*map(float, values), *map(float, errors))
