"""Counts detection events in packed bits. This is much faster than unpacking them, and needs no GIL."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from qec_leak.records.packed_events import check_events

Counts = npt.NDArray[np.int64]

_LOWEST_BIT = np.array([0] + [(byte & -byte).bit_length() - 1 for byte in range(1, 256)], dtype=np.uint8)


def count_events(
    detection_events_b8: npt.NDArray[np.uint8], group: Counts, num_groups: int
) -> tuple[Counts, Counts, Counts]:
    """Sums of detection events over shots, by detector and by group of detectors.

    Args:
        detection_events_b8: uint8 (shots, ceil(detectors/8)), bit-packed little-endian; bits beyond the last detector
            are not looked at.
        group: int64 (detectors,), the group of each detector, 0 to ``num_groups`` - 1.
    Returns int64 arrays: (detectors,) how often each fired; (num_groups,) the sum over shots of n, the number of
    detectors of the group that fired in a shot; (num_groups,) the sum of n**2.
    """
    events = np.ascontiguousarray(check_events(detection_events_b8, len(group)))
    counts, sums, squares = (np.zeros(n, dtype=np.int64) for n in (len(group), num_groups, num_groups))
    _count(events, np.ascontiguousarray(group, dtype=np.int64), counts, np.zeros_like(sums), sums, squares)
    return counts, sums, squares


@numba.njit(nogil=True, cache=True)
def _count(
    events: npt.NDArray[np.uint8], group: Counts, counts: Counts, fired: Counts, sums: Counts, squares: Counts
) -> None:
    for shot in range(events.shape[0]):
        for position in range(events.shape[1]):
            byte = events[shot, position]
            if position == len(group) // 8:
                byte &= np.uint8((1 << len(group) % 8) - 1)
            while byte:
                detector = 8 * position + _LOWEST_BIT[byte]
                counts[detector] += 1
                fired[group[detector]] += 1
                byte &= byte - np.uint8(1)
        for g in range(len(fired)):
            sums[g] += fired[g]
            squares[g] += fired[g] * fired[g]
            fired[g] = 0
