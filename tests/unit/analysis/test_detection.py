"""Detection fractions by weight and round: exact on events put in by hand, 5 sigma on Stim's own sampler."""

from types import SimpleNamespace

import numpy as np
import pytest

from qec_leak.analysis import DetectionStatistics, detector_layout
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patch import make_patch
from qec_leak.circuits.strategies import find_strategy, strategy_names


def experiment(code="surface", strategy="MLR", rounds=5):
    patch, strategy = make_patch(code, 3), find_strategy(strategy)
    circuit = ideal_memory_circuit(patch, strategy, rounds, "Z")
    return SimpleNamespace(patch=patch, strategy=strategy, rounds=rounds, circuit=circuit)


@pytest.mark.parametrize("strategy", strategy_names())
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_layout_of_the_surface_code(strategy, rounds):
    layout = detector_layout(experiment(strategy=strategy, rounds=rounds))
    count = {
        (weight, r): int(((layout.weight == weight) & (layout.round == r)).sum())
        for weight in (4, 2)
        for r in range(1, rounds + 2)
    }
    # d=3: 4 checks of each weight, 2 of each in each basis; the first round and the final comparison have Z only.
    assert count == {(w, r): 2 if r in (1, rounds + 1) else 4 for w in (4, 2) for r in range(1, rounds + 2)}
    assert layout.weights == (4, 2)
    assert layout.lookback == (2 if strategy == "NO_RESET" else 1)


def test_layout_of_the_repetition_code():
    layout = detector_layout(experiment(code="repetition"))
    assert layout.weights == (2,)
    assert np.bincount(layout.round).tolist() == [0, 2, 2, 2, 2, 2, 2]


def test_counts_by_hand():
    layout = detector_layout(experiment())
    events = np.zeros((4, len(layout.round)), dtype=bool)
    heavy = np.flatnonzero((layout.weight == 4) & (layout.round == 3))
    light = np.flatnonzero((layout.weight == 2) & (layout.round == 3))
    events[0, heavy[:3]] = True
    events[1, heavy[0]] = True
    events[2, light] = True
    both = DetectionStatistics.of(layout, events[:1]) + DetectionStatistics.of(layout, events[1:])
    whole = DetectionStatistics.of(layout, events)
    for stats in (both, whole):
        assert stats.shots == 4
        assert stats.fraction(4).tolist() == [0, 0, 4 / 16, 0, 0, 0]
        assert stats.fraction(2)[2] == 4 / 16
        assert stats.fraction()[2] == 8 / 32
        fired = np.array([3, 1, 0, 0])
        assert stats.fraction_error(4)[2] == pytest.approx(fired.std() / np.sqrt(4) / 4)
        assert stats.counts.tolist() == events.sum(axis=0).tolist()
        # MLR compares with the round before: rounds 2 to 5 are the bulk
        assert stats.bulk().tolist() == [False, True, True, True, True, False]
        assert stats.bulk_fraction(4) == 4 / (4 * 4 * 4)


def test_error_bars_cover_the_spread_of_independent_runs():
    """Correlated detectors: the error bar, made from one run, is the spread of 200 runs (within 5 sigma = 25 %)."""
    layout = detector_layout(experiment())
    rng = np.random.default_rng(11)
    runs = []
    for _ in range(200):
        common = rng.random((400, 1)) < 0.2  # all detectors of a shot fire together
        runs.append(DetectionStatistics.of(layout, np.repeat(common, len(layout.round), axis=1)))
    spread = np.std([run.fraction(4)[2] for run in runs])
    assert runs[0].fraction_error(4)[2] == pytest.approx(spread, rel=0.25)
    independent = np.sqrt(0.2 * 0.8 / (400 * 4))
    assert spread > 1.5 * independent  # what a binomial bar would have said


def test_refusals():
    layout = detector_layout(experiment())
    with pytest.raises(ValueError, match="`detection_events` must be"):
        DetectionStatistics.of(layout, np.zeros((2, 3), dtype=bool))
    with pytest.raises(ValueError, match="`weight` must be one of"):
        DetectionStatistics.of(layout, np.zeros((2, len(layout.round)), dtype=bool)).fraction(3)


@pytest.mark.parametrize("strategy", ["NO_RESET", "DQLR"])
def test_bit_packed_events_give_the_same(strategy):
    layout = detector_layout(experiment(strategy=strategy))
    events = np.random.default_rng(1).random((500, len(layout.round))) < 0.2
    unpacked = DetectionStatistics.of(layout, events)
    packed = DetectionStatistics.of_packed(layout, np.packbits(events, axis=1, bitorder="little"))
    assert packed.shots == unpacked.shots
    for name in ("counts", "sums", "squares"):
        assert np.array_equal(getattr(packed, name), getattr(unpacked, name))
