"""What all samplers share: their arguments, seeds, the count of shots, and batches."""

from __future__ import annotations

import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak._limits import MAX_SEED, check_threads
from qec_leak.engine.batch import ShotBatch

Populations = Literal["rounds", "moments"] | None
"""Where levels are counted: at each ``TICK[LEAKAGE_POPULATION]``, at each TICK, or nowhere."""

Levels = Literal["rounds", "moments"] | None
"""Where each shot's levels are recorded: the same choices."""

SNAPSHOTS: dict[str | None, int] = {None: 0, "rounds": 1, "moments": 2}
"""The number by which kernels know each choice."""

Engine = Literal["auto", "frames", "tableau"]
"""frames: fast. tableau: for every circuit. auto: frames where they are exact, else the tableau."""


class Kept(NamedTuple):
    """What a batch holds beyond events and flips: level counts, levels at measurements, outcomes, levels by shot."""

    populations: Populations
    heralds: bool
    measurements: bool
    levels: Levels = None


class ShotSampler(ABC):
    """Samples shots. Each call continues where the last one ended: shot k depends on (seed, k) alone.

    Threads may share a sampler: no two of their calls get the same shots.
    """

    BATCH_SHOTS: ClassVar[int]
    """Shots of a batch, if nothing else is asked for."""

    def __init__(self, about: str, *, num_sweep_bits: int, seed: int | None, threads: int = 1) -> None:
        """Args: about: what is sampled, in a few words."""
        self.seed = (
            secrets.randbits(63) if seed is None else _checks.check_int("seed", seed, minimum=0, maximum=MAX_SEED)
        )
        self.threads = _checks.check_int("threads", threads, minimum=1)
        check_threads("threads", self.threads)
        self._about = about
        self._num_sweep_bits = num_sweep_bits
        self._next_shot = 0
        self._lock = threading.Lock()  # of _next_shot

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._about}, seed={self.seed})"

    def sample(
        self,
        shots: int,
        *,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
        levels: Levels = None,
        sweep_bits: npt.ArrayLike | None = None,
    ) -> ShotBatch:
        """The next ``shots`` shots.

        Args:
            shots: at least 1.
            populations: count levels at each ``TICK[LEAKAGE_POPULATION]`` ("rounds"), at all TICKs ("moments"), or not.
            heralds: also return each qubit's level at its measurements.
            measurements: also return the real measurement outcomes.
            levels: also return each shot's level of every qubit at each ``TICK[LEAKAGE_POPULATION]`` ("rounds"), or at
                all TICKs ("moments"): ``batch.levels``, and bit-packed ``batch.leaked_b8`` and ``batch.three_b8``.
            sweep_bits: bool (shots, sweep bits), or (sweep bits,) for all shots. None: fair random bits.

        Returns:
            The shots.

        Raises:
            ValueError: an argument breaks its rule, or the batch does not fit memory.
            TypeError: an argument is of the wrong type.
        """
        shots = _checks.check_int("shots", shots, minimum=1)
        if populations not in ("rounds", "moments", None):
            raise ValueError(f"`populations` must be 'rounds', 'moments' or None, but is {populations!r}; choose one")
        if levels not in ("rounds", "moments", None):
            raise ValueError(f"`levels` must be 'rounds', 'moments' or None, but is {levels!r}; choose one")
        kept = Kept(populations, heralds, measurements, levels)
        given = None if sweep_bits is None else self._given_sweep(sweep_bits, shots)
        self._check_size(shots, kept)
        with self._lock:
            first = self._next_shot
            self._next_shot = first + shots
        try:
            return self._sample(first, shots, kept, given)
        except BaseException:  # Ctrl-C: the next call gives these shots, unless another thread has gone on
            with self._lock:
                if self._next_shot == first + shots:
                    self._next_shot = first
            raise

    def batches(
        self,
        shots: int,
        *,
        batch_shots: int | None = None,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
        levels: Levels = None,
    ) -> Iterator[ShotBatch]:
        """The next ``shots`` shots in batches: memory does not grow with ``shots``.

        Args:
            shots: shots in all, at least 1.
            batch_shots: shots of a batch. None: as many as suit the engine.
            populations: as for ``sample``.
            heralds: as for ``sample``.
            measurements: as for ``sample``.
            levels: as for ``sample``.

        Yields:
            Batches, the last one possibly smaller.
        """
        for take in in_batches(shots, self.BATCH_SHOTS if batch_shots is None else batch_shots):
            yield self.sample(take, populations=populations, heralds=heralds, measurements=measurements, levels=levels)

    @abstractmethod
    def _sample(self, first: int, shots: int, kept: Kept, sweep_bits: npt.NDArray[np.bool_] | None) -> ShotBatch:
        """Shots ``first`` to ``first + shots``. Args: sweep_bits: bool (shots, sweep bits); None: to be drawn."""

    @abstractmethod
    def _check_size(self, shots: int, kept: Kept) -> None:
        """Raise ValueError for more than memory holds."""

    def _given_sweep(self, sweep_bits: npt.ArrayLike, shots: int) -> npt.NDArray[np.bool_]:
        given, wanted = np.asarray(sweep_bits, dtype=bool), (shots, self._num_sweep_bits)
        if given.shape not in (wanted, wanted[1:]):
            raise ValueError(
                f"`sweep_bits` must have shape {wanted} or {wanted[1:]}, but has {given.shape}; reshape it"
            )
        return np.broadcast_to(given, wanted)


