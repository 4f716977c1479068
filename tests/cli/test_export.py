"""`qec-leak export`: the files are the sampled shots, readable by Stim alone."""

import json

import numpy as np
import pytest
import stim

import qec_leak
from qec_leak.cli import main
from qec_leak.records import SHOT_FORMATS, read_folder

SMALL = ["--distance", "3", "--rounds", "5", "--shots", "640", "--seed", "4"]


def export(out, *args) -> None:
    assert main(["export", *SMALL, *args, "--out", str(out)]) == 0


@pytest.mark.parametrize("code", ["surface", "repetition"])
def test_stim_converts_measurements_to_the_exported_events(code, tmp_path, capsys):
    """Measurements (and sweep bits) through Stim's converter of the ideal circuit: what Google's users do."""
    export(tmp_path, "--code", code)
    prefix = "" if code == "surface" else "repetition_"
    folders = sorted(tmp_path.glob("*/Z/r05"))
    names = [f"{prefix}d3_at_miao2023_{s}" for s in ("DQLR", "MLR", "NO_RESET")]
    assert [f.parent.parent.name for f in folders] == names
    assert str(folders[0]) in capsys.readouterr().out
    for folder in folders:
        ideal = stim.Circuit.from_file(str(folder / "circuit_ideal.stim"))
        data = read_folder(folder)
        assert data.shots == 640
        events, flips = ideal.compile_m2d_converter().convert(
            measurements=data.measurements, sweep_bits=data.sweep_bits, separate_observables=True
        )
        assert np.array_equal(events, data.detection_events)
        assert np.array_equal(flips, data.observable_flips)
        assert data.metadata["shots"] == 640 and data.metadata["seed"] == 4
        assert data.detector_error_model.num_detectors == data.circuit.num_detectors == events.shape[1]


@pytest.mark.parametrize("format", SHOT_FORMATS)
def test_files_hold_the_sampled_shots(format, tmp_path):
    export(tmp_path, "--strategy", "MLR", "--format", format, "--basis", "X", "--populations", "moments")
    data = read_folder(tmp_path / "d3_at_miao2023_MLR" / "X" / "r05")
    memory = qec_leak.memory_experiment(
        code="surface", distance=3, rounds=5, basis="X", strategy="MLR", device=qec_leak.Device.preset("miao2023")
    )
    batch = qec_leak.compile_sampler(memory.circuit, seed=4).sample(
        640, measurements=True, heralds=True, populations="moments"
    )
    assert str(data.circuit) == str(memory.circuit)
    assert np.array_equal(data.measurements, batch.measurements)
    assert np.array_equal(data.detection_events, batch.detection_events)
    assert np.array_equal(data.observable_flips, batch.observable_flips)
    assert np.array_equal(data.heralds, batch.heralds) and batch.heralds.any()
    assert np.array_equal(data.populations.counts, batch.population_counts)


def test_exported_circuit_samples_again(tmp_path):
    """The circuit's text is all that the engine needs."""
    export(tmp_path, "--strategy", "DQLR", "--no-heralds")
    data = read_folder(tmp_path / "d3_at_miao2023_DQLR" / "Z" / "r05")
    batch = qec_leak.compile_sampler(data.circuit, seed=4).sample(640)
    assert np.array_equal(batch.detection_events, data.detection_events)
    assert data.heralds is None


def test_export_replaces_an_earlier_one(tmp_path):
    export(tmp_path, "--strategy", "MLR")
    export(tmp_path, "--strategy", "MLR", "--format", "01")
    folder = tmp_path / "d3_at_miao2023_MLR" / "Z" / "r05"
    assert json.loads((folder / "metadata.json").read_text())["format"] == "01"
    assert not list(folder.glob("*.b8"))  # files of the earlier export would be read first
