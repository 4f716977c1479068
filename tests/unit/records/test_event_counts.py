"""Counts from bits are those of the unpacked events."""

import numpy as np
import pytest

from qec_leak.records.event_counts import count_events


@pytest.mark.parametrize("detectors", [1, 7, 8, 9, 64, 77])
def test_counts_are_those_of_the_unpacked_events(detectors):
    rng = np.random.default_rng(detectors)
    events = rng.random((300, detectors)) < 0.3
    group = rng.integers(0, 4, size=detectors)
    packed = np.packbits(events, axis=1, bitorder="little")
    if detectors % 8:
        packed[:, -1] |= np.uint8(0xFF << detectors % 8 & 0xFF)  # what a row is filled up with does not count
    counts, sums, squares = count_events(packed, group, 5)
    assert np.array_equal(counts, events.sum(axis=0))
    fired = np.array([events[:, group == g].sum(axis=1) for g in range(5)])
    assert np.array_equal(sums, fired.sum(axis=1))
    assert np.array_equal(squares, (fired**2).sum(axis=1))
    assert counts.dtype == sums.dtype == squares.dtype == np.int64


def test_no_shots():
    counts, sums, _ = count_events(np.zeros((0, 2), dtype=np.uint8), np.zeros(10, dtype=np.int64), 1)
    assert not counts.any() and not sums.any()


@pytest.mark.parametrize("events", [np.zeros((3, 1), np.uint8), np.zeros((3, 2), bool), np.zeros(2, np.uint8)])
def test_other_shapes_are_refused(events):
    with pytest.raises(ValueError, match="`detection_events_b8` must be uint8"):
        count_events(events, np.zeros(10, dtype=np.int64), 1)
