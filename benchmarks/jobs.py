"""The jobs that are timed against each other: one circuit, three ways of working on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pymatching
import stim

import qec_leak as ql

LEVELS = ("PAULI", "DQLR", "MLR", "NO_RESET")
"""Amounts of leakage: none, and what each strategy leaves on the device."""

_IDLE = ("I", "II", "I_ERROR", "II_ERROR")


@dataclass(frozen=True)
class Job:
    """One thing to time: ``run(shots)``."""

    level: str
    worker: str
    run: Callable[[int], object]


def without_tags(circuit: stim.Circuit) -> stim.Circuit:
    """The circuit as stock Stim samples it: no tags, and none of the instructions that only carry leakage."""
    out = stim.Circuit()
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            out.append(stim.CircuitRepeatBlock(item.repeat_count, without_tags(item.body_copy())))
        elif item.name not in _IDLE:
            out.append(item.name, item.targets_copy(), item.gate_args_copy())
    return out


def memory_of(level: str, distance: int, rounds: int, device: ql.Device) -> ql.MemoryExperiment:
    """The memory experiment of a level of leakage."""
    strategy = "MLR" if level == "PAULI" else level
    used = device.without_leakage() if level == "PAULI" else device
    return ql.memory_experiment(distance=distance, rounds=rounds, strategy=strategy, device=used)


def jobs_of(level: str, distance: int, rounds: int, device: ql.Device) -> tuple[list[Job], int]:
    """Jobs on one circuit, and its number of qubits: this engine, Stim without tags, PyMatching on the same events."""
    memory = memory_of(level, distance, rounds, device)
    ours = ql.compile_sampler(memory.circuit, seed=1)
    theirs = without_tags(memory.circuit).compile_detector_sampler(seed=1)
    matching = pymatching.Matching.from_detector_error_model(memory.circuit.detector_error_model(decompose_errors=True))
    events = ours.sample(1024).detection_events_b8

    def decode(shots: int) -> object:
        rows = events[:shots]
        return matching.decode_batch(rows, bit_packed_shots=True, bit_packed_predictions=True)

    jobs = [
        Job(level, "qec_leak", lambda shots: ours.sample(shots)),
        Job(level, "stim", lambda shots: theirs.sample(shots, bit_packed=True)),
        Job(level, "pymatching", decode),
    ]
    return jobs, memory.circuit.num_qubits
