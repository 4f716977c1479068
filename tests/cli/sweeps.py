"""Sweeps that are started, killed and resumed from outside: helpers of the tests here."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from qec_leak.sweep import read_results

SWEEP = """
[circuit]
rounds = 4
distance = 3
[axes]
"circuit.strategy" = ["NO_RESET", "MLR", "DQLR"]
"circuit.inject_leakage" = [0.0, 0.05]
[stop]
max_shots = 60000
max_errors = 4500
[run]
seed = 5
block_shots = 2000
"""


def write_sweep(folder, text=SWEEP):
    file = Path(folder) / "sweep.toml"
    file.write_text(text)
    return file


def start(*args, **options):
    """`qec-leak sweep ...` as a process of its own session, so that nothing of it outlives a test."""
    command = [sys.executable, "-m", "qec_leak", "sweep", *map(str, args)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **{**pipes, "start_new_session": True, **options})


def run(*args, timeout=300, **options):
    process = start(*args, **options)
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        kill_group(process)
    return process.returncode, out, err


def kill_group(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def counts(path):
    """What a results file holds, line by line: independent of the order of lines and of how long each took."""
    rows = read_results(path) if Path(path).exists() else ()
    return Counter(
        (r.stats.strong_id, r.blocks, r.stats.errors, tuple(sorted(r.stats.custom_counts.items()))) for r in rows
    )


def children(pid):
    """Worker processes of a process (Linux): those that multiprocessing has spawned to run things."""
    out = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            command = (stat.parent / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if parent == pid and b"spawn_main" in command:
            out.append(int(stat.parent.name))
    return out


def wait_until(condition, process, timeout=60.0):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def num_lines(path):
    return Path(path).read_bytes().count(b"\n") if Path(path).exists() else 0
