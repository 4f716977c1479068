"""What a page shows of a memory experiment: counts of all shots, and a few shots with their own levels and events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.analysis import DetectionStatistics, detector_layout
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.engine import ShotBatch, compile_sampler
from qec_leak.engine.kinds import Engine
from qec_leak.viewer.steps import Where

_BATCH_BITS = 1 << 25


@dataclass(frozen=True, eq=False)
class Sampled:
    """population_counts: int64 (snapshots, qubits, 2), as in a ShotBatch.   detection: counts by detector.
    first: the first shots, with their levels.
    """

    memory: MemoryExperiment
    shots: int
    population_counts: npt.NDArray[np.int64]
    detection: DetectionStatistics
    first: ShotBatch


def sample_memory(
    memory: MemoryExperiment, *, shots: int, shown: int, seed: int, threads: int, engine: Engine, where: Where
) -> Sampled:
    """Sample ``shots``, and keep the levels of the first ``shown``; memory does not grow with ``shots``."""
    sampler = compile_sampler(memory.circuit, seed=seed, threads=threads, engine=engine)
    layout = detector_layout(memory)
    first = sampler.sample(shown, populations=where, levels=where)
    assert first.population_counts is not None, "they were asked for"
    counts = first.population_counts
    detection = DetectionStatistics.of_packed(layout, first.detection_events_b8)
    if shots > shown:
        size = max(1024, min(1 << 14, _BATCH_BITS // max(memory.circuit.num_detectors, 1)))
        for batch in sampler.batches(shots - shown, batch_shots=size, populations=where):
            assert batch.population_counts is not None, "they were asked for"
            counts = counts + batch.population_counts
            detection = detection + DetectionStatistics.of_packed(layout, batch.detection_events_b8)
    return Sampled(memory, shots, counts, detection, first)
