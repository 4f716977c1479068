"""p_ij: exact where processes are known, error bars that cover, zero where Pauli noise cannot reach."""

import numpy as np
import pytest

from qec_leak.analysis import (
    EventCorrelations,
    average_p_ij,
    detector_layout,
    jackknife,
    neighboring_stabilizers,
    pairs_by_separation,
)
from qec_leak.circuits import memory_experiment
from qec_leak.device import Device
from qec_leak.engine import compile_sampler

OWN, COMMON = (0.05, 0.11, 0.2), 0.03


def packed(events):
    return np.packbits(events, axis=1, bitorder="little")


def made_up(shots, rng, common=COMMON):
    """Three detectors with a process each, and one that flips 0 and 2."""
    events = rng.random((shots, 3)) < OWN
    both = rng.random(shots) < common
    events[:, 0] ^= both
    events[:, 2] ^= both
    return events


def from_probabilities(shots):
    """The counts of infinitely many shots, scaled: all 16 combinations of the four processes."""
    counts, pairs = np.zeros(3), np.zeros((3, 3))
    for code in range(16):
        bits = np.array([code >> k & 1 for k in range(4)])
        weight = np.prod(np.where(bits, [*OWN, COMMON], 1 - np.array([*OWN, COMMON])))
        x = bits[:3] ^ (bits[3] * np.array([1, 0, 1]))
        counts += weight * x
        pairs += weight * np.outer(x, x)
    return EventCorrelations(shots, counts * shots, pairs * shots)


def test_closed_form():
    p = from_probabilities(10**6).p_ij()
    assert p[0, 2] == p[2, 0] == pytest.approx(COMMON, abs=1e-12)
    assert p[0, 1] == pytest.approx(0, abs=1e-12) and p[1, 2] == pytest.approx(0, abs=1e-12)
    assert np.isnan(p.diagonal()).all()


def test_counts_are_those_of_the_events():
    events = np.random.default_rng(1).random((1000, 19)) < 0.3
    whole = EventCorrelations.of_packed(packed(events), 19)
    parts = EventCorrelations.of_packed(packed(events[:300]), 19) + EventCorrelations.of_packed(
        packed(events[300:]), 19
    )
    integers = events.astype(int)
    for one in (whole, parts, whole + parts - parts):
        assert one.shots == 1000
        assert np.array_equal(one.pairs, integers.T @ integers)
        assert np.array_equal(one.counts, integers.sum(axis=0))
    with pytest.raises(ValueError, match="`detection_events_b8` must be"):
        EventCorrelations.of_packed(packed(events), 40)


def test_delta_method_is_the_spread_of_repetitions():
    """400 runs: spread against the error of the expected counts, 5 sigma = 18 %; and no bias beyond 5 sigma."""
    rng = np.random.default_rng(2)
    shots, runs = 4000, 400
    sampled = np.array([EventCorrelations.of_packed(packed(made_up(shots, rng)), 3).p_ij() for _ in range(runs)])
    expected = from_probabilities(shots)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        error = expected.p_ij_error()[i, j]
        assert sampled[:, i, j].std() == pytest.approx(error, rel=5 / np.sqrt(2 * runs))
        assert abs(sampled[:, i, j].mean() - expected.p_ij()[i, j]) < 5 * error / np.sqrt(runs)
    assert np.allclose(expected.p_ij_error(), expected.p_ij_error().T, equal_nan=True)


def test_jackknife_agrees_with_the_delta_method_of_one_pair():
    rng = np.random.default_rng(3)
    blocks = [EventCorrelations.of_packed(packed(made_up(2000, rng)), 3) for _ in range(60)]
    value, error = jackknife(blocks, [(np.array([0]), np.array([2])), (np.array([], int), np.array([], int))])
    expected = from_probabilities(120_000)
    assert error[0] == pytest.approx(expected.p_ij_error()[0, 2], rel=5 / np.sqrt(2 * 59))
    assert abs(value[0] - COMMON) < 5 * error[0] and np.isnan(value[1])
    with pytest.raises(ValueError, match="at least 2"):
        jackknife(blocks[:1], [])