def check_noted(levels: Levels, snapshots: int) -> None:
    """Refuse to record levels of a circuit that has no such TICK."""
    if levels is not None and snapshots == 0:
        tick, fix = ("TICK[LEAKAGE_POPULATION]", "tag TICKs") if levels == "rounds" else ("TICK", "write TICKs")
        raise ValueError(
            f"`levels` must be None for a circuit without {tick}, but is {levels!r}; {fix} where to note them"
        )


def in_batches(shots: int, batch_shots: int) -> Iterator[int]:
    """Sizes of batches of ``batch_shots`` that add up to ``shots``."""
    shots = _checks.check_int("shots", shots, minimum=1)
    batch_shots = _checks.check_int("batch_shots", batch_shots, minimum=1)
    while shots > 0:
        yield min(shots, batch_shots)
        shots -= batch_shots


def batch_of_records(
    circuit: stim.Circuit,
    converter: stim.CompiledMeasurementsToDetectionEventsConverter,
    first_shot: int,
    records: npt.NDArray[np.bool_],
    sweep_bits: npt.NDArray[np.bool_],
    *,
    measurements: bool,
    heralds: npt.NDArray[np.uint8] | None,
    population_counts: npt.NDArray[np.int64] | None,
    leaked_b8: npt.NDArray[np.uint8] | None = None,
    three_b8: npt.NDArray[np.uint8] | None = None,
) -> ShotBatch:
    """Shots of a simulator that gives records: Stim's converter of ``circuit`` makes events and flips of them.

    Args: records, sweep_bits: bool (shots, measurements), (shots, sweep bits). heralds: uint8 like records. Others: as
    in a ShotBatch.
    """
    events, flips = converter.convert(measurements=records, sweep_bits=sweep_bits, separate_observables=True)
    return ShotBatch(
        shots=len(records),
        first_shot=first_shot,
        num_qubits=max(circuit.num_qubits, 1),
        num_detectors=circuit.num_detectors,
        num_observables=circuit.num_observables,
        num_measurements=circuit.num_measurements,
        num_sweep_bits=circuit.num_sweep_bits,
        detection_events_b8=_packed(events),
        observable_flips_b8=_packed(flips),
        sweep_bits_b8=_packed(sweep_bits),
        measurements_b8=_packed(records) if measurements else None,
        heralds=heralds,
        population_counts=population_counts,
        leaked_b8=leaked_b8,
        three_b8=three_b8,
    )


def _packed(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(bits, axis=1, bitorder="little")
