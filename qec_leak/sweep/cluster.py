"""Workers of a cluster, through dask.distributed: any scheduler that answers at an address, or processes of this
machine."""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from qec_leak.sweep.backends import Backend, without_interrupts
from qec_leak.sweep.block import warm_kernels
from qec_leak.sweep.errors import SweepError

T = TypeVar("T")

_CONNECT_SECONDS = 10.0
_COUNT_SECONDS = 2.0  # between two looks at how many workers there are
_LOCAL = "local"


def connect_cluster(address: str, *, workers: int = 1, note: Callable[[str], object] = lambda line: None) -> Backend:
    """A backend for ``collect``: the workers of a dask scheduler.

    Args:
        address: "tcp://host:port" of a running scheduler, or "local": a scheduler and ``workers`` processes of this
            machine that end with the sweep.
        note: called with lines that a user should see.
    Raises ValueError where dask.distributed is not installed or no scheduler answers at the address.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise ValueError(
            "`--cluster` must have dask.distributed, but it is not installed; pip install 'qec-leak[cluster]'"
        ) from None
    _quiet_dask()
    if address == _LOCAL:
        warm_kernels()
        with without_interrupts():
            cluster = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
            return DaskBackend(distributed.Client(cluster), cluster.scheduler_address, note, cluster)
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(
            f"`--cluster` must be 'local' or the address of a running dask scheduler, but none answers at {address!r} "
            f"({type(error).__name__}); start one with: dask scheduler"
        ) from None
    return DaskBackend(client, address, note)


def _quiet_dask() -> None:
    """Silence dask's logs of lost workers, which this module reports in one line."""
    for name in ("distributed", *logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("asyncio", "tornado.application", "tornado.general"):
        logging.getLogger(name).addFilter(_is_no_loss)  # added once, however often


def _is_no_loss(record: logging.LogRecord) -> bool:
    """True unless the log record is about a lost connection."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, OSError | CancelledError) and type(error).__module__.split(".")[0] != "distributed"


class DaskBackend(Backend):
    """The workers of a scheduler. Tasks of a worker that dies go to another one, by the scheduler's own care."""

    def __init__(self, client: Any, address: str, note: Callable[[str], object], cluster: Any = None) -> None:
        """Args: client: connected. cluster: to be closed with it."""
        super().__init__(client.get_executor(pure=False), 1)
        self._client = client
        self._address = address
        self._note = note
        self._cluster = cluster
        self._counted = float("-inf")
        self._waited = False

    @property
    def tasks(self) -> int:
        """Two for each thread of the workers that are connected now."""
        now = time.monotonic()
        if now - self._counted > _COUNT_SECONDS:
            self._counted = now
            threads = sum(self._ask(self._client.nthreads).values())
            if not threads and not self._waited:
                self._waited = True
                self._note(f"the scheduler at {self._address} has no workers yet; waiting for some")
            self.workers = max(threads, 1)
        return super().tasks

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have a task run by some worker."""
        return self._ask(super().submit, function, *arguments)

    def is_loss(self, error: BaseException) -> bool:
        """True if the workers that had a task died, or the scheduler is gone."""
        # dask's own: FutureCancelledError, CommClosedError, KilledWorker, and what they wrap
        ours = isinstance(error, CancelledError | OSError)
        return ours or type(error).__name__ in ("FutureCancelledError", "CommClosedError", "KilledWorker")

    def close(self, *, wait: bool) -> None:
        """Leave the scheduler; a local one ends."""
        self.executor.shutdown(wait=wait)
        timeout = _CONNECT_SECONDS if wait else 1.0
        self._client.close(timeout=timeout)
        if self._cluster is not None:
            self._cluster.close(timeout=timeout)

    def _restart(self, error: BaseException) -> None:
        self._ask(self._client.nthreads)  # raises if the scheduler is gone

    def _ask(self, function: Callable[..., T], *arguments: Any) -> T:
        try:
            if self._client.status == "running":
                return function(*arguments)
        except Exception as error:  # which one depends on the moment at which it was lost
            if self._client.status == "running" and not self.is_loss(error):
                raise
        raise SweepError(
            f"the scheduler at {self._address} is gone; what was done is kept; start it again and run the same command "
            "to resume"
        )
