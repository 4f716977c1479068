"""Resets, readouts, measurements, heralds, noise and classical control, exactly (probabilities 0 and 1)."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.engine.batch import ShotBatch

SHOTS = 1500
LEAK_2 = "I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0\n"
LEAK_3 = "I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->3)] 0\n"


def run(text: str, seed: int = 1, **options: object) -> ShotBatch:
    options = {"measurements": True, "heralds": True} | options
    return ql.compile_sampler(text, seed=seed).sample(SHOTS, **options)  # type: ignore[arg-type]


def same(rows: np.ndarray | None) -> list[int]:
    assert rows is not None
    assert (rows == rows[0]).all()
    return [int(v) for v in rows[0]]


def records(text: str, seed: int = 1) -> list[int]:
    return same(run(text, seed).measurements)


def levels(text: str) -> list[int]:
    return same(run(text).heralds)


@pytest.mark.parametrize(("leak", "level"), [(LEAK_2, 2), (LEAK_3, 3)])
@pytest.mark.parametrize("reset", ["R", "RX", "RY"])
def test_resets_leave_what_the_tag_says(reset: str, leak: str, level: int) -> None:
    basis = reset[1:]
    assert levels(f"{leak}{reset} 0\nM{basis} 0") == [0]
    assert records(f"{leak}{reset} 0\nM{basis} 0") == [0]
    for after in (2, 3):
        assert levels(f"{leak}{reset}[LEAKAGE_RESET: (1, {level}-->{after})] 0\nM{basis} 0") == [after]
    other = 5 - level
    assert levels(f"{leak}{reset}[LEAKAGE_RESET: (1, {other}-->{other})] 0\nM{basis} 0") == [0]
    assert records(f"{leak}{reset}[LEAKAGE_RESET: (1, {level}-->1)] 0\nM{basis} 0") == [1]
    assert records(f"{leak}{reset}[LEAKAGE_RESET: (1, {level}-->0)] 0\nM{basis} 0") == [0]
    assert records(f"X 0\n{reset}[LEAKAGE_RESET: (1, {level}-->{level})] 0\nM{basis} 0") == [0]


def test_measure_reset_measures_then_resets_with_both_tags_apart() -> None:
    assert records("X 0\nMR 0\nM 0") == [1, 0]
    assert levels(LEAK_2 + "MR 0\nM 0") == [2, 0]
    assert levels(LEAK_2 + "MR[LEAKAGE_RESET: (1, 2-->2)] 0\nM 0") == [2, 2]


@pytest.mark.parametrize(("leak", "level"), [(LEAK_2, 2), (LEAK_3, 3)])
@pytest.mark.parametrize("reads", [0, 1])
@pytest.mark.parametrize("prepare", ["", "X 0\n"])
def test_a_leaked_qubit_reads_what_its_level_reads(prepare: str, leak: str, level: int, reads: int) -> None:
    """Whatever it was before, in every round, under real outcomes and their detectors."""
    measure = f"M[LEAKAGE_PROJECTION_Z: ({reads}, {level}) ({1 - reads}, {5 - level})] 0\n"
    text = prepare + leak + 3 * measure + "DETECTOR rec[-1] rec[-2]\nDETECTOR rec[-1]"
    assert records(text) == [reads] * 3
    reference = int(bool(prepare))
    assert same(run(text).detection_events) == [0, reads ^ reference]
    assert records(prepare + leak + "M 0") == [1]  # by default


def test_a_leaked_qubit_reads_as_told_where_the_reference_is_random() -> None:
    """In mid-circuit the outcome is absolute; back in 0 or 1 the qubit goes on from that value."""
    text = "H 0\n" + LEAK_2 + "M[LEAKAGE_PROJECTION_Z: ({}, 2)] 0\nI_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->{})] 0\nM 0"
    for reads in (0, 1):
        for value in (0, 1):
            assert records(text.format(reads, value)) == [reads, value]


def test_the_last_measurement_reports_the_frozen_frame() -> None:
    """Half of a Bell pair leaks: its last readout, random against its partner, is the same on all that it meets."""
    leaks = "H 0\nCX 0 1 0 2\n" + LEAK_2 + "M 0 1 2\nDETECTOR rec[-1] rec[-2]\nDETECTOR rec[-3] rec[-2]"
    batch = run(leaks)
    assert not batch.detection_events[:, 0].any()
    assert 0.4 < batch.detection_events[:, 1].mean() < 0.6
    assert same(batch.heralds) == [2, 0, 0]


def test_leaked_qubits_ignore_paulis() -> None:
    noisy = LEAK_2 + "{}\nI_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->0)] 0\nM 0"
    for noise in (
        "X_ERROR(1) 0",
        "PAULI_CHANNEL_1(0, 1, 0) 0",
        "E(1) X0",
        "CX sweep[0] 0",
        "X_ERROR(1) 1\nM 1\nCX rec[-1] 0",
    ):
        assert records(noisy.format(noise))[-1] == 0, noise


@pytest.mark.parametrize("gate", ["X 0", "Y 0", "SQRT_X 0\nTICK\nSQRT_X 0", "X 1\nM 1\nCX rec[-1] 0", "X 1\nCX 1 0"])
@pytest.mark.parametrize("value", [0, 1])
def test_gates_do_not_change_the_value_of_return(value: int, gate: str) -> None:
    assert records(f"{LEAK_2}{gate}\nI_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->{value})] 0\nM 0")[-1] == value


def test_assignment_errors_by_value() -> None:
    """(p, 0) and (p, 1): probability of reading 1."""
    for prepare, value in (("", 0), ("X 0\n", 1)):
        assert records(prepare + "M 0") == [value]
        assert records(prepare + "M(1) 0") == [1 - value]
        assert records(prepare + "M !0") == [1 - value]
        assert records(prepare + "M[LEAKAGE_PROJECTION_Z: (1, 0)] 0") == [1]
        assert records(prepare + "M[LEAKAGE_PROJECTION_Z: (0, 1)] 0") == [0]
        assert records(prepare + "M[LEAKAGE_PROJECTION_Z: (1, 0) (0, 1)] 0") == [1 - value]
        assert records(prepare + "M(1) 0\nM 0") == [1 - value, value]  # the qubit itself is not flipped
    half = run("X_ERROR(0.5) 0\nM 0\nM[LEAKAGE_PROJECTION_Z: (0, 1)] 0")
    assert half.measurements is not None and not half.measurements[:, 1].any() and half.measurements[:, 0].any()


def test_measuring_leaves_the_measured_state_and_randomises_the_others() -> None:
    batch = run(
        "H 0\nM 0\nM 0\nMX 0\nMX 0\nDETECTOR rec[-1] rec[-2]\nDETECTOR rec[-3] rec[-4]\nDETECTOR rec[-2] rec[-3]"
    )
    assert not batch.detection_events[:, :2].any()
    assert 0.4 < batch.detection_events[:, 2].mean() < 0.6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E(1) X0 X1\nELSE_CORRELATED_ERROR(1) X2\nM 0 1 2", [1, 1, 0]),
        ("E(0) X0 X1\nELSE_CORRELATED_ERROR(1) X2\nM 0 1 2", [0, 0, 1]),
        ("E(0) X0\nELSE_CORRELATED_ERROR(0) X1\nELSE_CORRELATED_ERROR(1) X2\nM 0 1 2", [0, 0, 1]),
        ("E(1) X0\nE(1) X0\nELSE_CORRELATED_ERROR(1) X1\nM 0 1", [0, 0]),
        ("HERALDED_ERASE(0) 0\nM 0", [0, 0]),
        ("HERALDED_PAULI_CHANNEL_1(0, 1, 0, 0) 0\nM 0", [1, 1]),
        ("HERALDED_PAULI_CHANNEL_1(1, 0, 0, 0) 0\nM 0", [1, 0]),
        ("HERALDED_PAULI_CHANNEL_1(0, 0, 0, 1) 0\nM 0", [1, 0]),
        ("X 0\nMPP Z0*Z1 !Z0 Z1\nMZZ 0 1\nRX 0 1\nMXX 0 !1\nMPP(1) X0", [1, 0, 0, 1, 1, 1]),
        ("SPP X0\nSPP X0\nM 0\nSPP_DAG !X0\nSPP X0\nM 0", [1, 0]),
        ("MPAD 0 1 1\nM 0", [0, 1, 1, 0]),
        ("X 0\nM 0\nCX rec[-1] 1\nM 1\nCX rec[-1] 0\nM 0", [1, 1, 0]),
        ("M 0\nCX rec[-1] 1\nM 1", [0, 0]),
        ("H 0\nX 1\nM 1\nCZ rec[-1] 0\nMX 0", [1, 1]),
        ("RX 0\nX 1\nM 1\nYCZ 0 rec[-1]\nMX 0", [1, 1]),
        ("X 1\nM 1\nCZ rec[-1] 0\nM 0", [1, 0]),
        ("CX 0 1 1 2\nX 0\nCX 0 1 1 2\nM 0 1 2", [1, 1, 1]),
    ],
)
def test_known_records(text: str, expected: list[int]) -> None:
    assert records(text) == expected


def test_heralded_erase_tells_where_it_struck() -> None:
    batch = run("HERALDED_ERASE(1) 0\nM 0")
    assert batch.measurements is not None
    assert batch.measurements[:, 0].all()
    assert 0.4 < batch.measurements[:, 1].mean() < 0.6
    batch = run("HERALDED_ERASE(0.5) 0\nM 0")
    assert batch.measurements is not None
    assert not (batch.measurements[:, 1] & ~batch.measurements[:, 0]).any()


SWEPT = "CX sweep[0] 0 sweep[1] 1\nCX 0 1\nM 0 1\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-2]"


def test_given_sweep_bits_reach_records_and_not_detectors() -> None:
    given = np.arange(2 * SHOTS).reshape(SHOTS, 2) % 3 == 0
    for batch in (run(SWEPT, sweep_bits=given), run(SWEPT, sweep_bits=given[5])):
        bits = batch.sweep_bits
        assert batch.measurements is not None
        assert (batch.measurements[:, 0] == bits[:, 0]).all()
        assert (batch.measurements[:, 1] == bits[:, 0] ^ bits[:, 1]).all()
        assert not batch.detection_events.any() and not batch.observable_flips.any()
    assert (run(SWEPT, sweep_bits=given).sweep_bits == given).all()
    assert (run(SWEPT, sweep_bits=given[5]).sweep_bits == given[5]).all()


def test_random_sweep_bits_are_fair_independent_and_reach_stims_converter() -> None:
    batch = run(SWEPT + "\nX_ERROR(0.5) 0\nM 0\nDETECTOR rec[-1]")
    bits = batch.sweep_bits
    assert batch.measurements is not None
    for column in (bits[:, 0], bits[:, 1], bits[:, 0] ^ bits[:, 1]):
        assert abs(column.mean() - 0.5) < 5 * 0.5 / SHOTS**0.5
    circuit = stim.Circuit(SWEPT + "\nX_ERROR(0.5) 0\nM 0\nDETECTOR rec[-1]")
    events, flips = circuit.compile_m2d_converter().convert(
        measurements=batch.measurements, sweep_bits=bits, separate_observables=True
    )
    assert (events == batch.detection_events).all() and events.any()
    assert (flips == batch.observable_flips).all()


def test_measurements_convert_to_the_detection_events() -> None:
    """Real outcomes, with leakage and random references, through Stim's own converter."""
    memory = ql.memory_experiment(code="repetition", distance=3, rounds=4, strategy="DQLR", device="miao2023")
    batch = ql.compile_sampler(memory.circuit, seed=3).sample(SHOTS, measurements=True)
    events, flips = memory.circuit.compile_m2d_converter().convert(
        measurements=batch.measurements, sweep_bits=batch.sweep_bits, separate_observables=True
    )
    assert (events == batch.detection_events).all() and events.any()
    assert (flips == batch.observable_flips).all()
