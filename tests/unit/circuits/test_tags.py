"""The tag grammar: every family, every refusal, and parse after format is the identity."""

import pytest
import stim

from qec_leak.channels import LeakageChannel, Transition, cz_propagator, relaxation, rotation_12, twirl
from qec_leak.circuits import tags
from qec_leak.circuits.tags import TagError, parse_tag

NONE = (None,)


def channel(text: str) -> LeakageChannel:
    tag = parse_tag(text)
    assert tag is not None and tag.channel is not None
    return tag.channel


def row(text: str, *labels: int | str) -> set[tuple]:
    """Transitions of one row without the identity, as tuples."""
    return {
        (t.probability, t.outgoing, t.pauli, t.left_with, t.returned_with)
        for t in channel(text).transitions(labels)  # type: ignore[arg-type]
        if not t.is_identity(labels)  # type: ignore[arg-type]
    }


@pytest.mark.parametrize(
    "text",
    ["", "gate", "cz", "leaky<0>", "leakage_transition", "leakage_iswap", "my LEAKAGE", "cz|other", "a|b|LEAKAGE_X"],
)
def test_other_tags_are_left_alone(text: str) -> None:
    assert parse_tag(text) is None


def test_one_qubit_transitions() -> None:
    one = "LEAKAGE_TRANSITION_1: "
    assert row(one + "(0.25, U-->2, 1)", "C") == {(0.25, (2,), "I", (1,), NONE)}
    assert row(one + "(0.25, U-->2)", "C") == {(0.125, (2,), "I", (v,), NONE) for v in (0, 1)}
    assert row(one + "(0.25, U-->2, 1)", 1) == {(0.5, (2,), "I", (1,), NONE)}
    assert row(one + "(0.25, U-->2, 1)", 0) == set()
    assert row(one + "(0.25, 1-->3)", "C") == {(0.125, (3,), "I", (1,), NONE)}
    assert row(one + "(0.25, 2-->1)", 2) == {(0.25, ("C",), "I", NONE, (1,))}
    assert row(one + "(0.25, 2-->U)", 2) == {(0.125, ("C",), "I", NONE, (v,)) for v in (0, 1)}
    assert row(one + "(0.25, 2-->V)", 2) == row(one + "(0.25, 2-->U)", 2)
    assert row(one + "(0.25, 2<->3)", 2) == {(0.25, (3,), "I", NONE, NONE)}
    assert row(one + "(0.25, 2<->3)", 3) == {(0.25, (2,), "I", NONE, NONE)}
    assert row(one + "(0.25, U-->U, Y)", "C") == {(0.25, ("C",), "Y", NONE, NONE)}
    assert row(one + "(0.25, U-->X)", "C") == {(0.25, ("C",), "X", NONE, NONE)}
    assert row(one + "(0.25, U-->V)", "C") == {(0.0625, ("C",), p, NONE, NONE) for p in "XYZ"}
    assert row(one + "(0.25, U-->X)", 0) == {(0.25, (1,), "I", NONE, NONE)}


def test_two_qubit_transitions() -> None:
    two, none = "LEAKAGE_TRANSITION_2: ", (None, None)
    assert row(two + "(0.25, 2_U-->U_3, I0)", 2, "C") == {(0.125, ("C", 3), "II", (None, 0), (v, None)) for v in (0, 1)}
    assert row(two + "(0.5, 2_U-->2_U, IZ)", 2, "C") == {(0.5, (2, "C"), "IZ", none, none)}
    assert row(two + "(0.5, 2_U-->2_V)", 2, "C") == {(0.125, (2, "C"), "I" + p, none, none) for p in "XYZ"}
    assert row(two + "(0.5, 2_1-->1_2)", 2, 1) == {(0.5, ("C", 2), "II", (None, 1), (1, None))}
    assert row(two + "(0.5, 2_1-->1_2)", 2, 0) == set()
    assert row(two + "(0.5, 2_U<->U_2)", "C", 2) == {
        (0.125, (2, "C"), "II", (a, None), (None, b)) for a in (0, 1) for b in (0, 1)
    }
    assert row(two + "(0.25, U_U-->2_U, 1I)", "C", "C") == {(0.25, (2, "C"), "II", (1, None), none)}


