"""Posteriors of levels: against exact sums, calibrated, and seen to fail where the model is broken."""

import dataclasses
import functools
import itertools

import numpy as np
import pytest
import stim

import qec_leak as ql
from benchmarks.leaking_cx import leaking_cx
from benchmarks.levels import without_tags
from qec_leak.decoding import matching_error_model
from qec_leak.decoding.leakage import inference
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.kernels import MIX, TRUST
from qec_leak.decoding.leakage.model import LeakageModel
from qec_leak.decoding.leakage.screening import detectors_of
from qec_leak.decoding.leakage.shots import infer_prior, reset_state

SHOTS = 1500


@functools.cache
def _memory():
    device = ql.Device.preset("willow").replace({"cz.high": "data", "cz.leakage": 1e-3})
    return ql.memory_experiment(distance=3, rounds=10, strategy="MLR", device=device)


@functools.cache
def _batch():
    return ql.compile_sampler(_memory().circuit, seed=3).sample(SHOTS, levels="rounds", heralds=True)


@functools.cache
def _model():
    return LeakageModel.of_circuit(_memory().circuit, matching_error_model(_memory().circuit))


@functools.cache
def _posterior(heralded=False):
    heralds = _batch().heralds if heralded else None
    return ql.infer_leakage(_memory().circuit, _batch().detection_events, heralds)


def _data(array):
    return array[:, :, list(_memory().qubits("data"))]


def _log_losses(predicted, true):
    p = np.clip(predicted, 1e-5, 1 - 1e-5)
    return -np.where(true, np.log(p), np.log1p(-p))


def _log_loss(predicted, true):
    return float(_log_losses(predicted, true).mean())


def test_shapes_and_ranges():
    posterior = _posterior()
    assert posterior.level_probability.shape == (SHOTS, 10, 17, 2)
    assert posterior.level_probability_at_measurements.shape == (SHOTS, _memory().circuit.num_measurements, 2)
    assert posterior.leakage_probability.min() >= 0 and posterior.leakage_probability.max() <= 1 + 1e-6


def test_mean_is_the_population():
    """What is expected on average is what there is: 5 sigma of the truth, and the method's own bias."""
    true = (_data(_batch().levels) >= 2).mean(axis=(0, 1))
    found = _data(_posterior().leakage_probability).mean(axis=(0, 1))
    sigma = np.sqrt(true / (SHOTS * 2))  # a qubit stays leaked for some rounds
    assert np.all(np.abs(found - true) < 5 * sigma + 0.15 * true)


@pytest.mark.parametrize("heralded", [False, True])
def test_calibrated(heralded):
    """Predicted against true by bin: 5 sigma, and 0.01 below 0.1, where short leakage leaves too few events."""
    predicted, true = _data(_posterior(heralded).leakage_probability), _data(_batch().levels) >= 2
    for low, high in itertools.pairwise([0.0, 0.003, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.01]):
        at = (predicted >= low) & (predicted < high)
        mean = predicted[at].mean()
        sigma = np.sqrt(max(mean * (1 - mean), 1e-4) / max(at.sum() / 3, 1))  # neighbouring rounds repeat each other
        assert abs(true[at].mean() - mean) < 5 * sigma + (0.01 if low < 0.1 else 0.0), (low, at.sum())


def test_evidence_and_heralds_help():
    true = _data(_batch().levels) >= 2
    blind, heralded = (_log_loss(_data(_posterior(h).leakage_probability), true) for h in (False, True))
    rates = _log_loss(np.full(true.shape, true.mean()), true)
    assert heralded < blind < 0.65 * rates


def test_heralds_are_obeyed():
    heralds, found = _batch().heralds, _posterior(True).level_probability_at_measurements
    assert np.array_equal(found[heralds == 2][:, 0] > 0.999, np.ones((heralds == 2).sum(), dtype=bool))
    assert found[heralds == 0].max() < 1e-6


def test_explaining_away_is_needed():
    """Planted: each data qubit inferred by itself takes the events of leaked neighbours for its own."""
    shots, model = 16_000, _model()
    batch = ql.compile_sampler(_memory().circuit, seed=4).sample(shots, levels="rounds")
    at = np.flatnonzero((model.snapshot >= 0) & np.isin(model.qubit, _memory().qubits("data")))
    alone = np.zeros((shots, len(at)))
    one = LeakageInference(model)
    known = one.known_levels(shots, None)
    chain = np.searchsorted(model.chain_start, at, side="right") - 1
    for c in np.unique(chain):
        awake = np.zeros(len(model.chain_qubit), dtype=np.bool_)
        awake[c] = True
        one._quiet = one._tables._replace(awake=awake)
        one._screens.clear()
        alone[:, chain == c] = one.infer(batch.detection_events_b8, known, levels=True).levels.sum(axis=2)[
            :, at[chain == c]
        ]
    truth = batch.levels[:, model.snapshot[at], model.qubit[at]] >= 2
    posterior = ql.infer_leakage(_memory().circuit, batch.detection_events)
    together = posterior.leakage_probability[:, model.snapshot[at], model.qubit[at]]
    worse = _log_losses(alone, truth).mean(axis=1) - _log_losses(together, truth).mean(axis=1)
    assert worse.mean() > 5 * worse.std() / shots**0.5


