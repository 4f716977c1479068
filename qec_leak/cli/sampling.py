"""Sample and decode one memory experiment batch by batch, keeping counts only."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qec_leak.cli.errors import check_interrupted

if TYPE_CHECKING:
    import sinter

    from qec_leak.analysis import DetectionStatistics, EventCorrelations
    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.engine import ShotBatch
    from qec_leak.records import LeakagePopulations

_BATCH_BITS = 1 << 25
"""Detection events of a batch: unpacked they take one byte each, and this many are the memory that a run needs."""

_MAX_BATCH_SHOTS = 1 << 14

MAX_CORRELATED = 600
"""Detectors whose pairs are counted: more would take longer than sampling, and no picture could show them."""


def batch_shots(num_bits: int) -> int:
    """Shots in a batch of a circuit with ``num_bits`` detection events (or other bits) a shot: whole blocks."""
    from qec_leak.engine.kernels import BLOCK_SHOTS

    blocks = min(_MAX_BATCH_SHOTS, _BATCH_BITS // max(num_bits, 1)) // BLOCK_SHOTS
    return max(blocks, 1) * BLOCK_SHOTS


@dataclass(frozen=True)
class StrategyResult:
    """Counts of one memory experiment. ``correlations``: of pairs of detectors, where they are not too many."""

    memory: MemoryExperiment
    strong_id: str
    decoder: str
    metadata: dict[str, Any]
    shots: int
    errors: int
    seconds: float
    detection: DetectionStatistics
    populations: LeakagePopulations
    custom_counts: Counter[str]
    correlations: EventCorrelations | None

    def task_stats(self) -> sinter.TaskStats:
        """The row of results.csv, with the same custom_counts as rows of sweeps (``qec_leak.sweep.counting``)."""
        import sinter

        return sinter.TaskStats(
            strong_id=self.strong_id,
            decoder=self.decoder,
            json_metadata=self.metadata,
            shots=self.shots,
            errors=self.errors,
            seconds=self.seconds,
            custom_counts=self.custom_counts,
        )


def _batches(
    memory: MemoryExperiment, engine: str, shots: int, seed: int, threads: int, heralds: bool
) -> Iterator[ShotBatch]:
    """Batches of ``shots`` from the engine of that name."""
    if engine in ("frames", "tableau"):
        from qec_leak.engine import compile_sampler

        sampler = compile_sampler(
            memory.circuit, seed=seed, threads=threads, engine="auto" if engine == "frames" else "tableau"
        )
        size = batch_shots(memory.circuit.num_detectors)
        return sampler.batches(shots, batch_shots=size, populations="rounds", heralds=heralds)
    from qec_leak.exact import compile_exact_sampler

    mode: Literal["coherent", "phase_randomised"] = "coherent" if engine == "exact" else "phase_randomised"
    exact = compile_exact_sampler(memory, mode=mode, seed=seed)
    return exact.batches(shots, batch_shots=64, populations="rounds", heralds=heralds)


def sample_and_decode(
    memory: MemoryExperiment,
    metadata: dict[str, Any],
    *,
    engine: str = "frames",
    shots: int,
    seed: int,
    threads: int,
    decoder: str,
    progress: Callable[[int], object],
) -> StrategyResult:
    """Sample ``shots``, decode them, and count; memory does not grow with ``shots``.

    Args: decoder: its name, or "module:attribute".
    threads: threads that sample and, if more than one, processes that decode.
    progress: called with the number of shots that were finished since its last call.
    """
    import sinter

    from qec_leak.decoding import compile_decoder, count_logical_errors, decoded_batches
    from qec_leak.sweep.counting import decoder_counts

    ready = compile_decoder(memory.circuit, decoder)
    task = sinter.Task(
        circuit=memory.circuit,
        decoder=ready.name,
        detector_error_model=ready.detector_error_model,
        json_metadata=metadata,
    )
    counts = RunningCounts(memory)
    errors = 0
    custom_counts: Counter[str] = Counter()
    start = _cpu_seconds()
    batches = counts.counted(_batches(memory, engine, shots, seed, threads, ready.needs_heralds))
    with contextlib.closing(decoded_batches(batches, ready, workers=threads)) as results:
        for batch, decoded in results:
            errors += count_logical_errors(decoded.flips_b8, batch.observable_flips_b8)
            custom_counts.update(decoder_counts(decoded))
            progress(batch.shots)
            check_interrupted()
    custom_counts.update(counts.custom_counts)
    assert counts.detection is not None and counts.populations is not None, "shots >= 1 was checked"
    return StrategyResult(
        memory=memory,
        strong_id=task.strong_id(),
        decoder=ready.name,
        metadata=metadata,
        shots=counts.detection.shots,
        errors=errors,
        seconds=_cpu_seconds() - start,
        detection=counts.detection,
        populations=counts.populations,
        custom_counts=custom_counts,
        correlations=counts.correlations,
    )


class RunningCounts:
    """Detection events, pairs of them, and leakage populations of the batches that passed, and their custom_counts."""

    def __init__(self, memory: MemoryExperiment) -> None:
        from qec_leak.analysis import detector_layout
        from qec_leak.sweep.counting import ShotCounter

        self.memory = memory
        self.layout = detector_layout(memory)
        self.detection: DetectionStatistics | None = None
        self.populations: LeakagePopulations | None = None
        self.correlations: EventCorrelations | None = None
        self.custom_counts: Counter[str] = Counter()
        self._counter = ShotCounter.of_memory(memory)

    def counted(self, batches: Iterator[ShotBatch]) -> Iterator[ShotBatch]:
        """The batches, each counted before it is passed on."""
        from qec_leak.analysis import DetectionStatistics, EventCorrelations, populations_of

        for batch in batches:
            part = DetectionStatistics.of_packed(self.layout, batch.detection_events_b8)
            self.detection = part if self.detection is None else self.detection + part
            leaked = populations_of(self.memory, batch)
            self.populations = leaked if self.populations is None else self.populations + leaked
            if batch.num_detectors <= MAX_CORRELATED:
                pairs = EventCorrelations.of_packed(batch.detection_events_b8, batch.num_detectors)
                self.correlations = pairs if self.correlations is None else self.correlations + pairs
            self.custom_counts.update(self._counter.counts(batch))
            yield batch


def _cpu_seconds() -> float:
    """CPU time of this process and of those it has ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
