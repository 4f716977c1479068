"""What each operation of a device does to levels."""

import itertools

import numpy as np
import pytest

from qec_leak.channels import operations
from qec_leak.channels.channel import LeakageChannel
from qec_leak.device import Device

DEVICE = Device.preset("miao2023")


def probability(channel: LeakageChannel, row: tuple, outgoing: tuple) -> float:
    return sum(t.probability for t in channel.transitions(row) if t.outgoing == outgoing)


def returned(channel: LeakageChannel, row: tuple) -> dict[tuple, float]:
    out: dict[tuple, float] = {}
    for t in channel.transitions(row):
        key = (t.outgoing, t.returned_with)
        out[key] = out.get(key, 0.0) + t.probability
    return out


@pytest.mark.parametrize("leakage", [0.0, 1e-3, 0.25])
@pytest.mark.parametrize("levels", [4, 5])
def test_cz_is_exact_below_three_excitations_and_leaks_from_11(leakage: float, levels: int) -> None:
    cz = DEVICE.replace({"cz.leakage": leakage}).cz
    u = operations.cz_unitary(cz, levels=levels)
    assert np.allclose(u.conj().T @ u, np.eye(levels**2), atol=1e-9)
    stripped = u @ operations.ideal_cz(levels)
    states = [0, 1, levels, levels + 1]
    block = stripped[np.ix_(states, states)]
    assert np.allclose(block, np.diag([1, 1, 1, np.sqrt(1 - 4 * leakage)]), atol=1e-12)
    assert abs(u[2 * levels, levels + 1]) ** 2 == pytest.approx(4 * leakage)
    if levels == 5:
        channel = operations.cz_channel(cz)
        assert channel.leakage_rate == pytest.approx(leakage)
        assert probability(channel, (1, 1), (2, 0)) == pytest.approx(4 * leakage)
        assert probability(channel, (2, 0), (2, 0)) + probability(channel, (2, 0), ("C", 1)) == pytest.approx(1)
        # Computational rows hold no Pauli: that error is ordinary noise.
        assert set(channel.pauli_probabilities()) == {"II"}


def test_given_cz_has_the_given_numbers() -> None:
    given = {
        "model": "given",
        "anharmonicity_mhz": None,
        "pulse_ns": None,
        "ramp_ns": None,
        "transport_30_12": 0.25,
        "transport_31_22": 0.5,
        "leakage_phase_low": 0.5,
        "leakage_phase_high": 0.25,
        "leakage": 0.0,
    }
    cz = DEVICE.replace({f"cz.{key}": value for key, value in given.items()}).cz
    u = operations.cz_unitary(cz)
    assert np.allclose(u.conj().T @ u, np.eye(25), atol=1e-12)
    channel = operations.cz_channel(cz)
    assert probability(channel, (3, 0), ("C", 2)) == pytest.approx(0.25)
    assert probability(channel, (1, 2), (3, "C")) == pytest.approx(0.25)
    assert probability(channel, (2, 2), (3, "C")) == pytest.approx(0.5)
    # A phase of pi/2 between 0 and 1 of the low qubit is Z with probability sin^2(pi/4), pi/4: sin^2(pi/8).
    z_low = {t.pauli: t.probability for t in channel.transitions((2, "C")) if t.outgoing == (2, "C")}
    assert z_low == pytest.approx({"II": 0.5, "IZ": 0.5})
    z_high = {t.pauli: t.probability for t in channel.transitions(("C", 2)) if t.outgoing == ("C", 2)}
    kept = (1 + np.sqrt(0.75) * np.exp(0.25j * np.pi)) / 2  # |1 2> also goes to |3 0>
    assert z_high["II"] == pytest.approx(abs(kept) ** 2)


def test_leakage_iswap_removes_with_its_efficiency() -> None:
    for efficiency in (1.0, 0.75):
        dqlr = DEVICE.replace({"dqlr.efficiency": efficiency}).dqlr
        channel = operations.leakage_iswap_channel(dqlr)
        assert probability(channel, (2, 0), ("C", 1)) == pytest.approx(efficiency)
        assert returned(channel, (2, 0)).get((("C", 1), (1, None))) == pytest.approx(efficiency)
        assert probability(channel, (1, 1), (2, 0)) == pytest.approx(efficiency)
        for row in ((0, 0), (1, 0), (0, 1)):
            assert probability(channel, row, row) == pytest.approx(1.0)


def test_reset_leaves_its_residuals() -> None:
    reset = DEVICE.replace(
        {
            "reset.error": 0.01,
            "reset.one_given_2": 0.25,
            "reset.one_given_3": 0.125,
            "reset.leaked_given_2": 0.5,
            "reset.leaked_given_3": 0.0625,
        }
    ).reset
    kraus = operations.reset_kraus(reset)
    table = sum(np.abs(k) ** 2 for k in kraus)
    expected = np.array([[0.99, 0.99, 0.25, 0.8125], [0.01, 0.01, 0.25, 0.125], [0, 0, 0.5, 0], [0, 0, 0, 0.0625]])
    assert np.allclose(table, expected)
    assert np.allclose(sum(k.conj().T @ k for k in kraus), np.eye(4))


def test_readout_leaks_both_values_alike() -> None:
    readout = DEVICE.replace({"readout.leakage": 0.125}).readout
    channel = operations.readout_channel(readout)
    assert channel.leakage_rate == pytest.approx(0.125)
    for value in (0, 1):
        assert probability(channel, (value,), (2,)) == pytest.approx(0.125)
    assert all(t.is_identity((2,)) for t in channel.transitions((2,)))


def test_gate_leakage_is_from_1() -> None:
    channel = operations.gate_channel(DEVICE.replace({"gate.leakage": 0.01}).gate)
    assert channel.leakage_rate == pytest.approx(0.01)
    assert probability(channel, (1,), (2,)) == pytest.approx(0.02)
    assert probability(channel, (0,), (2,)) == 0
    assert set(channel.pauli_probabilities()) == {"I"}


def test_idle_heats_then_relaxes() -> None:
    idle = DEVICE.replace({"idle.heating_per_us": 0.1}).idle
    channel = operations.idle_channel(idle, 900.0)
    heated = 1 - np.exp(-0.1 * 0.9)
    survives = np.exp(-2 * 900.0 / idle.t1_ns)
    assert probability(channel, (1,), (2,)) == pytest.approx(heated * survives)
    still = operations.idle_channel(DEVICE.replace({"idle.heating_per_us": 0.0}).idle, 900.0)
    assert still.leakage_rate == 0


def test_without_leakage_no_channel_leaks() -> None:
    clean = DEVICE.without_leakage()
    assert operations.cz_channel(clean.cz).leakage_rate == 0
    assert operations.gate_channel(clean.gate).leakage_rate == 0
    assert operations.readout_channel(clean.readout).leakage_rate == 0
    assert operations.idle_channel(clean.idle, 900.0).leakage_rate == 0


@pytest.mark.parametrize("preset", Device.presets())
def test_every_preset_has_complete_channels(preset: str) -> None:
    device = Device.preset(preset)
    channels = [operations.cz_channel(device.cz), operations.leakage_iswap_channel(device.dqlr)]
    channels += [operations.idle_channel(device.idle, 100.0), operations.gate_channel(device.gate)]
    channels += [operations.readout_channel(device.readout), operations.injection_channel(0.01)]
    for channel in channels:
        for row in itertools.product(("C", 0, 1, 2, 3), repeat=channel.num_qubits):
            assert sum(t.probability for t in channel.transitions(row)) == pytest.approx(1, abs=1e-9)
