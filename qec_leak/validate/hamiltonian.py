"""The CZ and the Leakage iSWAP: numbers of Miao et al., limits, convergence, and an integration that shares no code."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp

from qec_leak.channels import conditional_phase, cz_propagator, leakage_iswap_propagator, transport_probability
from qec_leak.channels.hamiltonian import exchange_propagator
from qec_leak.device import Device
from qec_leak.validate.check import Check, Result, Settings, Table, absolute

_TABLE = (  # anharmonicity MHz, pulse ns, ramp ns of calibrated pulses: P(30<->12), P(31<->22), phase of low / pi
    ((240.0, 25.0, 5.0), (0.246, 0.586, 0.66)),
    ((220.0, 30.0, 6.0), (0.208, 0.581, 0.69)),
)
_MIAO = ((0.18, 0.08), (0.61, 0.05), (0.65, 0.08))  # F2b, F2e: value, tolerance
_NUMBERS = ("P(30 <-> 12)", "P(31 <-> 22)", "phase of low, high in 2, in pi")


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    rows, checks = [], []
    for (anharmonicity, pulse, ramp), expected in _TABLE:
        found = _numbers(cz_propagator(anharmonicity_mhz=anharmonicity, gate_ns=pulse, ramp_ns=ramp))
        worst = max(abs(a - b) for a, b in zip(found, expected, strict=True))
        title = f"CZ, {anharmonicity:g} MHz, {pulse:g} ns, ramps {ramp:g} ns"
        checks.append(absolute(title, "transport and phase with the worked-out table", worst, 0.006, comparisons=3))
        rows.append((title, *(f"{v:.3f}" for v in found)))
    square = exchange_propagator(anharmonicity_mhz=200.0, coupling_mhz=12.0, gate_ns=29.5)
    found, expected = _numbers(square), (0.180, 0.575, 0.695)
    worst = max(abs(a - b) for a, b in zip(found, expected, strict=True))
    title = "square pulse, 200 MHz, g 12 MHz, 29.5 ns"
    checks.append(absolute(title, "transport and phase with the worked-out table", worst, 0.01, comparisons=3))
    rows.append((title, *(f"{v:.3f}" for v in found)))
    rows.append(("Miao, F2b and F2e, 20 pairs", *(f"{v:g} ± {t:g}" for v, t in _MIAO)))
    checks += [_miao(name) for name in Device.presets()]
    checks += [_square_limit(), _iswap(), _levels(settings), _steps(), _integrated()]
    return Result(tuple(checks), (Table("Transport and leakage phase", ("CZ", *_NUMBERS), tuple(rows)),))


def _numbers(u: npt.NDArray[np.complex128]) -> tuple[float, float, float]:
    phase = conditional_phase(u, partner_level=2)
    transport = [transport_probability(u, *ends) for ends in (((3, 0), (1, 2)), ((3, 1), (2, 2)))]
    return transport[0], transport[1], min(phase, 2 - phase)


def _miao(name: str) -> Check:
    cz = Device.preset(name).cz
    assert cz.anharmonicity_mhz is not None and cz.pulse_ns is not None and cz.ramp_ns is not None
    found = _numbers(cz_propagator(anharmonicity_mhz=cz.anharmonicity_mhz, gate_ns=cz.pulse_ns, ramp_ns=cz.ramp_ns))
    worst = max(abs(v - target) / tolerance for v, (target, tolerance) in zip(found, _MIAO, strict=True))
    about = "transport and phase with Miao's 20 measured pairs, in tolerances (0.08, 0.05, 0.08π)"
    return absolute(f"CZ of {name}", about, worst, 1.0, comparisons=3)


def _square_limit() -> Check:
    u = cz_propagator(anharmonicity_mhz=20_000.0, gate_ns=29.5)
    error = abs(transport_probability(u, (3, 1), (2, 2)) - math.sin(math.sqrt(3) * math.pi) ** 2)
    return absolute("square pulse, large anharmonicity", "P(31 <-> 22) with sin²(√3 π) = 0.556", error, 1e-3)


def _iswap() -> Check:
    errors = []
    for name in Device.presets():
        dqlr = Device.preset(name).dqlr
        u = leakage_iswap_propagator(
            anharmonicity_mhz=dqlr.anharmonicity_mhz, gate_ns=dqlr.iswap_ns, ramp_ns=dqlr.ramp_ns
        )
        errors.append(1 - transport_probability(u, (2, 0), (1, 1)))
        # The exchange keeps the number of excitations: nothing happens to |00>; |01> and |10> are far detuned.
        errors.append(1 - transport_probability(u, (0, 0), (0, 0)))
    return absolute(
        "Leakage iSWAP", "|20> -> |11> complete, |00> untouched", max(errors), 1e-3, comparisons=len(errors)
    )


def _levels(settings: Settings) -> Check:
    more = (6, 7) if settings.full else (6,)
    five, *others = (
        _numbers(cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6, levels=n)) for n in (5, *more)
    )
    change = max(abs(a - b) for other in others for a, b in zip(five, other, strict=True))
    about = f"CZ numbers with 5 levels a transmon against {' and '.join(map(str, more))}"
    return absolute("levels", about, change, 1e-3, comparisons=3 * len(more))


def _steps() -> Check:
    coarse, fine = (
        exchange_propagator(anharmonicity_mhz=220.0, coupling_mhz=14.0, gate_ns=30.0, ramp_ns=6.0, step_ns=step)
        for step in (0.05, 0.0125)
    )
    error = float(np.abs(np.abs(coarse) ** 2 - np.abs(fine) ** 2).max())
    return absolute(
        "steps of the ramp",
        "all transition probabilities, 0.05 ns steps against 0.0125 ns",
        error,
        1e-4,
        comparisons=625,
    )


def _integrated() -> Check:
    """Schroedinger's equation in the basis of n excitations, by Runge-Kutta."""
    eta, g, gate_ns, ramp_ns = 220.0, 14.0, 30.0, 6.0
    u = exchange_propagator(anharmonicity_mhz=eta, coupling_mhz=g, gate_ns=gate_ns, ramp_ns=ramp_ns, step_ns=0.0125)
    worst, comparisons = 0.0, 0
    for excitations in (1, 2, 3, 4):
        kets = [(high, excitations - high) for high in range(excitations + 1)]
        # Energies per 2 pi MHz in the frame of w_low, with w_high = w_low + eta.
        energy = [eta * h - 0.5 * eta * (h * (h - 1) + low * (low - 1)) for h, low in kets]
        hop = [math.sqrt((h + 1) * low) for h, low in kets[:-1]]

        def slope(
            t: float,
            y: npt.NDArray[np.complex128],
            energy: list[float] = energy,
            hop: list[float] = hop,
        ) -> npt.NDArray[np.complex128]:
            edge = min(t, gate_ns - t)
            pulse = g * (1.0 if edge >= ramp_ns else (1 - math.cos(math.pi * edge / ramp_ns)) / 2)
            out = np.multiply(energy, y)
            out[1:] += pulse * np.multiply(hop, y[:-1])
            out[:-1] += pulse * np.multiply(hop, y[1:])
            return np.asarray(-2e-3j * np.pi * out)

        for column, before in enumerate(kets):
            start = np.zeros(len(kets), dtype=complex)
            start[column] = 1
            end = solve_ivp(slope, (0.0, gate_ns), start, method="DOP853", rtol=1e-9, atol=1e-10).y[:, -1]
            found = [transport_probability(u, before, after) for after in kets]
            worst = max(worst, float(np.abs(np.abs(end) ** 2 - found).max()))
            comparisons += len(kets)
    return absolute(
        "Schrödinger's equation integrated",
        "transition probabilities of up to 4 excitations with a Runge-Kutta integration",
        worst,
        1e-5,
        comparisons=comparisons,
    )
