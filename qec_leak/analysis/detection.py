"""Detection fractions by round and stabilizer weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.analysis.circuit_layout import DetectorLayout, layout_of_circuit
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.round_end import detector_lookback
from qec_leak.engine import ShotBatch
from qec_leak.records import ShotFolder
from qec_leak.records.event_counts import count_events


def detector_layout(memory: MemoryExperiment | ShotFolder | stim.Circuit) -> DetectorLayout:
    """The layout of a memory experiment's detectors, read from their coordinates (x, y, t), or (x, t) in one dimension.

    Args:
        memory: the experiment; or a folder of shots, or the circuit of a memory. Its detectors must have the
            coordinates of their measure qubits and count rounds in t, as in Google's data sets and in Stim.
            Stabilizers are then numbered in the order of their detectors, and their weights follow from the two-qubit
            gates.

    Returns:
        Round, stabilizer and weight of every detector.

    Raises:
        ValueError: the coordinates of a detector are those of no measure qubit.
        TypeError: ``memory`` is none of the three.

    Examples:
        >>> import qec_leak as ql
        >>> detector_layout(ql.memory_experiment(distance=3, rounds=2)).round.tolist()
        [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3]
    """
    if isinstance(memory, stim.Circuit):
        return layout_of_circuit(memory)
    if isinstance(memory, ShotFolder):
        return layout_of_circuit(memory.ideal_circuit or memory.circuit)
    if not (hasattr(memory, "circuit") and hasattr(memory, "patch")):
        raise TypeError(
            f"`memory` must be a MemoryExperiment, a folder of shots or a circuit, but is {type(memory).__name__}; "
            "give what memory_experiment() returned"
        )
    coordinates = memory.circuit.get_detector_coordinates()
    at = {tuple(memory.patch.coordinates[s.measure_qubit]): i for i, s in enumerate(memory.patch.stabilizers)}
    # The coordinate of a one-dimensional code is (x, t); its qubits lie at (x, y) with one common y.
    at |= {place[:1]: i for place, i in list(at.items())}
    stabilizer = np.empty(len(coordinates), dtype=np.int64)
    time = np.empty(len(coordinates), dtype=np.int64)
    for detector, place in coordinates.items():
        key = tuple(place[:-1])
        if key not in at:
            raise ValueError(
                f"detector {detector} must stand on a measure qubit, but is at {tuple(place)}; use the coordinates of "
                "memory.patch"
            )
        stabilizer[detector] = at[key]
        time[detector] = round(place[-1])
    weights = np.array([s.weight for s in memory.patch.stabilizers], dtype=np.int64)
    return DetectorLayout(
        stabilizer=stabilizer,
        weight=weights[stabilizer],
        round=time - time.min() + 1,
        rounds=int(memory.rounds),
        lookback=detector_lookback(memory.strategy, memory.patch, int(memory.rounds)),
    )


@dataclass(frozen=True, eq=False)
class DetectionStatistics:
    """Counts of detection events that add up over batches.

    Attributes:
        layout: round, stabilizer and weight of every detector.
        shots: number of shots.
        counts: int64 (detectors,), shots in which each detector fired.
        sums: int64 (weights, rounds + 1): over shots, the sum of n, the number of detectors of one stabilizer weight
            and round that fired in a shot.
        squares: the same of n**2. Error bars take the correlations between the detectors of a round from these.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(2000)
        >>> DetectionStatistics.of_shots(batch, memory).fraction(weight=4).shape
        (5,)
    """

    layout: DetectorLayout
    shots: int
    counts: npt.NDArray[np.int64]
    sums: npt.NDArray[np.int64]
    squares: npt.NDArray[np.int64]

    @classmethod
    def of(cls, layout: DetectorLayout, detection_events: npt.NDArray[np.bool_]) -> DetectionStatistics:
        """Statistics of detection events.

        Args:
            layout: of the detectors.
            detection_events: bool (shots, detectors).

        Returns:
            The counts.

        Raises:
            ValueError: the events are not those of the layout.
        """
        if detection_events.ndim != 2 or detection_events.shape[1] != len(layout.round):
            raise ValueError(
                f"`detection_events` must be (shots, {len(layout.round)}), but is {detection_events.shape}; give the "
                "events of the layout's circuit"
            )
        shape = (len(layout.weights), layout.rounds + 1)
        sums, squares = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for (row, round_), members in _groups(layout).items():
            fired = detection_events[:, members].sum(axis=1, dtype=np.int64)
            sums[row, round_ - 1] = fired.sum()
            squares[row, round_ - 1] = np.square(fired).sum()
        counts = detection_events.sum(axis=0, dtype=np.int64)
        return cls(layout, len(detection_events), counts, sums, squares)

    @classmethod
    def of_packed(cls, layout: DetectorLayout, detection_events_b8: npt.NDArray[np.uint8]) -> DetectionStatistics:
        """Statistics of bit-packed events: many times faster.

        Args:
            layout: of the detectors.
            detection_events_b8: uint8 (shots, ceil(detectors/8)), little-endian.

        Returns:
            The counts.
        """
        shape = (len(layout.weights), layout.rounds + 1)
        counts, sums, squares = count_events(detection_events_b8, _group(layout), shape[0] * shape[1])
        return cls(layout, len(detection_events_b8), counts, sums.reshape(shape), squares.reshape(shape))

    @classmethod
    def of_shots(
        cls, shots: ShotBatch | ShotFolder, memory: MemoryExperiment | ShotFolder | stim.Circuit | None = None
    ) -> DetectionStatistics:
        """Counts of a batch of ``memory``, or of a folder of shots.

        Args:
            shots: a ShotBatch or what ``read_folder`` returns.
            memory: see ``detector_layout``; not needed for a folder.

        Returns:
            The counts.

        Raises:
            ValueError: the shots are not those of the memory, or a folder has no events.
            TypeError: the memory of a batch is not given.
        """
        source = shots if memory is None else memory
        if isinstance(source, ShotBatch):
            raise TypeError("`memory` must be what was sampled, but is missing; give of_shots(batch, memory)")
        return cls.of_packed(detector_layout(source), shots.detection_events_b8)

    def __add__(self, other: DetectionStatistics) -> DetectionStatistics:
        """Statistics of both sets of shots together (of one circuit)."""
        if not isinstance(other, DetectionStatistics):
            return NotImplemented
        return DetectionStatistics(
            self.layout,
            self.shots + other.shots,
            self.counts + other.counts,
            self.sums + other.sums,
            self.squares + other.squares,
        )

    @property
    def rounds(self) -> npt.NDArray[np.int64]:
        """1..rounds+1, the last axis of ``fraction``; the last entry is the final data measurement."""
        return np.arange(1, self.layout.rounds + 2, dtype=np.int64)

    def fraction(self, weight: int | None = None) -> npt.NDArray[np.float64]:
        """Detection fraction by round.

        Args:
            weight: of stabilizers of this weight. None: of all.

        Returns:
            float64 (rounds + 1,), NaN where a round has no such detector (those of the other basis in the first and the
            final one).
        """
        rows = self._rows(weight)
        with np.errstate(invalid="ignore"):
            return np.asarray(self.sums[rows].sum(axis=0) / (self.shots * self._sizes()[rows].sum(axis=0)))

    def fraction_error(self, weight: int | None = None) -> npt.NDArray[np.float64]:
        """Standard error (1 sigma) of ``fraction``.

        For one weight, the error follows from the spread over shots. For all weights together, the weights are treated
        as independent.

        Args:
            weight: of stabilizers of this weight. None: of all.

        Returns:
            float64 (rounds + 1,).
        """
        rows = self._rows(weight)
        variance = (self.squares[rows] / self.shots - np.square(self.sums[rows] / self.shots)).sum(axis=0) / self.shots
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.sqrt(np.maximum(variance, 0.0)) / self._sizes()[rows].sum(axis=0))

    def stabilizer_fraction(self) -> npt.NDArray[np.float64]:
        """Detection fraction of each stabilizer, averaged over the rounds of ``bulk``: float64, up to the
        last stabilizer that has detectors, NaN for one without any in these rounds."""
        chosen = self.bulk()[self.layout.round - 1]
        number = self.layout.stabilizer[chosen]
        size = int(self.layout.stabilizer.max()) + 1
        with np.errstate(invalid="ignore"):
            fired = np.bincount(number, weights=self.counts[chosen], minlength=size)
            return np.asarray(fired / (self.shots * np.bincount(number, minlength=size)))

    def bulk(self) -> npt.NDArray[np.bool_]:
        """Rounds in which every detector compares full rounds: bool (rounds + 1,).

        The first rounds (up to the lookback) and the final data measurement are left out. If nothing is left, all
        rounds count.
        """
        full = (self.rounds > self.layout.lookback) & (self.rounds <= self.layout.rounds)
        return full if full.any() else np.ones_like(full)

    def bulk_fraction(self, weight: int | None = None) -> float:
        """Detection fraction averaged over the rounds of ``bulk``.

        Args:
            weight: of stabilizers of this weight. None: of all.

        Returns:
            The fraction.
        """
        rows, bulk = self._rows(weight), self.bulk()
        return float(self.sums[rows][:, bulk].sum() / (self.shots * self._sizes()[rows][:, bulk].sum()))

    def _rows(self, weight: int | None) -> list[int]:
        weights = self.layout.weights
        if weight is None:
            return list(range(len(weights)))
        if weight not in weights:
            raise ValueError(f"`weight` must be one of {weights}, but is {weight!r}; the code has no other stabilizers")
        return [weights.index(weight)]

    def _sizes(self) -> npt.NDArray[np.int64]:
        return np.bincount(_group(self.layout), minlength=self.sums.size).reshape(self.sums.shape)


def _group(layout: DetectorLayout) -> npt.NDArray[np.int64]:
    """int64 (detectors,): index of (weight, round) in a flattened (weights, rounds + 1) array."""
    row = np.searchsorted(-np.array(layout.weights), -layout.weight)  # weights fall
    return np.asarray(row * (layout.rounds + 1) + layout.round - 1, dtype=np.int64)


def _groups(layout: DetectorLayout) -> dict[tuple[int, int], npt.NDArray[np.int64]]:
    """Detectors by (index of weight, round)."""
    out: dict[tuple[int, int], npt.NDArray[np.int64]] = {}
    for row, weight in enumerate(layout.weights):
        for round_ in range(1, layout.rounds + 2):
            members = np.flatnonzero((layout.weight == weight) & (layout.round == round_))
            if len(members):
                out[row, round_] = members
    return out