def test_other_families() -> None:
    assert row("LEAKAGE_CONTROLLED_ERROR: (0.5, 2-->X) (0.25, 3-->Z)", 2, "C") == {
        (0.5, (2, "C"), "IX", (None, None), (None, None))
    }
    known = parse_tag("LEAKAGE_TRANSITION_Z: (0.5, 2-->1) (0.25, 1-->2)")
    assert known is not None and known.needs_known_z and known.channel is not None
    assert known.channel.transitions((1,))[0] == Transition(0.25, (2,), "I", (1,), NONE)
    readout = parse_tag("a label | LEAKAGE_PROJECTION_Z: (0.5, 3) (0.25, 2)")
    assert readout is not None
    assert (readout.label, readout.one_given) == ("a label", ((2, 0.25), (3, 0.5)))
    reset = parse_tag("LEAKAGE_RESET: (0.5, 3-->2) (0.25, 2-->2) (0.125, 2-->1)")
    assert reset is not None and reset.reset == ((2, ((0.25, 2), (0.125, 1))), (3, ((0.5, 2),)))
    read = parse_tag("LEAKAGE_MEASUREMENT: (0.5, 3), (0.25, U): 7 5")
    assert read is not None and (read.one_given, read.qubits) == (((0, 0.25), (2, 0.0), (3, 0.5)), (7, 5))
    alike = parse_tag("LEAKAGE_MEASUREMENT: (0.25, 0) (0.25, 1) : 2")
    assert alike is not None and alike.one_given[0] == (0, 0.25)
    for name in ("LEAKAGE_SWAP", "LEAKAGE_DEPOLARIZE_1", "LEAKAGE_POPULATION", "LEAKAGE_ISWAP"):
        plain = parse_tag(name)
        assert plain is not None and (plain.family, plain.channel) == (name, None)
    injection = parse_tag("inject|INJECT_LEAKAGE(0.125)")
    assert injection is not None and (injection.population, injection.label) == (0.125, "inject")
    assert parse_tag("CONDITIONED_ON_PAIR: (U, U)") is not None


