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
    "What the failing rows teach: populations, lifetimes and detection probabilities, which follow from rates and "
    "transport, come out right with few parameters, fitted to six rows. What fails is logical: it depends on which "
    "transmon of each pair is the higher one (the slope of 1/Lambda changes by half with it, and no paper tells it), "
    "and on hardware that is less constant than its model. A prediction of Lambda under leakage needs the frequencies "
    "of a device as much as its error rates, and a number of cycles."
)


@click.command("scorecard", epilog=_EPILOG)
@click.option("--quick", is_flag=True, help="Quick variants of the studies: about a minute, with rough values.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for scorecard.md.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of results, as of 'qec-leak figure --out': taken as they are, what is missing is sampled into it (an "
    "hour and more if it is empty).",
)
@click.option("--threads", type=click.IntRange(min=1), default=None, help="Threads.  [default: one a core]")
def scorecard_command(quick: bool, out: Path | None, source: Path | None, threads: int | None) -> None:
    """Judge every published number that the simulator should reproduce: value, target, range, fitted or predicted,
    pass or fail, and why. The exit status is 1 if a fitted row fails."""
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
