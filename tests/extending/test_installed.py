"""A user's own parts that a package installs under names of their own (entry points)."""

import importlib.metadata
import json
import os
import subprocess
import sys

import pytest
from from_outside import HERE, ROOT, read_rows, refusal

import qec_leak as ql
from qec_leak import _plugins
from qec_leak.circuits.processes.named_processes import find_processes
from qec_leak.circuits.strategies import strategy_name

ENTRY_POINTS = """
[qec_leak.strategies]
second-reset = second_reset:SecondReset
[qec_leak.patches]
rectangle = rectangle:RECTANGLE
[qec_leak.processes]
leaky-readout = leaky_readout:LeakyReadout
[qec_leak.decoders]
herald-counter = herald_counter:HeraldCounter
"""

SWEEP = """
[circuit]
patch = "rectangle"
rounds = 4
processes = ["leaky-readout"]
[axes]
"circuit.strategy" = ["MLR", "second-reset"]
[stop]
max_shots = 1000
"""


@pytest.fixture
def package(tmp_path):
    """A folder as ``pip install`` leaves it: the modules, and what says their names. Returns how to run a command."""
    site = tmp_path / "site"
    about = site / "my_parts-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-parts\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    for module in ("second_reset", "rectangle", "leaky_readout", "herald_counter"):
        (site / f"{module}.py").write_text((HERE / f"{module}.py").read_text())

    def run(*words):
        return subprocess.run(
            [sys.executable, "-P", "-m", "qec_leak", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}"},
        )

    return run


def test_all_kinds_in_run_and_in_a_sweep_in_two_processes(package, tmp_path):
    words = ["run", "--patch", "rectangle", "-r", "4", "--strategy", "Second_Reset", "--process", "leaky-readout"]
    done = package(*words, "--decoder", "herald-counter", "--shots", "500", "--seed", "5", "--out", "run")
    assert done.returncode == 0, done.stderr
    [row] = read_rows(tmp_path / "run" / "results.csv")
    named = {"strategy": "second-reset", "patch": "rectangle", "processes": ["leaky-readout"]}
    assert named.items() <= row.json_metadata.items() and row.decoder == "herald-counter"
    assert row.custom_counts["decoder_heralds"] > 100
    (tmp_path / "mine.toml").write_text(SWEEP)
    done = package("sweep", "mine.toml", "--out", "out.csv", "--workers", "2")
    assert done.returncode == 0, done.stderr
    rows = {row.json_metadata["strategy"]: row for row in read_rows(tmp_path / "out.csv")}
    assert set(rows) == {"MLR", "second-reset"}
    assert all(row.json_metadata["processes"] == ["leaky-readout"] and row.shots == 1000 for row in rows.values())
    done = package("status", "out.csv", "--sweep", "mine.toml")
    assert "2 of 2 points are done" in done.stdout
    done = package("patch", "--patch", "rectangle", "--strategy", "second-reset", "--json")
    assert json.loads(done.stdout)["code"] == "rectangle"


@pytest.fixture
def points(monkeypatch):
    """Entry points of packages that are installed in this test alone."""
    texts = {
        "qec_leak.strategies": {"mine": "second_reset:SecondReset"},
        "qec_leak.patches": {"mine": "rectangle:RECTANGLE"},
        "qec_leak.processes": {"mine": "leaky_readout:LeakyReadout"},
        "qec_leak.decoders": {"mine": "herald_counter:HeraldCounter"},
    }

    def entry_points(*, group):
        return [importlib.metadata.EntryPoint(name, value, group) for name, value in texts.get(group, {}).items()]

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    _plugins.installed.cache_clear()
    yield texts
    monkeypatch.undo()
    _plugins.installed.cache_clear()


@pytest.mark.parametrize(
    ("option", "group", "text"),
    [
        ("strategy", "strategies", "mlr"),
        ("patch", "patches", "surface"),
        ("process", "processes", "cz"),
        ("decoder", "decoders", "pymatching"),
    ],
)
def test_a_name_that_is_built_in_is_refused(option, group, text, points, capsys, tmp_path):
    points[f"qec_leak.{group}"][text] = "second_reset:SecondReset"
    words = ["run", "-r", "2", "--shots", "10", "--out", str(tmp_path), f"--{option}"]
    said = refusal(capsys, *words, text)
    assert f"`--{option}` must have one owner, not qec_leak itself and the entry point " in said and text in said


def test_a_name_of_two_packages_is_refused(points, capsys, tmp_path):
    points["qec_leak.strategies"]["MINE"] = "rectangle:RECTANGLE"
    said = refusal(capsys, "run", "-r", "2", "--out", str(tmp_path), "--strategy", "mine")
    assert "one owner, not the entry point mine = second_reset:SecondReset and the entry point MINE = " in said


def test_other_names_are_found_and_suggested(points, capsys, tmp_path):
    assert ql.Strategy.MLR.name == "MLR" and strategy_name("Mine") == "mine"
    assert ql.circuits.find_patch("mine").code == "rectangle"
    assert [process.label for process in find_processes("mine")] == ["leaky_readout"]
    for option in ("strategy", "patch", "process", "decoder"):
        said = refusal(capsys, "run", "-r", "2", "--out", str(tmp_path), f"--{option}", "mime")
        assert f"`--{option}` must be one of " in said and "did you mean 'mine'?, or give module:attribute" in said


@pytest.mark.parametrize("option", ["strategy", "patch", "process", "decoder"])
def test_a_class_that_needs_arguments_is_refused(option, capsys, tmp_path):
    said = refusal(capsys, "run", "-r", "2", "--out", str(tmp_path), f"--{option}", "decimal:Context.copy")
    assert f"`--{option}` must name a value, or what makes one when called without arguments, but is" in said
