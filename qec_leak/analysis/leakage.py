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

    Args:
        memory: the MemoryExperiment that was sampled.
        batch: its ShotBatch, sampled with populations.

    Returns:
        The populations.

    Raises:
        ValueError: the batch has no populations.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(2000)
        >>> populations_of(memory, batch).leakage_population("data").shape
        (4,)
    """
    if batch.population_counts is None:
        raise ValueError("`batch` must hold populations, but has none; sample with populations='rounds'")
    roles = {role: tuple(memory.qubits(role)) for role in ("data", "measure", "removal")}
    qubits = {role: members for role, members in roles.items() if members}
    return LeakagePopulations(np.array(batch.population_counts, dtype=np.int64), int(batch.shots), qubits)


@dataclass(frozen=True)
class LeakageFit:
    """Parameters of P(k) = steady (1 - exp(-rate k)) + initial exp(-rate k), k in rounds, with standard errors.

    Attributes:
        steady: P after many rounds.
        initial: P before the first round.
        rate: Gamma per round; 1/rate rounds is the time to settle or decay.
        steady_error: its standard error.
        initial_error: its standard error.
        rate_error: its standard error.

    Examples:
        >>> fit = LeakageFit(0.02, 0.0, 0.1, 0.001, 0.001, 0.01)
        >>> float(fit.population(1000))
        0.02
    """

    steady: float
    initial: float
    rate: float
    steady_error: float
    initial_error: float
    rate_error: float

    def population(self, rounds: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The fitted P(k).

        Args:
            rounds: numbers of rounds.

        Returns:
            float64, in the shape of ``rounds``.
        """
        decay = np.exp(-self.rate * np.asarray(rounds, dtype=float))
        return np.asarray(self.steady * (1 - decay) + self.initial * decay)


def fit_leakage(rounds: npt.ArrayLike, population: npt.ArrayLike, error: npt.ArrayLike | None = None) -> LeakageFit:
    """Fit P(k) = p_inf (1 - e^(-Gamma k)) + p_0 e^(-Gamma k), growth or decay (McEwen et al., arXiv:2102.06131).

    Args:
        rounds: numbers of rounds k, at least 4 of them.
        population: P(level >= 2) at each.
        error: its standard errors. None: all alike.

    Returns:
        The parameters.

    Raises:
        ValueError: there are fewer than 4 points, or nothing can be fitted.

    Examples:
        >>> import numpy as np
        >>> k = np.arange(1, 31)
        >>> round(fit_leakage(k, 0.02 * (1 - np.exp(-0.1 * k))).rate, 3)
        0.1
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
