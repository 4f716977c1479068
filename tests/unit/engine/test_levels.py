"""Levels, exactly: circuits in tags with probabilities 0 and 1, so that every shot is known."""

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.engine.batch import ShotBatch

SHOTS = 2500  # two full blocks and a part of one


def run(text: str, seed: int = 1, **options: object) -> ShotBatch:
    options = {"measurements": True, "heralds": True, "populations": "moments"} | options
    return ql.compile_sampler(text, seed=seed).sample(SHOTS, **options)  # type: ignore[arg-type]


def records(text: str, seed: int = 1) -> list[int]:
    """The records, which must be the same in all shots."""
    measured = run(text, seed).measurements
    assert measured is not None
    assert (measured == measured[0]).all()
    return [int(bit) for bit in measured[0]]


def levels(text: str) -> list[int]:
    """The heralds, which must be the same in all shots."""
    heralds = run(text).heralds
    assert heralds is not None
    assert (heralds == heralds[0]).all()
    return heralds[0].tolist()


def one(transitions: str, qubits: str = "0") -> str:
    return f"I_ERROR[LEAKAGE_TRANSITION_1: {transitions}] {qubits}\n"


def two(transitions: str, qubits: str = "0 1") -> str:
    return f"II_ERROR[LEAKAGE_TRANSITION_2: {transitions}] {qubits}\n"


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("value", [0, 1])
def test_a_known_value_leaks_by_its_own_row(value: int, level: int) -> None:
    prepare = "X 0\n" if value else "R 0\n"
    assert levels(prepare + one(f"(1, {value}-->{level})") + "M 0") == [level]
    assert levels(prepare + one(f"(1, {1 - value}-->{level})") + "M 0") == [0]
    assert records(prepare + one(f"(1, {1 - value}-->{level})") + "M 0") == [value]


@pytest.mark.parametrize("flip", ["X_ERROR(1) 0\n", "Y_ERROR(1) 0\n"])
def test_the_value_is_that_of_the_shot_not_of_the_reference(flip: str) -> None:
    """An error turned the reference's 0 into 1: the row of 1 applies."""
    assert levels(flip + one("(1, 1-->2)") + "M 0") == [2]
    assert levels(flip + one("(1, 0-->2)") + "M 0") == [0]
    half = run("X_ERROR(0.5) 0\nM 0\n" + one("(1, 1-->2)") + "M 0")
    assert half.measurements is not None and half.heralds is not None
    assert ((half.heralds[:, 1] == 2) == half.measurements[:, 0]).all()
    assert 0.4 < half.measurements[:, 0].mean() < 0.6


@pytest.mark.parametrize(
    ("transition", "after"),
    [("2-->3", 3), ("2-->2", 2), ("3-->2", 2), ("2-->0", 0), ("2-->1", 0), ("3-->0", 0), ("3-->1", 0), ("2<->3", 3)],
)
def test_leaked_levels_move_as_told(transition: str, after: int) -> None:
    start = transition[0]
    assert levels(one(f"(1, U-->{start})") + one(f"(1, {transition})") + "M 0") == [after]


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("level", [2, 3])
def test_returns_with_the_value_that_the_channel_says(level: int, left: int, value: int) -> None:
    prepare = "X 0\n" if left else ""
    away = one(f"(1, {left}-->{level})")
    assert records(prepare + away + one(f"(1, {level}-->{value})") + "M 0") == [value]


def test_a_channel_moves_each_shot_once() -> None:
    """2-->3 and 3-->2 in one channel exchange the levels; a qubit that has just moved is not moved again."""
    assert levels(one("(1, U-->2)") + one("(1, 2<->3)") + "M 0") == [3]
    assert levels(one("(1, U-->2) (1, 2-->0)") + "M 0") == [2]


def test_random_return_is_fair() -> None:
    batch = run(one("(1, U-->2)") + one("(1, 2-->U)") + "M 0")
    assert batch.measurements is not None
    assert abs(batch.measurements.mean() - 0.5) < 5 * 0.5 / SHOTS**0.5


@pytest.mark.parametrize(
    ("transition", "after"),
    [
        ("2_U-->U_2", (0, 2)),
        ("2_U-->2_2", (2, 2)),
        ("2_U-->3_U", (3, 0)),
        ("3_0-->1_2", (0, 2)),
        ("2_2-->3_1", (2, 0)),
        ("U_2-->2_2", (2, 0)),
    ],
)
def test_pairs_move_by_the_row_of_both(transition: str, after: tuple[int, int]) -> None:
    """The first qubit is in the transition's first label (in |2> where that is U), the second computational."""
    start = transition[0] if transition[0] in "23" else "2"
    text = one(f"(1, U-->{start})") + two(f"(1, {transition})") + "M 0 1"
    assert levels(text) == list(after)


def test_pairs_resolve_values_and_keep_order() -> None:
    """|2 1> --> |1 2|: which of the pair is which matters, as does the partner's value."""
    text = one("(1, U-->2)") + "X 1\n" + two("(1, 2_1-->1_2)") + "M 0 1"
    assert levels(text) == [0, 2]
    assert records(text) == [1, 1]
    assert levels(one("(1, U-->2)") + "X 1\n" + two("(1, 2_0-->1_2)") + "M 0 1") == [2, 0]
    assert levels(one("(1, U-->2)") + "X 1\n" + two("(1, 2_1-->1_2)", "1 0") + "M 0 1") == [2, 0]
    assert levels(one("(1, U-->2)", "0 2") + "X 1 3\n" + two("(1, 2_1-->1_2)", "0 1 2 3") + "M 0 1 2 3") == [0, 2, 0, 2]


