"""The score card: ranges are those of the papers, nothing passes that should not, failures are told."""

import dataclasses
import math

import pytest

from qec_leak.device import Device
from qec_leak.scorecard import ROWS, Part, Report, Row, judge, markdown_report, score, terminal_table
from qec_leak.scorecard.processes import dqlr_error, relaxation_error
from qec_leak.scorecard.row import above, below, factor, sigmas, within
from qec_leak.studies import STUDIES, Number


def a_row(low, high, value=1.0, **fields):
    part = Part("part", Number(value, 0.5), "1", low, high)
    return Row("what", "who", "how", (), lambda numbers: [part], **fields)


def test_rows():
    assert len(ROWS) == 21 + 14 and len({row.what for row in ROWS}) == len(ROWS)
    assert sum(row.fitted for row in ROWS) == 6
    for row in ROWS:
        assert set(row.needs) <= {*STUDIES, "processes"}


@pytest.mark.parametrize(
    ("part", "inside", "outside"),
    [
        (within("x", Number(0), 0.18, 0.02), (0.161, 0.199), (0.159, 0.201)),
        (factor("x", Number(0), 1e-3, 1.5), (0.67e-3, 1.49e-3), (0.66e-3, 1.51e-3)),
        (below("x", Number(0), 1e-4), (0.0, 1e-4), (1.01e-4, math.inf)),
        (above("x", Number(0), 3.0), (3.0, math.inf), (2.99, -math.inf, math.nan)),
    ],
)
def test_ranges(part, inside, outside):
    """Errors widen nothing."""
    for value in inside:
        assert part._replace(value=Number(value, 100.0)).passed
    for value in outside:
        assert not part._replace(value=Number(value, 100.0)).passed


def test_a_row_fails_with_one_part():
    good, bad = within("good", Number(1.0), 1.0, 0.1), within("bad", Number(2.0), 1.0, 0.1)
    row = dataclasses.replace(a_row(0, 1), parts=lambda numbers: [good, bad])
    assert not judge(row, {}).passed and judge(dataclasses.replace(row, parts=lambda numbers: [good]), {}).passed


def test_missing_numbers_are_named():
    row = dataclasses.replace(ROWS[0])
    with pytest.raises(ValueError, match="sample it"):
        judge(row, {"F2": {}})


def test_reports_tell_failures():
    rows = (a_row(0, 2, fitted=True), a_row(2, 3, reason="the moon | stars"))
    report = score(rows=rows)
    assert report.passed == 1
    text = terminal_table(report)
    assert "pass  what" in text and "FAIL  what" in text and "1 of 2 rows pass; of the fitted ones 1 of 1" in text
    page = markdown_report(report, command="qec-leak x", date="today", versions="v", lesson="Learn.")
    assert "**FAIL**" in page and "the moon | stars" in page and page.endswith("Learn.\n")
    noted = score(rows=(a_row(0, 2, note="six of one"), a_row(2, 3, note="half a dozen")))
    page = markdown_report(noted, command="", date="", versions="", lesson="")
    assert "six of one" in page and "half a dozen" not in page  # notes are for rows that pass
    clean = markdown_report(Report(report.verdicts[:1], True, 1.0), command="", date="", versions="", lesson="Learn.")
    assert "Learn." not in clean and "quick variant" in clean


def test_sigmas():
    assert sigmas(Number(3.0, 0.5)).value == 6.0
    assert sigmas(Number(-1.0)).value == -math.inf


def test_relaxation():
    assert relaxation_error().value == pytest.approx(2.99e-3, rel=0.01)


def test_dqlr_error_in_closed_form():
    """A Leakage iSWAP that depolarizes, between resets without errors: DEPOLARIZE2(p) leaves the data qubit wrong with
    probability 12/15 p 2/3, averaged over six states. A residual 1 on the measure qubit leaks a 1 in addition."""
    ideal = {"idle.t1_ns": 1e12, "idle.t2_ns": 1e12, "idle.dd_error_per_us": 0.0, "idle.heating_per_us": 0.0}
    ideal |= {"gate.error": 0.0, "readout.error": 0.0, "dqlr.error": 0.03, "dqlr.efficiency": 1.0, "reset.error": 0.0}
    device = Device.preset("miao2023").replace(ideal)
    found = dqlr_error(device, 200_000, 1)
    assert abs(found.value - 0.03 * 12 / 15 * 2 / 3) < 5 * found.error
    residual = 0.02
    leaky = dqlr_error(device.replace({"dqlr.error": 0.0, "reset.error": residual}), 200_000, 2)
    # |1> always leaks, |0> never; |+> does half of the time, and else is left in |0>, wrong half of the time.
    assert abs(leaky.value - residual * (1 + 4 * 3 / 4) / 6) < 5 * leaky.error


def test_fitted_rows_pass():
    """From the quick variants of their studies; those of devices take longer (below)."""
    rows = tuple(row for row in ROWS if row.fitted and row.source.startswith("Miao"))
    report = score(quick=True, rows=rows)
    assert report.passed == len(report.verdicts) == 3


def _agrees(part):
    """Within the part's range, by 5 sigma of the few shots of a quick variant."""
    slack = 5 * part.value.error
    return part.low - slack <= part.value.value <= part.high + slack


@pytest.mark.slow
def test_quick_score_card():
    """All rows from the quick variants: the fitted ones agree, and those pass that a few shots can tell."""
    report = score(quick=True)
    assert len(report.verdicts) == len(ROWS) and all(verdict.parts for verdict in report.verdicts)
    passed = {verdict.row.what for verdict in report.verdicts if verdict.passed}
    for verdict in report.verdicts:
        assert not verdict.row.fitted or all(_agrees(part) for part in verdict.parts), verdict.row.what
    assert {
        "transport of leakage by a CZ; phase",
        "leakage under DQLR",
        "leakage of data qubits within a DQLR cycle",
        "detection probability under DQLR",
        "detection without reset rises throughout",
        "logical error, d = 3: NO_RESET > MLR > DQLR",
        "p_ij beyond separation 1 without leakage",
        "error of DQLR per cycle beyond idling",
        "relaxation of 75 us over 300 ns, twirled",
    } <= passed
    assert "bit-flip code without reset: injections to 40 % error" not in passed  # known to fail, and told so
    assert "quick variant" in terminal_table(report)
