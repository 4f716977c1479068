"""Sampling beside decoding: the same shots in the same order, a bounded number of them, and a clean end."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.decoding import compile_decoder, decoded_batches, prefetched

NAME = "qec_leak prefetch"


def prefetch_threads():
    return [thread for thread in threading.enumerate() if thread.name == NAME]


@pytest.fixture(scope="module")
def memory():
    return ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="miao2023")


@pytest.mark.parametrize("workers", [1, 2])
def test_shots_and_predictions_are_those_of_one_after_the_other(memory, workers):
    decoder = compile_decoder(memory.circuit)
    batches = list(ql.compile_sampler(memory.circuit, seed=3).batches(5000, batch_shots=1500))
    expected = [decoder.decode_batch(batch).flips_b8 for batch in batches]
    assert any(prediction.any() for prediction in expected)
    again = ql.compile_sampler(memory.circuit, seed=3).batches(5000, batch_shots=1500)
    seen = list(decoded_batches(again, decoder, workers=workers))
    assert [batch.first_shot for batch, _ in seen] == [0, 1500, 3000, 4500]
    for (batch, decoded), before, prediction in zip(seen, batches, expected, strict=True):
        assert np.array_equal(batch.detection_events_b8, before.detection_events_b8)
        assert np.array_equal(decoded.flips_b8, prediction)
    assert not prefetch_threads()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_sampling_raises_comes_after_the_batches_before_it(memory, workers):
    def failing():
        yield from ql.compile_sampler(memory.circuit, seed=3).batches(2000, batch_shots=1000)
        raise MemoryError("no more")

    decoded = decoded_batches(failing(), compile_decoder(memory.circuit), workers=workers)
    with pytest.raises(MemoryError, match="no more"):
        for count, _ in enumerate(decoded, 1):  # noqa: B007 - read below
            pass
    assert count == 2
    assert not prefetch_threads()


def test_a_bounded_number_is_made_ahead():
    made = []

    def items():
        for k in range(100):
            made.append(k)
            yield k

    ready = prefetched(items(), ahead=2)
    assert next(ready) == 0
    deadline = time.monotonic() + 10
    while len(made) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)  # it could go on now, if it did not wait
    assert len(made) == 4  # one was taken, two wait, one has no room yet
    assert list(ready) == list(range(1, 100))


def test_items_are_made_while_others_are_used():
    at_work, in_use = threading.Event(), threading.Event()

    def items():
        yield 0
        assert in_use.wait(10)  # only a second thread gets past this
        at_work.set()
        yield 1

    for item in prefetched(items()):
        if item == 0:
            in_use.set()
            assert at_work.wait(10)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_where_they_are_used_ends_the_thread(error):
    closed = []

    def items():
        try:
            yield from range(1000)
        finally:
            closed.append(threading.current_thread().name)

    with pytest.raises(error), contextlib.closing(prefetched(items())) as ready:
        for item in ready:
            if item == 3:
                raise error
    assert closed == [NAME]
    assert not prefetch_threads()


def test_workers_are_ended_early(memory):
    sampled = ql.compile_sampler(memory.circuit, seed=3).batches(10**9, batch_shots=2000)
    with contextlib.closing(decoded_batches(sampled, compile_decoder(memory.circuit), workers=2)) as decoded:
        batch, first = next(decoded)
    assert (batch.first_shot, len(first.flips_b8)) == (0, 2000)
    assert not multiprocessing.active_children()


KILLED = """
import signal
import qec_leak as ql
from qec_leak.decoding import compile_decoder, decoded_batches
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell has started with &
    circuit = ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="miao2023").circuit
    sampler = ql.compile_sampler(circuit, seed=1)
    for _ in decoded_batches(sampler.batches(10**9, batch_shots=2000), compile_decoder(circuit), workers=2):
        print("decoding", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed otherwise here")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_workers_end_with_their_parent(number, tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "decoding\n"
        os.killpg(process.pid, getattr(signal, number)) if number == "SIGINT" else process.kill()
        # Workers hold the pipes: they close when the last of them has gone.
        _, said = process.communicate(timeout=60)
    assert process.returncode == -getattr(signal, number)
    assert said.count("Traceback") == (number == "SIGINT")  # its own, none of workers


def test_arguments(memory):
    with pytest.raises(ValueError, match="`workers` must be"):
        decoded_batches([], compile_decoder(memory.circuit), workers=0)
    with pytest.raises(ValueError, match="`ahead` must be"):
        next(prefetched([1], ahead=0))