def test_the_first_look_is_the_inference_of_one_transmon():
    """Alone, a transmon's tables give what its chain does; only level 3 is taken for 2."""
    alone = np.zeros(len(_model().chain_qubit), dtype=np.bool_)
    alone[_model().chain_qubit == _memory().qubits("data")[4]] = True
    found = []
    for sweeps in (0, 1):
        one = LeakageInference(_model(), sweeps=sweeps, quiet=0.0)
        one._quiet = one._tables._replace(awake=alone)
        posterior = one.infer(_batch().detection_events_b8, one.known_levels(1, None), levels=True)
        found.append(posterior.levels.sum(axis=2))
    difference = np.abs(found[1] - found[0])
    assert found[1].max() > 0.99 and difference.mean() < 1e-5 and (difference > 0.02).mean() < 1e-4


def _predicted_parities(model, shots):
    """Of edges that a leaked qubit strikes by a coin toss, in shots of known levels without detection events: predicted
    and true probability that exactly one of its ends fires."""
    found = LeakageInference(model)
    known = found.known_levels(SHOTS, _batch().heralds, _batch().levels)
    hits = [set() for _ in range(model.num_detectors)]
    for e, (a, b) in enumerate(model.ends):
        hits[a].add(e)
        if b >= 0:
            hits[b].add(e)
    predicted, true = [], []
    for shot in range(shots):
        state = inference._state(model)
        reset_state(found._tables, state, np.zeros(model.num_detectors))
        infer_prior(found._tables, state, known[shot], 2)
        for e in np.flatnonzero((state.lean < 0.1) & (model.ends[:, 1] >= 0)):
            a, b = model.ends[e]
            predicted.append(0.5 * (1 - np.prod(state.lean[list(hits[a] ^ hits[b])])))
            true.append(_batch().detection_events[shot, a] ^ _batch().detection_events[shot, b])
    return np.mean(predicted), np.mean(true), len(true)


def test_strikes_and_kicks_make_the_events_that_are_seen():
    """With levels known, parities of detectors around leaked qubits are as predicted; without kicks they are not."""
    predicted, true, count = _predicted_parities(_model(), 600)
    sigma = np.sqrt(0.25 / count)
    assert count > 300 and abs(predicted - true) < 5 * sigma + 0.01
    without = dataclasses.replace(_model(), kicks=np.zeros_like(_model().kicks))
    predicted, true, _ = _predicted_parities(without, 600)
    assert abs(predicted - true) > 5 * sigma + 0.01


@functools.cache
def _without_leakage():
    device = ql.Device.preset("willow").replace({"cz.high": "data", "cz.leakage": 1e-3}).without_leakage()
    memory = ql.memory_experiment(distance=3, rounds=10, strategy="MLR", device=device)
    return ql.compile_sampler(memory.circuit, seed=6).sample(20_000).detection_events


def _mean_evidence(model, events, stays=False):
    """Of leaving at each event, or of staying leaked: mean over shots without leakage, bool (shots, detectors), of what
    the event's detectors say."""
    found = LeakageInference(model)
    screen = found._screen(found._tables)
    before, column = (1, 3) if stays else (0, 1)
    out = []
    for i in range(model.num_events):
        prior = found._tables.steps[found._tables.step[i]][before, 1:].sum()
        if prior > 1e-5:
            fired = np.zeros(len(events), dtype=np.int64)
            for k, d in enumerate(detectors_of(found._tables, i)):
                fired |= events[:, d].astype(np.int64) << k
            out.append(screen.steps[screen.row[i] + fired, column].mean() / prior)
    return np.array(out)


def test_evidence_averages_to_one_without_leakage():
    """A likelihood ratio has the mean 1 where its denominator is true. Errors of two qubits that strike a leaving qubit
    and its partner at once are taken for independent, which makes the largest mean 2.4."""
    evidence = _mean_evidence(_model(), _without_leakage())
    assert abs(evidence.mean() - 1) < 0.2 and evidence.max() < 3
    # Planted: what the partner's kick strikes counts again where the transmon's own strikes make it random.
    twice = dataclasses.replace(_model(), kicked=np.full_like(_model().kicked, 3))
    assert _mean_evidence(twice, _without_leakage()).max() > 5


