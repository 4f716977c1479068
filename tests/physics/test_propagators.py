"""The two-transmon Hamiltonian against the numbers of section 1 of the physics, and its convergence."""

import math

import numpy as np
import pytest

from qec_leak.channels import (
    conditional_phase,
    cz_propagator,
    exchange_propagator,
    leakage_iswap_propagator,
    leakage_rate,
    transport_matrix,
    transport_probability,
    twirl,
)
from qec_leak.channels import hamiltonian as module


def numbers(u: np.ndarray) -> tuple[float, float, float]:
    """P(30<->12), P(31<->22) and the phase on low with high in 2, in units of pi."""
    return (
        transport_probability(u, (3, 0), (1, 2)),
        transport_probability(u, (3, 1), (2, 2)),
        conditional_phase(u, partner_level=2),
    )


@pytest.mark.parametrize(
    ("gate", "expected"), [((240, 25, 5), (0.246, 0.586, 0.66)), ((220, 30, 6), (0.208, 0.581, 0.69))]
)
def test_calibrated_cz(gate: tuple[float, float, float], expected: tuple[float, float, float]) -> None:
    anharmonicity, length, ramp = gate
    u = cz_propagator(anharmonicity_mhz=anharmonicity, gate_ns=length, ramp_ns=ramp)
    assert numbers(u) == pytest.approx(expected, abs=0.006)
    assert u.shape == (25, 25)
    assert not u.flags.writeable
    assert np.allclose(u.conj().T @ u, np.eye(25), atol=1e-10)
    assert conditional_phase(u) == pytest.approx(1.0, abs=2e-3)
    assert leakage_rate(u) < 2e-4
    assert [abs(u[i, i]) for i in (0, 1, 5)] == pytest.approx([1, 1, 1], abs=1e-2)
    assert [np.angle(u[i, i]) for i in (0, 1, 5)] == pytest.approx([0, 0, 0], abs=1e-9)
    # Miao F2b and F2e, with the tolerances of section 7.
    assert numbers(u)[0] == pytest.approx(0.18, abs=0.08)
    assert numbers(u)[1] == pytest.approx(0.61, abs=0.05)
    assert numbers(u)[2] == pytest.approx(0.65, abs=0.08)


def test_square_pulse() -> None:
    """The full period of sqrt(2) g is 29.46 ns, which the physics rounds to 29.5."""
    u = exchange_propagator(anharmonicity_mhz=200, coupling_mhz=12, gate_ns=1e3 / (2 * math.sqrt(2) * 12))
    assert numbers(u)[:2] == pytest.approx((0.180, 0.575), abs=0.002)
    # Of the phase, what one-qubit phases leave is what the formula takes.
    assert numbers(u)[2] == pytest.approx(0.695, abs=0.004)


def test_square_pulse_limits() -> None:
    """For large anharmonicity P(31<->22) -> sin^2(sqrt(3) pi) and 30<->12 goes by g_eff = -2 sqrt(3) g^2/eta."""
    eta, g = 20_000.0, 5.0
    t = math.pi / (math.sqrt(2) * g * 2e-3 * math.pi)
    u = exchange_propagator(anharmonicity_mhz=eta, coupling_mhz=g, gate_ns=t)
    assert transport_probability(u, (1, 1), (1, 1)) == pytest.approx(1.0, abs=1e-3)
    assert transport_probability(u, (3, 1), (2, 2)) == pytest.approx(math.sin(math.sqrt(3) * math.pi) ** 2, abs=2e-3)
    assert math.sin(math.sqrt(3) * math.pi) ** 2 == pytest.approx(0.556, abs=5e-4)
    eta = 2_000.0
    u = exchange_propagator(anharmonicity_mhz=eta, coupling_mhz=g, gate_ns=t)
    effective = 2 * math.sqrt(3) * g**2 / eta * 2e-3 * math.pi
    assert transport_probability(u, (3, 0), (1, 2)) == pytest.approx(math.sin(effective * t) ** 2, rel=0.05)


