"""Sampling of one memory experiment in blocks of shots, keeping counts only.

A number that is read off a curve (a mean over cycles, a slope, a decay) depends on correlations between cycles. Its
spread over independent blocks of shots includes all of them.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from qec_leak.analysis import DetectionStatistics, populations_of
from qec_leak.circuits import MemoryExperiment
from qec_leak.engine import ShotBatch, compile_sampler
from qec_leak.engine.kinds import Populations
from qec_leak.records import LeakagePopulations
from qec_leak.studies.study import Run

Counts = TypeVar("Counts", LeakagePopulations, DetectionStatistics)

BLOCKS = 25
"""Blocks of shots. Error bars from their spread are accurate to 15 %."""


def add(parts: Sequence[Counts]) -> Counts:
    """The counts of all batches together."""
    return functools.reduce(operator.add, parts)


def sample_blocks(
    memory: MemoryExperiment, shots: int, *, seed: int, run: Run, populations: Populations = "rounds"
) -> Iterator[Iterator[ShotBatch]]:
    """``shots`` in at most BLOCKS blocks, each an iterator of batches. Read each block to its end before the next."""
    sampler = compile_sampler(memory.circuit, seed=seed, threads=run.threads)
    for members in np.array_split(np.arange(shots), min(BLOCKS, shots)):
        yield _told(sampler.batches(len(members), populations=populations), run)


def _told(batches: Iterator[ShotBatch], run: Run) -> Iterator[ShotBatch]:
    for batch in batches:
        yield batch
        run.progress(batch.shots)


def sample_populations(
    memory: MemoryExperiment, shots: int, *, seed: int, run: Run, populations: Populations = "rounds"
) -> list[LeakagePopulations]:
    """Leakage populations at the end of each round, or (``populations="moments"``) of each moment, by block."""
    blocks = sample_blocks(memory, shots, seed=seed, run=run, populations=populations)
    return [add([populations_of(memory, batch) for batch in block]) for block in blocks]
