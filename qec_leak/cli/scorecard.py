"""``qec-leak scorecard``: compares published numbers with simulated ones."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
Examples:
  qec-leak scorecard --quick
  qec-leak scorecard --from results --out docs
"""

LESSON = (
    "What the failing rows show: populations, lifetimes and detection probabilities follow from rates and transport. "
    "They come out right with few parameters, which are fitted to six rows. Most failing rows are logical error rates. "
    "These depend on which transmon of each pair is the higher one. No paper says this, and it changes the slope of "
    "1/Lambda by half. They also depend on hardware that is less constant than its model. A prediction of Lambda under "
    "leakage therefore needs the frequencies of a device as much as its error rates, and the number of cycles."
)


@click.command("scorecard", epilog=_EPILOG)
@click.option("--quick", is_flag=True, help="Run quick variants of the studies, with rough values (about a minute).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for scorecard.md.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of results of `qec-leak figure --out`. Missing results are sampled into it, which takes more than an "
    "hour if it is empty.",
)
@click.option("--threads", type=click.IntRange(min=1), default=None, help="Threads.  [default: one per core]")
def scorecard_command(quick: bool, out: Path | None, source: Path | None, threads: int | None) -> None:
    """Compare published numbers with simulated ones.

    Each row has the value, the target, the allowed range, whether it is fitted or predicted, and whether it passes.
    Rows that fail come with an explanation. The exit status is 1 if a fitted row fails.
    """
    from qec_leak.cli.study_run import study_run
    from qec_leak.scorecard import score, terminal_table

    with study_run(threads) as (run, rename):
        report = score(quick=quick, folder=source, run=run, announce=rename)
    click.echo(terminal_table(report))
    if out is not None:
        click.echo(f"Report: {_write(report, out, _command(quick, source, out))}")
    if any(verdict.row.fitted and not verdict.passed for verdict in report.verdicts):
        click.get_current_context().exit(1)


def _command(quick: bool, source: Path | None, out: Path) -> str:
    words = ["qec-leak", "scorecard", *(["--quick"] if quick else [])]
    return " ".join([*words, *(["--from", source.name] if source else []), "--out", out.name])


def _write(report: object, out: Path, command: str) -> Path:
    import datetime
    import platform

    import pymatching
    import stim

    import qec_leak
    from qec_leak.records import StagedFolder
    from qec_leak.scorecard import Report, markdown_report

    assert isinstance(report, Report)
    versions = (
        f"qec_leak {qec_leak.__version__}, Stim {stim.__version__}, PyMatching {pymatching.__version__}, "
        f"Python {platform.python_version()}"
    )
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    with StagedFolder(out) as folder:
        text = markdown_report(report, command=command, date=date, versions=versions, lesson=LESSON)
        folder.write_text("scorecard.md", text)
        folder.commit(last="scorecard.md")
    return out / "scorecard.md"
