"""The circuit of the other decoder in this package's tags, and the other way round."""

import math

import numpy as np
import pymatching
import pytest
import stim

import qec_leak as ql
from benchmarks import rival_decoding
from benchmarks.leaking_cx import after_each_cx
from benchmarks.levels import without_tags
from benchmarks.paired import paired_ratio
from benchmarks.peers import python_of
from benchmarks.rival_decoding import MEMORIES, agreement, their_shots, translated
from qec_leak.decoding import compile_decoder, matching_error_model

PAIR = """
    R 0 1
    CX 0 1
    I_ERROR[LEAKAGE(p=0.2)] 0 1
    CX 0 1
    I_ERROR[LEAKAGE(p=0.2)] 0 1
    M 0 1
    DETECTOR rec[-2]
    DETECTOR rec[-1]
    R 0
    M 0
    DETECTOR rec[-1]
"""


def test_a_leaked_qubit_depolarizes_its_partner_and_reads_a_coin():
    shots = 40_000
    batch = ql.compile_sampler(translated(stim.Circuit(PAIR)), seed=1).sample(shots, heralds=True)
    leaked, fires = 1 - 0.8**2, (1 - 0.8**3) / 2  # it leaked at either gate; or the other did at the first one
    expected = [leaked, leaked, 0, fires, fires, 0]
    seen = [*(batch.heralds > 0).mean(axis=0), *batch.detection_events.mean(axis=0)]
    assert np.abs(np.array(seen) - expected).max() < 5 * math.sqrt(0.25 / shots)
    assert seen[2] == seen[5] == 0.0  # a reset returns it


def test_gates_in_loops_are_translated():
    circuit = translated(stim.Circuit("REPEAT 3 {\nCZ 0 1 1 2\nI_ERROR[LEAKAGE(p=1e-05)] 0 1\nMR 2\n}"))
    tags = [item.tag for item in circuit.flattened()]
    assert tags == 3 * [
        "",
        "LEAKAGE_TRANSITION_2: (1, 2_U-->2_V) (1, U_2-->V_2)",
        "LEAKAGE_TRANSITION_1: (1e-05, U-->2)",
        "LEAKAGE_PROJECTION_Z: (0.5, 2)",
    ]


def test_other_tags_are_refused_in_one_line():
    with pytest.raises(ValueError, match=r"`circuit` must have LEAKAGE") as error:
        translated(stim.Circuit("I_ERROR[SEEP(p=0.1)] 0"))
    assert "\n" not in str(error.value)


def test_without_tags_the_errors_are_those_of_stim():
    """The matching graph has the same edges, with the same weights."""
    memory = ql.memory_experiment(distance=3, rounds=2, strategy="MLR", device="willow")
    plain = without_tags(memory.circuit.flattened())
    assert not any(item.tag for item in plain) and "LEAK" not in str(plain)
    here, usual = (
        pymatching.Matching.from_detector_error_model(model).edges()
        for model in (plain.detector_error_model(decompose_errors=True), matching_error_model(memory.circuit))
    )
    weights = [{(a, b): edge["weight"] for a, b, edge in edges} for edges in (here, usual)]
    assert weights[0] == pytest.approx(weights[1], rel=1e-4)


def test_the_decoder_takes_the_translated_circuit():
    generated = stim.Circuit.generated(
        "surface_code:rotated_memory_z", distance=3, rounds=3, after_clifford_depolarization=0.001
    )
    circuit = after_each_cx(generated, ("I_ERROR", "LEAKAGE(p=0.003)"))
    tagged = translated(circuit)
    batch = ql.compile_sampler(tagged, seed=2).sample(4000, heralds=True)
    wrong = {
        name: (compile_decoder(tagged, name).decode(batch) != batch.observable_flips).sum()
        for name in ("pymatching", "leakage-aware-heralded")
    }
    assert 2 * wrong["leakage-aware-heralded"] < wrong["pymatching"]


def test_ratio_of_errors_and_its_sigma():
    ratio, sigma = paired_ratio({"errors": 300, "only_here": 200, "only_reference": 50}, 150)
    assert ratio == 2.0 and sigma == pytest.approx(math.sqrt(200 + 4 * 50 + 100) / 150)


def test_both_samplers_agree(tmp_path):
    """Where the peer is installed (QEC_LEAK_PEERS): the same detection events and leaked records."""
    if python_of(rival_decoding.ENVIRONMENT) is None:
        pytest.skip("QEC_LEAK_PEERS has no environment of it")
    found = agreement(their_shots(MEMORIES["CX-3-5"], 20_000, 1, tmp_path), seed=2)
    assert abs(found["events_sigmas"]) < 5 and abs(found["leaked_sigmas"]) < 5
    assert abs(found["events_mean_square"] - 1) < 1  # a detector's own sigma; events of a shot are not independent
