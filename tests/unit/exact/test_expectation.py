"""Trajectories, every branch of them, against density matrices: the same expectation to 1e-10, without sampling."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.channels import operations
from qec_leak.exact import Expectation, circuit_steps, enumerate_trajectories, evolve, operators
from qec_leak.exact.steps import Channel, Measure, Scramble, Snapshot, Step

EXAGGERATED = ql.Device.preset("miao2023").replace(
    {
        "cz.leakage": 0.05,
        "cz.high": "first",
        "cz.data_high_in": (),
        "gate.leakage": 0.03,
        "readout.leakage": 0.02,
        "readout.one_given_2": 0.7,
        "readout.one_given_3": 0.4,
        "idle.heating_per_us": 0.5,
    }
)
PAIR = [np.asarray(operations.cz_unitary(EXAGGERATED.cz, levels=4))]
PROCESSES: dict[str, list[Step]] = {
    "cz twice": [
        Channel((0,), (operators.clifford("H", 4),)),
        Channel((1,), (operators.clifford("SQRT_X", 4),)),
        Channel((0, 1), tuple(PAIR)),
        Snapshot(True),
        Channel((0, 1), tuple(PAIR)),
        Snapshot(True),
        Channel((1, 0), tuple(PAIR)),
        Snapshot(True),
    ],
    "relaxation of a superposition": [
        Channel((0,), (operators.clifford("H", 4),)),
        Channel((0,), tuple(operations.gate_kraus(EXAGGERATED.gate.__class__(duration_ns=1, error=0, leakage=0.4)))),
        Channel((0,), tuple(operations.idle_kraus(EXAGGERATED.idle, 3000.0, levels=4))),
        Channel((0,), (operators.clifford("H", 4),)),
        Snapshot(False),
    ],
    "leakage iswap": [
        Channel((0,), (operators.clifford("H", 4),)),
        Channel((1,), (operators.clifford("H", 4),)),
        Channel((0, 1), tuple(PAIR)),
        Channel((0, 1), tuple(operations.leakage_iswap_kraus(EXAGGERATED.dqlr, levels=4))),
        Snapshot(True),
        Channel((1,), tuple(operations.reset_kraus(EXAGGERATED.reset, levels=4))),
    ],
}


def assert_same(steps: list[Step], num_qubits: int, levels: int, **options: list[int]) -> Expectation:
    branches = enumerate_trajectories(steps, num_qubits, levels, **options)
    density = evolve(steps, num_qubits, levels, **options)
    assert sum(branches.outcomes.values()) == pytest.approx(1.0, abs=1e-10)
    for record in branches.outcomes.keys() | density.outcomes.keys():
        assert branches.outcomes.get(record, 0.0) == pytest.approx(density.outcomes.get(record, 0.0), abs=1e-10)
    np.testing.assert_allclose(branches.level_population, density.level_population, atol=1e-10)
    return density


def measured(num_qubits: int, levels: int) -> list[Step]:
    return [Measure(q, np.array([0.1, 0.8, 0.6, 0.3, 0.2][:levels])) for q in range(num_qubits)]


@pytest.mark.parametrize("scrambled", [False, True])
@pytest.mark.parametrize("process", PROCESSES)
def test_processes(process: str, scrambled: bool) -> None:
    steps: list[Step] = []
    for step in PROCESSES[process]:
        if scrambled and isinstance(step, Channel):
            steps += [Scramble(q) for q in step.qubits]
        steps.append(step)
    assert_same(steps + measured(2, 4), 2, 4)


def quiet(**changes: object) -> ql.Device:
    """EXAGGERATED without Pauli noise, whose branches are many."""
    none = {"gate.error": 0.0, "cz.error": 0.0, "cz.crosstalk": 0.0, "dqlr.error": 0.0, "idle.dd_error_per_us": 0.0}
    still = {"idle.t1_ns": float("inf"), "idle.t2_ns": float("inf"), "idle.heating_per_us": 0.0}
    return EXAGGERATED.replace({**none, **still, "gate.leakage": 0.0, "readout.leakage": 0.0, **changes})


CHECK = "R 0 1\nTICK\nH 0 1\nTICK\nCZ 0 1\nTICK\nCZ 0 1\nTICK\nH 1\nTICK\nM 1\nTICK\nH 0\nTICK\nM 0 !1"
CIRCUITS = {
    "two CZs between two measured transmons": (CHECK, {"gate.leakage": 0.1}),
    "mixture": ("H 0\nTICK\nDEPOLARIZE2(0.3) 0 1\nPAULI_CHANNEL_1(0.1,0.2,0.05) 1\nCZ 0 1\nTICK\nM 0 1", {}),
    "waiting": ("H 0\nTICK\nM 1\nTICK\nH 0\nTICK\nM 0", {"idle.t1_ns": 3e3, "idle.t2_ns": 2e3}),
    "heating": ("X 0\nTICK\nH 1\nTICK\nCZ 0 1\nTICK\nM 0 1", {"idle.heating_per_us": 2.0, "readout.leakage": 0.1}),
    "injection": ("H 0\nTICK\nI[INJECT_LEAKAGE(0.2)] 0\nTICK\nCZ 0 1\nTICK\nMX 0\nM 1", {}),
    "feedback": ("H 0\nTICK\nM 0\nTICK\nCX rec[-1] 1 sweep[1] 0\nTICK\nH 1\nCZ 0 1\nTICK\nMY 1\nMX 0", {}),
}


@pytest.mark.parametrize("mode", ["coherent", "phase_randomised"])
@pytest.mark.parametrize("name", CIRCUITS)
def test_dressed_circuits(name: str, mode: str) -> None:
    text, changes = CIRCUITS[name]
    device = quiet(**changes)
    circuit = ql.dress(stim.Circuit(text), device)
    _, steps = circuit_steps(circuit, device, levels=4, mode=mode)  # type: ignore[arg-type]
    assert_same(steps, 2, 4, sweep_bits=[0, 1])


def test_three_transmons_with_five_levels() -> None:
    device = quiet()
    text = "R 0 1 2\nTICK\nH 1\nTICK\nX 0 2\nTICK\nCZ 0 1\nTICK\nCZ 1 2\nTICK\nH 1\nTICK\nM 0 1 2"
    circuit = ql.dress(stim.Circuit(text), device, roles={0: "data", 1: "measure", 2: "data"})
    _, steps = circuit_steps(circuit, device, roles={0: "data", 1: "measure", 2: "data"}, levels=5)
    found = assert_same(steps, 3, 5)
    assert found.level_population[-1].sum() > 0.01


def test_the_comparison_sees_a_wrong_branch() -> None:
    """The interference of two CZs is 1e-3 and more of the outcomes: far above what the tests above let pass."""
    steps = PROCESSES["cz twice"]
    scrambled = [
        s for step in steps for s in (*([Scramble(0), Scramble(1)] if isinstance(step, Channel) else []), step)
    ]
    coherent = enumerate_trajectories(steps + measured(2, 4), 2, 4)
    incoherent = evolve(scrambled + measured(2, 4), 2, 4)
    assert np.abs(coherent.level_population - incoherent.level_population).max() > 1e-3


def test_modes_differ_by_interference_only_between_leaking_gates() -> None:
    device = quiet()
    circuit = ql.dress(stim.Circuit("X 0 1\nTICK\nCZ 0 1\nTICK\nCZ 0 1\nTICK"), device)
    population = {}
    for mode in ("coherent", "phase_randomised"):
        _, steps = circuit_steps(circuit, device, levels=5, mode=mode)  # type: ignore[arg-type]
        population[mode] = evolve(steps, 2, 5).level_population[:, 0, 0]
    leaked = 4 * device.cz.leakage
    np.testing.assert_allclose(population["phase_randomised"], [0, leaked, 2 * leaked * (1 - leaked)], atol=1e-12)
    assert population["coherent"][1] == pytest.approx(leaked)
    assert abs(population["coherent"][2] - population["phase_randomised"][2]) > 0.01
