"""Where blocks are run: this process, a pool of processes, or any concurrent.futures.Executor."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from qec_leak.sweep.block import warm_kernels
from qec_leak.sweep.errors import SweepError

T = TypeVar("T")

_MAX_DEATHS = 5
"""Times that workers may die without a block getting done between."""


class Backend:
    """An executor, the number of tasks that it should hold, and what happens when workers die. This class takes an
    executor of the caller."""

    def __init__(self, executor: Executor, workers: int) -> None:
        """Args: executor: made and shut down by the caller. workers: how many tasks it runs at a time."""
        self.executor = executor
        self.workers = workers
        self._deaths = 0

    @property
    def tasks(self) -> int:
        """Number of tasks that the executor should hold, so that no worker waits."""
        return 2 * self.workers

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have a task run."""
        return self.executor.submit(function, *arguments)

    def progressed(self) -> None:
        """A block is done: forget earlier deaths of workers."""
        self._deaths = 0

    def is_loss(self, error: BaseException) -> bool:
        """True if a task ended with ``error`` because its worker was lost: it can be run again."""
        return isinstance(error, CancelledError | BrokenExecutor)

    def loses_all(self, error: BaseException) -> bool:
        """True if all other tasks are lost with it."""
        return isinstance(error, BrokenExecutor)

    def recover(self, error: BaseException) -> None:
        """Replace workers that were lost with ``error``. Raises SweepError if they die again and again."""
        self._deaths += 1
        if self._deaths > _MAX_DEATHS:
            raise SweepError(
                f"workers died {self._deaths} times without a block getting done ({type(error).__name__}); "
                "what was done is kept; use fewer workers if memory is short, and run the same command to resume"
            )
        self._restart(error)

    def close(self, *, wait: bool) -> None:
        """No more tasks. Args: wait: for the running ones."""

    def _restart(self, error: BaseException) -> None:
        raise SweepError(f"the executor is broken ({error}); what was done is kept; resume with a new one")


class SerialExecutor(Executor):
    """Runs each task at once, in the calling thread."""

    def submit(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run the task; returns its finished future."""
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class SerialBackend(Backend):
    """This process."""

    def __init__(self) -> None:
        super().__init__(SerialExecutor(), 1)

    @property
    def tasks(self) -> int:
        """One: it is finished when it has been submitted."""
        return 1


class ProcessBackend(Backend):
    """Processes of this machine, spawned; dead ones are replaced."""

    def __init__(self, workers: int) -> None:
        warm_kernels()  # into the cache on disk: or all workers would compile them at the same time
        super().__init__(_pool(workers), workers)

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Submit a task. The first one starts the workers."""
        try:
            with without_interrupts():
                return super().submit(function, *arguments)
        except BrokenExecutor as error:  # a worker has died, and not all tasks know it yet
            lost: Future[T] = Future()
            lost.set_exception(error)
            return lost

    def close(self, *, wait: bool) -> None:
        """Cancel what is not running, and end the workers."""
        self.executor.shutdown(wait=wait, cancel_futures=True)

    def _restart(self, error: BaseException) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = _pool(self.workers)


@contextlib.contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes that are started inside ignore Ctrl-C. The parent handles it; they would die of it while they
    import."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which would let the signal through again while it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")  # forked workers would share threads and locks of this process
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)


def _start_worker() -> None:
    """Start a worker that ends when its parent has died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
