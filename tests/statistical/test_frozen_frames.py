"""The frozen-frame rule against leakysim, a tableau simulator that really skips the gates of leaked qubits.

A d=3 rotated memory in Z with light Pauli noise, a qubit that leaks at the start of round 3 and stays or comes back at
round 6: every detection probability, every pair covariance, and who is leaked at each measurement, 5 sigma family-wise.
"""

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import stim
from comparison import Bits, disagreements
from oracle_python import ORACLE_PYTHON

import qec_leak as ql
from qec_leak.circuits.strategy import Strategy
from qec_leak.validate.leaked_memory import History, engine_bits, leakysim_bits, render

pytestmark = pytest.mark.skipif(not Path(ORACLE_PYTHON).exists(), reason=f"no leakysim at {ORACLE_PYTHON}; make test")

SHOTS = 40_000
CENTRE, CORNER, MEASURE_X, MEASURE_Z = 4, 0, 9, 12

STAYING = [History(CENTRE, partner_z=q) for q in (0.0, 0.3, 0.727)]
RETURNING = [
    History(CENTRE, partner_z=0.0, returns=6, value=0),
    History(CENTRE, partner_z=0.3, returns=6, value=1),
    History(CENTRE, partner_z=0.727, returns=6, value=None),
    History(CENTRE, partner_z=0.3, returns=6, value=1, strategy=Strategy.NO_RESET),
]
MEASURE_QUBITS = [
    History(MEASURE_Z, partner_z=0.3, strategy=Strategy.NO_RESET),
    History(MEASURE_Z, partner_z=0.3, strategy=Strategy.NO_RESET, returns=6, value=1),
    History(MEASURE_X, partner_z=0.727, strategy=Strategy.MLR),
]
MOVING = [
    History(CENTRE, partner_z=0.2, transport=0.3),
    History(CENTRE, partner_z=0.2, transport=0.2, spread=0.1, strategy=Strategy.NO_RESET),
]
MORE = [
    History(CORNER, partner_z=0.3, returns=6, value=0),
    History(CORNER, partner_z=0.0, strategy=Strategy.NO_RESET),
    History(MEASURE_X, partner_z=0.3, strategy=Strategy.NO_RESET, returns=6, value=None),
    History(MEASURE_Z, transport=0.4, partner_z=0.1, strategy=Strategy.NO_RESET),
    History(CENTRE, leaves=0, returns=1, value=1, partner_z=0.3),
    History(CORNER, leaves=7, returns=None, partner_z=0.727),
]
HISTORIES = [*STAYING, *RETURNING, *MEASURE_QUBITS, *MOVING]


@functools.cache
def theirs(history: History) -> Bits:
    return leakysim_bits(ORACLE_PYTHON, render(history), SHOTS, seed=3)


def ours(history: History) -> Bits:
    return engine_bits(render(history), SHOTS, seed=8)


def without_final_detectors(bits: Bits, history: History) -> Bits:
    """Spreading leaks whole checks; what their last readout says has a test of its own below."""
    if not history.spread:
        return bits
    detectors = ql.compile_sampler(render(history).ours).program.num_detectors
    return np.hstack([bits[:, : detectors - 4], bits[:, detectors:]])


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_agrees_with_a_simulation_that_skips_the_gates(history: History) -> None:
    mine, other = (without_final_detectors(bits, history) for bits in (ours(history), theirs(history)))
    found = disagreements(mine, other, pairs=True, families=len(HISTORIES))
    assert not found, found[:8]


@pytest.mark.slow
@pytest.mark.parametrize("history", MORE, ids=str)
def test_agrees_for_other_qubits_and_rounds(history: History) -> None:
    found = disagreements(ours(history), theirs(history), pairs=True, families=len(MORE))
    assert not found, found[:8]


ERRORS = {
    "partner's Z left out": (RETURNING[1], {"partner_z": 0.0}),
    "partner's Z a tenth too rare": (STAYING[1], {"partner_z": 0.27}),
    "partner depolarised instead of skipped": (STAYING[0], {"partner_z": 0.5}),
    "wrong value on return": (RETURNING[1], {"value": 0}),
    "random value on return": (RETURNING[1], {"value": None}),
    "returns a round late": (RETURNING[1], {"returns": 7}),
    "never leaks": (STAYING[0], {"leaves": 99}),
    "measure qubit returns wrong": (MEASURE_QUBITS[1], {"value": 0}),
    "transport too weak": (MOVING[0], {"transport": 0.27}),
    "spreads instead of moving": (MOVING[0], {"transport": 0.0, "spread": 0.3}),
}


@pytest.mark.parametrize("error", sorted(ERRORS, key=lambda name: str(ERRORS[name][0])))
def test_tells_a_planted_error(error: str) -> None:
    history, change = ERRORS[error]
    found = disagreements(ours(replace(history, **change)), theirs(history), pairs=True, families=len(HISTORIES))
    assert found


def test_leakage_that_leaves_the_means_alone_shows_in_covariances() -> None:
    """Random frames of the leaked qubit (superchecks lost) keep every mean: only covariances may differ, and do."""
    frozen = stim.Circuit(render(STAYING[0]).ours)
    scrambled = stim.Circuit()
    for item in frozen:
        scrambled.append(item)
        if "LEAKAGE_TRANSITION_2" in item.tag and CENTRE in [t.value for t in item.targets_copy()]:
            # Out and back at once: the frame of the leaked qubit becomes random, its level stays.
            scrambled += stim.Circuit(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->U)] {CENTRE}")
            scrambled += stim.Circuit(f"I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] {CENTRE}")
    tags_before = [i for i, item in enumerate(frozen) if "U-->2" in item.tag]
    assert tags_before
    batch = ql.compile_sampler(scrambled, seed=8).sample(SHOTS)
    detectors = batch.num_detectors
    found = disagreements(batch.detection_events, theirs(STAYING[0])[:, :detectors], pairs=True)
    assert any("covariance" in text for text in found)


def test_two_leaked_partners_of_a_known_parity_both_read_one() -> None:
    """Both halves of a Bell pair leak: both read 1, so their parity is what it was. leakysim says so too."""
    circuit = "H 0\nCX 0 1\nI_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0 1\nM 0 1\nDETECTOR rec[-1] rec[-2]"
    assert not ql.compile_sampler(circuit, seed=1).sample(1000).detection_events.any()
