"""Times and counts of a running sweep, for its progress report and for the sizes of its tasks."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from qec_leak.sweep.block import BlockCounts
from qec_leak.sweep.progress import ActivePoint, Snapshot
from qec_leak.sweep.state import PointState

STALE_SECONDS = 0.2
"""Sums over all points are not made more often."""

_LISTED_POINTS = 20


class Watch:
    """What a run has done since it began."""

    def __init__(self, states: Sequence[PointState], sizes: dict[int, int]) -> None:
        self._states = states
        self._sizes = sizes
        self._start = time.monotonic()
        self._began: dict[int, float] = {}
        self._new: dict[int, int] = defaultdict(int)
        self._new_work = 0.0
        self._cpu_seconds = 0.0
        self._work_left = 0.0
        self._stale = 0.0

    def started(self, state: PointState) -> None:
        """A block of this point goes to the workers."""
        self._began.setdefault(id(state), time.monotonic())

    def accepted(self, state: PointState, counts: BlockCounts) -> None:
        """A block of this point has been accepted."""
        self._new[id(state)] += counts.block.shots
        self._new_work += counts.block.shots * self._sizes[id(state)]
        self._cpu_seconds += counts.seconds

    def cpu_seconds(self, work: float) -> float:
        """Processor time of so much work (detectors times shots), about; infinity before that is known."""
        return work * self._cpu_seconds / self._new_work if self._new_work else float("inf")

    def cpu_seconds_left(self) -> float:
        """Processor time that the sweep still takes, about."""
        now = time.monotonic()
        if now > self._stale:  # a sum over all points: not for every task
            self._work_left = sum(self._left())
            self._stale = now + STALE_SECONDS
        return self.cpu_seconds(self._work_left)

    def snapshot(self) -> Snapshot:
        """The sweep as it is now."""
        now = time.monotonic()
        active = [state for state in self._states if state.active][:_LISTED_POINTS]
        shots = sum(state.shots for state in self._states)
        return Snapshot(
            points=len(self._states),
            points_done=sum(state.done for state in self._states),
            shots=shots,
            errors=sum(state.errors for state in self._states),
            shots_left=sum(state.shots_left() for state in self._states),
            new_shots=sum(self._new.values()),
            work=sum(state.shots * self._sizes[id(state)] for state in self._states),
            work_left=sum(self._left()),
            new_work=self._new_work,
            seconds=now - self._start,
            cpu_seconds=self._cpu_seconds,
            active=tuple(
                ActivePoint(
                    title=state.point.title,
                    shots=state.shots,
                    errors=state.errors,
                    shots_left=state.shots_left(),
                    shots_per_second=self._new[id(state)] / max(now - self._began.get(id(state), now), 1e-9),
                )
                for state in active
            ),
        )

    def _left(self) -> Iterator[float]:
        return (state.shots_left() * self._sizes[id(state)] for state in self._states)
