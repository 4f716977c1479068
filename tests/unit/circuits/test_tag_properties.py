"""Properties of the tag grammar: any channel survives its text, any string gives a value or one clear error."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qec_leak.channels import LeakageChannel, Transition
from qec_leak.channels.completion import complete_channel
from qec_leak.circuits import tags
from qec_leak.circuits.tags import TagError, parse_tag


def close(a: LeakageChannel, b: LeakageChannel) -> bool:
    """Equal up to 1e-12 in each probability."""
    for labels in a.rows:
        first, second = (
            {(t.outgoing, t.pauli, t.left_with, t.returned_with): t.probability for t in c.rows[labels]} for c in (a, b)
        )
        if any(abs(first.get(k, 0.0) - second.get(k, 0.0)) > 1e-12 for k in first.keys() | second.keys()):
            return False
    return True


FATES = st.sampled_from(
    [("C", "I", None, None), ("C", "X", None, None), ("C", "Y", None, None), ("C", "Z", None, None)]
    + [(level, "I", value, None) for level in (2, 3) for value in (0, 1)]
)
RETURNS = st.sampled_from([("C", "I", None, 0), ("C", "I", None, 1), (2, "I", None, None), (3, "I", None, None)])


@st.composite
def channels(draw: st.DrawFn) -> LeakageChannel:
    """A channel with random rows of unknown values, completed."""
    width = draw(st.integers(1, 2))
    rows = {}
    for labels in draw(st.lists(st.tuples(*[st.sampled_from(["C", 2, 3])] * width), unique=True, max_size=4)):
        branches = {}
        for _ in range(draw(st.integers(1, 4))):
            fates = [draw(FATES if label == "C" else RETURNS) for label in labels]
            # At most 1/16 a branch: no value can then need more than all of its shots.
            probability = draw(st.floats(1e-9, 1 / 16))
            key = tuple(tuple(f[i] for f in fates) for i in range(4))
            branches[key] = Transition(probability, key[0], "".join(key[1]), key[2], key[3])
        rows[labels] = list(branches.values())
    return complete_channel(width, rows)


@settings(deadline=None, max_examples=150)
@given(channels(), st.sampled_from(["", "cz", "idle in a moment"]))
def test_any_channel_survives_its_text(made: LeakageChannel, label: str) -> None:
    text = tags.format_channel(made, label)
    tag = parse_tag(text)
    assert tag is not None and tag.channel is not None and tag.label == label
    assert close(tag.channel, made)
    for labels, transitions in tag.channel.rows.items():
        assert math.fsum(t.probability for t in transitions) == pytest.approx(1, abs=1e-9), labels


TAGLIKE = st.one_of(
    st.text(),
    st.text(alphabet="LEAKG_TRNSIO12Z:(),.0->U<V23IXYZ| "),
    st.tuples(
        st.sampled_from([*tags.ALLOWED_GATES, "LEAKAGE", "LEAKAGE_X"]),
        st.sampled_from(["", ":", ": "]),
        st.lists(
            st.tuples(
                st.sampled_from(["0.1", "1", "2", "x", "", "1e-3", "inf"]),
                st.sampled_from([",", ", ", ""]),
                st.text(alphabet="UV0123XYZ_-<>", max_size=9),
                st.sampled_from(["", ", 1", ", IZ", ",X"]),
            ).map("".join),
            max_size=3,
        ).map(lambda groups: " ".join(f"({g})" for g in groups)),
    ).map("".join),
)


@settings(deadline=None, max_examples=600)
@given(TAGLIKE)
def test_any_string_gives_a_tag_or_none_or_one_clear_error(text: str) -> None:
    try:
        tag = parse_tag(text)
    except TagError as error:
        assert repr(text) in str(error)
        assert len(str(error).splitlines()) == 1
    else:
        assert tag is None or tag.family in tags.ALLOWED_GATES
