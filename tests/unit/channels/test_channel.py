"""LeakageChannel: complete or unconstructible, immutable, equal by value; tables completed from what is listed."""

import copy
import pickle

import pytest

from qec_leak.channels import LeakageChannel, Transition, rotation_12, twirl
from qec_leak.channels.channel import all_rows, identity_transition
from qec_leak.channels.completion import complete_channel, listed_rows

NONE = (None,)
LEAK = Transition(0.25, (2,), "I", (1,), NONE)


def rows(**changes: list[Transition]) -> dict:
    """Rows of a one-transmon channel: the identity but for the changed ones (C, zero, one, two, three)."""
    names = {"C": "C", "zero": 0, "one": 1, "two": 2, "three": 3}
    out = {row: [identity_transition(row)] for row in all_rows(1)}
    return out | {(names[name],): ts for name, ts in changes.items()}


def test_a_missing_row_is_refused() -> None:
    for row in all_rows(2):
        table = {r: [identity_transition(r)] for r in all_rows(2)}
        del table[row]
        with pytest.raises(ValueError, match="is missing"):
            LeakageChannel(2, table)


@pytest.mark.parametrize("total", [0.0, 0.5, 0.999, 1.001, 2.0])
@pytest.mark.parametrize("name", ["C", "zero", "one", "two", "three"])
def test_a_row_that_does_not_sum_to_one_is_refused(name: str, total: float) -> None:
    label = {"C": "C", "zero": 0, "one": 1, "two": 2, "three": 3}[name]
    half = identity_transition((label,), total / 2)
    with pytest.raises(ValueError, match="must sum to 1"):
        LeakageChannel(1, rows(**{name: [half, half]}))


@pytest.mark.parametrize(
    ("name", "transition"),
    [
        ("C", Transition(1.0, (2,), "I", NONE, NONE)),  # leaves without a value
        ("C", Transition(1.0, (2,), "X", (1,), NONE)),  # a Pauli on a qubit that leaves
        ("C", Transition(1.0, (0,), "I", NONE, NONE)),  # an unknown value becomes known
        ("C", Transition(1.0, ("C",), "I", (1,), NONE)),  # leaves with a value and stays
        ("C", Transition(1.0, ("C",), "I", NONE, (1,))),  # returns without having been away
        ("C", Transition(1.0, ("C",), "Q", NONE, NONE)),
        ("C", Transition(1.0, (4,), "I", (1,), NONE)),
        ("zero", Transition(1.0, (2,), "I", (1,), NONE)),  # leaves with a value that it does not have
        ("one", Transition(1.0, ("C",), "I", NONE, NONE)),
        ("one", Transition(1.0, (1,), "Z", NONE, NONE)),
        ("two", Transition(1.0, ("C",), "I", NONE, NONE)),  # returns without a value
        ("two", Transition(1.0, (1,), "I", NONE, (1,))),
        ("two", Transition(1.0, (3,), "Z", NONE, NONE)),
        ("three", Transition(1.0, (2,), "I", (1,), NONE)),
    ],
)
def test_impossible_branches_are_refused(name: str, transition: Transition) -> None:
    with pytest.raises(ValueError, match="must be possible"):
        LeakageChannel(1, rows(**{name: [transition]}))


def test_other_refusals() -> None:
    with pytest.raises(ValueError, match="`num_qubits` must be 1 or 2"):
        LeakageChannel(3, {})
    with pytest.raises(ValueError, match="rename it"):
        LeakageChannel(1, rows() | {(4,): [identity_transition((2,))]})
    with pytest.raises(ValueError, match=r"probability in \[0, 1\]"):
        negative = [identity_transition(("C",), 1.5), Transition(-0.5, ("C",), "X", NONE, NONE)]
        LeakageChannel(1, rows(C=negative))
    channel = LeakageChannel.identity(2)
    for bad in ((2,), (2, 4), ("C", "C", "C"), ()):
        with pytest.raises(ValueError, match="`incoming` must be 2 labels"):
            channel.transitions(bad)  # type: ignore[arg-type]


