"""qec-leak scorecard: rows are printed and written; a fitted row that fails is an exit status of 1."""

import dataclasses

import pytest

from qec_leak.cli import main
from qec_leak.scorecard import ROWS, run, score


@pytest.fixture
def few(monkeypatch):
    """Only the rows that sample nothing, the first of them as if it were fitted."""

    def only(rows):
        monkeypatch.setattr("qec_leak.scorecard.score", lambda **options: score(**{**options, "rows": rows}))

    return only


def test_report(few, tmp_path, capsys):
    few(ROWS[:1])
    assert main(["scorecard", "--quick", "--out", str(tmp_path / "docs")]) == 0
    printed = capsys.readouterr().out
    assert "pass  transport of leakage by a CZ; phase" in printed and "1 of 1 rows pass" in printed
    page = (tmp_path / "docs" / "scorecard.md").read_text()
    assert page.startswith("# Score card") and "qec-leak scorecard --quick --out docs" in page and "Stim 1." in page


def test_status_of_fitted_rows(few, tmp_path, capsys):
    wrong = dataclasses.replace(ROWS[0], parts=lambda n: [part._replace(high=0.0) for part in ROWS[0].parts(n)])
    few((wrong,))
    assert main(["scorecard", "--quick"]) == 0  # predicted rows may fail
    few((dataclasses.replace(wrong, fitted=True),))
    assert main(["scorecard", "--quick"]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_results_are_taken_from_a_folder(few, tmp_path, capsys):
    few(ROWS[:1])
    (tmp_path / "results").mkdir()
    for _ in range(2):
        assert main(["scorecard", "--quick", "--from", str(tmp_path / "results")]) == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["F2-quick.npz"]
    assert run.PROCESSES == "processes"


def test_bad_options(capsys):
    assert main(["scorecard", "--threads", "0"]) == 2
    assert "--threads" in capsys.readouterr().err
    assert main(["scorecard", "--from", "no-such-folder"]) == 2  # a slip of the pen must not sample for an hour
    assert "'no-such-folder' does not exist" in capsys.readouterr().err
