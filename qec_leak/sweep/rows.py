"""Rows of a results file: sinter's columns, and which shots a row holds.

A row of ours is one block of shots. Which one is said by a key of its custom_counts, ``shots 5:0-4096``: under seed 5,
the shots from 0 to 4095, counted once (value 1). sinter adds up such keys like all counts, so that a row of ``sinter
combine`` still says which shots it holds.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak.sweep.block import Block, BlockCounts
from qec_leak.sweep.point import Point

HEADER = str(sinter.CSV_HEADER)
COLUMNS = tuple(name.strip() for name in HEADER.split(","))

_BLOCK_KEY = re.compile(r"shots (\d+):(\d+)-(\d+)")


@dataclass(frozen=True)
class Row:
    """One line of a results file.

    line: its number in the file, from 1.
    blocks: (seed, block) of the shots that it holds, in order; empty for rows that no sweep of ours wrote.
    """

    line: int
    stats: sinter.TaskStats
    blocks: tuple[tuple[int, Block], ...]

    @property
    def key(self) -> tuple[str, str]:
        """Decoder and metadata: rows of one point have the same."""
        return row_key(self.stats.decoder, self.stats.json_metadata)


def row_key(decoder: str, metadata: Any) -> tuple[str, str]:
    """What rows of one point have in common, apart from the circuit."""
    return decoder, json.dumps(metadata, sort_keys=True)


def is_block_key(name: str) -> bool:
    """True for the key of custom_counts that says which shots a row holds."""
    return _BLOCK_KEY.fullmatch(name) is not None


def format_row(point: Point, counts: BlockCounts, seed: int) -> str:
    """The line of one block, without its line break."""
    block = counts.block
    custom = Counter(counts.custom_counts)
    custom[f"shots {seed}:{block.first_shot}-{block.end_shot}"] = 1
    return str(stats_of(point, [counts]).with_edits(custom_counts=custom).to_csv_line())


def stats_of(point: Point, parts: Iterable[BlockCounts]) -> sinter.TaskStats:
    """The sum of some blocks of a point as sinter's statistics; at least one block."""
    parts = list(parts)
    custom: Counter[str] = Counter()
    for part in parts:
        for name, count in part.custom_counts.items():
            custom[name] += count
    return sinter.TaskStats(
        strong_id=parts[0].strong_id,
        decoder=point.sampler_name,
        json_metadata=dict(point.metadata),
        shots=sum(part.block.shots for part in parts),
        errors=sum(part.errors for part in parts),
        seconds=sum(part.seconds for part in parts),
        custom_counts=custom,
    )


def parse_row(text: str, line: int) -> Row:
    """Read one line. Raises ValueError, one line of what is wrong with it, without file and line number."""
    try:
        [cells] = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        raise ValueError("it must be one line of comma-separated values, but does not read as such") from None
    if len(cells) not in (len(COLUMNS), len(COLUMNS) - 1):
        raise ValueError(f"it must have {len(COLUMNS)} columns, but has {len(cells)}")
    values = dict(zip(COLUMNS, [*cells, ""], strict=False))
    counts = {name: _count(name, values[name]) for name in ("shots", "errors", "discards")}
    if counts["errors"] + counts["discards"] > counts["shots"]:
        raise ValueError(f"`errors` and `discards` must be at most {counts['shots']} (`shots`), but are more")
    custom = _json("custom_counts", values["custom_counts"] or "{}")
    if not isinstance(custom, dict) or not all(_is_count(v) for v in custom.values()):
        raise ValueError("`custom_counts` must be counts by name, but are not")
    try:
        seconds = float(values["seconds"])
    except ValueError:
        raise ValueError(f"`seconds` must be a number, but is {values['seconds'].strip()!r}") from None
    if not seconds >= 0:
        raise ValueError(f"`seconds` must be at least 0, but is {seconds!r}")
    stats = sinter.TaskStats(
        strong_id=values["strong_id"],
        decoder=values["decoder"],
        json_metadata=_json("json_metadata", values["json_metadata"]),
        seconds=seconds,
        custom_counts=Counter(custom),
        **counts,
    )
    return Row(line, stats, _blocks(stats))


def _blocks(stats: sinter.TaskStats) -> tuple[tuple[int, Block], ...]:
    blocks = []
    for name, times in stats.custom_counts.items():
        match = _BLOCK_KEY.fullmatch(name)
        if match is None:
            continue
        seed, first, end = map(int, match.groups())
        if times != 1:
            raise ValueError(f"shots {first}-{end} of seed {seed} must be counted once, but are counted {times} times")
        if end <= first:
            raise ValueError(f"{name!r} must name some shots, but names none")
        blocks.append((seed, Block(first, end)))
    held = sum(block.shots for _, block in blocks)
    if blocks and held != stats.shots:
        raise ValueError(f"`shots` must be the {held} that its custom_counts name, but is {stats.shots}")
    return tuple(sorted(blocks))


def _count(name: str, text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError(f"`{name}` must be a whole number, but is {text.strip()!r}")
    return int(text)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise ValueError(f"`{name}` must be JSON, but is {text[:40]!r}") from None
