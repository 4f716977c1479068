"""The points of a results file: the sum of the rows of each."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak.sweep.point import METADATA_NAMES, circuit_default
from qec_leak.sweep.rows import Row, is_block_key


@dataclass(frozen=True)
class PointSummary:
    """All rows of one strong id."""

    stats: sinter.TaskStats
    rows: int

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its json_metadata; empty where that is not an object."""
        return self.stats.json_metadata if isinstance(self.stats.json_metadata, dict) else {}

    def value(self, key: str) -> Any:
        """A value of the metadata, by its name there ("d"), or by the key of a sweep file ("circuit.distance",
        "distance", "cz.leakage"); "decoder". Arguments that have their default are not in the metadata, but known.

        Raises KeyError if there is none.
        """
        if key in ("decoder", "decoder.name"):
            return self.stats.decoder
        for name in names_of(key):
            if name in self.metadata:
                return self.metadata[name]
        return circuit_default(key.removeprefix("circuit."))


def names_of(key: str) -> tuple[str, ...]:
    """What a key may be called in the metadata."""
    short = key.removeprefix("circuit.")
    return (key, METADATA_NAMES.get(short, short), f"device.{key}")


def summarize(rows: Iterable[Row]) -> tuple[PointSummary, ...]:
    """The rows added up by strong id, in the order in which ids first come.

    Raises ValueError, naming lines, for shots that are counted twice.
    """
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row.stats.strong_id].append(row)
    return tuple(PointSummary(_sum(parts), len(parts)) for parts in by_id.values())


def _sum(rows: Sequence[Row]) -> sinter.TaskStats:
    seen: list[tuple[int, int, int, int]] = sorted(
        (seed, block.first_shot, block.end_shot, row.line) for row in rows for seed, block in row.blocks
    )
    for (seed, first, end, line), (next_seed, next_first, _, next_line) in itertools.pairwise(seen):
        if seed == next_seed and next_first < end:
            raise ValueError(
                f"lines {line} and {next_line}: they hold the same shots, {max(first, next_first)} to {end - 1} of "
                f"seed {seed}; delete one of them, or do not combine files of the same seed"
            )
    custom: Counter[str] = Counter()
    for row in rows:
        for name, count in row.stats.custom_counts.items():
            if not is_block_key(name):
                custom[name] += count
    first_row = rows[0].stats
    return first_row.with_edits(
        shots=sum(row.stats.shots for row in rows),
        errors=sum(row.stats.errors for row in rows),
        discards=sum(row.stats.discards for row in rows),
        seconds=sum(row.stats.seconds for row in rows),
        custom_counts=custom,
    )
