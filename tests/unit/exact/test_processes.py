"""What each process of a dressed circuit does to levels: closed forms, by density matrices."""

import math

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.exact import Expectation, circuit_steps, evolve
from qec_leak.exact.steps import Channel

IN_2 = "I_ERROR[inject|LEAKAGE_TRANSITION_1: (1, U-->2)] "
QUIET = ql.Device.preset("miao2023").replace(
    {
        "gate.error": 0.0,
        "cz.error": 0.0,
        "cz.crosstalk": 0.0,
        "cz.high": "first",
        "cz.data_high_in": (),
        "dqlr.error": 0.0,
        "idle.dd_error_per_us": 0.0,
        "idle.heating_per_us": 0.0,
        "readout.error": 0.0,
        "reset.error": 0.0,
    }
)
T1_NS = QUIET.idle.t1_ns


def expectation(text: str, device: ql.Device = QUIET, num_qubits: int = 2, idle: str = "kraus") -> Expectation:
    circuit = ql.dress(stim.Circuit(text), device)
    _, steps = circuit_steps(circuit, device, levels=5, idle=idle)  # type: ignore[arg-type]
    return evolve(steps, num_qubits, 5)


def one(found: Expectation, record: int = -1) -> float:
    """Probability that a record is 1."""
    return sum(p for records, p in found.outcomes.items() if records[record])


def test_a_waiting_transmon_relaxes_for_the_length_of_the_moment() -> None:
    found = expectation("X 0\nTICK\nM 1\nTICK\nM 0")
    assert one(found) == pytest.approx(math.exp(-QUIET.readout.duration_ns / T1_NS), abs=1e-12)


def test_moments_without_tick() -> None:
    found = expectation("X 0\nH 1\nS 1\nH 1\nM 0")
    assert one(found) == pytest.approx(math.exp(-QUIET.gate.duration_ns / T1_NS), abs=1e-12)


def test_the_twirl_of_waiting_flips_half_as_often_both_ways() -> None:
    decay = -math.expm1(-QUIET.readout.duration_ns / T1_NS)
    for text, value in (("M 1\nTICK\nM 0", decay / 2), ("X 0\nTICK\nM 1\nTICK\nM 0", 1 - decay / 2)):
        assert one(expectation(text, idle="pauli")) == pytest.approx(value, abs=2e-5)


def test_a_busy_transmon_keeps_1_and_loses_2() -> None:
    assert one(expectation("X 0\nTICK\nM 0\nTICK\nM 0")) == pytest.approx(1.0, abs=1e-12)
    found = expectation(f"{IN_2} 0\nH 0\nTICK\nM 1", idle="pauli")
    assert found.level_population[0, 0, 0] == pytest.approx(math.exp(-2 * QUIET.gate.duration_ns / T1_NS), abs=1e-12)


def test_heating_of_busy_and_of_waiting_transmons() -> None:
    device = QUIET.replace({"idle.heating_per_us": 0.3, "idle.t1_ns": float("inf"), "idle.t2_ns": float("inf")})
    found = expectation("X 0 1\nTICK\nM 1\nTICK", device)
    leaked = 1 - math.exp(-0.3e-3 * (device.gate.duration_ns + device.readout.duration_ns))
    np.testing.assert_allclose(found.level_population[1, :, 0], leaked, atol=1e-12)


def test_only_11_leaks_into_the_higher_transmon() -> None:
    device = QUIET.replace({"cz.leakage": 0.05, "idle.t1_ns": float("inf"), "idle.t2_ns": float("inf")})
    for text, leaked in (("X 0 1", [0.2, 0.0]), ("X 0", [0, 0]), ("X 1", [0, 0])):
        found = expectation(f"{text}\nTICK\nCZ 1 0\nTICK", device)
        np.testing.assert_allclose(found.level_population[1, :, 0], leaked, atol=1e-12)
    swapped = device.replace({"cz.high": "second"})
    found = expectation("X 0 1\nTICK\nCZ 1 0\nTICK", swapped)
    np.testing.assert_allclose(found.level_population[1, :, 0], [0.0, 0.2], atol=1e-12)


@pytest.mark.parametrize("efficiency", [1.0, 0.75])
def test_the_leakage_iswap_moves_a_leaked_data_transmon_into_11(efficiency: float) -> None:
    device = QUIET.replace(
        {
            "dqlr.efficiency": efficiency,
            "idle.t1_ns": float("inf"),
            "idle.t2_ns": float("inf"),
            "readout.one_given_2": 0,
        }
    )
    found = expectation(f"{IN_2} 0\nTICK\nII[LEAKAGE_ISWAP] 0 1\nTICK\nM 0 1", device)
    assert found.outcomes[1, 1] == pytest.approx(efficiency, abs=1e-12)
    assert found.outcomes[0, 0] == pytest.approx(1 - efficiency, abs=1e-12)


