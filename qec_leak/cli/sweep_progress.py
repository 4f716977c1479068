"""Progress of a running sweep: bars on a terminal, lines of JSON, or nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from qec_leak.sweep.progress import ActivePoint, Snapshot

_JSON_SECONDS = 1.0
_MAX_LINES = 8
_BAR = "{desc} {percentage:3.0f}%|{bar}|"


def say(line: str) -> None:
    """A note to the user, above the bars."""
    tqdm.write(f"note: {line}", file=sys.stderr)


def number_of(things: Sized, name: str) -> str:
    """How many they are: "1 point", "12 points"."""
    return f"{len(things):,} {name}" + ("" if len(things) == 1 else "s")


def duration(seconds: float) -> str:
    """A time in two units at most: "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


@contextlib.contextmanager
def make_progress(*, as_json: bool, out: Path) -> Iterator[Callable[[Snapshot], None] | None]:
    """The function to call with snapshots: it writes JSON lines or bars. None without a terminal."""
    if as_json:
        lines = _JsonLines(out)
        yield lines
        lines.finish()
    elif sys.stderr.isatty():
        with _Bars() as bars:
            yield bars
    else:
        yield None


class _JsonLines:
    """One object a line, about once a second: {"event": "progress", "points": ..., ...}; the last one is "done"."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._last = float("-inf")
        self._snapshot: Snapshot | None = None

    def __call__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        if time.monotonic() - self._last >= _JSON_SECONDS:
            self._last = time.monotonic()
            self._print("progress", snapshot)

    def finish(self) -> None:
        """The sweep has ended well."""
        if self._snapshot is not None:
            self._print("done", self._snapshot)

    def _print(self, event: str, snapshot: Snapshot) -> None:
        values: dict[str, Any] = {"event": event, "out": str(self._out), **dataclasses.asdict(snapshot)}
        values["seconds_left"] = snapshot.seconds_left
        values["active"] = [{**dataclasses.asdict(p), "seconds_left": p.seconds_left} for p in snapshot.active]
        click.echo(json.dumps(_finite(values)))


def _finite(value: Any) -> Any:
    """JSON knows no infinity."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


class _Bars:
    """One bar for the sweep, a line for each active point."""

    def __init__(self) -> None:
        self._bar = tqdm(total=1.0, bar_format=_BAR, leave=False, file=sys.stderr)
        self._lines: list[Any] = []

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *error: object) -> None:
        for line in reversed(self._lines):
            line.close()
        self._bar.close()

    def __call__(self, snapshot: Snapshot) -> None:
        total = snapshot.work + snapshot.work_left
        self._bar.n = snapshot.work / total if total else 1.0
        left = snapshot.seconds_left
        self._bar.set_description_str(f"{snapshot.points_done}/{snapshot.points} points", refresh=False)
        rate = snapshot.new_shots / max(snapshot.seconds, 1e-9)
        text = f"{snapshot.shots:,} shots, {snapshot.errors:,} errors, {rate:,.0f}/s"
        self._bar.bar_format = _BAR + " " + text + ("" if left is None else f", {duration(left)} left")
        self._bar.refresh()
        shown = snapshot.active[: min(_MAX_LINES, max(1, shutil.get_terminal_size().lines - 3))]
        while len(self._lines) < len(shown):
            position = len(self._lines) + 1
            self._lines.append(tqdm(bar_format="{desc}", position=position, leave=False, file=sys.stderr))
        for k, line in enumerate(self._lines):
            line.set_description_str(_line(shown[k]) if k < len(shown) else "")


def _line(point: ActivePoint) -> str:
    left = point.seconds_left
    rate = f", {point.shots_per_second:,.0f}/s" if point.shots_per_second else ""
    remaining = "" if left is None else f", {duration(left)} left"
    return f"  {point.title}: {point.shots:,} shots, {point.errors:,} errors{rate}{remaining}"
