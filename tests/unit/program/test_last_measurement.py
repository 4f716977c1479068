"""A record depends on the past alone: a leaked qubit reads its bit, whatever happens to it afterwards."""

from __future__ import annotations

import numpy as np
import pytest

import qec_leak as ql

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0\n"
CHECK = f"R 0 1 2\n{LEAK}H 0 1 2\nCZ 2 0\nCZ 2 1\nH 2\nM 2\n"
LATER = ["", "R 0 1", "H 0", "CX 0 1", "M 0", "SWAP 0 3", "MRX 0 1"]


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("measure", ["M", "MR"])
def test_what_comes_later_changes_no_record(measure: str, later: str) -> None:
    detector = "DETECTOR rec[-1] rec[-2] rec[-3]\n"
    batch = ql.compile_sampler(f"{CHECK}{measure} 0 1\n{detector}{later}", seed=3).sample(4096, measurements=True)
    assert batch.detection_events[:, 0].all()
    assert batch.measurements is not None
    assert batch.measurements[:, 1].all()  # the leaked qubit's own record is its readout bit


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR"])
def test_leaked_data_qubits_read_one(strategy: str) -> None:
    memory = ql.memory_experiment(distance=3, rounds=6, strategy=strategy, device="miao2023", inject_leakage=0.02)
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(4096, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    leaked = batch.heralds[:, -9:] > 0
    assert leaked.sum() > 1000
    assert batch.measurements[:, -9:][leaked].all()
    assert np.abs(batch.measurements[:, -9:][~leaked].mean() - 0.5) < 0.02
