"""Levels by shot and round in files, and back."""

import json

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.cli import main
from qec_leak.records import read_folder

SHOTS = 1300
CIRCUIT = """\
I_ERROR[LEAKAGE_TRANSITION_1: (0.25, U-->2) (0.125, U-->3)] 0 1 9
TICK[LEAKAGE_POPULATION]
R 0
TICK
R 1
TICK[LEAKAGE_POPULATION]
M 0 1 9
DETECTOR rec[-1]
"""


@pytest.fixture
def circuit(tmp_path):
    path = tmp_path / "circuit.stim"
    path.write_text(CIRCUIT)
    return path


@pytest.mark.parametrize("format", ["b8", "01", "dets"])
@pytest.mark.parametrize(("where", "engine"), [("rounds", "frames"), ("moments", "tableau")])
def test_sample_writes_what_read_folder_reads(circuit, tmp_path, format, where, engine):
    out = tmp_path / "shots"
    args = ["--shots", str(SHOTS), "--seed", "4", "--engine", engine, "--levels", where, "--format", format]
    assert main(["sample", str(circuit), *args, "--out", str(out)]) == 0
    data = read_folder(out)
    expected = ql.compile_sampler(CIRCUIT, seed=4, engine=engine).sample(SHOTS, levels=where).levels
    assert data.levels.dtype == np.uint8 and data.levels.shape == (SHOTS, 2 if where == "rounds" else 3, 10)
    assert np.array_equal(data.levels, expected) and expected.any()
    assert np.array_equal(data.levels[:, -1, [0, 1, 9]], data.heralds)
    assert json.loads((out / "metadata.json").read_text())["levels"] == where


def test_export_has_them_too(tmp_path):
    args = ["--rounds", "3", "--strategy", "MLR", "--shots", str(SHOTS), "--seed", "2", "--levels", "rounds"]
    assert main(["export", *args, "--out", str(tmp_path)]) == 0
    [folder] = [path.parent for path in tmp_path.rglob("metadata.json")]
    data = read_folder(folder)
    for level in (2, 3):
        assert np.array_equal((data.levels == level).sum(axis=0), data.populations.counts[:, :, level - 2])


def test_files_of_an_earlier_run_go(circuit, tmp_path):
    out = tmp_path / "shots"
    sample = ["sample", str(circuit), "--shots", "64", "--out", str(out)]
    assert main([*sample, "--levels", "rounds"]) == 0 and (out / "levels_2.b8").is_file()
    assert main(sample) == 0 and not list(out.glob("levels_*"))
    assert read_folder(out).levels is None


def test_a_circuit_without_a_place_for_levels_is_refused(tmp_path, capsys):
    path, out = tmp_path / "plain.stim", tmp_path / "shots"
    path.write_text("I_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2)] 0\nTICK\nM 0\n")
    assert main(["sample", str(path), "--levels", "rounds", "--out", str(out)]) != 0
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert "`levels` must be None for a circuit without TICK[LEAKAGE_POPULATION], but is 'rounds'" in error
    assert not out.exists()


def test_files_of_another_size_are_refused(circuit, tmp_path):
    out = tmp_path / "shots"
    assert main(["sample", str(circuit), "--shots", "64", "--levels", "rounds", "--out", str(out)]) == 0
    (out / "levels_3.b8").write_bytes(b"12345")
    with pytest.raises(ValueError, match=r"levels_3.b8` must hold whole shots of 3 bytes \(20 bits\)"):
        read_folder(out)
