"""`qec-leak figure`: pictures, results that are kept, drawing from them, and errors in one line."""

import numpy as np
import pytest

from qec_leak.cli import main
from qec_leak.studies import STUDIES

TINY = ["--set", "stop.max_shots=1000", "--set", "circuit.rounds=5", "--threads", "1"]


def test_list(capsys):
    assert main(["figure", "--list"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert "F3a" in names and len(names) == len(set(names))


def test_samples_once_and_draws(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["figure", "F3a", *TINY, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("F3a: ") and "NO_RESET data" in text and str(out / "F3a.png") in text
    assert sorted(p.name for p in out.iterdir()) == ["F3a.npz", "F3a.png", "F3a.svg"]
    before = (out / "F3a.npz").stat().st_mtime_ns
    assert main(["figure", "F3a", *TINY, "--out", str(out)]) == 0
    assert (out / "F3a.npz").stat().st_mtime_ns == before
    assert capsys.readouterr().out == text.replace("sampled now", "sampled before")
    assert main(["figure", "F3a", *TINY, "--set", "run.seed=99", "--out", str(out)]) == 0
    assert (out / "F3a.npz").stat().st_mtime_ns != before


def test_from_results(tmp_path, capsys):
    source, out = tmp_path / "source", tmp_path / "out"
    assert main(["figure", "F3a", *TINY, "--out", str(source)]) == 0
    shown = capsys.readouterr()
    assert main(["figure", "F3a", *TINY[:-2], "--from", str(source), "--out", str(out)]) == 0
    same = capsys.readouterr()
    assert same.err == "" and "sampled before" in same.out
    assert same.out.splitlines()[:-2] == shown.out.splitlines()[:-2]  # the numbers
    assert sorted(p.name for p in out.iterdir()) == ["F3a.png", "F3a.svg"]
    assert main(["figure", "F3a", "--from", str(source), "--out", str(out)]) == 0
    assert "come from another experiment" in capsys.readouterr().err  # of TINY, not of what the file says now


BAD = [
    (["F3b"], "`NAME` must be one of 'all', "),
    ([], "`NAME` must be given"),
    (["F3a", "--set", "circuit.distnce=3"], "did you mean 'distance'?"),
    (["F3a", "--set", "circuit.distance=4"], "`distance` must be an odd integer of at least 3, but is 4"),
    (["F3a", "--set", "stop.max_shots=no"], "`max_shots` must be an integer"),
    (["F3a", "--from", "."], "cannot open 'F3a.npz'"),
    (["F3a", "--out", "/dev/null"], "'/dev/null'"),
    (["F3a", "--from", "nowhere"], "'nowhere' does not exist"),
]


@pytest.mark.parametrize(("args", "message"), BAD, ids=[" ".join(args) for args, _ in BAD])
def test_bad_input_is_one_line(args, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["figure", *args]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err
    assert list(tmp_path.iterdir()) == []


def test_names_are_drawn_once(tmp_path, capsys):
    assert main(["figure", "F2de", "F2bc", "F2de", "--quick", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("F2")] == ["F2de", "F2bc"]
    assert [line.rsplit(", ", 1)[1] for line in lines if "F2-quick.npz" in line] == ["sampled now", "sampled before"]
    pictures = sorted(p.name for p in tmp_path.iterdir())
    assert pictures == ["F2-quick.npz", *(f"{n}-quick.{s}" for n in ("F2bc", "F2de") for s in ("png", "svg"))]


def test_interrupt_keeps_what_is_done(tmp_path, capsys, monkeypatch):
    """Ctrl-C in the second figure: the first is there, of the second nothing."""

    def interrupted(memory, shots, *, run, **options):
        run.progress(1)
        raise KeyboardInterrupt

    monkeypatch.setattr("qec_leak.studies.miao2023.f3c.sample_populations", interrupted)
    assert main(["figure", "F3a", "F3c", *TINY, "--out", str(tmp_path)]) == 130
    assert sorted(p.name for p in tmp_path.iterdir()) == ["F3a.npz", "F3a.png", "F3a.svg"]


def test_torn_results(tmp_path, capsys):
    path = STUDIES["F3a"].path(tmp_path)
    np.savez(path, x=np.arange(3))
    assert main(["figure", "F3a", "--from", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "must be a results file" in capsys.readouterr().err
