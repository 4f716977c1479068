"""Propagators of two transmons: the calibrated diabatic CZ and Leakage iSWAP, and their transport, phases and leakage
rate.

Model (Miao et al., Nature Physics 19, 1780 (2023), S1): Duffing levels E_n = n w - eta n(n-1)/2 and exchange coupling
g (a^dag b + a b^dag), n = 0..levels-1 each. Kets are |high low>, index levels*high + low. With w_low = w_high - eta the
states |11> and |20> are resonant and coupled by sqrt(2) g: a full period is a CZ, half a period a Leakage iSWAP.
"""

from __future__ import annotations

import functools
import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from qec_leak import _checks

Propagator = npt.NDArray[np.complex128]

_STEP_NS = 0.05
_CALIBRATION_STEP_NS = 0.25
_CALIBRATION_DECIMALS = 3
"""Calibrated frequencies are kept to 1 kHz, so that the last bits of a processor's arithmetic do not decide them."""


def exchange_propagator(
    *,
    anharmonicity_mhz: float,
    coupling_mhz: float,
    gate_ns: float,
    ramp_ns: float = 0.0,
    detuning_mhz: float = 0.0,
    levels: int = 5,
    step_ns: float = _STEP_NS,
) -> Propagator:
    """Propagator of one exchange pulse in the frame that rotates with w_low on both transmons.

    The coupling rises as (1 - cos(pi t/ramp))/2 over ``ramp_ns``, stays constant, and falls in the same way.
    Frequencies are ordinary (not angular).

    Args:
        anharmonicity_mhz: of both transmons.
        coupling_mhz: largest coupling.
        gate_ns: pulse length with ramps.
        ramp_ns: each ramp.
        detuning_mhz: w_high - anharmonicity - w_low.
        levels: levels of a transmon.
        step_ns: largest time step.

    Returns:
        complex128 (levels**2, levels**2).

    Examples:
        >>> u = exchange_propagator(anharmonicity_mhz=220, coupling_mhz=0, gate_ns=30)
        >>> round(transport_probability(u, (1, 1), (1, 1)), 6)
        1.0
    """
    to_angular = 2e-3 * np.pi
    eta, g, delta = (to_angular * v for v in (anharmonicity_mhz, coupling_mhz, detuning_mhz))
    n = np.arange(levels)
    lower = np.diag(np.sqrt(n[1:]), 1)
    high, low = np.kron(lower, np.eye(levels)), np.kron(np.eye(levels), lower)
    duffing = -0.5 * eta * n * (n - 1)
    bare = np.diag(np.add.outer((eta + delta) * n + duffing, duffing).ravel())
    exchange = high.T @ low + low.T @ high

    def hold(coupling: float, time_ns: float) -> Propagator:
        energies, vectors = np.linalg.eigh(bare + coupling * exchange)
        return np.asarray((vectors * np.exp(-1j * energies * time_ns)) @ vectors.T, dtype=complex)

    flat = hold(g, gate_ns - 2 * ramp_ns)
    if ramp_ns == 0.0:
        return flat
    steps = max(1, round(ramp_ns / step_ns))
    middle = (np.arange(steps) + 0.5) / steps
    slices = [hold(g * s, ramp_ns / steps) for s in (1 - np.cos(np.pi * middle)) / 2]
    up = functools.reduce(lambda u, s: s @ u, slices)
    # Every slice is symmetric (the Hamiltonian is real), so the ramp down, the same slices reversed, is the transpose.
    return np.asarray(up.T @ flat @ up, dtype=complex)


def cz_propagator(*, anharmonicity_mhz: float, gate_ns: float, ramp_ns: float = 0.0, levels: int = 5) -> Propagator:
    """Calibrated diabatic CZ: one full period of |11> <-> |20>.

    Coupling and detuning are found by minimising P(leak from |11>) + (1 - cos(conditional phase - pi))/2.
    Single-qubit phases are removed: |00>, |01>, |10> have phase 0.

    Args:
        anharmonicity_mhz: eta/2pi > 0.
        gate_ns: pulse length with ramps.
        ramp_ns: each ramp, < gate_ns/2.
        levels: levels of a transmon.

    Returns:
        Read-only complex128 (levels**2, levels**2), |high low>, default (25, 25).

    Raises:
        ValueError: a parameter is not positive, or the ramps do not fit.

    Examples:
        >>> u = cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> u.shape, round(transport_probability(u, (3, 0), (1, 2)), 3)
        ((25, 25), 0.208)
    """
    return _calibrated("cz", float(anharmonicity_mhz), float(gate_ns), float(ramp_ns), levels)


def leakage_iswap_propagator(
    *, anharmonicity_mhz: float, gate_ns: float, ramp_ns: float = 0.0, levels: int = 5
) -> Propagator:
    """Calibrated Leakage iSWAP (Miao et al., DQLR): half a period, |20> <-> |11>.

    Coupling and detuning are found by minimising 1 - P(20 -> 11). Single-qubit phases are removed.

    Args:
        anharmonicity_mhz: eta/2pi > 0.
        gate_ns: pulse length with ramps.
        ramp_ns: each ramp, < gate_ns/2.
        levels: levels of a transmon.

    Returns:
        Read-only complex128 (levels**2, levels**2), |high low>, default (25, 25).

    Raises:
        ValueError: a parameter is not positive, or the ramps do not fit.

    Examples:
        >>> u = leakage_iswap_propagator(anharmonicity_mhz=240, gate_ns=12, ramp_ns=2)
        >>> transport_probability(u, (2, 0), (1, 1)) > 0.99
        True
    """
    return _calibrated("leakage_iswap", float(anharmonicity_mhz), float(gate_ns), float(ramp_ns), levels)


