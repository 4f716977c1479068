"""How often transmons leak, fitted to detection events."""

import functools

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.decoding import compile_decoder, matching_error_model
from qec_leak.decoding.leakage import LeakageAware
from qec_leak.decoding.leakage.inference import LeakageInference
from qec_leak.decoding.leakage.model import LeakageModel
from qec_leak.decoding.leakage.rates import scaled_leaking


@functools.cache
def _memory(leakage=1e-3):
    device = ql.Device.preset("willow").replace({"cz.high": "data", "cz.leakage": leakage})
    return ql.memory_experiment(distance=3, rounds=15, strategy="MLR", device=device)


@functools.cache
def _events():
    return ql.compile_sampler(_memory().circuit, seed=9).sample(1000).detection_events


def _population(leakage):
    """Of the rates alone, summed over events."""
    circuit = _memory(leakage).circuit
    return LeakageInference(LeakageModel.of_circuit(circuit, matching_error_model(circuit))).prior_levels[:, 1:].sum()


@pytest.mark.parametrize("wrong", [1.0, 3.0, 1 / 3])
def test_wrong_rates_are_corrected(wrong):
    """Tags with another CZ leakage than the device has: the factor that makes populations equal, within 30 %."""
    found = ql.fit_leakage_scale(_memory(1e-3 * wrong).circuit, _events())
    assert found == pytest.approx(_population(1e-3) / _population(1e-3 * wrong), rel=0.3)
    assert wrong == 1.0 or abs(np.log(found)) > np.log(1.8)  # it does correct them


def test_scaled_tables_are_probabilities():
    circuit = _memory().circuit
    model = LeakageModel.of_circuit(circuit, matching_error_model(circuit))
    for scale in (0.1, 1.0, 7.0, 1e6):
        scaled = scaled_leaking(model, scale)
        for tables, axes in ((scaled.pairs, (4, 5)), (scaled.singles, 2), (scaled.segments, 2)):
            assert tables.min() >= -1e-12 and np.allclose(tables.sum(axis=axes), 1.0)
    more = scaled_leaking(model, 7.0)
    assert np.allclose(more.pairs[:, :, 0, 0, 1, 0], 7 * model.pairs[:, :, 0, 0, 1, 0])
    assert np.array_equal(more.pairs[:, :, 1:], model.pairs[:, :, 1:])


def test_more_leaking_is_more_suspicion():
    levels = [
        ql.infer_leakage(_memory().circuit, _events()[:200], leak_scale=scale).leakage_probability.mean()
        for scale in (0.3, 1.0, 3.0)
    ]
    assert levels[0] < levels[1] < levels[2]
    decoder = compile_decoder(_memory().circuit, LeakageAware(leak_scale=3.0))
    assert decoder.decode(ql.compile_sampler(_memory().circuit, seed=2).sample(20)).shape == (20, 1)


def test_refuses_what_it_cannot_fit():
    clean = stim.Circuit.generated("repetition_code:memory", distance=3, rounds=2, before_round_data_depolarization=0.1)
    with pytest.raises(ValueError, match="must have leakage in its tags"):
        ql.fit_leakage_scale(clean, np.zeros((1, clean.num_detectors), dtype=bool))
    with pytest.raises(ValueError, match="must have shots"):
        ql.fit_leakage_scale(_memory().circuit, _events()[:0])
    with pytest.raises(ValueError, match="`leak_scale` must be"):
        ql.infer_leakage(_memory().circuit, _events(), leak_scale=0.0)
    with pytest.raises(ValueError, match="`leak_scale` must be"):
        LeakageAware(leak_scale=-1.0)
