"""What a sweep costs beyond its sampling and decoding, and what a second worker brings.

python -m benchmarks.sweeps [--injected 10] [--leakages 4]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from qec_leak.sweep import block, collect, parse_sweep
from qec_leak.sweep.progress import Snapshot

POINTS = """
[circuit]
distance = 3
rounds = 5
strategy = "MLR"
[axes]
"circuit.inject_leakage" = {{linear = [0.0, 0.099], points = {injected}}}
"device.cz.leakage" = {{linear = [1e-4, 1e-3], points = {leakages}}}
[stop]
max_shots = {shots}
"""


class Clock:
    """Adds up the processor time that a function takes in the main thread."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *args: Any) -> Any:
        start = time.thread_time()
        try:
            return self.function(*args)
        finally:
            self.seconds += time.thread_time() - start


def time_of(out: Path, injected: int, leakages: int, shots: int) -> tuple[float, float, float]:
    """Processor time of a sweep in the main thread (batches are sampled in another one while it decodes): total,
    compiling, decoding and counting."""
    sweep = parse_sweep(POINTS.format(injected=injected, leakages=leakages, shots=shots))
    compiling, program = Clock(block.CompiledPoint), Clock(block.compile_program)
    block.compiled.cache_clear()
    block.warm_kernels()
    with mock.patch.object(block, "CompiledPoint", compiling), mock.patch.object(block, "compile_program", program):
        start = time.thread_time()
        results = collect(sweep, out=out)
        total = time.thread_time() - start
    return total, compiling.seconds + program.seconds, sum(r.stats.seconds for r in results)


def rate_of(out: Path, workers: int) -> float:
    """Shots a second of wall time, counted from the first block on, without the start of Python."""
    sweep = parse_sweep(POINTS.format(injected=8, leakages=5, shots=400_000))
    block.warm_kernels()
    snapshots: list[Snapshot] = []
    collect(sweep, out=out, workers=workers, progress=snapshots.append)
    first = next(s for s in snapshots if s.new_shots)
    return (snapshots[-1].new_shots - first.new_shots) / (snapshots[-1].seconds - first.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--injected", type=int, default=10, help="points of the first axis")
    parser.add_argument("--leakages", type=int, default=4, help="points of the second axis")
    args = parser.parse_args()
    points = args.injected * args.leakages
    with tempfile.TemporaryDirectory() as folder:
        for shots in (4_000, 100_000):
            total, compiling, working = time_of(Path(folder) / f"{shots}.csv", args.injected, args.leakages, shots)
            print(
                f"{points} points of {shots:,} shots: {total:.1f} s, {working / total:.0%} decoding and counting, "
                f"{compiling / total:.0%} building circuits and decoders, "
                f"{1 - (working + compiling) / total:.0%} the rest"
            )
        one, two = (rate_of(Path(folder) / f"workers{workers}.csv", workers) for workers in (1, 2))
        print(f"{one:,.0f} shots/s with 1 worker, {two:,.0f} with 2: {two / one:.2f} times (of two idle cores)")


if __name__ == "__main__":
    main()
