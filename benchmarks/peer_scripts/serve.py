"""How a peer's script talks to the benchmark: JSON lines. Uses nothing but the standard library and the peer's numpy.

In: the job, then numbers of shots. Out: a line when the job is compiled, then for each number of shots the CPU seconds
that sampling took and the fraction of detectors that fired.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any


def serve(version: str, compile_job: Callable[[dict[str, Any]], Callable[[int], Any]]) -> None:
    """``compile_job(job)`` returns ``sample(shots)``, which returns detection events: bool or uint8 (shots, detectors),
    or uint8 (shots, ceil(detectors/8)) bit-packed little-endian."""
    job = json.loads(sys.stdin.readline())
    sample = compile_job(job)
    _say({"version": version})
    for line in sys.stdin:
        start = time.process_time()
        events = sample(json.loads(line))
        seconds = time.process_time() - start
        _say({"seconds": seconds, "fired": _fired(events, job["num_detectors"]), "peak_memory_mib": _peak_mib()})


def _fired(events: Any, num_detectors: int) -> float:
    import numpy as np

    rows = np.asarray(events)[:20_000]
    if rows.shape[1] == num_detectors:
        return float(rows.mean())
    return float(np.unpackbits(rows, axis=1, count=num_detectors, bitorder="little").mean())


def _peak_mib() -> float:
    try:  # what getrusage tells would be at least that of the process that started this one
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)
