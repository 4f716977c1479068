"""kill -9 at random moments: of the run, of its workers, of a cluster's worker and of its scheduler. What comes out in
the end is, count for count, what an undisturbed run gives."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time

import pytest
from sweeps import children, counts, kill_group, num_lines, run, start, wait_until, write_sweep

from qec_leak.cli import main
from qec_leak.sweep import read_results

pytest.importorskip("resource")  # kill -9 and /proc: Linux


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    out = folder / "results.csv"
    assert main(["sweep", str(write_sweep(folder)), "--out", str(out)]) == 0
    expected = counts(out)
    assert len(expected) > 40  # enough blocks for 20 kills in between
    return expected


def kills(few, many):
    return [few, pytest.param(many, marks=pytest.mark.slow)]


@pytest.mark.parametrize("number", kills(2, 20))
def test_the_run_is_killed_at_random_moments(number, undisturbed, tmp_path):
    """Some of the moments are in the start of a run, the others a few lines and a bit of time after it. A part of a
    line that a killed run might have left is added now and then."""
    random_ = random.Random(number)
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    killed = 0
    for kill in range(number):
        process = start(file, "--out", out, "--workers", 1 + kill % 2)
        workers = []
        try:
            if kill % 5 == 4:
                time.sleep(random_.uniform(0.0, 2.0))
            else:
                lines = num_lines(out) + random_.randrange(1, 3)
                wait_until(lambda lines=lines, p=process: num_lines(out) >= lines or p.poll() is not None, process)
                time.sleep(random_.uniform(0.0, 0.05))
            workers = children(process.pid)
            killed += process.poll() is None
            process.kill()
            process.wait()
            wait_until(lambda w=workers: not any(os.path.exists(f"/proc/{pid}") for pid in w), _Alive())
        finally:
            kill_group(process)
        assert not counts(out) - undisturbed  # a part of the result, and nothing else
        if kill % 3 == 2 and out.exists() and out.read_bytes().endswith(b"\n"):
            with out.open("a") as torn:
                torn.write("      2000,       31")
    assert killed >= number // 2
    status, _, stderr = run(file, "--out", out, "--workers", "2")
    assert status == 0, stderr
    assert counts(out) == undisturbed


class _Alive:
    """For ``wait_until``: there is no process that could end."""

    def poll(self):
        return None


@pytest.mark.parametrize("number", kills(2, 20))
def test_workers_are_killed_one_after_another(number, undisturbed, tmp_path):
    random_ = random.Random(number)
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    killed = 0
    while killed < number:  # a run that ends before all kills is followed by another one
        out.unlink(missing_ok=True)
        process = start(file, "--out", out, "--workers", "2")
        try:
            while killed < number and process.poll() is None:
                lines = num_lines(out) + 1
                while num_lines(out) < lines and process.poll() is None:
                    time.sleep(0.01)
                time.sleep(random_.uniform(0.0, 0.05))
                workers = children(process.pid)
                if workers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(random_.choice(workers), signal.SIGKILL)
                        killed += 1
            _, stderr = process.communicate(timeout=120)
            assert (process.returncode, stderr) == (0, "")
        finally:
            kill_group(process)
        assert counts(out) == undisturbed


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A dask scheduler and worker processes of their own, over TCP."""

    def __init__(self, workers=2):
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.processes = []
        host, port = self.address.removeprefix("tcp://").split(":")
        self.scheduler = self._start("scheduler", "--host", host, "--port", port, "--no-dashboard")
        self.workers = [
            self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(workers)
        ]

    def _start(self, kind, *args):
        command = [sys.executable, "-m", "dask", kind, *args]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.processes.append(process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in reversed(self.processes):
            kill_group(process)


def test_a_worker_of_a_cluster_is_killed(undisturbed, tmp_path):
    pytest.importorskip("distributed")
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    with Cluster() as cluster:
        process = start(file, "--out", out, "--cluster", cluster.address)
        try:
            wait_until(lambda: num_lines(out) >= 5, process)
            cluster.workers[0].kill()
            _, stderr = process.communicate(timeout=120)
        finally:
            kill_group(process)
    assert process.returncode == 0
    assert all(line.startswith("note: ") for line in stderr.splitlines()), stderr  # "no workers yet" at most
    assert counts(out) == undisturbed


def test_the_scheduler_is_lost(undisturbed, tmp_path):
    pytest.importorskip("distributed")
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    with Cluster() as cluster:
        process = start(file, "--out", out, "--cluster", cluster.address)
        try:
            wait_until(lambda: num_lines(out) >= 5, process)
            cluster.scheduler.kill()
            _, stderr = process.communicate(timeout=120)
        finally:
            kill_group(process)
    assert process.returncode == 2
    assert [line for line in stderr.splitlines() if not line.startswith("note: ")] == [
        f"qec-leak: error: the scheduler at {cluster.address} is gone; what was done is kept; start it again and run "
        "the same command to resume"
    ]
    kept = counts(out)
    assert len(read_results(out)) >= 4 and not kept - undisturbed
    assert main(["sweep", str(file), "--out", str(out)]) == 0
    assert counts(out) == undisturbed


def test_processes_of_dask_on_this_machine(undisturbed, tmp_path):
    pytest.importorskip("distributed")
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    status, _, stderr = run(file, "--out", out, "--cluster", "local", "--workers", "2")
    assert (status, stderr) == (0, "")
    assert counts(out) == undisturbed


def test_ctrl_c_with_processes_of_dask(undisturbed, tmp_path):
    pytest.importorskip("distributed")
    file, out = write_sweep(tmp_path), tmp_path / "results.csv"
    process = start(file, "--out", out, "--cluster", "local", "--workers", "2", "--set", "stop.max_errors=10000000")
    try:
        wait_until(lambda: num_lines(out) >= 3, process)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    finally:
        kill_group(process)
    assert process.returncode == 130
    assert stderr.count("\n") == 1 and stderr.startswith("qec-leak: interrupted; ")
    assert run(file, "--out", out)[0] == 0
    assert not undisturbed - counts(out)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="mounting a small tmpfs takes root")
def test_a_disk_that_is_really_full(undisturbed, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs here: {mounted.stderr.decode().strip()}")
    try:
        file, out = write_sweep(tmp_path), disk / "results.csv"
        status, _, stderr = run(file, "--out", out, "--workers", "2")
        assert status == 2 and stderr.count("\n") == 1
        assert stderr.startswith(f"qec-leak: error: cannot write '{out}': no space left on device; free some space")
        kept = counts(out)
        assert len(kept) > 3 and not kept - undisturbed and out.read_bytes().endswith(b"\n")
        moved = tmp_path / "results.csv"
        moved.write_bytes(out.read_bytes())
    finally:
        subprocess.run(["umount", disk], check=True)
    assert run(file, "--out", moved)[0] == 0
    assert counts(moved) == undisturbed
