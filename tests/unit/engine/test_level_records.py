"""Records of levels: MPAD[LEAKAGE_MEASUREMENT]."""

import numpy as np
import pytest

import qec_leak as ql

SHOTS = 40_000
LEAK = "R 0 1 2\nX 1\nI_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2) (0.25, U-->3)] 0\n"


def test_each_level_gives_1_with_its_probability() -> None:
    text = (
        LEAK + "MPAD[LEAKAGE_MEASUREMENT: (0.5, 2) (0.25, 3) (0.125, U) : 0 1] 0 1\nDETECTOR rec[-2]\nDETECTOR rec[-1]"
    )
    batch = ql.compile_sampler(text, seed=1).sample(SHOTS, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    sigma = np.sqrt(0.25 / SHOTS)
    for level, p in ((0, 0.125), (2, 0.5), (3, 0.25)):
        of = batch.measurements[batch.heralds[:, 0] == level, 0]
        assert of.mean() == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / len(of)))
    assert batch.measurements[:, 1].mean() == pytest.approx(1 - 0.125, abs=5 * sigma)
    assert np.array_equal(batch.detection_events, batch.measurements ^ [False, True])


def test_the_argument_flips_it() -> None:
    text = LEAK + "MPAD[LEAKAGE_MEASUREMENT: (1, 2) (1, 3) : 0](0.125) 0"
    batch = ql.compile_sampler(text, seed=1).sample(SHOTS, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    wrong = batch.measurements[:, 0] != (batch.heralds[:, 0] > 0)
    assert wrong.mean() == pytest.approx(0.125, abs=5 * np.sqrt(0.125 * 0.875 / SHOTS))


def test_it_changes_nothing() -> None:
    """Bell pairs stay what they are, and a leaked qubit stays where it is."""
    read = "MPAD[LEAKAGE_MEASUREMENT: (1, U) : 1 2] 0 0\nMX 1 2\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0] 0\nM 0"
    text = f"{LEAK}H 1\nCX 1 2\n{read}"
    batch = ql.compile_sampler(text, seed=1).sample(SHOTS, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    records = batch.measurements
    assert records[:, :2].all() and (records[:, 2] ^ records[:, 3]).all()  # X 1 before H and CX: XX = -1
    assert np.array_equal(records[:, 4], batch.heralds[:, 5] == 2)


def test_levels_move_with_a_swap_tagged_or_not() -> None:
    for swap in ("SWAP[LEAKAGE_SWAP] 0 1", "SWAP 0 1"):
        text = f"{LEAK}{swap}\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) (1, 3) : 0 1] 0 0"
        records = ql.compile_sampler(text, seed=1).sample(SHOTS, measurements=True).measurements
        assert records is not None and not records[:, 0].any()
        assert records[:, 1].mean() == pytest.approx(0.75, abs=5 * np.sqrt(0.75 * 0.25 / SHOTS))


def test_one_qubit_transitions_on_pairs_act_on_both() -> None:
    text = "II_ERROR[LEAKAGE_TRANSITION_1: (0.25, U-->2)] 0 1\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0 1] 0 0"
    records = ql.compile_sampler(text, seed=1).sample(SHOTS, measurements=True).measurements
    assert records is not None
    assert records.mean(axis=0) == pytest.approx([0.25, 0.25], abs=5 * np.sqrt(0.25 * 0.75 / SHOTS))
    assert records.all(axis=1).mean() == pytest.approx(0.0625, abs=5 * np.sqrt(0.0625 / SHOTS))