@pytest.mark.parametrize(("pauli", "flipped"), [("X", "ZY"), ("Y", "XZ"), ("Z", "XY")])
def test_an_error_on_the_partner(pauli: str, flipped: str) -> None:
    """The partner's Pauli flips the bases that anticommute with it, and happens only when the first is leaked."""
    for family in ("LEAKAGE_TRANSITION_2: (1, 2_U-->2_U, I{})", "LEAKAGE_CONTROLLED_ERROR: (1, 2-->{})"):
        tag = family.format(pauli)
        for basis in "XYZ":
            text = f"R{basis} 1\n" + one("(1, U-->2)") + f"II_ERROR[{tag}] 0 1\nM{basis} 1"
            assert records(text) == [int(basis in flipped)], (tag, basis)
            assert records(f"R{basis} 1\nII_ERROR[{tag}] 0 1\nM{basis} 1") == [0]


def test_transition_z_acts_on_known_values() -> None:
    assert levels("X 0\nI_ERROR[LEAKAGE_TRANSITION_Z: (1, 1-->2)] 0\nM 0") == [2]
    assert records(one("(1, U-->2)") + "I_ERROR[LEAKAGE_TRANSITION_Z: (1, 2-->1)] 0\nM 0") == [1]
    with pytest.raises(ValueError, match="line 2: LEAKAGE_TRANSITION_Z must stand where the qubit has a known Z value"):
        run("H 0\nI_ERROR[LEAKAGE_TRANSITION_Z: (1, 1-->2)] 0\nM 0")


def test_transition_z_changes_known_values() -> None:
    assert records("X 0\nI_ERROR[LEAKAGE_TRANSITION_Z: (1, 1-->0)] 0\nM 0") == [0]
    assert records("I_ERROR[LEAKAGE_TRANSITION_Z: (1, 1-->0)] 0\nM 0") == [0]
    assert records("I_ERROR[LEAKAGE_TRANSITION_Z: (1, 0-->1)] 0\nM 0") == [1]


def test_swap_exchanges_levels() -> None:
    assert levels(one("(1, U-->2)") + "SWAP 0 1\nM 0 1") == [0, 2]
    assert levels(one("(1, U-->2)") + one("(1, U-->3)", "1") + "SWAP 0 1\nM 0 1") == [3, 2]
    assert records("X 1\n" + one("(1, U-->2)") + "SWAP 0 1\nM 0") == [1]


@pytest.mark.parametrize("gate", ["CX", "CZ", "CY", "XCX", "XCZ", "YCX"])
def test_a_leaked_control_acts_as_zero(gate: str) -> None:
    """The gate flips its partner when the control is in its second eigenstate, not when that has leaked."""
    basis = "X" if gate.startswith("X") else "Y" if gate.startswith("Y") else "Z"
    flips = {"X": "Z", "Y": "X", "Z": "X"}[gate[-1]]
    change = {"X": "H 0\n", "Y": "H_YZ 0\n", "Z": ""}[basis]
    control = "X 0\n" + change
    target = f"R{flips} 1\n"
    assert records(target + control + f"{gate} 0 1\nM{flips} 1") == [1]
    assert records(target + "X 0\n" + one("(1, 1-->2)") + change + f"{gate} 0 1\nM{flips} 1") == [0]


def test_population_counts_are_exact_with_a_partial_block() -> None:
    text = "TICK\n" + one("(1, U-->2)", "1") + one("(1, U-->3)", "2") + "TICK[LEAKAGE_POPULATION]\nR 1\nTICK"
    batch = run(text)
    expected = np.zeros((3, 3, 2), dtype=np.int64)
    expected[1, 1, 0] = expected[1, 2, 1] = expected[2, 2, 1] = SHOTS
    assert batch.population_counts is not None
    assert (batch.population_counts == expected).all()
    rounds = run(text, populations="rounds")
    assert rounds.population_counts is not None
    assert (rounds.population_counts == expected[1:2]).all()
    assert rounds.leakage_population.tolist() == [[0.0, 1.0, 1.0]]
    assert rounds.level_population.tolist() == [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]
    assert run(text, populations=None).population_counts is None


def test_counts_agree_with_heralds_shot_by_shot() -> None:
    text = one("(0.25, U-->2) (0.125, U-->3)", "0 1 2") + "TICK\nM 0 1 2"
    batch = run(text)
    assert batch.heralds is not None and batch.population_counts is not None
    for level in (2, 3):
        assert ((batch.heralds == level).sum(axis=0) == batch.population_counts[0, :, level - 2]).all()
    for level, p in ((2, 0.25), (3, 0.125)):
        sigma = (p * (1 - p) / (3 * SHOTS)) ** 0.5
        assert abs((batch.heralds == level).mean() - p) < 5 * sigma


def test_no_flipped_shot_is_left_out_where_many_are() -> None:
    """More flipped shots, at several places, than channels decode at once."""
    qubits = "0 1 2 3 4 5 6 7"
    prepare = f"R {qubits}\nX_ERROR(0.9) {qubits}\n"
    of_one = run(prepare + one("(1, 1-->2)", qubits) + f"M {qubits}")
    assert of_one.measurements is not None and of_one.heralds is not None
    assert not of_one.measurements[of_one.heralds == 0].any()
    assert 0.85 < (of_one.heralds == 2).mean() < 0.95

    of_two = run(prepare + two("(1, 1_1-->1_2)", qubits) + f"M {qubits}")
    assert of_two.measurements is not None and of_two.heralds is not None
    leaked = of_two.heralds[:, 1::2] == 2
    assert of_two.measurements[:, ::2][leaked].all()
    assert not (of_two.measurements[:, ::2] & of_two.measurements[:, 1::2])[~leaked].any()
    assert 0.75 < leaked.mean() < 0.87
