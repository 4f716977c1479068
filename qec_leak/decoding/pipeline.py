"""Sampling and decoding at the same time: ``decoded_batches``.

Matching takes tens to hundreds of times longer than sampling, so a run should take as long as matching alone.
PyMatching holds the GIL while it works and the sampler's kernels do not: one process samples in a second thread while
it decodes. Decoding on several cores takes processes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from qec_leak import _checks
from qec_leak.decoding.decoder import Decoded, ShotSlice
from qec_leak.decoding.ready import ReadyDecoder

if TYPE_CHECKING:
    from qec_leak.engine import ShotBatch

_T = TypeVar("_T")

_AHEAD = 1
"""Batches that wait for their turn; one more is being sampled and one decoded."""

_PIECE_BITS = 1 << 19
"""Detection events sent to a worker at once, some 0.05 s of decoding."""


def decoded_batches(
    batches: Iterable[ShotBatch], decoder: ReadyDecoder, *, workers: int = 1
) -> Generator[tuple[ShotBatch, Decoded], None, None]:
    """Decode batches in order, and sample the next batches while one is decoded.

    With one worker, another thread iterates ``batches``. It is a few batches ahead, so memory does not grow with the
    number of batches. An exception of ``batches`` is raised here, after the batches before it. A generator may gather
    statistics from its batches as it yields them; this too runs while others are decoded. If the iterator is closed
    early, also by an exception in the loop around it, thread and processes end before it returns.

    Args:
        batches: for example ``sampler.batches(shots)``. The best batches take at most a few seconds to decode.
        decoder: what ``compile_decoder`` returns.
        workers: number of processes that decode; 1 is this process. Predictions do not depend on it. With more than
            one, the script must be importable (``if __name__ == "__main__":``).

    Yields:
        A batch and its ``Decoded``.

    Raises:
        ValueError: there is less than one worker, or the decoder does not pickle for several.
        TypeError: ``workers`` is no integer.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> decoder, sampler = ql.compile_decoder(memory.circuit), ql.compile_sampler(memory.circuit, seed=1)
        >>> errors = 0
        >>> for batch, decoded in decoded_batches(sampler.batches(4000, batch_shots=1000), decoder):
        ...     errors += ql.decoding.count_logical_errors(decoded.flips_b8, batch.observable_flips_b8)
        >>> 0 < errors < 600
        True
    """
    if _checks.check_int("workers", workers, minimum=1) == 1:
        return _decoded_here(batches, decoder)
    return _decoded_in_processes(batches, decoder, workers)


def _decoded_here(
    batches: Iterable[ShotBatch], decoder: ReadyDecoder
) -> Generator[tuple[ShotBatch, Decoded], None, None]:
    with contextlib.closing(prefetched(batches)) as ready:
        for batch in ready:
            yield batch, decoder.decode_batch(batch)


def prefetched(items: Iterable[_T], *, ahead: int = _AHEAD) -> Generator[_T, None, None]:
    """Iterate items in a separate thread, up to ``ahead`` + 1 of them before they are asked for.

    The items keep their order. An exception of the iteration is raised here, after the items before it. Closing ends
    the thread after the item that it is working on.

    Args:
        items: what to iterate.
        ahead: how many are kept.

    Yields:
        The items.

    Raises:
        ValueError: ``ahead`` is below 1.

    Examples:
        >>> list(prefetched(range(3)))
        [0, 1, 2]
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

_worker_decoder: ReadyDecoder | Exception | None = None
"""The decoder of this process, or why it has none."""


def _start_worker(decoder: bytes) -> None:
    global _worker_decoder
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _worker_decoder = pickle.loads(decoder)
    except Exception as error:  # for the parent: one in here would only break the pool
        _worker_decoder = error


def _end_with_parent() -> None:
    """End this process when its parent has died: a killed parent cannot end its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _decode_in_worker(shots: ShotSlice) -> Decoded:
    assert _worker_decoder is not None
    if isinstance(_worker_decoder, Exception):
        raise _worker_decoder
    return _worker_decoder.decode_batch(shots)


def _pickled(decoder: ReadyDecoder) -> bytes:
    try:
        return pickle.dumps(decoder)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(
            _checks.broken_rule(
                "decoder", "pickle to decode in other processes", decoder.name, f"it does not ({error}); use 1 worker"
            )
        ) from error


def _decoded_in_processes(
    batches: Iterable[ShotBatch], decoder: ReadyDecoder, workers: int
) -> Generator[tuple[ShotBatch, Decoded], None, None]:
    """The calling thread samples and hands pieces of batches to the workers."""
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),  # this process has threads: no fork
        initializer=_start_worker,
        initargs=(_pickled(decoder),),
    )
    waiting: deque[tuple[ShotBatch, list[Future[Decoded]]]] = deque()
    starting = threading.Thread(target=_start_processes, args=(pool, workers))

    def finished() -> tuple[ShotBatch, Decoded]:
        batch, pieces = waiting.popleft()
        return batch, Decoded.concatenate([piece.result() for piece in pieces])

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
            shots = decoder.slice(batch)
            step = max(64, _PIECE_BITS // max(batch.num_detectors, 1))
            starting.join()
            pieces = [
                pool.submit(_decode_in_worker, shots[start : start + step]) for start in range(0, len(shots), step)
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
    """Start all workers. Call it in a thread: Ctrl-C cannot interrupt it there, and the workers inherit that the thread
    ignores Ctrl-C. The parent handles Ctrl-C and ends the workers."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for _ in range(workers):  # one more process for each task that finds none idle
        pool.submit(_nothing)


def _nothing() -> None:
    """A task that only makes the pool start a process."""
