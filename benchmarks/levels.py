"""The same memory experiment with four amounts of leakage, and who works on its circuit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pymatching
import stim

import qec_leak as ql
from benchmarks.timing import Effort, Job, in_this_process, in_turn
from qec_leak.decoding import matching_error_model
from qec_leak.engine.kernels import BLOCK_SHOTS

LEVELS = ("PAULI", "DQLR", "MLR", "NO_RESET")
"""Amounts of leakage: none, and what each strategy leaves on the device."""

MEASURED_DECODING = (3, 5, 7, 11, 21)

_BATCH_BITS = 1 << 27

_IDLE = ("I", "II", "I_ERROR", "II_ERROR")


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


def most_at_once(circuit: stim.Circuit) -> int:
    """Shots that are sampled at once, 16 MiB of detection events: memory that an allocator takes anew from the system
    for each call costs more than sampling without leakage does, on a virtual machine whose host has to find it. Stim is
    at its best, too."""
    return _BATCH_BITS // max(circuit.num_detectors, 1)


def sampling_jobs(circuit: stim.Circuit) -> list[Job]:
    """This engine on the circuit, and Stim on the circuit without tags."""
    ours = ql.compile_sampler(circuit, seed=1)
    theirs = without_tags(circuit).compile_detector_sampler(seed=1)
    most = most_at_once(circuit)
    return [
        Job("qec_leak", in_this_process(ours.sample), BLOCK_SHOTS, most),
        Job("stim", in_this_process(lambda shots: theirs.sample(shots, bit_packed=True)), 256, most),
    ]


def decoding_job(circuit: stim.Circuit) -> Job:
    """PyMatching on events that this engine sampled."""
    matching = pymatching.Matching.from_detector_error_model(matching_error_model(circuit))
    events = ql.compile_sampler(circuit, seed=1).sample(4 * BLOCK_SHOTS).detection_events_b8

    def decode(shots: int) -> object:
        return matching.decode_batch(events[:shots], bit_packed_shots=True, bit_packed_predictions=True)

    return Job("pymatching", in_this_process(decode), block=16, most=len(events))


def level_rows(
    distances: Sequence[int], rounds: int, device: ql.Device, effort: Effort, turns: Callable[[range], Iterable[int]]
) -> list[dict[str, object]]:
    """Rates of every level at every distance, all of which take turns. Decoding is measured up to d = 21."""
    circuits = {(d, level): memory_of(level, d, rounds, device).circuit for d in distances for level in LEVELS}
    groups = [
        [*sampling_jobs(circuit), *([decoding_job(circuit)] if distance in MEASURED_DECODING else [])]
        for (distance, _), circuit in circuits.items()
    ]
    rows: list[dict[str, object]] = []
    for ((distance, level), circuit), timed in zip(circuits.items(), in_turn(groups, effort, turns), strict=True):
        rates = timed.rates()
        rows.append(
            {
                "distance": distance,
                "rounds": rounds,
                "level": level,
                "shots_per_s": {name: round(rate, 1) for name, rate in rates.items()},
                "ratio_to_stim": timed.ratio("qec_leak", over="stim"),
                "ratio_to_decoding": timed.ratio("qec_leak", over="pymatching") if "pymatching" in rates else None,
                "ns_per_qubit_round_shot": 1e9 / (rates["qec_leak"] * circuit.num_qubits * rounds),
            }
        )
    return rows
