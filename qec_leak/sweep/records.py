"""A results file as a table: one record for each point, with all its quantities."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sinter

from qec_leak.sweep.order import order_key
from qec_leak.sweep.point import METADATA_NAMES
from qec_leak.sweep.quantities import fits_of
from qec_leak.sweep.results import read_results
from qec_leak.sweep.summary import PointSummary, summarize
from qec_leak.sweep.suppression import Suppression, suppressions

Record = dict[str, Any]

_LONG_NAMES = {short: name for name, short in METADATA_NAMES.items()}


def read(*paths: str | os.PathLike[str]) -> list[Record]:
    """The points of results files, one record each, all with the same keys: ``pandas.DataFrame(read(path))``.

    Keys, in this order:

    - code, distance, rounds, basis, strategy, device (as far as the metadata have them), all other names of the
      metadata, sorted ("device.cz.leakage", "inject_leakage"; None where a point has its default), decoder.
    - shots, errors, discards, seconds (processor time), strong_id.
    - logical_error_per_cycle, logical_error_probability, detection_fraction (rounds that compare full rounds),
      leakage_data, leakage_measure, leakage_removal (end of the last round), suppression_factor (Lambda: the error per
      cycle over that of the point whose distance is larger by two). Each has NAME_low and NAME_high, the ends of the
      interval of values whose likelihood is at least 1/1000 of the maximum. A value is None if the file does not have
      it, and infinity for a Lambda without a bound.

    Records are sorted by the parameters in which they differ.

    Args:
        *paths: the files.

    Returns:
        The records.

    Raises:
        ValueError: a row cannot be read; the message names file and line.
        OSError: a file cannot be read.

    Examples:
        >>> import tempfile
        >>> from qec_leak.sweep import collect, parse_sweep
        >>> sweep = parse_sweep('''
        ... [circuit]
        ... distance = 3
        ... rounds = 2
        ... [device]
        ... preset = "miao2023"
        ... [axes]
        ... "circuit.strategy" = ["MLR", "DQLR"]
        ... [stop]
        ... max_shots = 200
        ... ''')
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = collect(sweep, out=f"{folder}/results.csv")
        ...     records = read(f"{folder}/results.csv")
        >>> [record["strategy"] for record in records]
        ['MLR', 'DQLR']
    """
    return records_of(_read_sorted(paths))


def suppression_factors(*paths: str | os.PathLike[str]) -> list[Record]:
    """Lambda_{d/(d+2)} = eps_d / eps_{d+2} of results files.

    There is one record for each two points whose distances differ by two and that are otherwise equal. Parameters that
    change together with the distance, such as rounds in a zip, may differ too. Keys: the parameters of the point at d
    as in ``read``, next_distance, suppression_factor, suppression_factor_low, suppression_factor_high.

    Args:
        *paths: the files.

    Returns:
        The records.

    Raises:
        ValueError: a row cannot be read; the message names file and line.
        OSError: a file cannot be read.

    Examples:
        >>> import tempfile
        >>> from qec_leak.sweep import collect, parse_sweep
        >>> sweep = parse_sweep('''
        ... [circuit]
        ... distance = 3
        ... rounds = 2
        ... [device]
        ... preset = "miao2023"
        ... [axes]
        ... "circuit.strategy" = ["MLR", "DQLR"]
        ... [stop]
        ... max_shots = 200
        ... ''')
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = collect(sweep, out=f"{folder}/results.csv")
        ...     suppression_factors(f"{folder}/results.csv")
        []
    """
    summaries = _read_sorted(paths)
    names = parameter_names(summaries)
    return [
        {**_parameters(s.first, names), "next_distance": s.distances[1], **_flat("suppression_factor", s.fit)}
        for s in suppressions(summaries)
    ]


def records_of(summaries: Sequence[PointSummary]) -> list[Record]:
    """What ``read`` returns of these points, in their order."""
    names = parameter_names(summaries)
    factors: dict[int, Suppression] = {id(s.first): s for s in suppressions(summaries)}
    out = []
    for summary in summaries:
        record = _parameters(summary, names)
        stats = summary.stats
        record |= {"shots": stats.shots, "errors": stats.errors, "discards": stats.discards}
        record |= {"seconds": round(stats.seconds, 3), "strong_id": stats.strong_id}
        for name, fit in fits_of(summary).items():
            record |= _flat(name, fit)
        found = factors.get(id(summary))
        record |= _flat("suppression_factor", None if found is None else found.fit)
        out.append(record)
    return out


def sorted_points(summaries: Sequence[PointSummary]) -> list[PointSummary]:
    """Points sorted by the parameters in which they differ. Rows of a file come in the order in which workers
    finished."""
    names = list(parameter_names(summaries))
    return sorted(summaries, key=lambda s: [order_key(s.metadata.get(name)) for name in names] + [(2, 0.0, _by(s))])


def _by(summary: PointSummary) -> str:
    return str(summary.stats.decoder)


def _read_sorted(paths: Sequence[str | os.PathLike[str]]) -> list[PointSummary]:
    if not paths:
        raise ValueError("`paths` must name a results file, but is empty; give the --out of `qec-leak sweep`")
    names = ", ".join(str(Path(path)) for path in paths)
    try:
        return sorted_points(summarize(row for path in paths for row in read_results(path)))
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(names) else f"{names} {error}") from None


def parameter_names(summaries: Sequence[PointSummary]) -> dict[str, str]:
    """Names of the parameters in records by their names in the metadata, the arguments of every point first."""
    found = {key for summary in summaries for key in summary.metadata}
    first = [name for name in (*METADATA_NAMES.values(), "device") if name in found]
    return {name: _LONG_NAMES.get(name, name) for name in [*first, *sorted(found - set(first))]}


def _parameters(summary: PointSummary, names: dict[str, str]) -> Record:
    values = {name: summary.metadata.get(key) for key, name in names.items()}
    return {**values, "decoder": summary.stats.decoder}


def _flat(name: str, fit: sinter.Fit | None) -> Record:
    if fit is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: fit.best, f"{name}_low": fit.low, f"{name}_high": fit.high}
