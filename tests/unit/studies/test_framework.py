"""Experiment files, results files, and what is run again."""

import dataclasses
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from qec_leak.device import Device
from qec_leak.studies import STUDIES, Experiment, Number, Results, Run, Study, experiments_folder, memory_of

ROOT = Path(__file__).parents[3]

TEXT = """
[circuit]
distance = 3
rounds = 2
[device]
preset = "sycamore"
idle.t1_ns = 2.5e4
[axes]
circuit.strategy = ["MLR", "DQLR"]
device.cz.leakage = [1e-4, 1e-3, 1e-2]
[stop]
max_shots = 1000
[run]
seed = 5
[quick]
stop.max_shots = 10
axes.device.cz.leakage = [0.0]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT)
    return path


def counting_study():
    calls = []

    def sample(experiment, run):
        calls.append(experiment.shots)
        run.progress(experiment.shots)
        return {"shots": np.asarray(experiment.shots)}

    return Study("mine", sample, lambda results: {"shots": Number(results.scalar("shots"))}), calls


def test_points(file):
    points = Experiment.read(file).points
    assert [(str(p.circuit["strategy"]), p.device.cz.leakage) for p in points] == [
        (strategy, leakage) for strategy in ("MLR", "DQLR") for leakage in (1e-4, 1e-3, 1e-2)
    ]
    assert {p.device.idle.t1_ns for p in points} == {2.5e4}
    memory = memory_of(points[3], rounds=4, basis=None)
    assert (str(memory.strategy), memory.rounds, memory.device.cz.leakage) == ("DQLR", 4, 1e-4)


def test_quick_and_overrides(file):
    quick = Experiment.read(file, quick=True, overrides={"circuit.rounds": 7, "run.seed": 6})
    assert (quick.shots, quick.seed, len(quick.points), quick.points[0].memory().rounds) == (10, 6, 2, 7)
    assert Experiment.read(file).axis("device.cz.leakage") == (1e-4, 1e-3, 1e-2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rounds = 2", "ruonds = 2", "did you mean 'rounds'?"),
        ("[stop]", "[stopp]", "did you mean 'stop'?"),
        ('"sycamore"', '"sycamor"', "did you mean 'sycamore'?"),
        ("cz.leakage = [1e-4", "cz.leekage = [1e-4", "cz.leekage"),
        ("device.cz.leakage = [1e-4", "devise.cz.leakage = [1e-4", "did you mean 'device'?"),
        ("max_shots = 1000", "max_shots = 0", "`max_shots` must be at least 1"),
        ("seed = 5", "seed = ", "not valid TOML"),
    ],
)
def test_mistakes_are_named(file, old, new, message):
    assert TEXT.count(old) >= 1
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises((ValueError, TypeError)) as caught:
        Experiment.read(file)
    assert message in str(caught.value) and "mine.toml" in str(caught.value)


def test_fingerprint_knows_the_sources(file, monkeypatch):
    before = Experiment.read(file).fingerprint
    monkeypatch.setattr("qec_leak.studies.experiment.SOURCES", "0123")
    assert Experiment.read(file).fingerprint != before


def test_fingerprint_knows_experiment_and_device(file, monkeypatch):
    same = {Experiment.read(file).fingerprint for _ in range(2)}
    others = [Experiment.read(file, quick=True), Experiment.read(file, overrides={"run.seed": 6})]
    assert len(same | {other.fingerprint for other in others}) == 3
    better = Device.preset("sycamore").replace({"gate.error": 1e-4})
    monkeypatch.setattr(Device, "preset", classmethod(lambda cls, name: better))
    assert Experiment.read(file).fingerprint not in same  # the preset has changed under the file


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(4.8943, 0.0123), "4.894 ± 0.012"),
        (Number(0.58124), "0.5812"),
        (Number(1.1412e-5, 3.2e-7), "(1.141 ± 0.032)e-05"),
        (Number(-5.56e-4, 1.2e-4), "-0.00056 ± 0.00012"),
        (Number(0.0, 0.02), "0.000 ± 0.020"),
        (Number(1234.0, 120.0), "1234 ± 120"),
        (Number(-7e-6, 1.24e-4), "-0.00001 ± 0.00012"),
    ],
)
def test_numbers_read_as_they_are_known(number, text):
    assert str(number) == text


def test_only_what_is_missing_is_run(file, tmp_path):
    study, calls = counting_study()
    experiment, out = Experiment.read(file), tmp_path / "out"
    done = []
    first, sampled = study.load_or_run(experiment, out, Run(progress=done.append))
    again, sampled_again = study.load_or_run(experiment, out)
    assert (sampled, sampled_again, calls, done) == (True, False, [1000], [1000])
    assert again.fingerprint == first.fingerprint == study.fingerprint(experiment)
    assert again.metadata == first.metadata and again.metadata["experiment"]["stop"]["max_shots"] == 1000
    assert study.numbers(again) == {"shots": Number(1000.0)}
    changed = Experiment.read(file, overrides={"stop.max_shots": 20})
    assert study.load_or_run(changed, out)[1]
    assert study.load_or_run(Experiment.read(file, quick=True), out)[1]
    newer = dataclasses.replace(study, version=2)
    assert newer.load_or_run(Experiment.read(file, quick=True), out)[1]
    assert calls == [1000, 20, 10, 10]
    assert sorted(p.name for p in out.iterdir()) == ["mine-quick.npz", "mine.npz"]


def test_interrupted_run_leaves_nothing(file, tmp_path):
    study, _ = counting_study()

    def stop(shots):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study.load_or_run(Experiment.read(file), tmp_path / "out", Run(progress=stop))
    assert not (tmp_path / "out").exists()


def test_results_of_another_kind_are_refused(tmp_path):
    results = Results("mine", "abc", {"x": np.arange(3)}, {"quick": True})
    with pytest.raises(ValueError, match="no array 'y', only x"):
        results["y"]
    path = tmp_path / "other.npz"
    np.savez(path, x=np.arange(3))
    with pytest.raises(ValueError, match="must be a results file"):
        Results.load(path)
    path.write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(ValueError, match="must be a results file"):
        Results.load(path)
    dataclasses.replace(results).save(path)
    assert Results.load(path)["x"].tolist() == [0, 1, 2]


def test_experiments_of_an_installed_package(monkeypatch, tmp_path):
    """A wheel has the files inside the package; a checkout's own come first."""
    package = tmp_path / "site-packages" / "qec_leak"
    monkeypatch.setattr("qec_leak.studies.experiment._PACKAGE", package)
    with pytest.raises(ValueError, match="experiment files must be in"):
        experiments_folder()
    shutil.copytree(ROOT / "experiments", package / "experiments")
    assert experiments_folder() == package / "experiments"
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"experiments": "qec_leak/experiments"}


@pytest.mark.parametrize("name", sorted(STUDIES))
@pytest.mark.parametrize("quick", [False, True])
def test_every_study_has_its_experiment(name, quick):
    experiment = Experiment.find(name, quick=quick)
    assert experiments_folder().joinpath(f"{name}.toml").exists() and len(experiment.fingerprint) == 16
