"""What Paulis at events flip, and what events there are."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.decoding.leakage.timeline import BEFORE, OTHER, OWN, timeline_of

CIRCUIT = stim.Circuit("""
    R 0 1 2
    TICK
    CX 0 1
    II_ERROR[LEAKAGE_TRANSITION_2: (0.25, U_U-->2_U, 1X) (0.5, 2_U-->2_U, IX)] 0 1
    I_ERROR[LEAKAGE_TRANSITION_1: (0.125, 2-->1)] 0
    SWAP 0 2
    CZ 2 1
    MR[LEAKAGE_RESET: (0.25, 2-->2)](0.01) 1
    DETECTOR rec[-1]
    TICK[LEAKAGE_POPULATION]
    M 0 2
    DETECTOR rec[-1]
    DETECTOR rec[-2]
    OBSERVABLE_INCLUDE(0) rec[-1]
""")


def _events(timeline, carrier):
    return [(i, e) for i, e in enumerate(timeline.events) if e.carrier == carrier]


def test_events_follow_the_transmon_through_a_swap():
    timeline = timeline_of(CIRCUIT)
    assert [e.qubit for _, e in _events(timeline, 0)] == [0, 0, 2, 2, 2, 2]
    assert [e.measurement for _, e in _events(timeline, 0)] == [-1, -1, -1, -1, -1, 2]
    assert [e.snapshot for _, e in _events(timeline, 0)] == [-1, -1, -1, -1, 0, -1]
    assert timeline.num_snapshots == 1 and timeline.num_measurements == 3


def test_columns_are_those_of_planted_errors():
    timeline = timeline_of(CIRCUIT)
    own = {(e.qubit, i): timeline.columns[i] for i, e in _events(timeline, 0)}
    gate, swapped, last = (_events(timeline, 0)[k] for k in (1, 3, 5))
    assert own[0, gate[0]][OWN] == ((), 0)  # Z behind CX on the control, which ends as Z before a measurement
    assert own[0, gate[0]][OTHER] == ((1,), 1)  # X there flips the record of qubit 2, where the transmon is then
    assert gate[1].letters == ("Z", "X") and swapped[1].letters == ("Z", "X")
    assert own[2, last[0]][BEFORE] == ((1,), 1)
    partner = timeline.columns[gate[1].partner]
    assert timeline.events[gate[1].partner].letters == ("X", "Z")
    assert partner[OWN] == ((0,), 0)


def test_tables_are_those_of_the_tags():
    timeline = timeline_of(CIRCUIT)
    gate = _events(timeline, 0)[1][1]
    assert gate.pair.levels[0, 0, 1, 0] == 0.25 and gate.pair.levels[1, 0, 1, 0] == 1.0
    assert gate.pair.flips[0, 1, 1, 0] == pytest.approx(0.5)  # X is the target's own Pauli
    assert gate.segment[1, 0] == 0.125
    reset = next(e for _, e in _events(timeline, 1) if e.measurement == 0)
    assert reset.single[1].tolist() == [0.75, 0.25, 0.0] and reset.is_reset


def test_columns_of_a_memory_are_those_of_stim():
    memory = ql.memory_experiment(distance=3, rounds=3, strategy="NO_RESET", device="willow")
    timeline = timeline_of(memory.circuit)
    model = memory.circuit.detector_error_model()
    known = set()
    for error in model.flattened():
        if error.type == "error":
            targets = error.targets_copy()
            detectors = tuple(sorted(t.val for t in targets if t.is_relative_detector_id()))
            known.add((detectors, sum(1 << t.val for t in targets if t.is_logical_observable_id())))
    gates = [i for i, e in enumerate(timeline.events) if e.partner >= 0]
    columns = {timeline.columns[i][slot] for i in gates for slot in (OWN, OTHER)}
    assert len(columns) > 50
    assert columns - {((), 0)} <= known  # the noise of gates makes each of them


def test_refuses_gates_that_it_does_not_know():
    with pytest.raises(ValueError, match="must have CZ, CX"):
        timeline_of(stim.Circuit("ISWAP 0 1"))


def test_a_heralded_error_keeps_the_records_in_place():
    circuit = stim.Circuit("R 0\nHERALDED_ERASE(0.1) 0\nM 0\nDETECTOR rec[-1]")
    timeline = timeline_of(circuit)
    assert timeline.events[-1].measurement == 1
    assert timeline.columns[len(timeline.events) - 1][BEFORE] == ((0,), 0)


def test_known_zero_decides_the_rows():
    dqlr = ql.memory_experiment(distance=3, rounds=2, strategy="DQLR", device="willow")
    timeline = timeline_of(dqlr.circuit)
    returns = [e.pair.levels[1, 0, 0, 0] for e in timeline.events if e.pair is not None and e.side == 0]
    assert np.isclose(returns, 0.99, atol=0.02).any()  # the Leakage iSWAP, its measure qubit in 0
