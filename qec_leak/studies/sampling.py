"""Sampling of one memory experiment batch by batch, keeping counts only."""

from __future__ import annotations

import functools
import operator

from qec_leak.analysis import DetectionStatistics, detector_layout, populations_of
from qec_leak.circuits import MemoryExperiment
from qec_leak.engine import compile_sampler
from qec_leak.engine.sampler import Populations
from qec_leak.records import LeakagePopulations
from qec_leak.studies.study import Run


def sample_populations(
    memory: MemoryExperiment, shots: int, *, seed: int, run: Run, populations: Populations = "rounds"
) -> LeakagePopulations:
    """Leakage populations at the end of each round, or (``populations="moments"``) of each moment."""
    parts = []
    for batch in compile_sampler(memory.circuit, seed=seed, threads=run.threads).batches(
        shots, populations=populations
    ):
        parts.append(populations_of(memory, batch))
        run.progress(batch.shots)
    return functools.reduce(operator.add, parts)


def sample_detection(
    memory: MemoryExperiment, shots: int, *, seed: int, run: Run
) -> tuple[DetectionStatistics, LeakagePopulations]:
    """Detection events by weight and round, and leakage populations, of the same shots."""
    layout = detector_layout(memory)
    detection, populations = [], []
    for batch in compile_sampler(memory.circuit, seed=seed, threads=run.threads).batches(shots):
        detection.append(DetectionStatistics.of(layout, batch.detection_events))
        populations.append(populations_of(memory, batch))
        run.progress(batch.shots)
    return functools.reduce(operator.add, detection), functools.reduce(operator.add, populations)