BAD = [
    ("LEAKAGE_TRANSITION_1: (0.1, U-->2", "must read 'FAMILY: (group) (group)'"),
    ("LEAKAGE_TRANSITION_1: x (0.1, U-->2)", "must read 'FAMILY: (group) (group)'"),
    ("LEAKAGE_TRANSITION_9: (0.1, U-->2)", "must name one of"),
    ("LEAKAGE: (0.1, U-->2)", "must name one of"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->2) : 3", "must read 'FAMILY: (group) (group)'"),
    ("leakage_transition_1: (0.1, U-->2)", "must name its family in capitals"),
    ("LEAKAGE_FOO: (0.1, U-->2)", "must name one of"),
    ("MY_LEAKAGE: (0.1, U-->2)", "must name one of"),
    ("INJECT_LEAKAGES(0.1)", "must name one of"),
    ("CONDITIONED_ON_SELF: U 2", "names CONDITIONED_ON_SELF; drop it if it says U"),
    ("LEAKAGE_DETECTOR: 3", "names LEAKAGE_DETECTOR; write MPAD[LEAKAGE_MEASUREMENT"),
    ("LEAKAGE_SWAP: (0.5)", "must have no groups"),
    ("LEAKAGE_MEASUREMENT: (1, 2)", "must name its qubits after a second colon"),
    ("LEAKAGE_MEASUREMENT: (1, 2) : 3 3", "each once"),
    ("LEAKAGE_MEASUREMENT: (1, 4) : 3", "a level must be one of"),
    ("LEAKAGE_MEASUREMENT: (1, 2) (0.5, 2) : 3", "a level must be one of"),
    ("LEAKAGE_MEASUREMENT: (1, 1) : 3", "must treat 0 and 1 alike"),
    ("LEAKAGE_MEASUREMENT: (0.1, U) (0.1, 0) (0.1, 1) : 3", "must treat 0 and 1 alike"),
    ("LEAKAGE_TRANSITION_1: (0.1)", "2 to 3 fields"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->2, 1, 1)", "2 to 3 fields"),
    ("LEAKAGE_TRANSITION_1: ()", "2 to 3 fields"),
    ("LEAKAGE_TRANSITION_1: (often, U-->2)", "start with a probability"),
    ("LEAKAGE_TRANSITION_1: (1.5, U-->2)", "in [0, 1]"),
    ("LEAKAGE_TRANSITION_1: (-0.1, U-->2)", "in [0, 1]"),
    ("LEAKAGE_TRANSITION_1: (nan, U-->2)", "in [0, 1]"),
    ("LEAKAGE_TRANSITION_1: (0.1, U->2)", "'A-->B' or 'A<->B'"),
    ("LEAKAGE_TRANSITION_1: (0.1, U_U-->2_U)", "must name 1 labels"),
    ("LEAKAGE_TRANSITION_2: (0.1, U-->2)", "must name 2 labels"),
    ("LEAKAGE_TRANSITION_2: (0.1, U_2-->2_U, I)", "must name 2 labels"),
    ("LEAKAGE_TRANSITION_1: (0.1, 4-->2)", "incoming label must be one of"),
    ("LEAKAGE_TRANSITION_1: (0.1, V-->2)", "incoming label must be one of"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->4)", "outgoing label must be one of"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->1)", "must go to U, V, 2 or 3"),
    ("LEAKAGE_TRANSITION_1: (0.1, 2-->X)", "must go to U, 0, 1, 2 or 3"),
    ("LEAKAGE_TRANSITION_1: (0.1, 1-->X)", "must go to U, V, 0, 1, 2 or 3"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->2, Q)", "action letter must be one of"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->U, 1)", "a value must stand where"),
    ("LEAKAGE_TRANSITION_1: (0.1, U-->2, X)", "a Pauli must stand where"),
    ("LEAKAGE_TRANSITION_1: (0.1, 2-->0, X)", "a Pauli must stand where"),
    ("LEAKAGE_TRANSITION_1: (0.6, 2-->0) (0.5, 2-->1)", "sum to at most 1"),
    ("LEAKAGE_TRANSITION_1: (0.6, U-->2, 1)", "at most half of its shots"),
    ("LEAKAGE_TRANSITION_Z: (0.1, U-->2)", "incoming label must be one of 0, 1, 2, 3"),
    ("LEAKAGE_TRANSITION_Z: (0.1, 1-->V)", "outgoing label must be one of 0, 1, 2, 3"),
    ("LEAKAGE_CONTROLLED_ERROR: (0.1, U-->X)", "must read (p, 2-->X)"),
    ("LEAKAGE_CONTROLLED_ERROR: (0.1, 2-->3)", "must read (p, 2-->X)"),
    ("LEAKAGE_PROJECTION_Z: (0.1, 4)", "a level must be one of"),
    ("LEAKAGE_PROJECTION_Z: (0.1, 2) (0.2, 2)", "each once"),
    ("LEAKAGE_PROJECTION_Z: (2, 2)", "in [0, 1]"),
    ("LEAKAGE_RESET: (0.1, 1-->2)", "must read (p, 2-->n)"),
    ("LEAKAGE_RESET: (0.6, 2-->2) (0.6, 2-->1)", "sum to at most 1"),
    ("LEAKAGE_POPULATION: (1)", "must have no groups"),
    ("LEAKAGE_ISWAP: (1)", "must have no groups"),
    ("INJECT_LEAKAGE", "must have one group"),
    ("INJECT_LEAKAGE(0.1) (0.2)", "must have one group"),
    ("INJECT_LEAKAGE(0.6)", "at most 0.5"),
    ("CONDITIONED_ON_PAIR: (U, 2)", "must be (U, U)"),
    ("CONDITIONED_ON_OTHER: 2 : 3", "names CONDITIONED_ON_OTHER; write a Pauli that depends on"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_refusals_quote_the_tag_and_name_the_rule(text: str, message: str) -> None:
    for labelled in (text, "cz|" + text):
        with pytest.raises(TagError) as caught:
            parse_tag(labelled)
        assert repr(labelled) in str(caught.value)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "made",
    [
        twirl(rotation_12(0.4), 1),
        twirl(relaxation(20_000.0, 900.0), 1),
        twirl([cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5)], 2),
        twirl([cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5)], 2).leakage_part(),
        LeakageChannel.identity(1),
        LeakageChannel.identity(2),
    ],
)
def test_format_then_parse_is_the_channel(made: LeakageChannel) -> None:
    text = tags.format_channel(made, "cz")
    family = tags.TRANSITION_1 if made.num_qubits == 1 else tags.TRANSITION_2
    assert text.startswith(f"cz|{family}")
    assert close(channel(text), made)
    instruction = stim.Circuit(f"{'I' * made.num_qubits}_ERROR[{text}] 0 1")[0]
    assert instruction.tag == text


def close(a: LeakageChannel, b: LeakageChannel) -> bool:
    """Equal up to 1e-12 in each probability."""
    for labels in a.rows:
        first, second = (
            {(t.outgoing, t.pauli, t.left_with, t.returned_with): t.probability for t in c.rows[labels]} for c in (a, b)
        )
        if any(abs(first.get(k, 0.0) - second.get(k, 0.0)) > 1e-12 for k in first.keys() | second.keys()):
            return False
    return True


def test_readouts_and_resets_format_and_parse() -> None:
    readout = parse_tag(tags.format_readout([(2, 0.1), (3, 1 / 3)], "readout"))
    assert readout is not None and (readout.label, readout.one_given) == ("readout", ((2, 0.1), (3, 1 / 3)))
    reset = parse_tag(tags.format_reset([(2, [(0.1, 2), (1 / 3, 1)]), (3, [])], "reset"))
    assert reset is not None and reset.reset == ((2, ((0.1, 2), (1 / 3, 1))),)
