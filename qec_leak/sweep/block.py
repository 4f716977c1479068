"""The unit of work, which workers run: a block of shots of a point is sampled, decoded and counted."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import sinter
import stim

from qec_leak.circuits.roles import text_without_roles
from qec_leak.decoding import compile_decoder, count_logical_errors
from qec_leak.engine import LeakageSampler, compile_sampler
from qec_leak.engine.kernels import BLOCK_SHOTS
from qec_leak.program import Program, compile_program
from qec_leak.sweep.counting import ShotCounter, decoder_counts
from qec_leak.sweep.point import Point, block_seed
from qec_leak.sweep.version import VERSION

_BATCH_BITS = 1 << 25  # detection events that are unpacked at once, a byte each
_KEPT_POINTS = 8  # compiled points that a worker keeps


@dataclass(frozen=True, order=True)
class Block:
    """Shots first_shot <= shot < end_shot of a point.

    Attributes:
        first_shot: the first shot.
        end_shot: one more than the last.

    Examples:
        >>> Block(100, 300).shots
        200
    """

    first_shot: int
    end_shot: int

    @property
    def shots(self) -> int:
        """How many they are."""
        return self.end_shot - self.first_shot


@dataclass(frozen=True)
class BlockCounts:
    """Counts of a block.

    Attributes:
        strong_id: the point's, as computed where it was run.
        version: of the code there.
        block: the block.
        errors: shots with a logical error.
        seconds: processor time of sampling, decoding and counting.
        custom_counts: sums over shots (docs/sweeps.md).

    Examples:
        >>> BlockCounts("id", "version", Block(0, 100), 3, 0.1).errors
        3
    """

    strong_id: str
    version: str
    block: Block
    errors: int
    seconds: float
    custom_counts: dict[str, int] = field(default_factory=dict)


class CompiledPoint:
    """A point ready to be sampled: circuit, decoder, program."""

    def __init__(self, point: Point) -> None:
        self.point = point
        memory = point.memory()
        self.circuit_text = text_without_roles(memory.circuit)
        self.num_detectors = memory.circuit.num_detectors
        self._decoder = compile_decoder(memory.circuit, point.decoder)
        self.strong_id = str(
            sinter.Task(
                circuit=memory.circuit,
                decoder=point.sampler_name,
                detector_error_model=self._decoder.detector_error_model,
                json_metadata=dict(point.metadata),
                skip_validation=True,
            ).strong_id()
        )
        self._memory = memory

    @functools.cached_property
    def _program(self) -> Program:
        return compile_program(self._memory.circuit)

    @functools.cached_property
    def _counter(self) -> ShotCounter:
        return ShotCounter.of_memory(self._memory)

    def run(self, seed: int, block: Block) -> BlockCounts:
        """Sample, decode and count one block: the same result wherever and whenever it is run."""
        sampler = LeakageSampler(self._program, seed=block_seed(seed, self.circuit_text, block.first_shot))
        counter = self._counter
        start = time.thread_time()
        errors = 0
        counts: dict[str, int] = {}
        batch_shots = max(BLOCK_SHOTS, _BATCH_BITS // max(self.num_detectors, 1) // BLOCK_SHOTS * BLOCK_SHOTS)
        heralds = self._decoder.needs_heralds
        for batch in sampler.batches(block.shots, batch_shots=batch_shots, populations="rounds", heralds=heralds):
            decoded = self._decoder.decode_batch(batch)
            errors += count_logical_errors(decoded.flips_b8, batch.observable_flips_b8)
            for name, count in {**counter.counts(batch), **decoder_counts(decoded)}.items():
                counts[name] = counts.get(name, 0) + count
        return BlockCounts(
            strong_id=self.strong_id,
            version=VERSION,
            block=block,
            errors=errors,
            seconds=time.thread_time() - start,
            custom_counts=counts,
        )


@functools.cache
def warm_kernels() -> None:
    """Compile the kernels that sample and count, or load them from their cache on disk: once in a process."""
    circuit = stim.Circuit("R 0\nM 0\nDETECTOR rec[-1]\nTICK[LEAKAGE_POPULATION]")
    batch = compile_sampler(circuit, seed=0).sample(1, populations="rounds")
    ShotCounter(circuit, None, {}).counts(batch)


@functools.lru_cache(maxsize=_KEPT_POINTS)
def compiled(point: Point) -> CompiledPoint:
    """The compiled point, from this process's cache."""
    warm_kernels()
    return CompiledPoint(point)


def identify(points: Sequence[Point]) -> list[str]:
    """The strong ids of points."""
    return [compiled(point).strong_id for point in points]


def run_block(point: Point, block: Block, seed: int = 0) -> BlockCounts:
    """Sample, decode and count one block of a point, under the seed of the sweep.

    Args:
        point: the point.
        block: which of its shots.
        seed: of the sweep.

    Returns:
        The counts.

    Examples:
        >>> from qec_leak.sweep import parse_sweep
        >>> sweep = parse_sweep('''
        ... [circuit]
        ... distance = 3
        ... rounds = 2
        ... [device]
        ... preset = "miao2023"
        ... [axes]
        ... "circuit.strategy" = ["MLR", "DQLR"]
        ... [stop]
        ... max_shots = 200
        ... ''')
        >>> counts = run_block(sweep.points[0], Block(0, 100))
        >>> 0 <= counts.errors <= 100
        True
    """
    return compiled(point).run(seed, block)


def run_blocks(work: Sequence[tuple[Point, Block]], seed: int) -> list[BlockCounts]:
    """Run several small blocks in one task."""
    return [run_block(point, block, seed) for point, block in work]
