"""Timing: jobs take turns, and are compared turn by turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much is measured: repeats of each job, and the aimed length of one timed run."""

    repeats: int
    seconds: float


@dataclass(frozen=True)
class Job:
    """``run(shots)`` does a job and returns the CPU seconds it took; ``block``: shots come in multiples of it;
    ``most``: what one call takes at most."""

    name: str
    run: Callable[[int], float]
    block: int = 1
    most: int = 1 << 24

    def sized(self, seconds: float) -> tuple[int, int]:
        """Calls, and shots of each, that take about ``seconds``. An odd number of blocks: rows of a power of two of
        shots share few sets of the caches (at d = 21 Stim takes 1.6 times as long for 4,096 shots than for 4,352)."""
        most = max(self.most // self.block, 1) * self.block
        self.run(self.block)  # compiles, fills caches
        shots = self.block
        while (taken := self.run(shots)) <= seconds / 4 and shots < most:
            shots = min(shots * max(2, min(8, int(seconds / 2 / max(taken, 1e-6)))), most)
        wanted = shots * seconds / max(taken, 1e-6)
        blocks = int(min(wanted, most)) // self.block
        shots = max(blocks - 1 + blocks % 2, 1) * self.block
        return max(round(wanted / shots), 1), shots


def in_this_process(work: Callable[[int], object]) -> Callable[[int], float]:
    """``Job.run`` of something called here. CPU time, so that neighbours on the machine count little."""

    def run(shots: int) -> float:
        start = time.process_time()
        work(shots)
        return time.process_time() - start

    return run


@dataclass(frozen=True)
class Turns:
    """Seconds of jobs, one of each a turn, for a shot or a task. The machine's speed changes from second to second, so
    jobs are compared turn by turn, with the one that ran just before or after."""

    taken: dict[str, list[float]]

    def seconds(self, job: str) -> float:
        """The median."""
        return statistics.median(self.taken[job])

    def rates(self) -> dict[str, float]:
        """1 / seconds, by job."""
        return {job: 1 / self.seconds(job) for job in self.taken}

    def ratio(self, job: str, over: str) -> float:
        """How many times faster ``job`` is than ``over``: the median over turns."""
        return statistics.median(b / a for a, b in zip(self.taken[job], self.taken[over], strict=True))


def in_turn(
    groups: Sequence[Sequence[Job]], effort: Effort, turns: Callable[[range], Iterable[int]] = iter
) -> list[Turns]:
    """CPU seconds a shot of jobs that take turns: of each group, whose jobs run one after the other. ``turns`` may show
    how far it is."""
    sizes = [[job.sized(effort.seconds) for job in jobs] for jobs in groups]
    timed = [Turns({job.name: [] for job in jobs}) for jobs in groups]
    for _ in turns(range(effort.repeats)):
        for jobs, many, out in zip(groups, sizes, timed, strict=True):
            for job, (calls, shots) in zip(jobs, many, strict=True):
                out.taken[job.name].append(sum(job.run(shots) for _ in range(calls)) / (calls * shots))
    return timed


def pin_to_one_core() -> set[int]:
    """Keep this process and those it starts on one core (where the system can); returns the cores it had."""
    if not hasattr(os, "sched_setaffinity"):
        return set(range(os.cpu_count() or 1))
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    return cores


def unpin(cores: set[int]) -> None:
    """Undo ``pin_to_one_core``."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
