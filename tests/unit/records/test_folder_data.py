"""Data of a folder go straight into decoders and statistics, gzipped or not."""

import gzip

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.analysis import DetectionStatistics, EventCorrelations, detector_layout
from qec_leak.cli import main
from qec_leak.decoding import compile_decoder
from qec_leak.records import read_folder, read_shots, write_shots

CASES = [
    ("surface", "MLR", "Z", "b8"),
    ("surface", "NO_RESET", "X", "01"),
    ("surface", "DQLR", "Z", "r8"),
    ("repetition", "NO_RESET", "Z", "b8"),
    ("repetition", "DQLR", "Z", "b8"),
]


@pytest.fixture(scope="module", params=CASES, ids=["-".join(case) for case in CASES])
def exported(request, tmp_path_factory):
    """(the experiment, its folder as `qec-leak export` writes it)"""
    code, strategy, basis, format = request.param
    out = tmp_path_factory.mktemp("data")
    args = ["--code", code, "--rounds", "5", "--basis", basis, "--strategy", strategy, "--format", format]
    assert main(["export", *args, "--shots", "3000", "--seed", "1", "--out", str(out)]) == 0
    [folder] = [path.parent for path in out.rglob("metadata.json")]
    return ql.memory_experiment(code=code, distance=3, rounds=5, basis=basis, strategy=strategy), folder


def test_decode(exported):
    memory, folder = exported
    data = read_folder(folder)
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(3000)
    expected = ql.decode(memory.circuit, batch)
    assert 0 < (expected != batch.observable_flips).sum() < 1500
    assert np.array_equal(ql.decode(data), expected)
    assert np.array_equal(ql.decode(memory.circuit, data), expected)
    assert np.array_equal(compile_decoder(data.detector_error_model).decode(data), expected)
    assert np.array_equal(data.observable_flips, batch.observable_flips)


def test_layout_is_that_of_the_experiment(exported):
    memory, folder = exported
    expected = detector_layout(memory)
    for source in (read_folder(folder), memory.circuit, memory.ideal_circuit):
        layout = detector_layout(source)
        for name in ("weight", "round"):
            assert np.array_equal(getattr(layout, name), getattr(expected, name))
        assert (layout.rounds, layout.lookback) == (expected.rounds, expected.lookback)
        # Stabilizers may have other numbers, but are the same ones.
        pairs = set(zip(layout.stabilizer, expected.stabilizer, strict=True))
        assert len(pairs) == len(memory.patch.stabilizers) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_statistics(exported):
    memory, folder = exported
    data = read_folder(folder)
    batch = ql.compile_sampler(memory.circuit, seed=1).sample(3000)
    expected = DetectionStatistics.of_packed(detector_layout(memory), batch.detection_events_b8)
    for found in (DetectionStatistics.of_shots(data), DetectionStatistics.of_shots(batch, memory)):
        assert found.shots == 3000 and np.array_equal(found.sums, expected.sums)
        assert np.allclose(found.fraction(), expected.fraction(), equal_nan=True)
    correlations = EventCorrelations.of_packed(data.detection_events_b8, data.num_detectors)
    assert np.array_equal(correlations.counts, expected.counts)
    assert data.populations.counts.shape[0] == 5


def test_gzipped_files(exported, tmp_path):
    """Every file but the populations, which are compressed anyway."""
    _, folder = exported
    for path in folder.iterdir():
        zipped = path.suffix != ".npz"
        data = gzip.compress(path.read_bytes()) if zipped else path.read_bytes()
        (tmp_path / (f"{path.name}.gz" if zipped else path.name)).write_bytes(data)
    plain, zipped = read_folder(folder), read_folder(tmp_path)
    for name in ("circuit", "ideal_circuit", "detector_error_model", "metadata"):
        assert getattr(plain, name) is not None and getattr(plain, name) == getattr(zipped, name)
    for name in ("measurements", "detection_events", "observable_flips", "heralds"):
        assert np.array_equal(getattr(plain, name), getattr(zipped, name))
    assert (plain.sweep_bits is None) == (zipped.sweep_bits is None)
    assert np.array_equal(ql.decode(plain), ql.decode(zipped))


@pytest.mark.parametrize("basis", ["x", "z"])
def test_stims_own_circuits_have_a_layout(basis):
    name = f"surface_code:rotated_memory_{basis}"
    circuit = stim.Circuit.generated(name, distance=5, rounds=7, after_clifford_depolarization=0.01)
    layout = detector_layout(circuit)
    assert layout.weights == (4, 2) and (layout.rounds, layout.lookback) == (7, 1)
    assert set(layout.round) == set(range(1, 9)) and len(set(layout.stabilizer)) == 24
    counts = np.bincount(layout.round)[1:]
    assert list(counts) == [12, *[24] * 6, 12]


def test_a_folder_without_noise_is_decoded_by_its_error_model(tmp_path):
    noisy = stim.Circuit.generated("repetition_code:memory", distance=3, rounds=3, before_round_data_depolarization=0.1)
    events, flips = noisy.compile_detector_sampler(seed=1).sample(500, separate_observables=True)
    (tmp_path / "circuit_ideal.stim").write_text(str(noisy.without_noise()))
    write_shots(tmp_path / "detection_events.b8", events, format="b8", num_bits=noisy.num_detectors)
    write_shots(tmp_path / "obs_flips_actual.01", flips, format="01", num_bits=1, kind="observables")
    with pytest.raises(ValueError, match="must hold a noisy circuit or a detector error model to decode by"):
        ql.decode(read_folder(tmp_path))
    model = noisy.detector_error_model(decompose_errors=True)
    (tmp_path / "circuit_detector_error_model.dem.gz").write_bytes(gzip.compress(str(model).encode()))
    data = read_folder(tmp_path)
    predicted = ql.decode(data)
    assert predicted.any() and np.array_equal(predicted, ql.decode(noisy, data))
    assert (predicted != data.observable_flips).mean() < 0.5 * flips.mean()


def test_refusals(tmp_path):
    circuit = stim.Circuit.generated(
        "repetition_code:memory", distance=3, rounds=3, before_round_data_depolarization=0.1
    )
    (tmp_path / "circuit_noisy.stim").write_text(str(circuit))
    data = read_folder(tmp_path)
    with pytest.raises(ValueError, match="must hold detection_events, but does not; give a folder with shots"):
        ql.decode(data)
    with pytest.raises(TypeError, match="`batch` must be what a sampler returned, but is NoneType"):
        ql.decode(circuit)
    with pytest.raises(TypeError, match="`memory` must be what was sampled, but is missing"):
        DetectionStatistics.of_shots(ql.compile_sampler(circuit, seed=1).sample(10))
    with pytest.raises(ValueError, match="detector 0 must stand on a measure qubit at a time"):
        detector_layout(stim.Circuit("R 0\nM 0\nDETECTOR(0, 0, 0) rec[-1]"))
    with pytest.raises(ValueError, match="must have detectors, but has none"):
        detector_layout(stim.Circuit("M 0"))
    torn = tmp_path / "detection_events.b8.gz"
    torn.write_bytes(gzip.compress(bytes(100))[:-5])
    with pytest.raises(ValueError, match=r"detection_events.b8.gz` must be a gzip file, but does not unpack"):
        read_folder(tmp_path)
    torn.write_bytes(gzip.compress(bytes(3)))
    wide = tmp_path / "wide.b8.gz"
    wide.write_bytes(gzip.compress(bytes(3)))
    with pytest.raises(ValueError, match=r"wide.b8.gz` must hold whole shots of 2 bytes"):
        read_shots(wide, format="b8", num_bits=9)
