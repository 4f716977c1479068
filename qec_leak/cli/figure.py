"""``qec-leak figure``: the figures of the paper, sampled and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qec_leak.cli.options import refuse_with

if TYPE_CHECKING:
    from qec_leak.studies import Experiment, PaperFigure, Results

_RESERVE_BYTES = 4 << 20
"""More than the files of any one figure take."""

_EPILOG = """\b
Examples:
  qec-leak figure --list
  qec-leak figure F3a --quick
  qec-leak figure F3a F5a --out results        # samples what results/ does not hold yet
  qec-leak figure F3a --set device.cz.leakage=2e-4 --set stop.max_shots=100000 --out better-gates
  qec-leak figure all --from results           # draws again and samples nothing
"""


def _complete_name(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from qec_leak.studies import FIGURES

    return [name for name in ("all", *FIGURES) if name.startswith(incomplete)]


@click.command("figure", epilog=_EPILOG)
@click.argument("names", metavar="NAME...", nargs=-1, shell_complete=_complete_name)
@click.option("--list", "listing", is_flag=True, help="List the figures and do nothing else.")
@click.option("--quick", is_flag=True, help="Fewer points and shots: seconds instead of minutes.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-figures"),
    show_default=True,
    help="Folder for pictures and results. Results that are already there are not sampled again.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Draw from the results in this folder and sample nothing.",
)
@click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change the experiment; may be repeated.")
@click.option("--threads", type=click.IntRange(min=1), default=None, help="Threads.  [default: one per core]")
@click.pass_context
def figure_command(
    context: click.Context,
    names: tuple[str, ...],
    listing: bool,
    quick: bool,
    out: Path,
    source: Path | None,
    overrides: tuple[str, ...],
    threads: int | None,
) -> None:
    """Sample and draw figures of Miao et al. and of other papers.

    NAME is the name of a figure, or "all". Each figure gives the pictures NAME.png and NAME.svg (with --quick
    NAME-quick.png and .svg), and an npz file with the results that they show.
    """
    if listing:
        refuse_with(context, "--list", "names", "quick", "out", "source", "overrides", "threads")
        _list()
        return
    from qec_leak._limits import check_threads

    check_threads("--threads", threads or 1)
    figures = _figures(names)
    experiments = [_experiment(figure, quick, overrides) for figure in figures]  # mistakes come before any work
    _check_folder(out)
    for figure, experiment in zip(figures, experiments, strict=True):
        if source:
            results, sampled = _load(figure, experiment, source), False
        else:
            results, sampled = _sample(figure, experiment, out, threads)
        files = _draw(figure, results, out, quick)
        kept = figure.source.path(source or out, quick=quick)
        click.echo(_summary(figure, results, files))
        click.echo(f"  {kept}, {'sampled now' if sampled else 'sampled before'}")


def _list() -> None:
    from qec_leak.studies import FIGURES

    width = max(map(len, FIGURES))
    for figure in FIGURES.values():
        click.echo(f"{figure.name:<{width}}  {figure.title}")


def _figures(names: tuple[str, ...]) -> list[PaperFigure]:
    from qec_leak._checks import check_choice
    from qec_leak.studies import FIGURES

    if not names:
        raise ValueError("`NAME` must be given, but is missing; 'qec-leak figure --list' shows the figures")
    for name in names:
        check_choice("NAME", name, ("all", *FIGURES))
    chosen = FIGURES if "all" in names else dict.fromkeys(names)
    return [FIGURES[name] for name in chosen]


def _experiment(figure: PaperFigure, quick: bool, overrides: tuple[str, ...]) -> Experiment:
    from qec_leak.cli.options import parse_overrides
    from qec_leak.studies import Experiment

    return Experiment.find(figure.study, quick=quick, overrides=parse_overrides(overrides))


def _check_folder(out: Path) -> None:
    """Raise OSError before sampling starts if the files will not fit or may not be written."""
    from qec_leak.records import StagedFolder

    with StagedFolder(out, reserve_bytes=_RESERVE_BYTES):
        pass  # leaves nothing behind


def _load(figure: PaperFigure, experiment: Experiment, folder: Path) -> Results:
    from qec_leak.studies import Results

    results = Results.load(figure.source.path(folder, quick=experiment.quick))
    if results.fingerprint != figure.source.fingerprint(experiment):
        click.echo(
            f"{figure.name}: these results come from another experiment, device or version than the present one",
            err=True,
        )
    return results


def _sample(figure: PaperFigure, experiment: Experiment, out: Path, threads: int | None) -> tuple[Results, bool]:
    from qec_leak.cli.study_run import study_run

    with study_run(threads, figure.name) as (run, _):
        return figure.source.load_or_run(experiment, out, run)


def _draw(figure: PaperFigure, results: Results, out: Path, quick: bool) -> list[Path]:
    from qec_leak.figures import save_figure
    from qec_leak.records import StagedFolder

    stem = f"{figure.name}-quick" if quick else figure.name
    with StagedFolder(out) as folder:
        save_figure(figure.draw(results), folder.path(f"{stem}.svg"), folder.path(f"{stem}.png"))
        if figure.animate is not None:
            figure.animate(results, folder.path(f"{stem}.gif"))
        return folder.commit(last=f"{stem}.png")


def _summary(figure: PaperFigure, results: Results, files: list[Path]) -> str:
    lines = [f"{figure.name}: {figure.title}"]
    values = figure.numbers(results)
    width = max(map(len, values), default=0)
    for name, number in values.items():
        lines.append(f"  {name:<{width}}  {number}")
    lines.append(f"  {', '.join(str(file) for file in files)}")
    return "\n".join(lines)
