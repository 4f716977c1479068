"""What a user waits for, besides kernels: whole runs, threads, compiling, importing, memory. Wall time here."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

import qec_leak as ql
from benchmarks.levels import memory_of, most_at_once
from benchmarks.timing import Turns
from qec_leak.cli.sampling import RunningCounts, batch_shots
from qec_leak.decoding import compile_decoder, count_logical_errors, decoded_batches
from qec_leak.engine.kernels import BLOCK_SHOTS


def run_over_decoding(distance: int, rounds: int, device: ql.Device, repeats: int, seconds: float) -> dict[str, float]:
    """A run that samples, counts and decodes, against decoding the same events alone."""
    memory = memory_of("MLR", distance, rounds, device)
    decoder = compile_decoder(memory.circuit)
    size = batch_shots(memory.circuit.num_detectors)
    trial = ql.compile_sampler(memory.circuit, seed=1).sample(1024)
    rate = 1024 / _wall(lambda: decoder.decode_batch(trial))
    shots = max(4096, int(rate * seconds) // 1024 * 1024)
    size = min(size, shots // 4)
    sampler = ql.compile_sampler(memory.circuit, seed=1)
    batches = list(sampler.batches(shots, batch_shots=size))

    def decode_alone() -> None:
        for batch in batches:
            count_logical_errors(decoder.decode_batch(batch).flips_b8, batch.observable_flips_b8)

    def whole_run() -> None:
        counts = RunningCounts(memory)
        with contextlib.closing(
            decoded_batches(counts.counted(sampler.batches(shots, batch_shots=size)), decoder)
        ) as run:
            for batch, decoded in run:
                count_logical_errors(decoded.flips_b8, batch.observable_flips_b8)

    timed = _in_turn({"whole": whole_run, "alone": decode_alone}, repeats)
    return {"distance": distance, "shots": shots, "ratio": timed.ratio("whole", over="alone")}


def two_threads(distance: int, rounds: int, device: ql.Device, repeats: int, seconds: float) -> dict[str, object]:
    """Sampling on two threads against one."""
    circuit = memory_of("MLR", distance, rounds, device).circuit
    one, two = (ql.compile_sampler(circuit, seed=1, threads=n) for n in (1, 2))
    first, second = one.sample(16_384), two.sample(16_384)
    same = all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("detection_events_b8", "observable_flips_b8", "population_counts")
    )
    size = most_at_once(circuit) // BLOCK_SHOTS * BLOCK_SHOTS
    shots = max(1, round(seconds / _wall(lambda: one.sample(size)))) * size

    def work(sampler: ql.LeakageSampler) -> None:
        for _ in sampler.batches(shots, batch_shots=size):
            pass

    timed = _in_turn({"two": lambda: work(two), "one": lambda: work(one)}, repeats)
    return {"distance": distance, "shots": shots, "ratio": timed.ratio("two", over="one"), "same_bits": same}


_FIRST_BATCH = """
import time
import qec_leak as ql
memory = ql.memory_experiment(distance={distance}, rounds=30, strategy="DQLR", device={device!r})
start = time.perf_counter()
ql.compile_sampler(memory.circuit, seed=1).sample(1024)
print(time.perf_counter() - start)
"""
_MEMORY = """
import contextlib, io, sys
from qec_leak.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    status = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024)
sys.exit(status)
"""


def first_batch(device: str, distances: Sequence[int]) -> dict[str, object]:
    """Seconds to compile a circuit and sample its first block: with an empty kernel cache, then with a warm one."""
    with tempfile.TemporaryDirectory() as cache:

        def seconds(distance: int) -> float:
            code = _FIRST_BATCH.format(distance=distance, device=device)
            return float(_python(["-c", code], NUMBA_CACHE_DIR=cache))

        cold = seconds(5)
        return {"cold_s": cold, "warm_s": {d: seconds(d) for d in distances}}


def startup(repeats: int) -> dict[str, float]:
    """Seconds of `python -c "import qec_leak"` and of `qec-leak --help`, the interpreter's own start included."""
    commands = {"import_s": ["-c", "import qec_leak"], "help_s": ["-m", "qec_leak", "--help"]}
    timed = _in_turn({name: functools.partial(_python, words) for name, words in commands.items()}, repeats)
    return {name: timed.seconds(name) for name in commands}


def peak_memory(distance: int, few: int, many: int, device: str) -> dict[str, object]:
    """Peak memory of `qec-leak run` in MiB, with few and with many shots; Linux tells it, {} elsewhere."""
    if not os.path.exists("/proc/self/status"):
        return {}

    def peak(shots: int) -> float:
        with tempfile.TemporaryDirectory() as out:
            words = ["run", "-d", str(distance), "--strategy", "MLR", "--device", device, "--seed", "1"]
            return float(_python(["-c", _MEMORY, *words, "--shots", str(shots), "--out", out]))

    return {"distance": distance, "shots": [few, many], "peak_mib": [peak(few), peak(many)]}


def _in_turn(tasks: Mapping[str, Callable[[], object]], repeats: int) -> Turns:
    """Wall seconds of each task; they take turns, after one turn that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for name, task in tasks.items():
            seconds = _wall(task)
            if turn:
                taken[name].append(seconds)
    return Turns(taken)


def _wall(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def _python(words: Sequence[str], **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
