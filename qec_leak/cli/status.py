"""``qec-leak status``: the points of a results file, and how much of a sweep is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qec_leak.cli.options import refuse_without, sweep_file_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qec_leak.sweep import Sweep
    from qec_leak.sweep.rows import Row
    from qec_leak.sweep.summary import PointSummary

_EPILOG = """\b
Examples:
  qec-leak status results.csv
  qec-leak status results.csv --sweep demo_sweep
  qec-leak status results.csv --csv > table.csv
"""


@click.command("status", epilog=_EPILOG)
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--sweep",
    "sweep_file",
    type=click.Path(path_type=Path),
    help="Sweep file: also say how many of its points are done.",
)
@sweep_file_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line per point, instead of a table.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line per point, instead of a table.")
@click.pass_context
def status_command(
    context: click.Context,
    /,
    *,
    results: Path,
    sweep_file: Path | None,
    as_json: bool,
    as_csv: bool,
    **changes: Any,
) -> None:
    """Print the points of a results file.

    The table has the shots, the logical errors, and the logical error per cycle with its likelihood interval. A second
    table has the suppression factors Lambda of points at distances d and d + 2. --json and --csv add detection
    fractions and leakage.

    RESULTS is any CSV file of sinter. It can be read while a sweep writes to it. --quick, --set, --decoder and
    --process change the --sweep file. Give the same ones as for `qec-leak sweep`.
    """
    from qec_leak.cli.sweep import read_sweep_file
    from qec_leak.sweep.records import sorted_points
    from qec_leak.sweep.results import is_being_written, parse_contents
    from qec_leak.sweep.summary import summarize

    if as_json and as_csv:
        raise ValueError("`--json` must not be given with `--csv`, but both are; drop one")
    if sweep_file is None:
        refuse_without(context, "--sweep", *changes)
    sweep = None if sweep_file is None else read_sweep_file(sweep_file, **changes)
    contents = parse_contents(results.read_bytes(), str(results))
    try:
        summaries = sorted_points(summarize(contents.rows))
    except ValueError as error:
        raise ValueError(f"{results} {error}") from None
    notes = []
    if contents.torn_line is not None:
        notes.append(f"Line {contents.torn_line} is incomplete: the next run drops it and runs its block again.")
    if is_being_written(results):
        notes.append("A run is writing to this file now.")
    if sweep is not None:
        notes.append(_left(sweep, contents.rows))
    if as_json or as_csv:
        _print_records(summaries, as_json)
        for note in notes:
            click.echo(note, err=True)
        return
    if summaries:
        click.echo(f"{_table(summaries)}\n{_lambda_table(summaries)}")
    click.echo("\n".join([_totals(summaries, results), *notes]))


def _table(summaries: Sequence[PointSummary]) -> str:
    from qec_leak.cli.report import percent, text_table
    from qec_leak.sweep.quantities import per_cycle_fit

    keys = _varying(summaries)
    header = [["point", "shots", "errors", "per cycle", "likelihood interval", "CPU time"]]
    lines = []
    for summary in summaries:
        stats = summary.stats
        fit = per_cycle_fit(summary)
        lines.append(
            [
                _point(summary, keys),
                f"{stats.shots:,}",
                f"{stats.errors:,}",
                "" if fit is None else percent(fit.best),
                "" if fit is None else f"{percent(fit.low)} to {percent(fit.high)}",
                _duration(stats.seconds),
            ]
        )
    return text_table(header, lines)


def _lambda_table(summaries: Sequence[PointSummary]) -> str:
    """Suppression factors, between empty lines; nothing if there are no two points to compare."""
    from qec_leak.cli.report import text_table
    from qec_leak.sweep.suppression import suppressions

    found = suppressions(summaries)
    if not found:
        return ""
    keys = [key for key in _varying(summaries) if key != "d"]
    header = [["Lambda = eps(d) / eps(d + 2)", "d", "Lambda", "likelihood interval"]]
    lines = [
        [
            " ".join(filter(None, (_range(s.first, s.second, key) for key in keys))) or "all",
            "{} / {}".format(*s.distances),
            _number(s.fit.best),
            f"{_number(s.fit.low)} to {_number(s.fit.high)}",
        ]
        for s in found
    ]
    return f"\n{text_table(header, lines)}\n"


def _range(first: PointSummary, second: PointSummary, key: str) -> str:
    """A parameter of both points: one value, or two if it changes with the distance."""
    values = list(dict.fromkeys((_text(first, key), _text(second, key))))
    return f"{key.removeprefix('device.')}={'/'.join(values)}"


def _number(value: float | None) -> str:
    import math

    if value is None or math.isnan(value):
        return "-"
    return f"{value:.3g}" if math.isfinite(value) else "infinity"


def _point(summary: PointSummary, keys: Sequence[str]) -> str:
    return " ".join(f"{k.removeprefix('device.')}={_text(summary, k)}" for k in keys) or "all"


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
    from qec_leak.sweep.records import parameter_names

    varying = [k for k in parameter_names(summaries) if len({repr(s.metadata.get(k)) for s in summaries}) > 1]
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


def _print_records(summaries: Sequence[PointSummary], as_json: bool) -> None:
    """What ``qec_leak.sweep.read`` gives; JSON has the metadata as they are and the number of lines, too."""
    import csv
    import json
    import math
    import sys

    from qec_leak.sweep.records import records_of

    records = records_of(summaries)
    if not as_json:
        writer = csv.DictWriter(sys.stdout, list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return
    for summary, record in zip(summaries, records, strict=True):
        finite: dict[str, Any] = {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in record.items()
        }
        metadata = summary.stats.json_metadata
        click.echo(json.dumps({**finite, "metadata": metadata, "lines": summary.rows}, allow_nan=False))
