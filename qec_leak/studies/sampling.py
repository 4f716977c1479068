"""Sampling of one memory experiment batch by batch, keeping counts only."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import TypeVar

from qec_leak.analysis import DetectionStatistics, populations_of
from qec_leak.circuits import MemoryExperiment
from qec_leak.engine import compile_sampler
from qec_leak.engine.sampler import Populations
from qec_leak.records import LeakagePopulations
from qec_leak.studies.study import Run

Counts = TypeVar("Counts", LeakagePopulations, DetectionStatistics)


def add(parts: Sequence[Counts]) -> Counts:
    """The counts of all batches together."""
    return functools.reduce(operator.add, parts)


def sample_populations(
    memory: MemoryExperiment, shots: int, *, seed: int, run: Run, populations: Populations = "rounds"
) -> LeakagePopulations:
    """Leakage populations at the end of each round, or (``populations="moments"``) of each moment."""
    sampler = compile_sampler(memory.circuit, seed=seed, threads=run.threads)
    parts = []
    for batch in sampler.batches(shots, populations=populations):
        parts.append(populations_of(memory, batch))
        run.progress(batch.shots)
    return add(parts)
