"""Decoding agrees with PyMatching used directly, bit-packed or not, plain or correlated."""

import pickle
from types import SimpleNamespace

import numpy as np
import pymatching
import pytest
import stim

from qec_leak import compile_sampler
from qec_leak.decoding import ShotSlice, compile_decoder, count_logical_errors, decode, matching

CIRCUIT = stim.Circuit.generated(
    "surface_code:rotated_memory_z", distance=3, rounds=3, after_clifford_depolarization=0.01
)


def sample(shots: int):
    events, flips = CIRCUIT.compile_detector_sampler(seed=5).sample(shots, separate_observables=True, bit_packed=True)
    return SimpleNamespace(detection_events_b8=events, observable_flips_b8=flips)


NAMES = ["pymatching", "pymatching-correlated"]


@pytest.mark.parametrize("name", NAMES)
def test_same_as_pymatching(name, monkeypatch):
    monkeypatch.setattr(matching, "_CHUNK_BITS", 1)  # chunks of 64 shots: 300 shots end in a partial one
    batch = sample(300)
    dem = CIRCUIT.detector_error_model(decompose_errors=True)
    direct = pymatching.Matching.from_detector_error_model(dem, enable_correlations=name == "pymatching-correlated")
    events = np.unpackbits(batch.detection_events_b8, axis=1, count=CIRCUIT.num_detectors, bitorder="little")
    expected = direct.decode_batch(events, enable_correlations=name == "pymatching-correlated").astype(bool)
    predicted = decode(CIRCUIT, batch, decoder=name)
    assert predicted.dtype == np.bool_ and predicted.shape == (300, 1)
    assert np.array_equal(predicted, expected)
    assert expected.any()  # else nothing was compared
    assert compile_decoder(dem, name).name == name


def test_decoding_helps():
    batch = sample(20_000)
    decoder = compile_decoder(CIRCUIT)
    errors = count_logical_errors(decoder.decode_batch(batch).flips_b8, batch.observable_flips_b8)
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
        compile_decoder(CIRCUIT).decode_batch(ShotSlice(np.zeros((2, 24), dtype=bool)))
    with pytest.raises(
        TypeError, match=r"`circuit` must be a stim\.Circuit or stim\.DetectorErrorModel, but is <class 'str'>"
    ):
        compile_decoder("H 0")
    with pytest.raises(ValueError, match="must have the shape"):
        count_logical_errors(np.zeros((2, 1), dtype=np.uint8), np.zeros((3, 1), dtype=np.uint8))


def test_the_public_function_and_the_package_have_names_of_their_own():
    import qec_leak
    import qec_leak.decoding.matching

    batch = sample(10)
    assert qec_leak.decode is decode and qec_leak.decoding.matching is matching
    assert np.array_equal(qec_leak.decode(CIRCUIT, batch), decode(CIRCUIT, batch))


COLOUR = stim.Circuit.generated("color_code:memory_xyz", distance=5, rounds=3, after_clifford_depolarization=0.01)


def test_errors_that_are_no_edges_are_not_lost_in_silence():
    with pytest.raises(
        ValueError, match=r"`circuit` must have errors that decompose into edges.* but D[\d, D]+ does not; "
    ):
        compile_decoder(COLOUR)
    with pytest.warns(UserWarning, match=r"errors of the detector error model flip more than two detectors, as D"):
        compile_decoder(COLOUR.detector_error_model())
    with pytest.warns(
        UserWarning, match=r"^1 errors .* as D0 D1 L0 D2, and matching ignores them \(together 0\.125 per"
    ):
        compile_decoder(stim.DetectorErrorModel("error(0.125) D0 D1 L0 D2\nerror(0.1) D0 D1 ^ D2 ^ D3\nerror(0.1) D0"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("p", [0.5, 0.75, 1.0])
def test_errors_that_are_likelier_than_not(p, name):
    """A certain error of one detector is what is usual there: everything else is decoded as without it."""
    text = "error(0.1) D0 D1\nerror(0.1) D1 D2 L0\nerror(0.1) D2\nerror(0.1) D0"
    decoder = compile_decoder(stim.DetectorErrorModel(f"{text}\nerror({p}) D3 L1"), name)
    events = np.arange(16, dtype=np.uint8)[:, None]
    without = compile_decoder(stim.DetectorErrorModel(f"{text}\ndetector D3"), name)
    expected = without.decode_batch(ShotSlice(events & 0b0111)).flips_b8 | ((events >> 3 & 1) << 1)
    if p == 1.0:  # what cannot happen is decoded somehow
        events, expected = events[8:], expected[8:]
    assert np.array_equal(decoder.decode_batch(ShotSlice(events)).flips_b8, expected)


def test_a_circuit_with_a_certain_error():
    circuit = "R 0\nX_ERROR(1) 0\nX_ERROR(0.1) 0\nM 0\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-1]"
    batch = compile_sampler(circuit, seed=1).sample(500)
    assert np.array_equal(decode(circuit, batch), batch.observable_flips) and 0 < batch.observable_flips.sum() < 500


def test_a_decoder_pickles(monkeypatch):
    batch = sample(300)
    for decoder in (
        compile_decoder(CIRCUIT, "pymatching-correlated"),
        compile_decoder(stim.DetectorErrorModel("error(1) D0 L0\nerror(0.1) D1")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(stim.Circuit, "detector_error_model", None)  # the model comes with it
            copied = pickle.loads(pickle.dumps(decoder))
        model = decoder.detector_error_model
        assert copied.problem.circuit == decoder.problem.circuit and copied.detector_error_model == model
        events = batch.detection_events_b8
        if model.num_detectors == 2:
            events = events[:, :1] & 2 | 1  # D0 always
        assert copied.name == decoder.name
        assert np.array_equal(*(d.decode_batch(ShotSlice(events)).flips_b8 for d in (copied, decoder)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "DEPOLARIZE1(0.9) 0\nM 0\nDETECTOR rec[-1]",
            r"over-mixing DEPOLARIZE1 errors .*: DEPOLARIZE1\(0\.9\) 0\); corr",
        ),
        (
            "H 0\nM 0\nDETECTOR rec[-1]",
            r"Stim makes none \(The circuit contains non-deterministic detectors\); correct",
        ),
        ("NONSENSE", "`circuit` must be a Stim circuit, but does not parse"),
    ],
)
def test_circuits_without_a_model_are_one_line(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        decode(text, sample(10))
    assert "\n" not in str(caught.value)


def test_batches_that_are_none():
    for none, name in ((None, "NoneType"), (3, "int")):
        message = rf"`batch` must be what a sampler returned, but is {name}; give sampler\.sample"
        with pytest.raises(TypeError, match=message):
            decode(CIRCUIT, none)
    for wrong in (None, 3, CIRCUIT.detector_error_model()):
        with pytest.raises(TypeError, match=r"`circuit` must be a stim\.Circuit or its text, but is"):
            compile_sampler(wrong)


def test_events_that_no_error_makes():
    decoder = compile_decoder(stim.DetectorErrorModel("error(0.1) D0 L0\ndetector D1"))
    message = "must have events that the error model explains, but a shot has an event that no error"
    with pytest.raises(ValueError, match=message):
        decoder.decode_batch(ShotSlice(np.array([[2]], dtype=np.uint8)))
