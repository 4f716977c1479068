"""Kraus operators: complete for any time, refused when wrong; what the twirl accepts and how it folds level 4."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qec_leak.channels import compose, dephasing, heating, leakage_rotation, level_map, relaxation, rotation_12, twirl
from qec_leak.channels.channel import all_rows


def completeness(kraus: list[np.ndarray]) -> float:
    return float(np.abs(sum(k.conj().T @ k for k in kraus) - np.eye(len(kraus[0]))).max())


@settings(deadline=None, max_examples=60)
@given(st.floats(1.0, 1e7), st.floats(0.01, 2.0), st.floats(0.0, 1e6), st.floats(0.0, 10.0), st.integers(4, 6))
def test_kraus_operators_are_complete(t1: float, ratio: float, time: float, rate: float, levels: int) -> None:
    assert completeness(relaxation(t1, time, levels=levels)) < 1e-9
    assert completeness(dephasing(t1, t1 * ratio, time, levels=levels)) < 1e-9
    assert completeness(heating(rate, time, levels=levels)) < 1e-9
    assert completeness(compose(heating(rate, time), relaxation(t1, time), dephasing(t1, t1 * ratio, time))) < 1e-8


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2), st.integers(4, 5), st.integers(1, 3))
def test_the_twirl_of_any_operation_is_complete(seed: int, num_qubits: int, levels: int, count: int) -> None:
    """Random isometries cut into Kraus operators: every row is a distribution and L1 is what the operators leak."""
    rng = np.random.default_rng(seed)
    size = levels**num_qubits
    tall = rng.normal(size=(count * size, size)) + 1j * rng.normal(size=(count * size, size))
    kraus = np.linalg.qr(tall)[0].reshape(count, size, size)
    channel = twirl(list(kraus), num_qubits)
    for row in all_rows(num_qubits):
        assert sum(t.probability for t in channel.transitions(row)) == pytest.approx(1.0, abs=1e-9)
    inside = [i for i in range(size) if all((i // levels**q) % levels < 2 for q in range(num_qubits))]
    stays = sum(float(np.sum(np.abs(k[np.ix_(inside, inside)]) ** 2)) for k in kraus) / len(inside)
    assert channel.leakage_rate == pytest.approx(1 - stays, abs=1e-9)


def test_level_4_is_folded_into_3() -> None:
    up = np.eye(5)[:, [0, 1, 2, 4, 3]]
    channel = twirl([up], 1)
    assert all(t.is_identity((3,)) for t in channel.transitions((3,)))
    leak = np.eye(5)[:, [0, 4, 2, 3, 1]]
    assert {t.outgoing for t in twirl([leak], 1).transitions((1,))} == {(3,)}


@pytest.mark.parametrize(
    ("operators", "num_qubits", "message"),
    [
        ([], 1, "must not be empty"),
        ([np.eye(3)], 1, "n >= 4 levels"),
        ([np.eye(4)[:3]], 1, "must be square"),
        ([np.eye(5)], 2, "must be square"),
        ([np.eye(4), np.eye(5)], 1, "must be square"),
        ([0.9 * np.eye(4)], 1, "is off by 0.19"),
        ([np.diag([1, 1, 1, 0.5])], 1, "is off by 0.75"),
        ([np.eye(64)], 3, "`num_qubits` must be 1 or 2"),
    ],
)
def test_operators_that_are_no_operation_are_refused(operators: list, num_qubits: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        twirl(operators, num_qubits)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: relaxation(0.0, 1.0), "t1_ns"),
        (lambda: relaxation(1.0, -1.0), "time_ns"),
        (lambda: dephasing(1.0, 2.1, 1.0), "t2_ns"),
        (lambda: heating(-1.0, 1.0), "rate_per_us"),
        (lambda: leakage_rotation(0.51), "population"),
        (lambda: leakage_rotation(1.5), "population"),
    ],
)
def test_bad_parameters_are_named(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"^`{name}` must"):
        call()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([1.0], "be a square table [level after, level before], but has shape (1,); give it a row for each level"),
        ([[1.0, 0.0]], "be a square table [level after, level before], but has shape (1, 2); give it"),
        ([[]], "be a square table [level after, level before], but has shape (1, 0); give it"),
        ([[1.5, 0], [-0.5, 1]], "be at least 0, but [1, 0] is -0.5; correct it"),
        ([[1, 0], [0, np.nan]], "be at least 0, but [1, 1] is nan; correct it"),
        ([[1, 0.25], [0, 0.25]], "have columns that sum to 1, but column 1 sums to 0.5; correct it"),
    ],
)
def test_a_bad_level_map_says_what_is_wrong(table: list[object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        level_map(table)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"`probabilities` must {message}")


def test_composition_goes_from_left_to_right() -> None:
    """Heat |1> to |2> for sure, then rotate |2> to |1>: back in 1; the other way round: in 2."""
    lift, half_turn = level_map(np.eye(4)[:, [0, 2, 2, 3]]), rotation_12(np.pi)
    for steps, level in (((lift, half_turn), 1), ((half_turn, lift), 2)):
        out = sum(np.abs(k @ np.eye(4)[1]) ** 2 for k in compose(*steps))
        assert out[level] == pytest.approx(1.0)


def test_infinite_times_do_nothing() -> None:
    for kraus in (relaxation(float("inf"), 1e5), dephasing(float("inf"), float("inf"), 1e5)):
        assert all(t.is_identity(row) for row, ts in twirl(kraus, 1).rows.items() for t in ts)