def test_readout_and_reset_by_level() -> None:
    device = QUIET.replace({"readout.error": 0.1, "readout.one_given_2": 0.7, "reset.leaked_given_2": 0.25})
    assert one(expectation(f"{IN_2} 0\nM 0", device)) == pytest.approx(0.7, abs=1e-12)
    assert one(expectation("M 0", device)) == pytest.approx(0.1, abs=1e-12)
    assert one(expectation("X 0\nTICK\nM !0", device)) == pytest.approx(0.1, abs=1e-12)
    found = expectation(f"{IN_2} 0\nR 0\nTICK\nM 1", device)
    assert found.level_population[0, 0, 0] == pytest.approx(0.25, abs=1e-12)


def test_injection_leaks_from_1_only() -> None:
    device = QUIET.replace({"idle.t1_ns": float("inf"), "idle.t2_ns": float("inf")})
    for prepared, leaked in (("I", 0.0), ("X", 0.2), ("H", 0.1)):
        found = expectation(f"{prepared} 0\nTICK\nI[INJECT_LEAKAGE(0.1)] 0\nTICK\nM 1", device)
        assert found.level_population[1, 0, 0] == pytest.approx(leaked, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("R 0", "labelled by dress"),
        ("E(0.1) X0", "use what dress"),
        ("SWAP 0 1", "use what dress"),
        ("I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0", "label leakage with one of"),
        ("I_ERROR[inject|LEAKAGE_TRANSITION_1: (0.1, U-->2, 0)] 0", "inject from 1"),
    ],
)
def test_refusals_name_the_instruction(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        circuit_steps(stim.Circuit(text), QUIET)
    assert text[:20] in str(caught.value)


@pytest.mark.parametrize("fused", ["CZ rec[-1] 0 1 2", "CZ 1 2 0 rec[-1]", "CZ 0 rec[-1] 2 1 rec[-1] sweep[0]"])
def test_an_instruction_may_hold_pairs_with_and_without_bits(fused: str) -> None:
    """Stim fuses ``CZ rec[-1] 0`` and ``CZ 1 2``: the record (1) gives qubit 0 its Z, and qubit 2 (in 1) qubit 1."""
    text = f"X 2\nTICK\nM 2\nTICK\nH 0 1\nTICK\n{fused}\nTICK\nH 0 1\nTICK\nM 0 1 2"
    found = expectation(text, num_qubits=3)
    apart = expectation(text.replace(fused, "CZ rec[-1] 0\nTICK\nCZ 1 2"), num_qubits=3)
    for record in (-3, -2, -1):
        assert one(found, record) > 0.9
        assert one(found, record) == pytest.approx(one(apart, record), abs=1e-12)


def test_waits_of_a_memory_experiment_last_as_long_as_it_says() -> None:
    memory = ql.memory_experiment(
        code="repetition", distance=3, rounds=2, strategy="NO_RESET", device=QUIET, cycle_ns=9000.0
    )
    waited_ns = memory.device.idle.t1_ns * np.log(_largest_decay(memory))
    operations_ns = 2 * QUIET.gate.duration_ns + 2 * QUIET.cz.duration_ns + QUIET.readout.duration_ns
    assert waited_ns == pytest.approx(9000.0 - operations_ns, rel=1e-9)


def _largest_decay(memory: ql.MemoryExperiment) -> float:
    """1 / P(1 stays 1) of the longest idling."""
    _, steps = circuit_steps(memory)
    noise = [step.kraus for step in steps if isinstance(step, Channel) and len(step.qubits) == 1 < len(step.kraus)]
    stays = [sum(abs(k[1, 1]) ** 2 for k in kraus) for kraus in noise]
    return max(1 / p for p in stays if p > 0.5)


def test_a_circuit_alone_does_not_know_its_waits() -> None:
    with pytest.raises(ValueError, match=r"must have an operation in each moment.*give the memory experiment"):
        expectation("X 0\nTICK\nI[IDLE_NS(700)] 0\nTICK\nM 0")


@pytest.mark.parametrize("population", [0.0, 0.1])
def test_injected_errors_are_drawn_beside_injected_leakage(population: float) -> None:
    injected = f"I[INJECT_LEAKAGE({population})] 0\n" if population else ""
    text = f"H 0\nTICK\n{injected}X_ERROR[inject](0.2) 1\nZ_ERROR[inject](0.3) 0\nTICK\nH 0\nTICK\nM 0 1"
    still = QUIET.replace({"idle.t1_ns": float("inf"), "idle.t2_ns": float("inf"), "readout.one_given_2": 0.0})
    found = expectation(text, still)
    c = math.sqrt(1 - 2 * population)  # amplitude of 1, after the rotation
    flipped = ((1 - c) ** 2 * 0.7 + (1 + c) ** 2 * 0.3) / 4
    assert one(found, -2) == pytest.approx(flipped, abs=1e-9)
    assert one(found, -1) == pytest.approx(0.2, abs=1e-12)
