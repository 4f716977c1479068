"""The own reading of tags gives the complete tables of qec_leak.circuits.tags, and refuses what that refuses."""

import itertools

import pytest
import stim

import qec_leak as ql
from qec_leak.circuits.tags import TagError, parse_tag
from qec_leak.tableau.grammar import read_tag
from qec_leak.tableau.tables import LABELS, channel_draws, rows_of

ONE, TWO = "LEAKAGE_TRANSITION_1", "LEAKAGE_TRANSITION_2"
CHANNELS = [
    ("I", f"{ONE}: (0.1, U-->2)"),
    ("I", f"{ONE}: (0.1, U-->2, 1) (0.2, 2-->1) (0.3, 2<->3) (0.1, 3-->U)"),
    ("I_ERROR", f"idle|{ONE}: (0.2, U<->2) (0.1, U-->X) (0.1, U-->U, Y) (0.05, U-->V)"),
    ("I", f"{ONE}: (0.3, 1-->2) (0.1, 0-->3)"),
    ("I", f"{ONE}: (0.3, 1-->2) (0.1, 1-->0) (0.15, U-->2, 1) (0.2, U-->X)"),
    ("I", f"{ONE}: (0.1, 0-->V) (0.1, U-->Z) (0.5, U-->U)"),
    ("II", f"{TWO}: (0.001, U_U-->2_U, 1I) (0.7, 2_U-->2_U, IZ) (0.2, 2_U<->U_2)"),
    ("II_ERROR", f"{TWO}: (0.05, U_U-->2_2, 11) (0.1, U_U-->2_U, 0X) (0.1, U_U-->U_U, XZ) (0.1, U_0-->2_1)"),
    (
        "II",
        f"{TWO}: (0.05, U_U-->2_U, 1X) (0.05, U_U-->2_U, 1Y) (0.2, U_1-->2_0, 1I) (0.4, 1_1-->2_0) (0.3, 2_0-->1_1)",
    ),
    ("II", f"{TWO}: (0.1, U_U-->V_3) (0.2, 3_U-->3_V)"),
    ("I", "LEAKAGE_TRANSITION_Z: (0.5, 2-->1) (0.25, 1-->2) (0.125, 0-->1)"),
    ("II", f"{ONE}: (0.1, U-->2, 1), (0.1, U-->D) (0.2, 0-->D)"),
    ("II", f"{TWO} (0.2, U_U-->D_X) (0.1, 2_U-->D_D)"),
    ("II", "LEAKAGE_CONTROLLED_ERROR: (0.4, 2-->X) (0.1, 2-->Z) (0.3, 3-->Y)"),
]


