"""Decoding agrees with PyMatching used directly, bit-packed or not, plain or correlated."""

from types import SimpleNamespace

import numpy as np
import pymatching
import pytest
import stim

from qec_leak.decode import Decoder, count_logical_errors, decode, matching

CIRCUIT = stim.Circuit.generated(
    "surface_code:rotated_memory_z", distance=3, rounds=3, after_clifford_depolarization=0.01
)


def sample(shots: int):
    events, flips = CIRCUIT.compile_detector_sampler(seed=5).sample(shots, separate_observables=True, bit_packed=True)
    return SimpleNamespace(detection_events_b8=events, observable_flips_b8=flips)


@pytest.mark.parametrize("correlated", [False, True])
def test_same_as_pymatching(correlated, monkeypatch):
    monkeypatch.setattr(matching, "_CHUNK_BITS", 1)  # chunks of 64 shots: 300 shots end in a partial one
    batch = sample(300)
    dem = CIRCUIT.detector_error_model(decompose_errors=True)
    direct = pymatching.Matching.from_detector_error_model(dem, enable_correlations=correlated)
    events = np.unpackbits(batch.detection_events_b8, axis=1, count=CIRCUIT.num_detectors, bitorder="little")
    expected = direct.decode_batch(events, enable_correlations=correlated).astype(bool)
    predicted = decode(CIRCUIT, batch, correlated=correlated)
    assert predicted.dtype == np.bool_ and predicted.shape == (300, 1)
    assert np.array_equal(predicted, expected)
    assert expected.any()  # else nothing was compared
    assert Decoder(dem, correlated=correlated).name == ("pymatching-correlated" if correlated else "pymatching")


def test_decoding_helps():
    batch = sample(20_000)
    decoder = Decoder(CIRCUIT)
    errors = count_logical_errors(decoder.decode_batch(batch.detection_events_b8), batch.observable_flips_b8)
    undecoded = count_logical_errors(np.zeros_like(batch.observable_flips_b8), batch.observable_flips_b8)
    assert 0 < errors < undecoded / 2


def test_logical_errors_of_several_observables_count_shots_once():
    predicted = np.array([[0b00], [0b11], [0b01]], dtype=np.uint8)
    actual = np.array([[0b00], [0b00], [0b11]], dtype=np.uint8)
    assert count_logical_errors(predicted, actual) == 2


def test_exclusive_channels_need_no_flags():
    circuit = stim.Circuit(
        "R 0 1\nPAULI_CHANNEL_1(0.1, 0.1, 0.1) 0\nM 0 1\nDETECTOR rec[-2]\nOBSERVABLE_INCLUDE(0) rec[-1]"
    )
    batch = SimpleNamespace(detection_events_b8=np.zeros((4, 1), dtype=np.uint8))
    assert decode(circuit, batch).tolist() == [[False]] * 4


def test_refusals():
    with pytest.raises(ValueError, match=r"must be uint8 \(shots, 3\), but is bool \(2, 24\)"):
        Decoder(CIRCUIT).decode_batch(np.zeros((2, 24), dtype=bool))
    with pytest.raises(TypeError, match=r"`model` must be a stim.Circuit or stim.DetectorErrorModel, but is str"):
        Decoder("H 0")
    with pytest.raises(ValueError, match="must have the shape"):
        count_logical_errors(np.zeros((2, 1), dtype=np.uint8), np.zeros((3, 1), dtype=np.uint8))


def test_the_public_function_stays_callable_after_the_package_was_imported():
    import qec_leak
    import qec_leak.decode.matching

    batch = sample(10)
    assert np.array_equal(qec_leak.decode(CIRCUIT, batch), decode(CIRCUIT, batch))
