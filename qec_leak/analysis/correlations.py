"""p_ij: how often one cause makes two detectors fire. It follows from counts that add up over batches.

p_ij is the probability of a process that flips detectors i and j together, if all processes are independent (Spitz et
al., arXiv:1712.02360; Google Quantum AI, arXiv:2102.06132, Eq. 11). Pauli noise correlates detectors of the same round
or of neighbouring rounds only. Correlations over more rounds come from leakage (Miao et al., S7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.analysis.circuit_layout import DetectorLayout
from qec_leak.circuits.patch import Patch
from qec_leak.records.packed_events import check_events

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_CHUNK_BITS = 1 << 25  # detection events that are unpacked at once: 4 bytes each


@dataclass(frozen=True, eq=False)
class EventCorrelations:
    """Counts of single and joint detection events; those of several batches add up, whatever the number of shots.

    Attributes:
        shots: number of shots.
        counts: int64 (detectors,), shots in which each fired.
        pairs: int64 (detectors, detectors), in which both fired.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(2000)
        >>> EventCorrelations.of_packed(batch.detection_events_b8, batch.num_detectors).p_ij().shape
        (32, 32)
    """

    shots: int
    counts: npt.NDArray[np.int64]
    pairs: npt.NDArray[np.int64]

    @classmethod
    def of_packed(cls, detection_events_b8: npt.NDArray[np.uint8], num_detectors: int) -> EventCorrelations:
        """Counts of bit-packed events.

        Args:
            detection_events_b8: uint8 (shots, ceil(detectors/8)), little-endian.
            num_detectors: number of detectors.

        Returns:
            The counts.

        Raises:
            ValueError: the events are not of so many detectors.
        """
        events = check_events(detection_events_b8, num_detectors)
        pairs = np.zeros((num_detectors, num_detectors), dtype=np.int64)
        # float32 holds whole numbers up to 2^24, more than the shots of a chunk: the product is exact, and fast.
        chunk = min(1 << 20, max(1, _CHUNK_BITS // max(num_detectors, 1)))
        for start in range(0, len(events), chunk):
            bits = np.unpackbits(events[start : start + chunk], axis=1, count=num_detectors, bitorder="little")
            fired = bits.astype(np.float32)
            pairs += (fired.T @ fired).astype(np.int64)
        return cls(len(events), pairs.diagonal().copy(), pairs)

    def __add__(self, other: EventCorrelations) -> EventCorrelations:
        """Counts of both sets of shots together (of one circuit)."""
        if not isinstance(other, EventCorrelations):
            return NotImplemented
        return EventCorrelations(self.shots + other.shots, self.counts + other.counts, self.pairs + other.pairs)

    def __sub__(self, other: EventCorrelations) -> EventCorrelations:
        """Counts without those of ``other``, which must be among them. The jackknife leaves out one part after
        another."""
        return EventCorrelations(self.shots - other.shots, self.counts - other.counts, self.pairs - other.pairs)

    def p_ij(self) -> Array:
        """p_ij, the probability of a process that fires both detectors.

        p_ij = 1/2 - 1/2 sqrt(1 - 4 (<xi xj> - <xi><xj>) / (1 - 2<xi> - 2<xj> + 4<xi xj>)): float64 (detectors,
        detectors), NaN on the diagonal, and where the events cannot be those of independent processes.
        """
        _, ratio = self._ratio()
        with np.errstate(invalid="ignore"):
            out = 0.5 - 0.5 * np.sqrt(1.0 - 4.0 * ratio)
        np.fill_diagonal(out, np.nan)
        return np.asarray(out)

    def p_ij_error(self) -> Array:
        """Standard error of each p_ij by the delta method: float64 (detectors, detectors), NaN where p_ij is.

        The three counts of a pair are multinomial; their covariance is propagated to first order. Different pairs are
        correlated: errors of averages come from ``jackknife``.
        """
        denominator, ratio = self._ratio()
        joint = self.pairs / self.shots
        first = np.broadcast_to((self.counts / self.shots)[:, None], joint.shape)
        second = first.T
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = denominator * np.sqrt(1.0 - 4.0 * ratio)
            by_joint = (1.0 - 4.0 * ratio) / scale
            by_first, by_second = (2.0 * ratio - second) / scale, (2.0 * ratio - first) / scale
        variance = (
            by_joint**2 * joint * (1 - joint)
            + by_first**2 * first * (1 - first)
            + by_second**2 * second * (1 - second)
            + 2 * by_joint * joint * (by_first * (1 - first) + by_second * (1 - second))
            + 2 * by_first * by_second * (joint - first * second)
        ) / self.shots
        out = np.sqrt(np.maximum(variance, 0.0))
        np.fill_diagonal(out, np.nan)
        return np.asarray(out)

    def _ratio(self) -> tuple[Array, Array]:
        """1 - 2<xi> - 2<xj> + 4<xi xj>, and the covariance over it."""
        mean, joint = self.counts / self.shots, self.pairs / self.shots
        denominator = 1.0 - 2.0 * mean[:, None] - 2.0 * mean[None, :] + 4.0 * joint
        with np.errstate(invalid="ignore", divide="ignore"):
            return denominator, (joint - np.outer(mean, mean)) / denominator


def pairs_by_separation(
    layout: DetectorLayout, neighbors: npt.NDArray[np.bool_] | None, first: int, last: int
) -> tuple[tuple[Indices, Indices], ...]:
    """Pairs (i, j) of detectors by their separation: j is 0, 1, 2, ... rounds later than i.

    Args:
        layout: of the detectors.
        neighbors: bool (stabilizers, stabilizers), which are neighbours; None for pairs of one stabilizer.
        first: first round that both are in.
        last: last round that both are in.

    Returns:
        For each separation 0..last-first, two int64 arrays of equal length. At separation 0 each pair is listed once,
        and no detector is paired with itself.

    Examples:
        >>> import qec_leak as ql
        >>> layout = ql.analysis.detector_layout(ql.memory_experiment(distance=3, rounds=4))
        >>> [len(i) for i, j in pairs_by_separation(layout, None, 2, 4)]
        [0, 16, 8]
    """
    chosen = np.flatnonzero((layout.round >= first) & (layout.round <= last))
    time, place = layout.round[chosen], layout.stabilizer[chosen]
    apart = time[None, :] - time[:, None]
    related = place[None, :] == place[:, None] if neighbors is None else neighbors[place[:, None], place[None, :]]
    if neighbors is None:
        related &= apart != 0
    else:
        related &= (apart > 0) | (place[None, :] > place[:, None])
    out = []
    for separation in range(last - first + 1):
        i, j = np.nonzero(related & (apart == separation))
        out.append((chosen[i], chosen[j]))
    return tuple(out)


def neighboring_stabilizers(patch: Patch) -> npt.NDArray[np.bool_]:
    """Which stabilizers share a data qubit.

    Args:
        patch: the layout of the qubits.

    Returns:
        bool (stabilizers, stabilizers).

    Examples:
        >>> from qec_leak import repetition_patch
        >>> neighboring_stabilizers(repetition_patch(3)).tolist()
        [[False, True], [True, False]]
    """
    count = len(patch.stabilizers)
    out = np.zeros((count, count), dtype=np.bool_)
    supports = [set(check.support) for check in patch.stabilizers]
    for a in range(count):
        for b in range(count):
            out[a, b] = a != b and bool(supports[a] & supports[b])
    return out


def average_p_ij(matrix: Array, groups: Sequence[tuple[Indices, Indices]]) -> Array:
    """Mean of p_ij over each group of pairs.

    Args:
        matrix: float64 (detectors, detectors), as ``EventCorrelations.p_ij`` gives it.
        groups: (i, j) of the pairs of each group, as ``pairs_by_separation`` gives them.

    Returns:
        float64 (groups,), NaN for an empty group.

    Examples:
        >>> import numpy as np
        >>> average_p_ij(np.array([[0.0, 0.2], [0.2, 0.0]]), [(np.array([0]), np.array([1]))]).tolist()
        [0.2]
    """
    return np.array([matrix[i, j].mean() if len(i) else np.nan for i, j in groups])


def jackknife(blocks: Sequence[EventCorrelations], groups: Sequence[tuple[Indices, Indices]]) -> tuple[Array, Array]:
    """Averages of p_ij over groups of pairs and their standard errors.

    The errors are those of the delete-one-block jackknife, which includes correlations between pairs.

    Args:
        blocks: counts of disjoint blocks of shots of equal size, at least 2 (with 20 the errors are good to 16 %).
        groups: (i, j) of the pairs of each group, as ``pairs_by_separation`` gives them.

    Returns:
        Averages and errors, two float64 (groups,).

    Raises:
        ValueError: there are fewer than two blocks.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batches = ql.compile_sampler(memory.circuit, seed=1).batches(4000, batch_shots=2000)
        >>> blocks = [EventCorrelations.of_packed(b.detection_events_b8, b.num_detectors) for b in batches]
        >>> groups = pairs_by_separation(ql.analysis.detector_layout(memory), None, 2, 4)
        >>> averages, errors = jackknife(blocks, groups)
        >>> averages.shape, errors.shape
        ((3,), (3,))
    """
    if len(blocks) < 2:
        raise ValueError(f"`blocks` must be at least 2, but are {len(blocks)}; cut the shots into more blocks")
    total = blocks[0]
    for block in blocks[1:]:
        total = total + block
    parts = np.array([average_p_ij((total - block).p_ij(), groups) for block in blocks])
    spread = np.square(parts - parts.mean(axis=0)).sum(axis=0) * (len(blocks) - 1) / len(blocks)
    return average_p_ij(total.p_ij(), groups), np.sqrt(spread)
