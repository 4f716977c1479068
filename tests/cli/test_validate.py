"""`qec-leak validate`: the quick report passes, is complete, and fails with status 1 when a check does."""

import base64
import re

import pytest

from qec_leak.cli import main
from qec_leak.validate import TOPICS, Check, Report, Settings
from qec_leak.validate.check import Result, absolute, agreement, skipped, told_apart
from qec_leak.validate.report import html_report, markdown_report, terminal_table
from qec_leak.validate.suite import TopicResult


def test_quick_report_passes(tmp_path, capsys):
    status = main(["validate", "--quick", "--out", str(tmp_path)])
    text = capsys.readouterr().out
    assert status == 0, text
    assert " 0 failed" in text
    markdown, page = ((tmp_path / f"validation.{kind}").read_text() for kind in ("md", "html"))
    for topic in TOPICS:
        assert f"## {topic.letter}. {topic.title}" in markdown
    assert "qec-leak validate --quick" in markdown and re.search(r"Date: \d{4}-\d\d-\d\d", markdown)
    assert "| fail |" not in markdown
    pictures = re.findall(r"data:image/png;base64,([^\"]+)", page)
    assert len(pictures) >= 3 and all(base64.b64decode(p).startswith(b"\x89PNG") for p in pictures)
    assert "http" not in page  # self-contained
    assert {p.name for p in tmp_path.iterdir()} >= {f"validation-{letter}.png" for letter in "cde"}


def test_without_oracle_checks_are_shown_as_skipped(tmp_path, capsys):
    assert main(["validate", "--only", "d", "--oracle", str(tmp_path / "python")]) == 0
    text = capsys.readouterr().out
    assert "skipped: no Python with leakysim at" in text and "1 skipped" in text


def test_page_escapes_its_texts():
    result = TopicResult(TOPICS[0], Result((skipped("a < b", "x & y", "no <b>"),)), 1.0)
    page = html_report(Report(Settings(), (result,)), "qec-leak validate --oracle '<x>'", {})
    assert "a &lt; b" in page and "x &amp; y" in page and "<b>no" not in page and "&#39;&lt;x&gt;&#39;" in page
    assert page.count("<table>") == page.count("</table>") == 1 and '<tr class="skipped">' in page


@pytest.mark.parametrize("words", [["--only", "az"], ["--scale", "0"], ["--seed", "-1"]])
def test_bad_options(words, capsys):
    assert main(["validate", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_failed_check_is_status_1(monkeypatch, tmp_path, capsys):
    from qec_leak.validate import closed_forms, suite

    failing = Result((absolute("stated", "one with two", 1.0, 0.5),))
    topic = suite.Topic("a", "Stated", "It fails.", lambda settings: failing)
    monkeypatch.setattr(suite, "TOPICS", (topic,))
    assert closed_forms.run is not topic.run
    assert main(["validate", "--only", "a", "--out", str(tmp_path)]) == 1
    assert "1 failed" in capsys.readouterr().out
    assert "| fail |" in (tmp_path / "validation.md").read_text()


def test_verdicts():
    assert absolute("n", "c", 1e-3, 1e-3).verdict == "pass"
    assert agreement("n", "c", 100, [4.9]).verdict == "pass"
    assert agreement("n", "c", 100, [5.1]).verdict == "fail"
    assert agreement("n", "c", 100, [5.1] + [0.0] * 999).verdict == "pass"  # the limit is that of the family
    assert told_apart("n", "c", 100, [4.9]).verdict == "fail"
    assert told_apart("n", "c", 100, [5.1]).verdict == "pass"


def test_deviations_beyond_3_sigma_come_with_their_chance():
    assert "a chance of" in agreement("n", "c", 100, [3.5, 0.1]).note
    assert agreement("n", "c", 100, [2.9, 0.1]).note == ""


def test_report_of_every_verdict():
    checks = (
        skipped("one", "a with b", "no b"),
        Check("two", "c | d", "measured", shots=5, worst=2.0),
        absolute("three", "e", 0.1, 1.0),
    )
    report = Report(Settings(), (TopicResult(TOPICS[0], Result(checks), 1.0),))
    assert report.passed
    table = terminal_table(report)
    assert "skipped: no b" in table and table.endswith("1 passed, 0 failed, 1 skipped, 1 measured")
    assert "c \\| d" in markdown_report(report, "command", {})
