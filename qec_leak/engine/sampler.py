"""compile_sampler(circuit).sample(shots): blocks of shots, on threads, streamed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.engine.batch import ShotBatch, unpack
from qec_leak.engine.kernels import BLOCK_SHOTS, WORDS, Planes, Tables, pack_shots, run_block
from qec_leak.engine.rng import block_state
from qec_leak.program import Program, compile_program

Populations = Literal["rounds", "moments"] | None

DEFAULT_BATCH_SHOTS = 16 * BLOCK_SHOTS
_SNAPSHOTS = {None: 0, "rounds": 1, "moments": 2}


def compile_sampler(circuit: stim.Circuit | str, *, seed: int | None = None, threads: int = 1) -> LeakageSampler:
    """A sampler of a circuit whose leakage is in tags (grammar: ``qec_leak.circuits.tags``).

    Args:
        circuit: a stim.Circuit or its text.
        seed: integer >= 0; the same seed gives the same shots for any batch size and thread count. None: a fresh one.
        threads: threads to sample on (kernels run without the GIL).
    Raises ValueError for circuits that cannot be sampled, naming instruction and line.
    """
    parsed = stim.Circuit(circuit) if isinstance(circuit, str) else circuit
    return LeakageSampler(compile_program(parsed), seed=seed, threads=threads)


class LeakageSampler:
    """Samples shots of a Program. Each call goes on where the last one ended: shot k depends on (seed, k) alone."""

    def __init__(self, program: Program, *, seed: int | None = None, threads: int = 1) -> None:
        self.program = program
        self.seed = secrets.randbits(63) if seed is None else _checks.check_int("seed", seed, minimum=0)
        self.threads = _checks.check_int("threads", threads, minimum=1)
        self._next_shot = 0
        self._tables = Tables(**{name: getattr(program, name) for name in Tables._fields})

    def __repr__(self) -> str:
        p = self.program
        return (
            f"LeakageSampler({p.num_qubits} qubits, {p.num_detectors} detectors, {p.num_observables} observables, "
            f"seed={self.seed})"
        )

    def sample(
        self,
        shots: int,
        *,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
        sweep_bits: npt.ArrayLike | None = None,
    ) -> ShotBatch:
        """The next ``shots`` shots.

        Args:
            shots: at least 1.
            populations: count levels at each ``TICK[LEAKAGE_POPULATION]`` ("rounds"), at all TICKs ("moments"), or not.
            heralds: also return each qubit's level at its measurements.
            measurements: also return the real measurement outcomes. Where the reference outcome of a leaked qubit's
                last measurement is random, only its parities with the other records are real: they are all that the
                frame knows of it (physics: frozen-frame rule 5).
            sweep_bits: bool (shots, sweep bits) or (sweep bits,) for all shots; None draws them at random, fair.
        Raises ValueError for bad arguments.
        """
        shots = _checks.check_int("shots", shots, minimum=1)
        if populations not in _SNAPSHOTS:
            raise ValueError(f"`populations` must be 'rounds', 'moments' or None, but is {populations!r}; choose one")
        first = self._next_shot
        batch = self._empty(shots, first, populations, heralds, measurements)
        given = self._given_sweep(sweep_bits, shots)
        blocks = range(first // BLOCK_SHOTS, (first + shots - 1) // BLOCK_SHOTS + 1)
        workers = min(self.threads, len(blocks))
        shares = [blocks[i::workers] for i in range(workers)]
        if workers == 1:
            counts = [self._run(shares[0], batch, populations, given)]
        else:
            with ThreadPoolExecutor(workers) as pool:
                counts = list(pool.map(lambda share: self._run(share, batch, populations, given), shares))
        if batch.population_counts is not None:
            batch.population_counts[:] = np.sum(counts, axis=0)
        self._next_shot = first + shots
        return batch

    def batches(
        self,
        shots: int,
        *,
        batch_shots: int = DEFAULT_BATCH_SHOTS,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
    ) -> Iterator[ShotBatch]:
        """The next ``shots`` shots as batches of ``batch_shots``: memory does not grow with ``shots``."""
        shots = _checks.check_int("shots", shots, minimum=1)
        batch_shots = _checks.check_int("batch_shots", batch_shots, minimum=1)
        while shots > 0:
            take = min(shots, batch_shots)
            yield self.sample(take, populations=populations, heralds=heralds, measurements=measurements)
            shots -= take

    def _empty(self, shots: int, first: int, populations: Populations, heralds: bool, measurements: bool) -> ShotBatch:
        p = self.program
        snapshots = {None: 0, "rounds": p.num_snapshots, "moments": p.num_moments}[populations]

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
            measurements_b8=packed(p.num_measurements) if measurements else None,
            heralds=np.empty((shots, p.num_measurements), dtype=np.uint8) if heralds else None,
            population_counts=None if populations is None else np.zeros((snapshots, p.num_qubits, 2), dtype=np.int64),
        )

    def _given_sweep(self, sweep_bits: npt.ArrayLike | None, shots: int) -> npt.NDArray[np.bool_] | None:
        if sweep_bits is None:
            return None
        given = np.asarray(sweep_bits, dtype=bool)
        wanted = (shots, self.program.num_sweep_bits)
        if given.shape not in (wanted, wanted[1:]):
            raise ValueError(
                f"`sweep_bits` must have shape {wanted} or {wanted[1:]}, but has {given.shape}; reshape it"
            )
        return np.broadcast_to(given, wanted)

    def _planes(self, batch: ShotBatch) -> Planes:
        p = self.program

        def zeros(rows: int) -> npt.NDArray[np.uint64]:
            return np.zeros((rows, WORDS), dtype=np.uint64)

        counts = batch.population_counts
        return Planes(
            x=zeros(p.num_qubits),
            z=zeros(p.num_qubits),
            leaked=zeros(p.num_qubits),
            three=zeros(p.num_qubits),
            records=zeros(p.ring_size),
            detectors=zeros(p.num_detectors),
            observables=zeros(p.num_observables),
            sweep=zeros(p.num_sweep_bits),
            measurements=zeros(p.num_measurements if batch.measurements_b8 is not None else 0),
            heralds=zeros(2 * p.num_measurements if batch.heralds is not None else 0),
            counts=np.zeros((0, p.num_qubits, 2) if counts is None else counts.shape, dtype=np.int64),
            scratch=zeros(4),
            valid=np.zeros(WORDS, dtype=np.uint64),
            rng=np.zeros(2, dtype=np.uint64),
            loop_stack=np.zeros(p.loop_depth + 1, dtype=np.int64),
        )

    def _run(
        self, blocks: range, batch: ShotBatch, populations: Populations, given: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        """Run ``blocks`` and write their shots into ``batch``; returns their level counts."""
        planes = self._planes(batch)
        last_shot = batch.first_shot + batch.shots
        for block in blocks:
            start = block * BLOCK_SHOTS
            low, high = max(batch.first_shot - start, 0), min(last_shot - start, BLOCK_SHOTS)
            rows = slice(start + low - batch.first_shot, start + high - batch.first_shot)
            planes.rng[:] = block_state(self.seed, block)
            planes.valid[:] = _shot_mask(low, high)
            self._set_sweep(planes, block, low, high, None if given is None else given[rows])
            run_block(self._tables, planes, _SNAPSHOTS[populations])
            self._correct_sweep(planes)
            self._write(planes, low, high, rows, batch)
        return planes.counts

    def _set_sweep(self, planes: Planes, block: int, low: int, high: int, given: npt.NDArray[np.bool_] | None) -> None:
        if given is None:
            raw = np.random.Generator(np.random.Philox(key=block_state(self.seed, block, stream=1)))
            planes.sweep[:] = raw.integers(0, 2**64, size=planes.sweep.shape, dtype=np.uint64)
        else:
            full = np.zeros((BLOCK_SHOTS, given.shape[1]), dtype=bool)
            full[low:high] = given
            planes.sweep[:] = np.packbits(np.ascontiguousarray(full.T), axis=1, bitorder="little").view("<u8")

    def _correct_sweep(self, planes: Planes) -> None:
        """Take what sweep bits do to noiseless records out of detectors and observables, as Stim's converter does."""
        p = self.program
        for out, flips in ((planes.detectors, p.sweep_detectors), (planes.observables, p.sweep_observables)):
            for bit, row in np.argwhere(flips):
                out[row] ^= planes.sweep[bit]

    def _write(self, planes: Planes, low: int, high: int, rows: slice, batch: ShotBatch) -> None:
        tile = np.empty(64, dtype=np.uint64)
        pack_shots(planes.detectors, low, high, tile, batch.detection_events_b8[rows])
        pack_shots(planes.observables, low, high, tile, batch.observable_flips_b8[rows])
        pack_shots(planes.sweep, low, high, tile, batch.sweep_bits_b8[rows])
        if batch.measurements_b8 is not None:
            pack_shots(planes.measurements, low, high, tile, batch.measurements_b8[rows])
        if batch.heralds is not None:
            n = self.program.num_measurements
            packed = np.empty((high - low, (2 * n + 7) // 8), dtype=np.uint8)
            pack_shots(planes.heralds, low, high, tile, packed)
            bits = unpack(packed, 2 * n).reshape(high - low, n, 2)
            batch.heralds[rows] = 2 * bits[:, :, 0] + bits[:, :, 1]


def _shot_mask(low: int, high: int) -> npt.NDArray[np.uint64]:
    """uint64 (WORDS,): bits low..high-1 of a block set."""
    bits = np.zeros(BLOCK_SHOTS, dtype=bool)
    bits[low:high] = True
    return np.packbits(bits, bitorder="little").view("<u8")
