"""``qec-leak status``: what is in a results file, and what a sweep still lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qec_leak.sweep import Sweep
    from qec_leak.sweep.rows import Row
    from qec_leak.sweep.summary import PointSummary

_EPILOG = """\b
Examples:
  qec-leak status results.csv
  qec-leak status results.csv --sweep experiments/demo_sweep.toml
"""


@click.command("status", epilog=_EPILOG)
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--sweep", "sweep_file", type=click.Path(path_type=Path), help="Sweep file: say what is still to be run.")
@click.option("--quick", is_flag=True, help="With the values of the sweep file's [quick].")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON per point instead of a table.")
def status_command(results: Path, sweep_file: Path | None, quick: bool, as_json: bool) -> None:
    """Print the points of a RESULTS file: shots, logical errors, logical error per cycle with its likelihood interval.

    Any CSV of sinter's will do, also one that a sweep is writing.
    """
    from qec_leak.cli.sweep import read_sweep_file
    from qec_leak.sweep.results import is_being_written, parse_contents
    from qec_leak.sweep.summary import summarize

    if quick and sweep_file is None:
        raise ValueError(
            "`--quick` must come with --sweep, whose file it is about, but there is none; add --sweep FILE"
        )
    sweep = None if sweep_file is None else read_sweep_file(sweep_file, quick=quick)
    contents = parse_contents(results.read_bytes(), str(results))
    try:
        summaries = summarize(contents.rows)
    except ValueError as error:
        raise ValueError(f"{results} {error}") from None
    if as_json:
        _print_json(summaries)
        return
    if summaries:
        click.echo(_table(summaries))
    click.echo(("\n" if summaries else "") + _totals(summaries, results))
    if contents.torn_line is not None:
        click.echo(f"Line {contents.torn_line} is cut off: the next run drops it and runs its block again.")
    if is_being_written(results):
        click.echo("A run is writing to it now.")
    if sweep is not None:
        click.echo(_left(sweep, contents.rows))


def _table(summaries: Sequence[PointSummary]) -> str:
    from qec_leak.cli.report import percent, text_table
    from qec_leak.sweep.curves import per_cycle_fit

    keys = _varying(summaries)
    header = [["point", "shots", "errors", "per cycle", "likelihood interval", "CPU time"]]
    lines = []
    for summary in summaries:
        stats = summary.stats
        fit = per_cycle_fit(summary)
        lines.append(
            [
                " ".join(f"{k.removeprefix('device.')}={_text(summary, k)}" for k in keys) or "all",
                f"{stats.shots:,}",
                f"{stats.errors:,}",
                "" if fit is None else percent(fit.best),
                "" if fit is None else f"{percent(fit.low)} to {percent(fit.high)}",
                _duration(stats.seconds),
            ]
        )
    return text_table(header, lines)


def _totals(summaries: Sequence[PointSummary], results: Path) -> str:
    from qec_leak.cli.sweep_progress import number_of

    shots = sum(s.stats.shots for s in summaries)
    errors = sum(s.stats.errors for s in summaries)
    seconds = _duration(sum(s.stats.seconds for s in summaries))
    rows = sum(s.rows for s in summaries)
    points = f"{number_of(summaries, 'point')} in {rows:,} line{'' if rows == 1 else 's'}"
    return f"{results}: {points}, {shots:,} shots, {errors:,} logical errors, {seconds} of CPU"


def _left(sweep: Sweep, rows: Sequence[Row]) -> str:
    from qec_leak.sweep.rows import row_key

    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        total = counts.setdefault(row.key, [0, 0])
        total[0] += row.stats.shots
        total[1] += row.stats.errors
    there = [counts.get(row_key(p.sampler_name, dict(p.metadata)), [0, 0]) for p in sweep.points]
    done = sum(sweep.stop.stops(shots, errors) for shots, errors in there)
    begun = sum(shots > 0 and not sweep.stop.stops(shots, errors) for shots, errors in there)
    return (
        f"{sweep.source}: {done} of {len(sweep.points)} points are done, {begun} begun, {len(there) - done - begun} not"
    )


def _varying(summaries: Sequence[PointSummary]) -> list[str]:
    """Metadata keys in which points differ, and "decoder" if they differ in that."""
    keys = list(dict.fromkeys(key for s in summaries for key in s.metadata))
    varying = [k for k in keys if len({repr(s.metadata.get(k)) for s in summaries}) > 1]
    return varying + (["decoder"] if len({s.stats.decoder for s in summaries}) > 1 else [])


def _text(summary: PointSummary, key: str) -> str:
    try:
        value = summary.value(key)
    except KeyError:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _duration(seconds: float) -> str:
    from qec_leak.cli.sweep_progress import duration

    return duration(seconds)


def _print_json(summaries: Sequence[PointSummary]) -> None:
    import json

    for summary in summaries:
        stats = summary.stats
        record: dict[str, Any] = {
            "strong_id": stats.strong_id,
            "decoder": stats.decoder,
            "metadata": stats.json_metadata,
            "shots": stats.shots,
            "errors": stats.errors,
            "discards": stats.discards,
            "seconds": round(stats.seconds, 3),
            "lines": summary.rows,
        }
        click.echo(json.dumps(record))