def theirs(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Branches of the channel that ``parse_tag`` makes, in the judge's words."""
    tag = parse_tag(text)
    assert tag is not None and tag.channel is not None
    out: dict[tuple[str, tuple[str, ...]], float] = {}
    for row, transitions in tag.channel.rows.items():
        for t in transitions:
            if t.is_identity(row):
                continue
            fates = []
            for before, after, pauli, left, back in zip(
                row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True
            ):
                fate = f"{left}>{after}" if left is not None else f"<{back}" if back is not None else str(after)
                fates.append(pauli if before == "C" and after == "C" else fate)
            key = "".join(map(str, row)), tuple(fates)
            out[key] = out.get(key, 0.0) + t.probability
    return {key: p for key, p in out.items() if p > 1e-13}


def ours(gate: str, text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Branches of the judge. It keeps the Paulis of known values, of which the channel has the values alone."""
    tag = read_tag(text, gate)
    assert tag is not None
    out: dict[tuple[str, tuple[str, ...]], float] = {}
    for row, branches in rows_of(tag).items():
        for fates, p in branches.items():
            values = tuple(
                str(int(label) ^ (fate in "XY")) if label in "01" and fate in "IXYZ" else fate
                for label, fate in zip(row, fates, strict=True)
            )
            if any(fate not in ("I", label) for label, fate in zip(row, values, strict=True)):
                out[row, values] = out.get((row, values), 0.0) + p
    return {key: p for key, p in out.items() if p > 1e-13}


@pytest.mark.parametrize(("gate", "text"), CHANNELS)
def test_complete_rows(gate: str, text: str) -> None:
    assert ours(gate, text) == pytest.approx(theirs(text), abs=1e-12)


@pytest.mark.parametrize("preset", ["miao2023", "willow"])
def test_complete_rows_of_a_device(preset: str) -> None:
    circuit = ql.memory_experiment(
        code="surface", distance=3, rounds=3, strategy="DQLR", device=ql.Device.preset(preset)
    ).circuit.flattened()
    tags = {(item.name, item.tag) for item in circuit if "TRANSITION" in item.tag or "CONTROLLED_ERROR" in item.tag}
    assert len(tags) > 3
    for gate, text in tags:
        assert ours(gate, text) == pytest.approx(theirs(text), abs=1e-12)


def test_values_average_to_the_row_of_unknown_values() -> None:
    """Where hidden values are fair and rows of values follow from the row of unknown values, drawing by value gives
    each action of that row with its probability."""
    for gate, text in CHANNELS[:3] + CHANNELS[6:7]:
        tag = read_tag(text, gate)
        assert tag is not None and tag.rows is not None
        draws = channel_draws(tag)
        assert set(draws) == set(map("".join, itertools.product(LABELS, repeat=tag.arity)))
        total: dict[tuple[int, ...], float] = {}
        for values in itertools.product("ab", repeat=tag.arity):
            draw = draws["".join(values)]
            for action, p in zip(draw.actions, draw.probabilities, strict=True):
                total[action] = total.get(action, 0.0) + p / 2**tag.arity
        unknown = rows_of(tag)["C" * tag.arity]
        assert sum(total.values()) == pytest.approx(sum(unknown.values()), abs=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "gate", "leakage", "idle_ns", "a|b|LEAKAGE_SWAP", "a note (1, 2)", "cz|", "POPULATION", "mine|other: (1)"],
)
def test_other_tags_are_left_alone(text: str) -> None:
    assert read_tag(text, "I") is None
    assert parse_tag(text) is None


RECORDS = [
    "LEAKAGE_MEASUREMENT: (0.25, 2) (1, 3) : 4 0",
    "a|LEAKAGE_MEASUREMENT : (0.5, U), (0.25, 2) :7",
    "LEAKAGE_MEASUREMENT: (0.5, 0) (0.5, 1): 1 2",
    "LEAKAGE_MEASUREMENT: : 3",
    "LEAKAGE_MEASUREMENT: 3 1",
]


@pytest.mark.parametrize("text", RECORDS)
def test_records_of_levels(text: str) -> None:
    ours, theirs = read_tag(text, "MPAD"), parse_tag(text)
    assert ours is not None and theirs is not None
    assert (ours.reads_one, ours.qubits) == (dict(theirs.one_given), theirs.qubits)


BAD = [
    ("I", "LEAKAGE_TRANSITION_1: (1.5, U-->2)"),
    ("I", "LEAKAGE_TRANSITION_1: (nan, U-->2)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, U-->4)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, U->2)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, U-->2"),
    ("I", "LEAKAGE_TRANSITION_1: 0.5, U-->2)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, U-->0)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, U-->2, X)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, 2-->3, 1)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, 2-->X)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.6, U-->2) (0.6, U-->3)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.6, U-->2, 1)"),
    ("I", "LEAKAGE_TRANSITION_1: (0.5, 1-->0)"),
    ("II", "LEAKAGE_TRANSITION_2: (0.5, U-->2)"),
    ("II", "LEAKAGE_TRANSITION_2: (0.5, U_U-->2_U, I)"),
    ("I", "LEAKAGE_TRANSITION_Z: (0.5, U-->1)"),
    ("II", "LEAKAGE_CONTROLLED_ERROR: (0.5, 1-->X)"),
    ("M", "LEAKAGE_PROJECTION_Z: (0.5, 4)"),
    ("M", "LEAKAGE_PROJECTION_Z: (0.5, 2) (0.5, 2)"),
    ("R", "LEAKAGE_RESET: (0.5, 1-->2)"),
    ("R", "LEAKAGE_RESET: (0.7, 2-->2) (0.7, 2-->3)"),
    ("TICK", "LEAKAGE_POPULATION: (1)"),
    ("I", "LEAKAGE_UNHEARD_OF"),
    ("I", "IDLE_NS: (-1)"),
    ("CX", "CONDITIONED_ON_PAIR: (U, 2)"),
    ("CX", "CONDITIONED_ON_OTHER: (U, U)"),
    ("CX", "CONDITIONED_ON_SELF: U"),
    ("I", "leakage_transition_1: (0.1, U-->2)"),
    ("I", "idle_ns(100)"),
    ("I", "a|LEAK_OUT"),
    ("I", "MY_LEAKAGE"),
    ("I", "LEAKAGE_TRANSITION_1: (0.1, U-->2) : 0"),
    ("I", "LEAKAGE_TRANSITION_1: (0.1, U-->2) and"),
    ("I", "LEAKAGE_TRANSITION_1: (0.1, U-->2)|"),
    ("DETECTOR", "LEAKAGE_DETECTOR: (1, 2) : 0"),
    ("SWAP", "LEAKAGE_SWAP: (1)"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 2)"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 2) : 1 1"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 0) : 1"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 0) (0.5, 1) (0.5, U) : 1"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 4) : 1"),
    ("MPAD", "LEAKAGE_MEASUREMENT: (0.5, 2) : a"),
]


@pytest.mark.parametrize(("gate", "text"), BAD)
def test_bad_tags_are_refused_by_both(gate: str, text: str) -> None:
    with pytest.raises(TagError):
        parse_tag(text)
    with pytest.raises(ValueError, match=r"\w"):
        tag = read_tag(text, gate)
        assert tag is not None
        rows_of(tag)


def test_gates_of_families_are_the_same() -> None:
    from qec_leak.circuits.tags import ALLOWED_GATES
    from qec_leak.tableau import grammar

    for family, gates in ALLOWED_GATES.items():
        assert {stim.gate_data(g).name for g in gates} == grammar._PLACES[family]


@pytest.mark.parametrize(
    "tag",
    [
        "LEAKAGE_PROJECTION_Z: (0.3, 2)|LEAKAGE_RESET: (1, 2-->2)",
        "LEAK: (0.5, U-->2)",
        "mine: (0.5, 2<->3)",
    ],
)
def test_two_families_and_unknown_transitions_are_refused_by_both(tag: str) -> None:
    gate = "MR" if "RESET" in tag else "I_ERROR"
    with pytest.raises(ValueError, match=r"must have one family|must name one of"):
        read_tag(tag, gate)
    with pytest.raises(ValueError, match=r"must have one family|must name one of"):
        parse_tag(tag)