def test_evidence_of_full_kicks_averages_to_one_without_leakage():
    """A leaked qubit of these circuits depolarizes its partners fully: several coin tosses hit one detector, and an
    error of a partner looks like two of them."""
    circuit = leaking_cx(3, 0.002, 0.002)
    model = LeakageModel.of_circuit(circuit, matching_error_model(circuit))
    events = without_tags(circuit).compile_detector_sampler(seed=1).sample(20_000)
    for stays in (False, True):
        evidence = _mean_evidence(model, events, stays)
        assert abs(evidence.mean() - 1) < 0.25 and evidence.max() < 2.5
    # Planted: errors of a partner that strike both of its slots are taken for two.
    apart = dataclasses.replace(model, twin_joint=np.zeros_like(model.twin_joint))
    assert _mean_evidence(apart, events, stays=True).max() > 3
    # Planted: each kick counts fully, whatever earlier ones make random.
    twice = dataclasses.replace(model, kicked=np.full_like(model.kicked, 3))
    assert _mean_evidence(twice, events, stays=True).max() > 3


def test_levels_before_anything_is_seen_are_the_population():
    """Resets have errors: a Leakage iSWAP with a measure qubit in 1 leaks the data qubit."""
    device = ql.Device.preset("willow").replace({"cz.high": "data", "reset.error": 0.01})
    memory = ql.memory_experiment(distance=3, rounds=5, strategy="DQLR", device=device)
    model = LeakageModel.of_circuit(memory.circuit, matching_error_model(memory.circuit))
    found, state = LeakageInference(model), inference._state(model)
    reset_state(found._tables, state, np.zeros(model.num_detectors))
    infer_prior(found._tables, state, np.full(model.num_events, -1, dtype=np.int8), 3)
    at = np.flatnonzero((model.snapshot >= 0) & np.isin(model.qubit, memory.qubits("data")))
    shots = 100_000
    batch = ql.compile_sampler(memory.circuit, seed=8).sample(shots, levels="rounds")
    true = (batch.levels[:, model.snapshot[at], model.qubit[at]] >= 2).mean(axis=0)
    prior = 1 - state.level[at, 0]
    assert np.abs(true - prior).max() < 5 * np.sqrt(prior.max() / shots)
    assert prior.min() > 0.003  # half of the reset's errors meet a data qubit in 1


def test_one_qubit_is_inferred_by_bayes_rule():
    """A qubit that leaks and is read, and no other; a detector is trusted a little less than its errors say."""
    circuit = stim.Circuit("""
        R 0 1
        I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0
        TICK[LEAKAGE_POPULATION]
        X_ERROR(0.02) 0
        M[LEAKAGE_PROJECTION_Z: (0.5, 2)] 0
        DETECTOR rec[-1]
    """)
    found = ql.infer_leakage(circuit, np.array([[True], [False]])).leakage_probability[:, 0, 0]
    flips = 0.5 * (1 - TRUST * (1 - 2 * 0.02))
    for seen, p in zip(found, (flips, 1 - flips), strict=True):
        toss = 0.5 / p
        leaked = 0.1 * (1 + MIX * (toss - 1))
        assert seen == pytest.approx(leaked / (leaked + 0.9), abs=1e-3)


def test_pieces_of_a_batch_are_inferred_alike():
    events = _batch().detection_events[:40]
    whole = ql.infer_leakage(_memory().circuit, events).level_probability
    parts = [ql.infer_leakage(_memory().circuit, part).level_probability for part in (events[:7], events[7:])]
    assert np.array_equal(whole, np.concatenate(parts))


def test_a_circuit_without_leakage_has_none():
    circuit = stim.Circuit.generated(
        "surface_code:rotated_memory_z", distance=3, rounds=2, before_round_data_depolarization=0.01
    )
    found = ql.infer_leakage(circuit, np.zeros((2, circuit.num_detectors), dtype=bool))
    assert found.level_probability.shape == (2, 0, circuit.num_qubits, 2)
    assert not found.level_probability_at_measurements.any()


def test_refuses_arrays_of_another_circuit():
    circuit, events = _memory().circuit, _batch().detection_events
    with pytest.raises(ValueError, match="`detection_events` must be bool"):
        ql.infer_leakage(circuit, events[:, 1:])
    with pytest.raises(ValueError, match="`heralds` must be uint8"):
        ql.infer_leakage(circuit, events, _batch().heralds[:, 1:])
    with pytest.raises(ValueError, match="`heralds` must be 0, 2 or 3"):
        ql.infer_leakage(circuit, events, np.ones_like(_batch().heralds))