def test_pairs_by_hand():
    memory = memory_experiment(code="repetition", distance=3, rounds=4, device="sycamore")
    layout = detector_layout(memory)  # two stabilizers: detector 2 (t - 1) + s
    same = pairs_by_separation(layout, None, 2, 4)
    assert [sorted(zip(i.tolist(), j.tolist(), strict=True)) for i, j in same] == [
        [],
        [(2, 4), (3, 5), (4, 6), (5, 7)],
        [(2, 6), (3, 7)],
    ]
    near = neighboring_stabilizers(memory.patch)
    assert near.tolist() == [[False, True], [True, False]]
    other = pairs_by_separation(layout, near, 3, 4)
    assert [sorted(zip(i.tolist(), j.tolist(), strict=True)) for i, j in other] == [[(4, 5), (6, 7)], [(4, 7), (5, 6)]]
    matrix = np.arange(100.0).reshape(10, 10)
    assert average_p_ij(matrix, other).tolist() == [(45 + 67) / 2, (47 + 56) / 2]


def test_neighbours_in_the_surface_code_share_data():
    patch = memory_experiment(distance=3, rounds=1, device="sycamore").patch
    near = neighboring_stabilizers(patch)
    assert np.array_equal(near, near.T) and not near.diagonal().any()
    heavy = [k for k, check in enumerate(patch.stabilizers) if check.weight == 4]
    # A check in the bulk of d = 3: two weight-4 checks share two data qubits with it, the opposite one shares one.
    assert all(near[k].sum() >= 3 + 2 for k in heavy)


@pytest.mark.parametrize(("strategy", "reach"), [("NO_RESET", 2), ("MLR", 1)])
def test_pauli_noise_reaches_no_further(strategy, reach):
    """Without leakage p_ij = 0 beyond separation 1 (2 without reset, whose detectors compare m_t with m_(t-2)), at 5
    sigma of each average; leakage is seen by the same test."""
    worst = {}
    for name, device in (("clean", Device.preset("miao2023").without_leakage()), ("leaky", Device.preset("miao2023"))):
        memory = memory_experiment(distance=3, rounds=14, strategy=strategy, device=device)
        sampler = compile_sampler(memory.circuit, seed=4, threads=2)
        layout = detector_layout(memory)
        blocks = [
            EventCorrelations.of_packed(batch.detection_events_b8, len(layout.round))
            for batch in sampler.batches(200_000, batch_shots=10_000, populations=None)
        ]
        groups = [
            group
            for near in (None, neighboring_stabilizers(memory.patch))
            for group in pairs_by_separation(layout, near, 4, 14)[reach + 1 :]
        ]
        value, error = jackknife(blocks, groups)
        worst[name] = np.abs(value / error).max()
        inside = jackknife(blocks, pairs_by_separation(layout, None, 4, 14)[reach : reach + 1])
        assert inside[0][0] > 5 * inside[1][0]  # measurement errors, within reach
    assert worst["clean"] < 5 < worst["leaky"]


def test_delta_method_against_numerical_derivatives():
    """The multinomial covariance of the four outcomes of a pair, propagated with numerical derivatives."""
    cells = np.array([0.1, 0.2, 0.05, 0.65])  # both, first only, second only, none
    shots = 1000

    def counts(cells):
        first, second = cells[0] + cells[1], cells[0] + cells[2]
        pairs = np.array([[first, cells[0]], [cells[0], second]]) * shots
        return EventCorrelations(shots, pairs.diagonal(), pairs)

    step = 1e-6
    slope = np.array(
        [(counts(cells + step * row).p_ij()[0, 1] - counts(cells - step * row).p_ij()[0, 1]) / (2 * step)
         for row in np.eye(4)]
    )  # fmt: skip
    covariance = (np.diag(cells) - np.outer(cells, cells)) / shots
    assert counts(cells).p_ij_error()[0, 1] == pytest.approx(np.sqrt(slope @ covariance @ slope), rel=1e-6)
