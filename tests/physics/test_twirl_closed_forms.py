"""Closed forms of the twirl (physics: sections 2, 4 and the relaxation row of section 7)."""

import math

import numpy as np
import pytest

from qec_leak.channels import (
    Transition,
    compose,
    dephasing,
    heating,
    leakage_rotation,
    relaxation,
    rotation_12,
    twirl,
)
from qec_leak.channels.channel import LeakageChannel, Row

NONE = (None,)


def weights(channel: LeakageChannel, *labels: object) -> dict[tuple, float]:
    row: Row = labels  # type: ignore[assignment]
    return {(t.outgoing, t.pauli, t.left_with, t.returned_with): t.probability for t in channel.transitions(row)}


@pytest.mark.parametrize("theta", [0.05, 0.7, math.pi / 2, 2.5])
@pytest.mark.parametrize("levels", [4, 5])
def test_rotation_between_1_and_2(theta: float, levels: int) -> None:
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    channel = twirl(rotation_12(theta, levels=levels), 1)
    assert weights(channel, "C") == pytest.approx(
        {
            (("C",), "I", NONE, NONE): ((1 + c) / 2) ** 2,
            (("C",), "Z", NONE, NONE): ((1 - c) / 2) ** 2,
            ((2,), "I", (1,), NONE): s**2 / 2,
        },
        abs=1e-12,
    )
    assert weights(channel, 2) == pytest.approx(
        {(("C",), "I", NONE, (1,)): s**2, ((2,), "I", NONE, NONE): c**2}, abs=1e-12
    )
    assert weights(channel, 1) == pytest.approx(
        {((1,), "I", NONE, NONE): c**2, ((2,), "I", (1,), NONE): s**2}, abs=1e-12
    )
    assert channel.transitions((0,)) == (Transition(pytest.approx(1.0), (0,), "I", NONE, NONE),)
    assert channel.transitions((3,)) == (Transition(pytest.approx(1.0), (3,), "I", NONE, NONE),)
    assert channel.leakage_rate == pytest.approx(s**2 / 2)
    assert channel.seepage_rate == pytest.approx(s**2)


@pytest.mark.parametrize("population", [0.0, 0.01, 0.25, 0.5])
def test_injection_leaks_its_population(population: float) -> None:
    assert twirl(leakage_rotation(population), 1).leakage_rate == pytest.approx(population, abs=1e-15)


@pytest.mark.parametrize(("t1", "t2", "t"), [(20e3, 30e3, 921.0), (75e3, 75e3, 300.0), (68e3, 136e3, 1100.0)])
def test_relaxation_and_dephasing(t1: float, t2: float, t: float) -> None:
    """px = py = (1 - e^(-t/T1))/4, pz = (1 - e^(-t/T2))/2 - px (Ghosh et al., PRA 86, 062318; Miao S5)."""
    channel = twirl(compose(relaxation(t1, t), dephasing(t1, t2, t)), 1)
    paulis = channel.pauli_probabilities()
    x = (1 - math.exp(-t / t1)) / 4
    z = (1 - math.exp(-t / t2)) / 2 - x
    assert [paulis[p] for p in "XY"] == pytest.approx([x, x], rel=1e-9)
    assert paulis.get("Z", 0.0) == pytest.approx(z, rel=1e-9, abs=1e-12)
    assert channel.leakage_rate == 0.0


def test_miao_table_s1_relaxation() -> None:
    """75 us over 300 ns: 2.99e-3 in all."""
    paulis = twirl(compose(relaxation(75e3, 300.0), dephasing(75e3, 75e3, 300.0)), 1).pauli_probabilities()
    assert 1 - paulis["I"] == pytest.approx(2.99e-3, rel=0.01)


def test_levels_decay_one_at_a_time_at_n_over_t1() -> None:
    """Survival of level n is e^(-n t/T1), so T1(|n>) = T1/n; the decay product of |2> is |1>, to first order."""
    t1, t = 20_000.0, 37.0
    for n in (1, 2, 3):
        kraus = relaxation(t1, t)
        survival = sum(abs(k[n, n]) ** 2 for k in kraus)
        assert survival == pytest.approx(math.exp(-n * t / t1), rel=1e-12)
    channel = twirl(relaxation(t1, t), 1)
    back = weights(channel, 2)
    eta = math.exp(-t / t1)
    assert back[(("C",), "I", NONE, (1,))] == pytest.approx(2 * eta * (1 - eta), rel=1e-9)
    assert back[(("C",), "I", NONE, (0,))] == pytest.approx((1 - eta) ** 2, rel=1e-9)
    assert weights(channel, 3)[((2,), "I", NONE, NONE)] == pytest.approx(3 * eta**2 * (1 - eta), rel=1e-9)
    assert weights(channel, 1)[((0,), "I", NONE, NONE)] == pytest.approx(1 - eta, rel=1e-9)


def test_relaxation_over_two_steps_is_relaxation_over_their_sum() -> None:
    twice = compose(relaxation(1e4, 300.0), relaxation(1e4, 500.0))
    rho = np.random.default_rng(1).normal(size=(4, 4))
    rho = rho @ rho.T
    first, second = (sum(k @ rho @ k.conj().T for k in kraus) for kraus in (twice, relaxation(1e4, 800.0)))
    assert np.allclose(first, second, atol=1e-12)


def test_heating_goes_from_1_to_2_only() -> None:
    p = 1 - math.exp(-0.5 * 0.9)
    channel = twirl(heating(0.5, 900.0), 1)
    assert weights(channel, 1)[((2,), "I", (1,), NONE)] == pytest.approx(p)
    assert channel.leakage_rate == pytest.approx(p / 2)
    for label in (0, 2, 3):
        assert all(t.is_identity((label,)) for t in channel.transitions((label,)))


def test_dephasing_acts_by_the_square_of_the_level_difference() -> None:
    t1, t2, t = 20e3, 10e3, 400.0
    rate = 1 / t2 - 1 / (2 * t1)
    ones = np.ones((4, 4))
    after = sum(k @ ones @ k.conj().T for k in dephasing(t1, t2, t))
    n = np.arange(4)
    assert np.allclose(after, np.exp(-(np.subtract.outer(n, n) ** 2) * rate * t), atol=1e-12)
