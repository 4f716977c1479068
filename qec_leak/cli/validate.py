"""``qec-leak validate``: compares the engine with simulators that share no code with it."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
Examples:
  qec-leak validate --quick
  qec-leak validate --full --out docs --oracle .venv-oracle/bin/python
"""


@click.command("validate", epilog=_EPILOG)
@click.option(
    "--quick/--full",
    default=True,
    help="Make a quick report (about a minute) or the published report (about 20 minutes).  [default: quick]",
)
@click.option("--only", metavar="LETTERS", default="", help="Letters of the topics to run, e.g. ace.  [default: all]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for validation.md, validation.html and pictures.")
@click.option(
    "--oracle",
    metavar="PYTHON",
    help="Python that has leakysim.  [default: $QEC_LEAK_ORACLE_PYTHON or .venv-oracle/bin/python]",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of all samples.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Factor on all numbers of shots.")
@click.pass_context
def validate_command(
    context: click.Context, quick: bool, only: str, out: Path | None, oracle: str | None, seed: int, scale: float
) -> None:
    """Check the engine against closed forms, Stim, leakysim and exact trajectories.

    The exit status is 1 if a check fails.
    """
    from qec_leak._checks import check_positive
    from qec_leak.validate import TOPICS, Settings, find_oracle, run_checks, terminal_table

    letters = {topic.letter for topic in TOPICS}
    unknown = sorted(set(only) - letters)
    if unknown:
        raise ValueError(f"`--only` must be letters of {', '.join(sorted(letters))}, but has {unknown[0]!r}; drop it")
    settings = Settings(full=not quick, oracle=find_oracle(oracle), seed=seed, scale=check_positive("scale", scale))
    report = run_checks(settings, only=only, progress=lambda topic: click.echo(f"{topic.title} ...", err=True))
    if out is not None:
        _write(report, out, " ".join(_command(quick, only, out, oracle, seed, scale)))
    click.echo(terminal_table(report))
    if out is not None:
        click.echo(f"Report: {out / 'validation.md'} (and .html)")
    if not report.passed:
        context.exit(1)


def _command(quick: bool, only: str, out: Path, oracle: str | None, seed: int, scale: float) -> list[str]:
    words = ["qec-leak", "validate", "--quick" if quick else "--full", "--out", str(out)]
    given = (("--only", only, ""), ("--oracle", oracle, None), ("--seed", seed, 1), ("--scale", scale, 1.0))
    for name, value, default in given:
        if value != default:
            words += [name, str(value)]
    return words


def _write(report: object, out: Path, command: str) -> None:
    from qec_leak.records import StagedFolder
    from qec_leak.validate import Report, html_report, markdown_report
    from qec_leak.validate.pictures import pictures

    assert isinstance(report, Report)
    pngs = pictures(report)
    names = {letter: f"validation-{letter}.png" for letter in pngs}
    with StagedFolder(out) as folder:
        for letter, png in pngs.items():
            folder.path(names[letter]).write_bytes(png)
        folder.write_text("validation.html", html_report(report, command, pngs))
        folder.write_text("validation.md", markdown_report(report, command, names))
        folder.commit(last="validation.md")
