"""Sampling and decoding at the same time: ``decoded_batches``.

Matching takes tens to hundreds of times longer than sampling, so a run should take as long as matching alone.
PyMatching holds the GIL while it works and the sampler's kernels do not: one process samples in a second thread while
it decodes. Decoding on several cores takes processes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.decode.matching import Decoder

if TYPE_CHECKING:
    from qec_leak.engine import ShotBatch

Bytes = npt.NDArray[np.uint8]
_T = TypeVar("_T")

_AHEAD = 1
"""Batches that wait for their turn; one more is being sampled and one decoded."""

_PIECE_BITS = 1 << 19
"""Detection events sent to a worker at once, some 0.05 s of decoding."""


def decoded_batches(
    batches: Iterable[ShotBatch], decoder: Decoder, *, workers: int = 1
) -> Generator[tuple[ShotBatch, Bytes], None, None]:
    """(batch, predicted flips) of each batch in order; the next batches are sampled while one is decoded.

    ``batches`` is iterated in another thread (workers = 1) and a few batches ahead, so that memory does not grow with
    the number of batches. What it raises is raised here, after the batches before it. Statistics that a generator
    gathers from its batches as it yields them are gathered there too, while others are decoded:

        def counted():
            for batch in sampler.batches(shots):
                statistics.add(batch)
                yield batch

        for batch, predicted_b8 in decoded_batches(counted(), decoder):
            errors += count_logical_errors(predicted_b8, batch.observable_flips_b8)

    Args:
        batches: for example ``sampler.batches(shots)``. Batches of some seconds of decoding or less serve best.
        workers: processes that decode; 1 decodes in this process. Predictions do not depend on it. As everywhere with
            processes, a script that asks for more has to be importable (``if __name__ == "__main__":``).
    Yields the batch and uint8 (shots, ceil(observables/8)), bit-packed little-endian. Closing the iterator early, also
    by an exception in the loop around it, ends thread and processes before it returns.
    """
    if _checks.check_int("workers", workers, minimum=1) == 1:
        return _decoded_here(batches, decoder)
    return _decoded_in_processes(batches, decoder, workers)


def _decoded_here(batches: Iterable[ShotBatch], decoder: Decoder) -> Generator[tuple[ShotBatch, Bytes], None, None]:
    with contextlib.closing(prefetched(batches)) as ready:
        for batch in ready:
            yield batch, decoder.decode_batch(batch.detection_events_b8)


def prefetched(items: Iterable[_T], *, ahead: int = _AHEAD) -> Generator[_T, None, None]:
    """``items`` in order, iterated in a thread of its own, up to ``ahead`` + 1 of them before they are asked for.

    What the iteration raises is raised here, after the items before it. Closing ends the thread once the item that it
    is working on is done.
    """
    ready: queue.Queue[_T | _End] = queue.Queue(_checks.check_int("ahead", ahead, minimum=1))
    closed = threading.Event()

    def put(entry: _T | _End) -> None:
        while not closed.is_set():
            with contextlib.suppress(queue.Full):
                return ready.put(entry, timeout=0.1)

    def work() -> None:
        iterator = iter(items)
        error: BaseException | None = None
        try:
            for item in iterator:
                put(item)
                if closed.is_set():
                    break
        except BaseException as raised:  # for whoever uses the items
            error = raised
        finally:
            if isinstance(iterator, Generator):
                iterator.close()
        put(_End(error))

    thread = threading.Thread(target=work, name="qec_leak prefetch", daemon=True)
    thread.start()
    try:
        while not isinstance(entry := ready.get(), _End):
            yield entry
        if entry.error is not None:
            raise entry.error
    finally:
        closed.set()
        thread.join()


@dataclass(frozen=True)
class _End:
    """After the last item: what ended the iteration, if it was an exception."""

    error: BaseException | None


# ---- decoding in processes -------------------------------------------------------------------------------------------

_worker_decoder: Decoder | None = None


def _start_worker(error_model: str, correlated: bool) -> None:
    global _worker_decoder
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker_decoder = Decoder(stim.DetectorErrorModel(error_model), correlated=correlated)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _decode_in_worker(events_b8: Bytes) -> Bytes:
    assert _worker_decoder is not None
    return _worker_decoder.decode_batch(events_b8)


def _decoded_in_processes(
    batches: Iterable[ShotBatch], decoder: Decoder, workers: int
) -> Generator[tuple[ShotBatch, Bytes], None, None]:
    """The calling thread samples and hands pieces of batches to the workers."""
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),  # this process has threads: no fork
        initializer=_start_worker,
        initargs=(str(decoder.detector_error_model), decoder.correlated),
    )
    waiting: deque[tuple[ShotBatch, list[Future[Bytes]]]] = deque()
    starting = threading.Thread(target=_start_processes, args=(pool, workers))

    def finished() -> tuple[ShotBatch, Bytes]:
        batch, pieces = waiting.popleft()
        return batch, np.concatenate([piece.result() for piece in pieces])

    error: Exception | None = None
    iterator = iter(batches)
    try:
        starting.start()
        while True:
            try:
                batch = next(iterator)
            except StopIteration:
                break
            except Exception as raised:  # after the batches that wait
                error = raised
                break
            events = batch.detection_events_b8
            step = max(64, _PIECE_BITS // max(batch.num_detectors, 1))
            starting.join()
            pieces = [
                pool.submit(_decode_in_worker, events[start : start + step]) for start in range(0, len(events), step)
            ]
            waiting.append((batch, pieces))
            if len(waiting) > workers + _AHEAD:
                yield finished()
        while waiting:
            yield finished()
        if error is not None:
            raise error
    finally:
        if starting.ident is not None:
            starting.join()
        pool.shutdown(wait=True, cancel_futures=True)


def _start_processes(pool: ProcessPoolExecutor, workers: int) -> None:
    """Start all workers; to be called in a thread. There Ctrl-C cannot come between a process and the pool's knowing of
    it, and processes inherit that the thread ignores it: it is for the parent, which ends them without tracebacks."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for _ in range(workers):  # one more process for each task that finds none idle
        pool.submit(_nothing)


def _nothing() -> None:
    """A task that only makes the pool start a process."""