def test_immutable_hashable_equal_by_value_and_picklable() -> None:
    first, second = (LeakageChannel(1, rows(one=[LEAK, identity_transition((1,), 0.75)])) for _ in range(2))
    assert first == second and hash(first) == hash(second) and len({first, second}) == 1
    assert first != LeakageChannel.identity(1)
    assert first != "channel"
    for twin in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first)):
        assert twin == first
    with pytest.raises(AttributeError, match="immutable"):
        first.num_qubits = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        first.rows[(0,)] = ()  # type: ignore[index]


def test_zero_branches_are_dropped() -> None:
    zero = Transition(0.0, (2,), "I", (1,), NONE)
    assert LeakageChannel(1, rows(C=[zero, identity_transition(("C",))])) == LeakageChannel.identity(1)


def test_leakage_part_keeps_what_leaks_and_drops_paulis() -> None:
    channel = twirl(rotation_12(0.7), 1)
    part = channel.leakage_part()
    assert part.leakage_rate == pytest.approx(channel.leakage_rate) and part.leakage_rate > 0.05
    assert "Z" in channel.pauli_probabilities()
    assert set(part.pauli_probabilities()) == {"I"}
    assert part.transitions((2,)) == channel.transitions((2,))


def test_small_branches_become_the_identity() -> None:
    channel = complete_channel(
        1, {(2,): [Transition(0.25, ("C",), "I", NONE, (1,)), Transition(1e-3, (3,), "I", NONE, NONE)]}
    )
    pruned = channel.without_branches_below(0.01)
    assert {t.outgoing: t.probability for t in pruned.transitions((2,))} == {("C",): 0.25, (2,): 0.75}


def test_rates_of_a_pair() -> None:
    """L1 over computational states, L2 over leaked subspaces weighted by their number of states (2 | C,2 | 2,C)."""
    none = (None, None)
    table = {
        ("C", "C"): [Transition(0.125, (2, "C"), "II", (1, None), none)],
        (2, "C"): [Transition(0.5, ("C", "C"), "II", none, (1, None))],
        (2, 2): [Transition(0.25, ("C", "C"), "II", none, (1, 0)), Transition(0.25, (2, "C"), "II", none, (None, 0))],
    }
    channel = complete_channel(2, table)
    assert channel.leakage_rate == 0.125
    assert channel.seepage_rate == pytest.approx((2 * 0.5 + 2 * 0 + 1 * 0.25) / 5)
    assert "leakage_rate=0.125" in repr(channel)


def test_completion_resolves_values() -> None:
    """A branch that leaves with 1 happens twice as often where the value is 1, and never where it is 0."""
    flip = Transition(0.25, ("C",), "X", NONE, NONE)
    channel = complete_channel(1, {("C",): [LEAK, flip]})
    assert {(t.outgoing, t.left_with): t.probability for t in channel.transitions((1,))} == pytest.approx(
        {((2,), (1,)): 0.5, ((0,), NONE): 0.5 / 3, ((1,), NONE): 1.0 / 3}
    )
    assert {t.outgoing: t.probability for t in channel.transitions((0,))} == pytest.approx({(1,): 1 / 3, (0,): 2 / 3})
    with pytest.raises(ValueError, match="at most half"):
        complete_channel(1, {("C",): [Transition(0.6, (2,), "I", (1,), NONE)]})


def test_completion_averages_known_values() -> None:
    channel = complete_channel(1, {(1,): [Transition(0.5, (2,), "I", (1,), NONE)]})
    assert channel.transitions(("C",))[0] == Transition(0.25, (2,), "I", (1,), NONE)
    assert channel.transitions((0,)) == (identity_transition((0,)),)


def test_listed_rows_are_enough_and_no_more() -> None:
    channel = twirl(rotation_12(0.7), 1)
    listed = listed_rows(channel)
    assert (3,) not in listed
    again = complete_channel(1, listed)
    for row in all_rows(1):
        assert {t.outgoing: t.probability for t in again.transitions(row)} == pytest.approx(
            {t.outgoing: t.probability for t in channel.transitions(row) if t.probability > 1e-15}, abs=1e-12
        ) or row == ("C",)
    assert listed_rows(LeakageChannel.identity(2)) == {}
    follows = complete_channel(1, {("C",): [LEAK]})
    assert set(listed_rows(follows)) == {("C",)}
