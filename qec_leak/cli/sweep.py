"""``qec-leak sweep``: runs all points of a sweep file and goes on where an earlier run ended."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qec_leak._checks import is_number
from qec_leak.cli.options import refuse_with, sweep_file_options

if TYPE_CHECKING:
    from qec_leak.sweep import PointResult, Sweep

_EPILOG = """\b
Examples (docs/sweeps.md describes the file's format, and has a recipe for Slurm):
  qec-leak sweep demo_sweep --out results.csv --workers 2
  qec-leak sweep sweep.toml --dry-run
  qec-leak sweep sweep.toml --out results.csv --cluster tcp://10.0.0.1:8786
"""


@click.command("sweep", epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Results file (CSV of sinter); an existing one is continued.  [default: the name of FILE with .csv]",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to run on.")
@click.option(
    "--cluster", metavar="ADDRESS", help="Run on the dask scheduler at tcp://HOST:PORT; 'local' starts one here."
)
@click.option(
    "--dry-run", is_flag=True, help="Print the points with estimates of their shots and time, and run nothing."
)
@sweep_file_options
@click.option("--json", "as_json", is_flag=True, help="Report progress as lines of JSON, on standard output.")
@click.pass_context
def sweep_command(context: click.Context, /, **values: Any) -> None:
    """Run the points of a sweep file.

    FILE is a TOML file, or the name of one that comes with qec_leak, such as demo_sweep.

    Appends the counts of the points to a CSV file, which `sinter combine` and `sinter plot` read. A sweep may be
    interrupted or killed at any moment. The same command continues it. The final counts do not depend on interruptions
    or on the number of workers.
    """
    if values["dry_run"]:
        refuse_with(context, "--dry-run", "cluster", "as_json")
    if values["cluster"] not in (None, "local"):
        refuse_with(context, f"--cluster {values['cluster']}", "workers")
    _sweep(**values)


def _sweep(
    *,
    file: Path,
    out: Path | None,
    workers: int,
    cluster: str | None,
    dry_run: bool,
    quick: bool,
    overrides: tuple[str, ...],
    decoder: str | None,
    heralds: str | None,
    processes: tuple[str, ...],
    as_json: bool,
) -> None:
    from qec_leak._limits import check_threads
    from qec_leak.cli.sweep_progress import make_progress, say
    from qec_leak.sweep import SweepError, collect
    from qec_leak.sweep.cluster import connect_cluster

    check_threads("--workers", workers)
    if out is not None and out.exists() and not out.is_file():
        raise ValueError(f"`--out` must be a file that can be continued, but {str(out)!r} is none; choose another one")
    sweep = read_sweep_file(
        file, quick=quick, overrides=overrides, decoder=decoder, heralds=heralds, processes=processes
    )
    out = out or Path(f"{file.stem}.csv")
    if dry_run:
        _dry_run(sweep, out, workers)
        return
    try:
        with make_progress(as_json=as_json, out=out) as progress:
            backend = None if cluster is None else connect_cluster(cluster, workers=workers, note=say)
            results = collect(sweep, out=out, workers=workers, backend=backend, progress=progress, note=say)
    except SweepError as error:
        raise click.ClickException(str(error)) from error
    if not as_json:
        click.echo(_summary(results, out))


def read_sweep_file(
    file: Path,
    *,
    quick: bool = False,
    overrides: tuple[str, ...] = (),
    decoder: str | None = None,
    heralds: str | None = None,
    processes: tuple[str, ...] = (),
) -> Sweep:
    """The sweep, with ``decoder``, its ``heralds`` and ``processes`` for all its points if they are given; all mistakes
    of its file are printed, one line each, and end the command."""
    from qec_leak.cli import PROGRAM
    from qec_leak.cli.errors import STATUS_BAD_INPUT
    from qec_leak.cli.errors import say as print_line
    from qec_leak.cli.options import parse_overrides
    from qec_leak.sweep import SweepFileError, read_sweep

    changes = parse_overrides(overrides)
    if heralds is not None:
        from qec_leak.decoding import with_heralds

        if decoder is None:
            raise ValueError(
                "`--heralds` must be given with --decoder, but is given alone; add --decoder leakage-aware"
            )
        decoder = with_heralds(decoder, heralds, name="--heralds")
    if decoder is not None:
        if "decoder.name" in changes:
            raise ValueError("`--decoder` must not be given with --set decoder.name, but both are; drop one")
        changes["decoder.name"] = decoder
    if processes:
        if "circuit.processes" in changes:
            raise ValueError("`--process` must not be given with --set circuit.processes, but both are; drop one")
        changes["circuit.processes"] = list(processes)
    try:
        return read_sweep(_path(file), quick=quick, overrides=changes, extra=_FIGURE_TABLES)
    except SweepFileError as error:
        for mistake in error.mistakes:
            print_line(f"{PROGRAM}: error: {mistake}")
        raise click.exceptions.Exit(STATUS_BAD_INPUT) from None


def _path(file: Path) -> Path:
    """The file; a name without folder and suffix may be that of an experiment that comes with qec_leak. Raises
    SweepFileError for a name that nearly is one."""
    if file.suffix or len(file.parts) != 1 or file.exists():
        return file
    from qec_leak._checks import suggestion
    from qec_leak.studies import experiments_folder
    from qec_leak.sweep import SweepFileError

    inside = experiments_folder() / f"{file}.toml"
    if inside.is_file():
        return inside
    if hint := suggestion(str(file), (path.stem for path in experiments_folder().glob("*.toml"))):
        raise SweepFileError([f"{file}: cannot be read (No such file or directory); {hint}"])
    return file


_FIGURE_TABLES = ("study",)
"""Tables that experiment files of figures have more: a sweep does not need them."""


def _dry_run(sweep: Sweep, out: Path, workers: int) -> None:
    import time

    from qec_leak.cli.report import text_table
    from qec_leak.cli.sweep_progress import duration, number_of
    from qec_leak.sweep import read_results
    from qec_leak.sweep.estimate import estimate_sweep, sweep_seconds

    start_seconds = time.process_time()  # to import all this: a run, or a worker, starts with it as well
    rows = read_results(out) if out.exists() else ()
    estimates = estimate_sweep(sweep, rows)
    header = [["point", "there", "shots to run", "block", "CPU time"]]
    lines = [
        [
            e.point.title,
            f"{e.shots_there:,}",
            f"{e.shots:,.0f}",
            f"{sweep.block_shots(e.point):,}",
            duration(e.cpu_seconds(workers)) if e.shots else "done",
        ]
        for e in estimates
    ]
    click.echo(text_table(header, lines))
    shots = sum(e.shots for e in estimates)
    on = "1 worker" if workers == 1 else f"{workers} workers"
    seconds = sweep_seconds(estimates, workers=workers, start_seconds=start_seconds)
    points = number_of(estimates, "point")
    click.echo(f"\n{points}, {shots:,.0f} shots to run, about {duration(seconds)} on {on}; nothing was run (dry run)")


def _summary(results: tuple[PointResult, ...], out: Path) -> str:
    from qec_leak.cli.sweep_progress import number_of

    shots, errors = (sum(getattr(r.stats, name) for r in results) for name in ("shots", "errors"))
    return (
        f"{number_of(results, 'point')}, {shots:,} shots, {errors:,} logical errors: {out}\n"
        f"To see them: qec-leak status {out}; {plot_command(results, out)}"
    )


def plot_command(results: tuple[PointResult, ...], out: Path) -> str:
    """A command that draws these points. The horizontal axis is the numeric parameter that gives curves the most
    points; the distance is preferred among equals. Other parameters that vary tell curves apart, unless they change
    together with these (axes of a zip)."""
    labels = [dict(result.point.labels) for result in results]
    keys = list(dict.fromkeys(key for of_point in labels for key in of_point))
    varying = [key for key in keys if len({of_point.get(key) for of_point in labels}) > 1]
    numbers = [key for key in varying if all(is_number(of_point.get(key)) for of_point in labels)]
    numbers.sort(key=lambda key: key != _DISTANCE)  # stable
    groups = {x: _needed(labels, x, [key for key in varying if key != x]) for x in numbers or [_DISTANCE]}
    x = min(groups, key=lambda x: len({tuple(of_point.get(key) for key in groups[x]) for of_point in labels}))
    options = "".join(f" --group {key}" for key in groups[x])
    return f"qec-leak plot {shlex.quote(str(out))} --x {x}{options}"


_DISTANCE = "circuit.distance"


def _needed(labels: list[dict[str, Any]], x: str, keys: list[str]) -> list[str]:
    """The smallest part of ``keys`` that still tells all points apart together with ``x``."""

    def number(chosen: list[str]) -> int:
        return len({tuple(of_point.get(key) for key in (x, *chosen)) for of_point in labels})

    all_points = number(keys)
    for key in reversed(keys):
        rest = [k for k in keys if k != key]
        if number(rest) == all_points:
            keys = rest
    return keys
