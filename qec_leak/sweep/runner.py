"""Run a sweep: blocks to the workers, counts to the file, until every point has enough."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak import _checks
from qec_leak.sweep.backends import Backend, ProcessBackend, SerialBackend
from qec_leak.sweep.block import Block, BlockCounts, identify, run_blocks
from qec_leak.sweep.errors import SweepError, SweepInterrupted
from qec_leak.sweep.interrupt import InterruptFlag
from qec_leak.sweep.point import Point, Sweep
from qec_leak.sweep.progress import Progress
from qec_leak.sweep.results import ResultsFile
from qec_leak.sweep.rows import Row, format_row, row_key
from qec_leak.sweep.state import PointState
from qec_leak.sweep.version import VERSION
from qec_leak.sweep.watch import Watch

TASK_SECONDS = 0.5
"""Small blocks are put together into tasks of about this length: it makes messages cheap and Ctrl-C prompt."""

_TASK_BLOCKS = 64
_IDENTIFY_POINTS = 4
_WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class PointResult:
    """A finished point: its counts, those of earlier runs included.

    Attributes:
        point: the point.
        stats: its counts, as sinter has them.

    Examples:
        ``collect`` returns them:

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
        >>> [result.stats.shots for result in collect(sweep)]
        [200, 200]
    """

    point: Point
    stats: sinter.TaskStats


def collect(
    sweep: Sweep,
    *,
    out: str | os.PathLike[str] | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    backend: Backend | None = None,
    progress: Progress | None = None,
    note: Callable[[str], object] = lambda line: None,
) -> tuple[PointResult, ...]:
    """Run a sweep until every point has enough shots. Shots that ``out`` already holds are not run again.

    Args:
        sweep: the sweep.
        out: results file, a CSV of sinter's; None keeps the counts in memory only.
        workers: number of processes that run blocks; 1 is this process. More than one are spawned, so the script must
            call ``collect`` under ``if __name__ == "__main__":``.
        executor: run blocks on this instead; ``workers`` says how many tasks it runs at a time.
        backend: run blocks on this instead, see ``connect_cluster``; it is closed at the end.
        progress: called with a Snapshot a few times a second.
        note: called with lines that a user should see.

    Returns:
        The points in their order with their counts: the same for any executor, number of workers, or history of
        interruptions.

    Raises:
        ValueError: an argument breaks its rule, or the results file cannot be used.
        SweepError: the sweep cannot go on. What was done is in ``out``.
        SweepInterrupted: Ctrl-C. What was done is in ``out``.

    Examples:
        >>> from qec_leak.sweep import parse_sweep
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
        >>> [result.point.title for result in collect(sweep)]
        ['strategy=MLR', 'strategy=DQLR']
    """
    _checks.check_int("workers", workers, minimum=1)
    try:
        with ExitStack() as stack:
            file = None if out is None else stack.enter_context(ResultsFile(out, note=note))
            interrupted = stack.enter_context(InterruptFlag())
            if backend is None and executor is not None:
                backend = Backend(executor, workers)
            elif backend is None:
                backend = SerialBackend() if workers == 1 else ProcessBackend(workers)
            run = _Run(sweep, file, backend, progress, note, interrupted)
            run.run()
    except BaseException as error:
        if backend is not None:
            backend.close(wait=isinstance(error, SweepInterrupted))  # then its workers have nothing to do any more
        raise
    backend.close(wait=True)
    return tuple(PointResult(state.point, state.stats()) for state in run.states)


class _Run:
    """One run over a sweep."""

    def __init__(
        self,
        sweep: Sweep,
        file: ResultsFile | None,
        backend: Backend,
        progress: Progress | None,
        note: Callable[[str], object],
        interrupted: InterruptFlag,
    ) -> None:
        self.states = [PointState(p, sweep.stop, sweep.block_shots(p), sweep.run.seed) for p in sweep.points]
        self._sweep = sweep
        self._file = file
        self._backend = backend
        self._progress = progress
        self._note = note
        self._interrupted = interrupted
        self._futures: dict[Future[Any], list[tuple[PointState, Block]]] = {}
        self._to_identify: dict[Future[Any], list[PointState]] = {}
        self._unfinished: list[PointState] = []
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._unknown: list[PointState] = []
        self._sizes = {id(state): state.point.num_detectors() for state in self.states}
        self._watch = Watch(self.states, self._sizes)
        self._last_report = 0.0

    def run(self) -> None:
        """Until all is done, or cannot go on, or Ctrl-C."""
        self._load()
        while True:
            if not self._interrupted.is_set:
                self._submit()
            pending = {*self._futures, *self._to_identify}
            self._report(last=not pending)
            if not pending:
                break
            if self._interrupted.is_set:
                self._cancel_waiting()
            for future in wait(pending, timeout=_WAIT_SECONDS, return_when=FIRST_COMPLETED).done:
                self._finish(future)
        if self._interrupted.is_set and not all(state.done for state in self.states):
            done = sum(state.done for state in self.states)
            kept = "" if self._file is None else f"; what was done is in {self._file.path}, the same command goes on"
            raise SweepInterrupted(f"interrupted; {done} of {len(self.states)} points are done{kept}")

    def _load(self) -> None:
        """Look for earlier results. Points that seem to have some are identified before anything of them is run."""
        for row in self._file.rows if self._file else ():
            self._rows[row.key].append(row)
        for state in self.states:
            known = row_key(state.point.sampler_name, dict(state.point.metadata)) in self._rows
            (self._unknown if known else self._unfinished).append(state)

    def _submit(self) -> None:
        while len(self._futures) + len(self._to_identify) < self._backend.tasks:
            if self._unknown:
                some, self._unknown = self._unknown[:_IDENTIFY_POINTS], self._unknown[_IDENTIFY_POINTS:]
                future = self._backend.submit(identify, [state.point for state in some])
                self._to_identify[future] = some
                continue
            task = self._next_task()
            if not task:
                return
            work = [(state.point, block) for state, block in task]
            self._futures[self._backend.submit(run_blocks, work, self._sweep.run.seed)] = task

    def _next_task(self) -> list[tuple[PointState, Block]]:
        """Blocks that take about ``TASK_SECONDS`` together, less when there is not much left to share out."""
        task: list[tuple[PointState, Block]] = []
        seconds = 0.0
        enough = min(TASK_SECONDS, self._watch.cpu_seconds_left() / (2 * self._backend.tasks))
        self._unfinished = [state for state in self._unfinished if not state.done]
        for state in self._unfinished:
            while (block := state.next_block()) is not None:
                task.append((state, block))
                self._watch.started(state)
                seconds += self._watch.cpu_seconds(block.shots * self._sizes[id(state)])
                if seconds >= enough or len(task) == _TASK_BLOCKS or self._interrupted.is_set:
                    return task
        return task

    def _finish(self, future: Future[Any]) -> None:
        if future not in self._futures and future not in self._to_identify:
            return  # lost with another one, which has told of the death of its worker
        states = self._to_identify.pop(future, None)
        task = self._futures.pop(future, [])
        try:
            result = future.result()
        except BaseException as error:
            if not self._backend.is_loss(error):
                raise self._fatal(error, states or [state for state, _ in task]) from error
            self._put_back(states, task)
            if self._backend.loses_all(error):
                for other in [f for f in (*self._futures, *self._to_identify) if not _has_result(f)]:
                    self._put_back(self._to_identify.pop(other, None), self._futures.pop(other, []))
            if not self._interrupted.is_set:
                self._backend.recover(error)
            return
        self._backend.progressed()
        if states is not None:
            for state, strong_id in zip(states, result, strict=True):
                self._identified(state, strong_id)
        else:
            for (state, _), counts in zip(task, result, strict=True):
                self._accept(state, counts)

    def _fatal(self, error: BaseException, states: Sequence[PointState]) -> BaseException:
        """What to raise for an error of a task that would come again."""
        if not isinstance(error, Exception):
            return error
        reason = f"{type(error).__name__}: {error}"
        return SweepError(f"{states[0].point.title}: {reason}; what was done is kept; correct it and resume")

    def _put_back(self, states: list[PointState] | None, task: Sequence[tuple[PointState, Block]]) -> None:
        self._unknown = [*(states or []), *self._unknown]
        for state, block in task:
            state.give_back(block)

    def _identified(self, state: PointState, strong_id: str) -> None:
        state.strong_id = strong_id
        assert self._file is not None, "points are identified to find their rows"
        rows = self._rows[row_key(state.point.sampler_name, dict(state.point.metadata))]
        same = [row for row in rows if row.stats.strong_id == strong_id]
        others = [row for row in rows if row.stats.strong_id != strong_id]
        if others:
            self._note(
                f"{self._file.path} line {others[0].line}: {state.point.title} of other circuits (another device "
                "file or version of qec_leak); kept, but not counted here; plots that group by metadata mix them"
            )
        if any(not row.blocks for row in same):
            self._note(
                f"{self._file.path}: {state.point.title} has shots of sinter's own collection; kept, not counted here"
            )
        state.load(same, str(self._file.path))
        self._unfinished.append(state)

    def _accept(self, state: PointState, counts: BlockCounts) -> None:
        if counts.version != VERSION:
            raise SweepError(
                f"workers must have qec_leak {VERSION}, but one has {counts.version}; install the same everywhere, and "
                "do not change it during a sweep"
            )
        for accepted in state.finish(counts):
            if self._file is not None:
                self._file.append(format_row(state.point, accepted, self._sweep.run.seed))
            self._watch.accepted(state, accepted)

    def _cancel_waiting(self) -> None:
        for future, task in list(self._futures.items()):
            if future.cancel():
                self._put_back(None, task)
                del self._futures[future]
        for future in list(self._to_identify):
            if future.cancel():
                del self._to_identify[future]

    def _report(self, *, last: bool) -> None:
        now = time.monotonic()
        if self._progress is not None and (last or now - self._last_report >= _WAIT_SECONDS):
            self._last_report = now
            self._progress(self._watch.snapshot())


def _has_result(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
