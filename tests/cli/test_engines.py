"""``qec-leak run --engine``."""

import csv
import json

from qec_leak.cli import main

ARGUMENTS = ["run", "--code", "repetition", "--distance", "3", "--rounds", "2", "--strategy", "MLR", "--seed", "1"]


def rows(folder):
    with open(folder / "results.csv", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def test_exact_engine_writes_the_same_files(tmp_path):
    for engine, shots in (("frames", "1000"), ("exact", "40"), ("exact-phase-randomised", "40")):
        assert main([*ARGUMENTS, "--shots", shots, "--engine", engine, "--out", str(tmp_path / engine)]) == 0
    names = [sorted(path.name for path in (tmp_path / engine).iterdir()) for engine in ("frames", "exact")]
    assert names[0] == names[1]
    (row,) = rows(tmp_path / "exact")
    assert int(row["shots"]) == 40
    assert json.loads(row["json_metadata"])["engine"] == "exact"


def test_too_many_transmons_are_refused_in_one_line(tmp_path, capsys):
    arguments = ["run", "--distance", "3", "--rounds", "2", "--strategy", "MLR", "--engine", "exact"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err.strip()
    assert "\n" not in message and "5 ** 17" in message
    assert not (tmp_path / "out").exists()