@functools.lru_cache(maxsize=256)
def _calibrated(
    kind: Literal["cz", "leakage_iswap"], anharmonicity_mhz: float, gate_ns: float, ramp_ns: float, levels: int
) -> Propagator:
    from scipy.optimize import minimize

    _checks.check_positive("anharmonicity_mhz", anharmonicity_mhz)
    _checks.check_positive("gate_ns", gate_ns)
    _checks.check_non_negative("ramp_ns", ramp_ns)
    _checks.check_int("levels", levels, minimum=4)
    if 2 * ramp_ns >= gate_ns:
        raise ValueError(
            f"`ramp_ns` must be below half of gate_ns = {gate_ns!r}, but is {ramp_ns!r}; shorten the ramps"
        )
    full_period = np.pi / np.sqrt(2) if kind == "cz" else np.pi / (2 * np.sqrt(2))
    guess_mhz = full_period / (gate_ns - ramp_ns) / (2e-3 * np.pi)
    one, two = levels + 1, 2 * levels  # |11>, |20>

    def propagate(coupling_mhz: float, detuning_mhz: float, step_ns: float) -> Propagator:
        return exchange_propagator(
            anharmonicity_mhz=anharmonicity_mhz,
            coupling_mhz=coupling_mhz,
            detuning_mhz=detuning_mhz,
            gate_ns=gate_ns,
            ramp_ns=ramp_ns,
            levels=levels,
            step_ns=step_ns,
        )

    def cost(parameters: npt.NDArray[np.float64]) -> float:
        u = propagate(parameters[0], parameters[1], _CALIBRATION_STEP_NS)
        if kind == "leakage_iswap":
            return float(1 - abs(u[one, two]) ** 2)
        missed_phase = (1 + np.cos(conditional_phase(u) * np.pi)) / 2
        return float(1 - abs(u[one, one]) ** 2 + missed_phase)

    simplex = [[guess_mhz, 0.0], [1.03 * guess_mhz, 0.0], [guess_mhz, -2.0]]
    options = {"xatol": 1e-5, "fatol": 1e-12, "initial_simplex": simplex}
    best = minimize(cost, simplex[0], method="Nelder-Mead", options=options)
    coupling_mhz, detuning_mhz = (round(float(x), _CALIBRATION_DECIMALS) for x in best.x)
    u = _without_single_qubit_phases(propagate(coupling_mhz, detuning_mhz, _STEP_NS), levels)
    u.setflags(write=False)
    return u


def _without_single_qubit_phases(u: Propagator, levels: int) -> Propagator:
    """Virtual Z rotations exp(-i phi n) on each transmon, as software removes them."""
    zero, low, high = (float(np.angle(u[i, i])) for i in (0, 1, levels))
    n = np.arange(levels)
    phase = np.add.outer((high - zero) * n, (low - zero) * n).ravel() + zero
    return np.asarray(np.exp(-1j * phase)[:, None] * u, dtype=complex)


def _levels_of(u: Propagator) -> int:
    return math.isqrt(u.shape[0])


def conditional_phase(u: Propagator, *, partner_level: int = 1, of: Literal["low", "high"] = "low") -> float:
    """Phase of |1> against |0> of one transmon when its partner is in ``partner_level`` instead of 0.

    It is 1 for a CZ with ``partner_level=1``. Miao et al., F2e, measure it with ``partner_level=2``.

    Args:
        u: complex (levels**2, levels**2), |high low>.
        partner_level: level of the partner.
        of: the transmon whose phase it is, "low" or "high".

    Returns:
        The phase in units of pi, modulo 2.

    Examples:
        >>> u = cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> round(conditional_phase(u), 3), round(conditional_phase(u, partner_level=2), 2)
        (1.0, 0.69)
    """
    n = _levels_of(u)

    def angle(own: int, partner: int) -> float:
        index = n * partner + own if of == "low" else n * own + partner
        return float(np.angle(u[index, index]))

    level = partner_level
    return ((angle(1, level) - angle(0, level) - angle(1, 0) + angle(0, 0)) / np.pi) % 2.0


def transport_matrix(u: Propagator) -> npt.NDArray[np.float64]:
    """Transition probabilities |<out|U|in>|^2 (Miao et al. F2b).

    Args:
        u: complex (levels**2, levels**2), |high low>.

    Returns:
        float64 (levels**2, levels**2), [out, in].

    Examples:
        >>> u = cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> transport_matrix(u).sum(axis=0).round(6).min().item()
        1.0
    """
    return np.asarray(np.abs(u) ** 2, dtype=float)


def transport_probability(u: Propagator, incoming: tuple[int, int], outgoing: tuple[int, int]) -> float:
    """P(|high low> = incoming -> outgoing).

    Args:
        u: complex (levels**2, levels**2), |high low>.
        incoming: levels before, e.g. (3, 0).
        outgoing: levels after, e.g. (1, 2).

    Returns:
        The probability.

    Examples:
        >>> u = cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> round(transport_probability(u, (3, 1), (2, 2)), 3)
        0.581
    """
    n = _levels_of(u)
    return float(abs(u[n * outgoing[0] + outgoing[1], n * incoming[0] + incoming[1]]) ** 2)


def leakage_rate(u: Propagator) -> float:
    """L1 (Wood and Gambetta, arXiv:1704.03081): population that leaves the computational states, averaged over them.

    Args:
        u: complex (levels**2, levels**2), |high low>.

    Returns:
        The population.

    Examples:
        >>> u = cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> leakage_rate(u) < 1e-4
        True
    """
    n = _levels_of(u)
    states = [0, 1, n, n + 1]
    return float(1 - np.sum(np.abs(u[np.ix_(states, states)]) ** 2) / 4)
