"""Device files: lossless round trip, and one clear line for each thing that can be wrong with one."""

import dataclasses
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qec_leak.device import Device

TEXT = Device.preset("sycamore").to_toml()


def edited(old, new):
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def test_unknown_keys_name_file_section_key_and_fix(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(edited("t1_ns =", "t1_us ="))
    with pytest.raises(ValueError) as caught:
        Device.from_toml(path)
    assert str(caught.value) == f"{path}: [idle] `t1_us` must be a known key, but is not; did you mean 't1_ns'?"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[gate]", "[gates]", "device `gates` must be a known key, but is not; did you mean 'gate'?"),
        ("t1_ns = 20000.0\n", "", "[idle] `t1_ns` must be given, but is missing; add `t1_ns = ...`"),
        ('name = "sycamore"\n', "", "`name` must be given, but is missing; add it (Device.preset(...).to_toml() "),
        ("t1_ns = 20000.0", 't1_ns = "20 us"', "[idle] `t1_ns` must be a number, but is '20 us'; write a plain number"),
        ("t1_ns = 20000.0", "t1_ns = true", "[idle] `t1_ns` must be a number, but is True"),
        ("t1_ns = 20000.0", "t1_ns = 20.0", "[idle] `t2_ns` must be at most 2 t1_ns = 40.0, but is 30000.0"),
        ("error = 0.00109", "error = 1.09", "[gate] `error` must be in [0, 0.75], but is 1.09"),
        ("error = 0.00109", "error = -0.1", "[gate] `error` must be in [0, 0.75], but is -0.1"),
        ("error = 0.00109", "error = nan", "[gate] `error` must be a number, but is nan"),
        ('high = "data"', 'high = "dada"', "[cz] `high` must be one of 'data', 'measure', "),
        (
            "t1_ns = 20000.0",
            "t1_ns 20000.0",
            "is not valid TOML: Expected '=' after a key in a key/value pair (at line ",
        ),
        ("[gate]", "[gate]\nerror = 0.1", "is not valid TOML: "),
        ("[idle]", "[roles.dat.idle]\nt1_ns = 1e4\n[idle]", "`roles` must be one of 'data', 'measure', 'removal', but"),
        (
            "[idle]",
            "[roles.data.idel]\nt1_ns = 1e4\n[idle]",
            "[roles.data] `idel` must be a known key, but is not; did",
        ),
        (
            "[idle]",
            "[roles.data.idle]\nt1 = 1e4\n[idle]",
            "[roles.data.idle] `t1` must be a known key, but is not; did",
        ),
        ("[idle]", "[roles.data]\nidle = 3\n[idle]", "[roles.data.idle] must be a table of keys and values, but is 3"),
        ("[idle]", "[qubits]\n5 = 3\n[idle]", "[qubits.5] must be a table of keys and values, but is 3"),
        ("[idle]", "[qubits.q5.idle]\nt1_ns = 1e4\n[idle]", "[qubits] `q5` must be a qubit index, but is not; write"),
        ("[idle]", "[qubits.5.cz]\nleakage = 0.1\n[idle]", "[qubits.5] `cz` must be a known key, but is not; known"),
        ("[idle]", "[pairs.3-12.idle]\nt1_ns = 1e4\n[idle]", "[pairs.3-12] `idle` must be a known key, but is not"),
        (
            "[idle]",
            "[pairs.12-3.cz]\nleakage = 0\n[idle]",
            "[pairs] `12-3` must have its lower index first, but has not",
        ),
        ("[idle]", "[pairs.3.cz]\nleakage = 0\n[idle]", "[pairs] `3` must be two qubit indices, but is not; write"),
        (
            "[idle]",
            "[pairs.3-12.cz]\nleakage = 0.3\n[idle]",
            '[pairs."3-12".cz] `leakage` must be in [0, 0.25], but is',
        ),
        (
            "[idle]",
            "[qubits.5.idle]\nt2_ns = 1e5\n[idle]",
            "[qubits.5.idle] `t2_ns` must be at most 2 t1_ns = 40000.0,",
        ),
    ],
)
def test_refusals(old, new, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        Device.from_toml_text(edited(old, new), source="mine.toml")
    text = str(caught.value)
    assert text.startswith("mine.toml: " + message), text
    assert "\n" not in text and ";" in text


def test_a_missing_section_is_named():
    head, tail = TEXT.split("[dqlr]")
    with pytest.raises(ValueError, match=r"^x: section \[dqlr\] must be given, but is missing"):
        Device.from_toml_text(head, source="x")
    assert tail


def test_files_that_cannot_be_read(tmp_path):
    missing = tmp_path / "none.toml"
    with pytest.raises(ValueError, match=re.escape(f"{missing}: cannot be read (No such file or directory); give")):
        Device.from_toml(missing)
    with pytest.raises(ValueError, match=r"cannot be read \(Is a directory\)"):
        Device.from_toml(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"name = \xff")
    with pytest.raises(ValueError, match=r"is not UTF-8 text \(byte 7\)"):
        Device.from_toml(str(binary))


def test_unknown_presets_list_the_known():
    with pytest.raises(ValueError, match=r"'willow', but is 'wilow'; did you mean 'willow'\?"):
        Device.preset("wilow")


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    leakage=st.floats(0, 0.25),
    t1_ns=st.one_of(st.floats(20e3, 1e12), st.just(math.inf)),
    pair=st.tuples(st.integers(0, 99), st.integers(100, 200)),
    directions=st.lists(st.sampled_from(["NE", "NW", "SE", "SW", "E", "W"]), unique=True, min_size=1),
)
def test_round_trip_is_lossless(name, leakage, t1_ns, pair, directions):
    device = Device.preset("willow").replace(
        {
            "name": name,
            "cz.leakage": leakage,
            "cz.data_high_in": directions,
            "roles.data.idle.t2_ns": 20e3,
            f"qubits.{pair[0]}.idle.t1_ns": t1_ns,
            "pairs.{}-{}.cz.leakage".format(*pair): leakage / 3,
        }
    )
    again = Device.from_toml_text(device.to_toml())
    assert again == device and hash(again) == hash(device)
    assert again.to_toml() == device.to_toml()


def test_every_key_is_written_and_read():
    for section in ("gate", "idle", "readout", "reset", "dqlr"):
        for field in dataclasses.fields(getattr(Device.preset("willow"), section)):
            value = getattr(getattr(Device.preset("willow"), section), field.name)
            changed = Device.preset("willow").replace({f"{section}.{field.name}": value * 0.999 + 1e-6})
            assert changed != Device.preset("willow")
            assert Device.from_toml_text(changed.to_toml()) == changed
