"""Decoders by name: built in, installed, module:attribute, of sinter; and what is none."""

import importlib.metadata
import pickle

import numpy as np
import pytest
import sinter
import stim

import qec_leak as ql
from qec_leak import _plugins
from qec_leak.decoding import Decoder, Matching, compile_decoder, decoder_names, find_decoder
from qec_leak.decoding.of_sinter import SinterDecoder
from qec_leak.sinter import samplers

MODULE = """
import sinter

class Mine(sinter.Decoder):
    def compile_decoder_for_dem(self, *, dem):
        return sinter.BUILT_IN_DECODERS["pymatching"].compile_decoder_for_dem(dem=dem)

instance = Mine()
mapping = {"a": Mine(), "b": sinter.BUILT_IN_DECODERS["pymatching"]}
number = 3

def function():
    return mapping

def one():
    return {"a": Mine()}

class Outer:
    inner = Mine()
"""
CIRCUIT = stim.Circuit.generated("repetition_code:memory", distance=3, rounds=3, before_round_data_depolarization=0.1)


@pytest.fixture(autouse=True)
def _module(tmp_path, monkeypatch):
    (tmp_path / "some_decoders.py").write_text(MODULE)
    (tmp_path / "broken_decoders.py").write_text("import nothing_of_that_name")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize("path", ["Mine", "instance", "mapping:a", "mapping:b", "function:a", "one", "Outer.inner"])
def test_module_and_attribute(path):
    name = f"some_decoders:{path}"
    batch = ql.compile_sampler(CIRCUIT, seed=1).sample(500)
    ready = compile_decoder(CIRCUIT, name)
    assert ready.name == name and not ready.needs_heralds
    assert np.array_equal(ready.decode(batch), ql.decode(CIRCUIT, batch)) and ready.decode(batch).any()
    assert pickle.loads(pickle.dumps(ready)).name == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "pymatchin",
            "must be one of 'pymatching', 'pymatching-correlated', 'leakage-aware', 'leakage-aware-heralded', "
            "but is 'pymatchin'; did you mean 'pymatching'",
        ),
        (
            "nowhere:x",
            r"module that can be imported, but is 'nowhere:x'; importing nowhere fails \(ModuleNotFoundError",
        ),
        ("broken_decoders:x", "No module named 'nothing_of_that_name'"),
        ("some_decoders:x", "must name an attribute of some_decoders, but is 'some_decoders:x'; there is no 'x'"),
        ("some_decoders:", "must be module:attribute"),
        ("some_decoders:mapping", "must name one of the decoders a, b, but is .*; write some_decoders:mapping:a"),
        ("some_decoders:mapping:c", "must be one of 'a', 'b', but is 'c'"),
    ],
)
def test_names_of_none(name, message):
    with pytest.raises(ValueError, match=message) as caught:
        find_decoder(name, name="--decoder")
    assert str(caught.value).startswith("`--decoder` must ") and "\n" not in str(caught.value)


def test_what_is_no_decoder():
    for wrong in (3, None, "some_decoders:number"):
        with pytest.raises(TypeError, match="`decoder` must be a decoder or the name of one, but is"):
            find_decoder(wrong)

    class Greedy(Decoder):
        needs = ("events", "everything")

        def compile(self, problem):
            raise NotImplementedError

    with pytest.raises(ValueError, match=r"`Greedy\.needs` must need some of events, heralds, but is"):
        find_decoder(Greedy())


def test_installed_decoders(monkeypatch):
    group = "qec_leak.decoders"
    points = [
        importlib.metadata.EntryPoint("mine", "some_decoders:Mine", group),
        importlib.metadata.EntryPoint("several", "some_decoders:mapping", group),
        importlib.metadata.EntryPoint("broken", "some_decoders:gone", group),
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points)
    _plugins.installed.cache_clear()
    try:
        ours = ("pymatching", "pymatching-correlated", "leakage-aware", "leakage-aware-heralded")
        assert decoder_names() == (*ours, "broken", "mine", "several")
        assert find_decoder("pymatching") == Matching()
        assert isinstance(find_decoder("mine"), SinterDecoder) and "qec_leak-mine" in samplers()
        with pytest.raises(ValueError, match="must name one of the decoders a, b, but is 'several'"):
            find_decoder("several")
        with pytest.raises(ValueError, match="must load from some_decoders:gone, but is 'broken'; it raises Attribute"):
            find_decoder("broken")
    finally:
        _plugins.installed.cache_clear()


def test_a_decoder_that_is_no_matching_takes_hyperedges():
    """Stim's model with hyperedges goes to the decoder as it is; matching refuses the circuit."""
    seen = []

    class Reads(sinter.Decoder):
        def compile_decoder_for_dem(self, *, dem):
            seen.append(dem)
            return sinter.BUILT_IN_DECODERS["pymatching"].compile_decoder_for_dem(dem=dem)

    colour = stim.Circuit.generated("color_code:memory_xyz", distance=5, rounds=3, after_clifford_depolarization=0.01)
    assert compile_decoder(colour, Reads()).detector_error_model == seen[0]
    assert seen[0] == colour.detector_error_model(approximate_disjoint_errors=True)
    with pytest.raises(ValueError, match="does not; give a decoder other than matching"):
        compile_decoder(colour)
