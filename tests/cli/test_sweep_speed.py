"""What a sweep costs beyond its sampling and decoding, and what a second worker brings."""

import os
import time

import pytest

from qec_leak.sweep import block, collect, parse_sweep

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
    """Adds up the processor time that a function takes."""

    def __init__(self, function):
        self.function, self.seconds = function, 0.0

    def __call__(self, *args):
        start = time.process_time()
        try:
            return self.function(*args)
        finally:
            self.seconds += time.process_time() - start


def measure(monkeypatch, out, **numbers):
    """Processor time of a sweep in this process: (total, compiling, sampling and decoding)."""
    sweep = parse_sweep(POINTS.format(**numbers))
    compiling = Clock(block.CompiledPoint)
    program = Clock(block.compile_program)
    monkeypatch.setattr(block, "CompiledPoint", compiling)
    monkeypatch.setattr(block, "compile_program", program)
    block.compiled.cache_clear()
    block.warm_kernels()
    start = time.process_time()
    results = collect(sweep, out=out)
    total = time.process_time() - start
    assert len(results) == numbers["injected"] * numbers["leakages"]
    assert all(r.stats.shots == numbers["shots"] for r in results)
    return total, compiling.seconds + program.seconds, sum(r.stats.seconds for r in results)


@pytest.mark.parametrize(("injected", "leakages"), [(10, 4), pytest.param(100, 10, marks=pytest.mark.slow)])
def test_overhead_of_the_runner(injected, leakages, monkeypatch, tmp_path):
    """Of a thousand points of a few thousand shots: everything but building circuits and decoders, sampling and
    decoding (reading the file, seeds, order of blocks, rows, progress) is under 15 %."""
    total, compiling, working = measure(
        monkeypatch, tmp_path / "results.csv", injected=injected, leakages=leakages, shots=4000
    )
    print(f"total {total:.2f} s, compiling {compiling:.2f} s, sampling and decoding {working:.2f} s")
    assert total - compiling - working < 0.15 * total


@pytest.mark.slow
def test_overhead_of_a_thousand_points(monkeypatch, tmp_path):
    """With enough shots for a useful error bar (100,000), building the circuits and decoders included."""
    total, compiling, working = measure(monkeypatch, tmp_path / "results.csv", injected=100, leakages=10, shots=100_000)
    print(f"total {total:.2f} s, compiling {compiling:.2f} s, sampling and decoding {working:.2f} s")
    assert total - working < 0.15 * total


@pytest.mark.slow
def test_two_workers_are_nearly_twice_as_fast(tmp_path):
    """Wall time, so only where nothing else runs; counted from the first block on, without the start of Python."""
    if (os.cpu_count() or 1) < 2 or os.getloadavg()[0] > 0.7:
        pytest.skip("two idle cores are needed")
    sweep = parse_sweep(POINTS.format(injected=8, leakages=5, shots=400_000))
    block.warm_kernels()
    rates = {}
    for workers in (1, 2):
        snapshots = []
        collect(sweep, out=tmp_path / f"{workers}.csv", workers=workers, progress=snapshots.append)
        first = next(s for s in snapshots if s.new_shots)
        rates[workers] = (snapshots[-1].new_shots - first.new_shots) / (snapshots[-1].seconds - first.seconds)
    print(f"{rates[1]:,.0f} shots/s with 1 worker, {rates[2]:,.0f} with 2: {rates[2] / rates[1]:.2f} times")
    assert rates[2] >= 1.8 * rates[1]
