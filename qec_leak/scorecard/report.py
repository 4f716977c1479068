"""The score card as text: for the terminal, and as docs/scorecard.md."""

from __future__ import annotations

import math

from qec_leak.scorecard.row import Part, Verdict
from qec_leak.scorecard.run import Report
from qec_leak.studies import Number


def terminal_table(report: Report) -> str:
    """A line for each value, then the reasons of what fails and the score."""
    lines = []
    for verdict in report.verdicts:
        row = verdict.row
        word = "pass" if verdict.passed else "FAIL"
        lines.append(f"{word}  {row.what}  ({row.source}; {_kind(verdict)}; {row.tolerance})")
        for part in verdict.parts:
            mark = " " if part.passed else "!"
            lines.append(f"    {mark} {part.name:<44} {part.value!s:<22} target {part.target:<10} {_range(part)}")
    lines += ["", _score(report)]
    return "\n".join(lines)


def markdown_report(report: Report, *, command: str, date: str, versions: str, lesson: str) -> str:
    """The page docs/scorecard.md.

    Args: command, date, versions: what it was made with. lesson: what the failing rows teach.
    """
    lines = [
        "# Score card",
        "",
        "This page compares published numbers with those of qec_leak. A row passes if all of its values are in their",
        "ranges. The standard errors of the values do not widen the ranges. *fitted* means that a parameter of the",
        "device was fitted to the row (`experiments/fit_NAME.py`). All other rows are predicted. This command makes",
        "the page:",
        "",
        f"    {command}",
        "",
        f"{date}; {versions}; {report.seconds:.0f} s, without the time of results that were there already.",
        "",
        f"**{_score(report)}**",
        "",
        "| row | source | value | target | range | kind | |",
        "|---|---|---|---|---|---|---|",
    ]
    for verdict in report.verdicts:
        for number, part in enumerate(verdict.parts):
            first = number == 0
            cells = (
                verdict.row.what if first else "",
                verdict.row.source if first else "",
                f"{part.name}: {part.value}" + ("" if part.passed else " **(out)**"),
                part.target,
                _range(part),
                _kind(verdict) if first else "",
                ("pass" if verdict.passed else "**FAIL**") if first else "",
            )
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    noted = [verdict.row for verdict in report.verdicts if verdict.passed and verdict.row.note]
    if noted:
        lines += ["", "## Notes on rows that pass", ""]
        lines += [f"- **{row.what}**: {row.note}" for row in noted]
    failing = [verdict for verdict in report.verdicts if not verdict.passed]
    if failing:
        lines += ["", "## Rows that fail, and why, as far as it is known", ""]
        for verdict in failing:
            outside = ", ".join(part.name for part in verdict.parts if not part.passed)
            lines += [f"- **{verdict.row.what}** ({outside}): {verdict.row.reason or 'not known.'}"]
        lines += ["", lesson]
    return "\n".join(lines) + "\n"


def _kind(verdict: Verdict) -> str:
    return "fitted" if verdict.row.fitted else "predicted"


def _score(report: Report) -> str:
    fitted = [verdict for verdict in report.verdicts if verdict.row.fitted]
    passed = sum(verdict.passed for verdict in fitted)
    variant = ", quick variant" if report.quick else ""
    return (
        f"{report.passed} of {len(report.verdicts)} rows pass; of the fitted ones {passed} of {len(fitted)}{variant}."
    )


def _range(part: Part) -> str:
    low, high = (str(Number(end)) for end in (part.low, part.high))
    if part.low == -math.inf:
        return f"at most {high}"
    return f"at least {low}" if part.high == math.inf else f"{low} to {high}"
