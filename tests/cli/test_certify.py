"""`qec-leak certify`, and the engine that `sample` takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qec_leak.cli import main

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0\n"
OF_TWO_KINDS = f"H 0\n{LEAK}CX 0 1\nM 0 1\n"
OF_THREE = f"H 0\nCX 0 1\nS 0\nCX 0 1\nH 0\n{LEAK}CX 0 1\nM 0 1\n"


@pytest.fixture
def circuit(tmp_path: Path):
    def written(text: str) -> str:
        path = tmp_path / "circuit.stim"
        path.write_text(text)
        return str(path)

    return written


def test_exact(circuit, capsys):
    assert main(["certify", circuit(OF_TWO_KINDS)]) == 0
    assert capsys.readouterr().out.startswith("exact: frames sample this circuit as a tableau a shot does")


def test_exact_by_rank_too(circuit, capsys):
    assert main(["certify", "--by-rank", circuit(OF_TWO_KINDS)]) == 0
    assert "exact to first order: all " in capsys.readouterr().out


def test_not_exact_names_the_lines(circuit, capsys):
    assert main(["certify", circuit(OF_THREE)]) == 0
    out = capsys.readouterr().out
    assert (
        out.startswith("not exact in general")
        and "line 6: `I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0`, tied" in out
    )
    assert "to first order" in out


@pytest.mark.parametrize("text", ["CX 0", "I_ERROR[LEAKAGE_TRANSITION_1: (2, U-->2)] 0"])
def test_bad_circuits_are_one_line(circuit, text, capsys):
    assert main(["certify", circuit(text)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_sample_says_that_it_takes_the_tableau(circuit, tmp_path, capsys):
    out = str(tmp_path / "shots")
    assert main(["sample", circuit(OF_THREE), "--shots", "100", "--seed", "1", "--out", out]) == 0
    assert "note: sampled with one tableau per shot, since frames are not exact after line 6" in capsys.readouterr().err
    assert main(["sample", circuit(OF_TWO_KINDS), "--shots", "100", "--seed", "1", "--out", out]) == 0
    assert "tableau" not in capsys.readouterr().err


def test_frames_on_demand_warn(circuit, tmp_path):
    words = ["sample", circuit(OF_THREE), "--shots", "100", "--engine", "frames", "--out", str(tmp_path / "shots")]
    with pytest.warns(UserWarning, match="frames must be exact for the circuit, but line 6"):
        assert main(words) == 0
