"""qec-leak view."""

import pytest

from qec_leak.cli import main

SMALL = ["view", "--rounds", "3", "--shots", "200", "--seed", "4"]


def test_a_page(tmp_path, capsys):
    out = tmp_path / "leakage.html"
    assert main([*SMALL, "--strategy", "MLR", "--strategy", "DQLR", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: MLR, DQLR, 200 shots each, seed 4; open it in a browser\n"
    html = out.read_text(encoding="utf-8")
    assert "<title>Leakage: MLR, DQLR</title>" in html
    assert main([*SMALL, "--strategy", "MLR", "--moments", "--engine", "tableau", "--out", str(out)]) == 0
    assert "round 2, CZ" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--shown", "201"], "`--shown` must be at most --shots, 200, but is 201; lower it"),
        (["--out", "x.png"], "`--out` must end in .html, but is 'x.png'; rename it"),
        (["--moments"], "`where` must be 'rounds' for experiments of different moments"),
        (["--out", "/dev/null/x.html"], "/dev/null"),
    ],
)
def test_refusals(more, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*SMALL, *more]) == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    assert message in line
    assert not list(tmp_path.iterdir())
