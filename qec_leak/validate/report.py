"""The report as a terminal table, as Markdown, and as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import datetime
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from qec_leak.validate.check import Check
from qec_leak.validate.suite import Report

HEADER = ("check", "compared", "shots", "numbers", "worst", "limit", "verdict", "note")
_PACKAGES = ("qec-leak", "stim", "numpy", "numba", "scipy", "pymatching")


def terminal_table(report: Report) -> str:
    """One line a check, grouped by topic; notes only where something failed or was skipped."""
    lines = []
    width = max((len(c.name) for c in report.checks), default=0)
    for r in report.results:
        lines.append(f"{r.topic.letter}  {r.topic.title} ({r.seconds:.0f} s)")
        for check in r.result.checks:
            name, _, shots, numbers, worst, limit, verdict, note = _cells(check)
            line = f"   {name:<{width}}  {shots:>9}  {numbers:>8}  {worst:>9}  {limit:>9}  {verdict}"
            lines.append(line + (f": {note}" if check.verdict in ("fail", "skipped") and note else ""))
    head = f"   {'check':<{width}}  {'shots':>9}  {'numbers':>8}  {'worst':>9}  {'limit':>9}  verdict"
    return "\n".join([head, *lines, "", summary(report)])


def summary(report: Report) -> str:
    """One sentence."""
    parts = [f"{report.count('pass')} passed", f"{report.count('fail')} failed"]
    parts += [f"{report.count(v)} {v}" for v in ("skipped", "measured") if report.count(v)]
    return ", ".join(parts)


def provenance(command: str) -> list[str]:
    """Command, date and versions."""
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            if name == "qec-leak":
                from qec_leak import __version__

                found.append(f"qec-leak {__version__}")
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return [f"Command: {command}", f"Date: {date}", f"Versions: Python {platform.python_version()}, {', '.join(found)}"]


READING = (
    "Samples are compared in units of sigma. Every mean and pair covariance of a check is one comparison. The largest "
    "of all comparisons of a check exceeds the limit as rarely as a single comparison exceeds 5 sigma. If the worst "
    "deviation is beyond 3 sigma, a note gives the chance of so large a deviation if both sides agree. Rows with "
    "'wrong' are planted errors. They must exceed their limit, which shows that the comparison notices such an error."
)


def markdown_report(report: Report, command: str, picture_names: Mapping[str, str]) -> str:
    """Markdown. picture_names: file names by topic letter."""
    out = [
        "# Validation",
        "",
        f"{summary(report)}.",
        "",
        *(f"- {line}" for line in provenance(command)),
        "",
        READING,
        "",
    ]
    for r in report.results:
        out += [f"## {r.topic.letter}. {r.topic.title}", "", r.topic.about, ""]
        out += _markdown_table(HEADER, (_cells(c) for c in r.result.checks))
        for table in r.result.tables:
            out += ["", f"{table.title}:", "", *_markdown_table(table.header, table.rows)]
        if r.topic.letter in picture_names:
            out += ["", f"![{r.topic.title}]({picture_names[r.topic.letter]})"]
        out.append("")
    return "\n".join(out)


def html_report(report: Report, command: str, pngs: Mapping[str, bytes]) -> str:
    """One HTML file, pictures inside. pngs: by topic letter."""
    text = Path(__file__).with_name("report.html.jinja").read_text(encoding="utf-8")
    page = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    page.filters["cells"] = _cells
    return page.from_string(text).render(
        summary=summary(report),
        provenance=provenance(command),
        reading=READING,
        header=HEADER,
        results=report.results,
        pictures={letter: base64.b64encode(png).decode() for letter, png in pngs.items()},
    )


def _cells(check: Check) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        if value is None:
            return ""
        return f"{value:.2f} sigma" if check.unit == "sigma" else f"{value:.2g}"

    shots = f"{check.shots:,}" if check.shots else ""
    numbers = f"{check.comparisons:,}" if check.comparisons else ""
    return (
        check.name,
        check.compared,
        shots,
        numbers,
        number(check.worst),
        number(check.limit),
        check.verdict,
        check.note,
    )


def _markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(header), "|" + " --- |" * len(header), *(line(row) for row in rows)]