@pytest.mark.parametrize(("anharmonicity", "length", "ramp"), [(240, 12, 2), (200, 15, 0), (240, 12, 0)])
def test_leakage_iswap_swaps_20_and_11(anharmonicity: float, length: float, ramp: float) -> None:
    u = leakage_iswap_propagator(anharmonicity_mhz=anharmonicity, gate_ns=length, ramp_ns=ramp)
    least = 0.999 if ramp else 0.997  # a square pulse also excites |02>, 2 eta away
    assert transport_probability(u, (2, 0), (1, 1)) > least
    assert transport_probability(u, (1, 1), (2, 0)) > least
    for state in ((0, 0), (1, 0), (0, 1)):
        assert transport_probability(u, state, state) > 0.95


def test_leakage_iswap_with_the_measure_qubit_in_0_or_1() -> None:
    """In 0 it removes |2> of the data qubit and does nothing else; a residual 1 turns the data qubit's |1> into |2>."""
    u = np.asarray(leakage_iswap_propagator(anharmonicity_mhz=20_000, gate_ns=50))
    channel = twirl([u], 2)

    def probability(row: tuple, outgoing: tuple) -> float:
        return sum(t.probability for t in channel.transitions(row) if t.outgoing == outgoing)

    assert probability((2, 0), ("C", 1)) == pytest.approx(1, abs=1e-3)
    assert probability((0, 0), (0, 0)) == pytest.approx(1, abs=1e-3)
    assert probability((1, 0), (1, 0)) == pytest.approx(1, abs=1e-3)
    assert probability((1, 1), (2, 1)) == 0
    assert probability((1, 1), (2, 0)) == pytest.approx(1, abs=1e-3)
    assert channel.leakage_rate == pytest.approx(0.25, abs=1e-3)


def test_excitations_are_conserved() -> None:
    u = exchange_propagator(anharmonicity_mhz=240, coupling_mhz=15, gate_ns=25, ramp_ns=5)
    number = np.add.outer(np.arange(5), np.arange(5)).ravel()
    assert np.abs(u[number[:, None] != number[None, :]]).max() < 1e-10
    assert np.allclose(transport_matrix(u).sum(axis=0), 1, atol=1e-10)
    assert np.allclose(u, u.T)  # a pulse that is its own time reverse


@pytest.mark.parametrize("levels", [6, 7])
def test_converges_in_the_number_of_levels(levels: int) -> None:
    """States with up to 4 excitations never reach level 5, so that more levels change nothing."""
    fewer = cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5)
    more = cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5, levels=levels)
    assert numbers(more) == pytest.approx(numbers(fewer), abs=1e-6)


def test_converges_in_the_step() -> None:
    """The step of the ramps: numbers at the step in use are within 1e-4 of those at an eighth of it."""
    options = {"anharmonicity_mhz": 240, "coupling_mhz": 17.5, "gate_ns": 25, "ramp_ns": 5}
    fine = numbers(exchange_propagator(**options, step_ns=module._STEP_NS / 8))
    used = numbers(exchange_propagator(**options))
    coarse = numbers(exchange_propagator(**options, step_ns=2.5))
    assert used == pytest.approx(fine, abs=1e-4)
    assert max(abs(a - b) for a, b in zip(coarse, fine, strict=True)) > 1e-3


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"anharmonicity_mhz": 0.0}, "anharmonicity_mhz"),
        ({"anharmonicity_mhz": -1.0}, "anharmonicity_mhz"),
        ({"gate_ns": -25.0}, "gate_ns"),
        ({"ramp_ns": -1.0}, "ramp_ns"),
        ({"ramp_ns": 12.5}, "ramp_ns"),
        ({"levels": 3}, "levels"),
    ],
)
@pytest.mark.parametrize("make", [cz_propagator, leakage_iswap_propagator])
def test_bad_pulses_are_refused(make: object, change: dict[str, float], name: str) -> None:
    with pytest.raises(ValueError, match=f"^`{name}` must"):
        make(**({"anharmonicity_mhz": 240.0, "gate_ns": 25.0, "ramp_ns": 5.0} | change))  # type: ignore[operator]
