"""Shots of a Program by frames: blocks of shots, on threads, streamed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import config

from qec_leak._limits import check_batch
from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.kernels import BLOCK_SHOTS, Outputs, Shots, empty_block, keeping, sample_blocks
from qec_leak.engine.kinds import SNAPSHOTS, Kept, Levels, Populations, ShotSampler, check_noted
from qec_leak.engine.plan import plan_of
from qec_leak.engine.rng import block_states
from qec_leak.engine.simd.pointers import pointer_to
from qec_leak.program import Program

_config: Any = config  # whose names are made when it is imported

MAX_POPULATIONS = 1 << 26
"""The most entries, snapshots times qubits, of a batch's counts: 1 GiB."""


class LeakageSampler(ShotSampler):
    r"""Samples shots of a Program. Each call continues where the last one ended: shot k depends on (seed, k) alone.

    Threads may share a sampler: their calls run side by side, and no two of them get the same shots.

    Args:
        program: the circuit as flat arrays; ``compile_sampler`` makes it.
        seed: integer >= 0. None: a fresh one.
        threads: threads to sample on.

    Examples:
        >>> import qec_leak as ql
        >>> sampler = ql.compile_sampler("X_ERROR(1) 0\nM 0\nDETECTOR rec[-1]", seed=1)
        >>> [sampler.sample(100).first_shot for _ in range(2)]
        [0, 100]
    """

    BATCH_SHOTS = 16 * BLOCK_SHOTS

    def __init__(self, program: Program, *, seed: int | None = None, threads: int = 1) -> None:
        p = program
        about = f"{p.num_qubits} qubits, {p.num_detectors} detectors, {p.num_observables} observables"
        super().__init__(about, num_sweep_bits=p.num_sweep_bits, seed=seed, threads=threads)
        self.program = program
        self._idle_blocks: list[Shots] = []  # threads only append to it and pop from it
        self._plan = plan_of(program)
        self._tables = pointer_to(self._plan.tables)
        # What each sweep bit flips by itself is taken out of detectors and observables, as Stim's converter does.
        self._flipped = tuple(
            np.argwhere(flips.T)[:, ::-1].astype(np.int32, order="C")
            for flips in (program.sweep_detectors, program.sweep_observables)
        )

    def __reduce__(self) -> tuple[Callable[..., LeakageSampler], tuple[object, ...]]:
        """A copy, in this process or another, continues at the same shot."""
        return _going_on, (type(self), self.program, self.seed, self.threads, self._next_shot)

    def _check_size(self, shots: int, kept: Kept) -> None:
        p, snapshots = self.program, self._num_snapshots(kept.populations)
        if snapshots * p.num_qubits > MAX_POPULATIONS:
            raise ValueError(
                f"`populations` must have at most {MAX_POPULATIONS:,} entries, but {snapshots:,} snapshots of qubits "
                f"up to {p.num_qubits - 1:,} have more; number the qubits from 0 on, or sample with populations=None"
            )
        records = p.num_measurements * (kept.measurements + 8 * kept.heralds)
        noted = self._num_snapshots(kept.levels)
        check_noted(kept.levels, noted)
        levels = 2 * noted * 8 * _level_bytes(p)
        check_batch(shots, p.num_detectors + p.num_observables + records + levels)

    def _num_snapshots(self, where: Populations | Levels) -> int:
        return {None: 0, "rounds": self.program.num_snapshots, "moments": self.program.num_moments}[where]

    def _sample(self, first: int, shots: int, kept: Kept, sweep_bits: npt.NDArray[np.bool_] | None) -> ShotBatch:
        batch = self._empty(first, shots, kept)
        # Zero rows are drawn.
        given = np.zeros((0, 1), np.uint8) if sweep_bits is None else np.packbits(sweep_bits, 1, bitorder="little")
        block, end = first // BLOCK_SHOTS, (first + shots - 1) // BLOCK_SHOTS + 1
        workers = min(self.threads, end - block)
        shares = [np.arange(block + i, end, workers) for i in range(workers)]
        runs = [self._prepared(share, batch, kept, given) for share in shares]
        _run_all(runs)
        for events, fired in (
            (batch.detection_events_b8, self.program.reference_detectors),
            (batch.observable_flips_b8, self.program.reference_observables),
        ):
            if fired.any():  # random without noise: events are against Stim's noiseless run, as in its converter
                events ^= np.packbits(fired, bitorder="little")
        if batch.population_counts is not None:
            batch.population_counts[:, self.program.qubits] = sum(run.counts for run in runs)
        self._idle_blocks += [run.block for run in runs]
        return batch

    def _empty(self, first: int, shots: int, kept: Kept) -> ShotBatch:
        p, snapshots = self.program, self._num_snapshots(kept.populations)
        of_levels = shots, self._num_snapshots(kept.levels), _level_bytes(p)

        def packed(bits: int) -> npt.NDArray[np.uint8]:
            return np.empty((shots, (bits + 7) // 8), dtype=np.uint8)

        return ShotBatch(
            shots=shots,
            first_shot=first,
            num_qubits=p.num_qubits,
            num_detectors=p.num_detectors,
            num_observables=p.num_observables,
            num_measurements=p.num_measurements,
            num_sweep_bits=p.num_sweep_bits,
            detection_events_b8=packed(p.num_detectors),
            observable_flips_b8=packed(p.num_observables),
            sweep_bits_b8=packed(p.num_sweep_bits),
            measurements_b8=packed(p.num_measurements) if kept.measurements else None,
            heralds=np.empty((shots, p.num_measurements), dtype=np.uint8) if kept.heralds else None,
            population_counts=None
            if kept.populations is None
            else np.zeros((snapshots, p.num_qubits, 2), dtype=np.int64),
            leaked_b8=None if kept.levels is None else np.empty(of_levels, dtype=np.uint8),
            three_b8=None if kept.levels is None else np.empty(of_levels, dtype=np.uint8),
        )

    def _prepared(
        self,
        blocks: npt.NDArray[np.int64],
        batch: ShotBatch,
        asked: Kept,
        given: npt.NDArray[np.uint8],
    ) -> _Run:
        """What runs ``blocks`` and writes their shots into ``batch``."""
        kept, levels, counts = batch.measurements_b8, batch.heralds, batch.population_counts
        snapshots = 0 if counts is None else len(counts)
        block = self._idle_block()
        used = keeping(block, self._plan, kept is not None, levels is not None, snapshots, asked.levels is not None)
        nothing = np.zeros((0, 0), dtype=np.uint8)
        outputs = Outputs(
            detectors=batch.detection_events_b8,
            observables=batch.observable_flips_b8,
            sweep=batch.sweep_bits_b8,
            measurements=nothing if kept is None else kept,
            heralds=nothing if levels is None else levels,
            leaked=nothing if batch.leaked_b8 is None else batch.leaked_b8.reshape(batch.shots, -1),
            three=nothing if batch.three_b8 is None else batch.three_b8.reshape(batch.shots, -1),
            places=np.zeros(0, dtype=np.int64) if asked.levels is None else _places(self.program),
            given=given,
            flipped_detectors=self._flipped[0],
            flipped_observables=self._flipped[1],
        )
        arrays = self._tables, pointer_to(used), pointer_to(outputs)
        shots = batch.first_shot, batch.first_shot + batch.shots
        work = functools.partial(
            sample_blocks,
            *arrays,
            block_states(self.seed, blocks),
            blocks,
            *shots,
            SNAPSHOTS[asked.populations],
            SNAPSHOTS[asked.levels],
        )
        return _Run(_quiet(work) if _config.DISABLE_JIT else work, block, used.counts)

    def _idle_block(self) -> Shots:
        """A block of an earlier call if there is one, else a new one. Memory for a new one takes the system as long as
        hundreds of shots take."""
        try:
            return self._idle_blocks.pop()
        except IndexError:
            return empty_block(self._plan)


def _level_bytes(program: Program) -> int:
    """Bytes of a plane of levels at one snapshot."""
    return (program.num_qubits + 7) // 8


def _places(program: Program) -> npt.NDArray[np.int64]:
    """int64 (qubits,): the place of each qubit among those that the circuit acts on, -1 for none."""
    places = np.full(program.num_qubits, -1, dtype=np.int64)
    places[program.qubits] = np.arange(len(program.qubits))
    return places


def _going_on(kind: type[LeakageSampler], program: Program, seed: int, threads: int, next_shot: int) -> LeakageSampler:
    sampler = kind(program, seed=seed, threads=threads)
    sampler._next_shot = next_shot
    return sampler


def _quiet(work: Callable[[], None]) -> Callable[[], None]:
    """Without JIT, NumPy warns of each random number: their arithmetic is modulo 2^64."""

    def quiet() -> None:
        with np.errstate(over="ignore"):
            work()

    return quiet


class _Run(NamedTuple):
    """A thread's share of a batch: the call that samples it, the block that it uses, and its counts of levels."""

    work: Callable[[], None]
    block: Shots
    counts: npt.NDArray[np.int64]


def _run_all(runs: Sequence[_Run]) -> None:
    """Run each on a thread of its own, the first one on this thread. A thread runs nothing but its kernel: Python code
    would need the GIL, and make the other threads wait for some milliseconds."""
    if len(runs) == 1:
        return runs[0].work()
    with ThreadPoolExecutor(len(runs) - 1) as pool:
        others = [pool.submit(run.work) for run in runs[1:]]
        runs[0].work()
    for other in others:
        other.result()
