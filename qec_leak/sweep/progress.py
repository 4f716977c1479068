"""Snapshots of a running sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ActivePoint:
    """A point of which blocks are being run.

    shots_left: shots that are probably still to be run.
    shots_per_second: while it has been active in this run; 0 before its first block is done.
    """

    title: str
    shots: int
    errors: int
    shots_left: float
    shots_per_second: float

    @property
    def seconds_left(self) -> float | None:
        """Time that it probably still takes; None before that can be told."""
        return self.shots_left / self.shots_per_second if self.shots_per_second else None


@dataclass(frozen=True)
class Snapshot:
    """A sweep at one moment.

    points, points_done: all of them, and those that need no more shots.
    shots, errors: accepted so far, those of earlier runs included; shots_left: probably still to be run.
    new_shots: accepted in this run.
    work, work_left: the same in detectors times shots, to which time is about proportional.
    seconds: since this run began.   cpu_seconds: that workers spent on sampling, decoding and counting new shots.
    """

    points: int
    points_done: int
    shots: int
    errors: int
    shots_left: float
    new_shots: int
    work: float
    work_left: float
    new_work: float
    seconds: float
    cpu_seconds: float
    active: tuple[ActivePoint, ...] = ()

    @property
    def seconds_left(self) -> float | None:
        """Time that the sweep probably still takes; None before that can be told."""
        return self.work_left * self.seconds / self.new_work if self.new_work else None


Progress = Callable[[Snapshot], object]
