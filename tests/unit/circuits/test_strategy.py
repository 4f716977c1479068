"""Strategies: names, what each of them does, what any value may be, and which detectors follow."""

import pickle
from dataclasses import dataclass

import pytest
import stim

import qec_leak as ql
from qec_leak.circuits import find_strategy, ideal_memory_circuit, repetition_patch, strategy_names, surface_patch
from qec_leak.circuits.round_end import detector_lookback, iswap_pairs, round_end
from qec_leak.circuits.strategies.dqlr import DataQubitLeakageRemoval
from qec_leak.circuits.strategies.named_strategies import strategy_name
from qec_leak.circuits.strategy import Strategy

PATCH = surface_patch(3)


@dataclass(frozen=True)
class Ending(Strategy):
    """Rounds end with these texts, in turn."""

    texts: tuple[str, ...]
    roles: tuple[str, ...] = ("data", "measure")
    name: str = "ENDING"

    @property
    def period(self):
        return len(self.texts)

    def end_of_round(self, patch, number):
        return stim.Circuit(self.texts[number - 1])


RESET_ALL = "R " + " ".join(map(str, PATCH.measure_qubits))


@pytest.mark.parametrize(
    ("strategy", "resets", "removes", "lookback"),
    [(Strategy.NO_RESET, False, False, 2), (Strategy.MLR, True, False, 1), (Strategy.DQLR, True, True, 1)],
)
def test_properties(strategy, resets, removes, lookback):
    assert round_end(strategy, PATCH, 1).reset == frozenset(PATCH.measure_qubits if resets else ())
    assert iswap_pairs(strategy, PATCH) == (PATCH.dqlr_pairs if removes else ())
    assert detector_lookback(strategy, PATCH, 5) == lookback
    assert ("removal" in strategy.roles) == removes


@pytest.mark.parametrize("text", ["NO_RESET", "no_reset", " no-reset ", Strategy.NO_RESET])
def test_spellings(text):
    assert find_strategy(text) is Strategy.NO_RESET and strategy_name(text) == "NO_RESET"


def test_strategies_are_values_with_names():
    found = [find_strategy(name) for name in strategy_names()]
    assert [str(strategy) for strategy in found] == list(strategy_names()) == ["NO_RESET", "MLR", "DQLR"]
    assert [pickle.loads(pickle.dumps(strategy)) for strategy in found] == found
    assert f"{found[1]:5}|" == "MLR  |"
    assert DataQubitLeakageRemoval(every=1) == Strategy.DQLR != DataQubitLeakageRemoval(every=2)


@pytest.mark.parametrize("text", ["DQRL", "", "reset"])
def test_unknown_names_are_refused(text):
    with pytest.raises(
        ValueError, match=r"`strategy` must be one of 'NO_RESET', 'MLR', 'DQLR', but .*module:attribute"
    ):
        find_strategy(text)


@pytest.mark.parametrize("value", [3, None, "math:pi", "json:loads.__name__"])
def test_what_is_no_strategy_is_refused(value):
    with pytest.raises(TypeError, match="`strategy` must be a strategy or the name of one"):
        find_strategy(value)


def test_module_and_attribute_or_a_class_that_makes_one():
    for attribute in ("DQLR", "DataQubitLeakageRemoval"):
        path = f"qec_leak.circuits.strategies.dqlr:{attribute}"
        assert find_strategy(path) == Strategy.DQLR and strategy_name(path) == path
    with pytest.raises(ValueError, match="`strategy` must name an attribute of math"):
        find_strategy("math:nothing")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("M 9", "must be ideal gates and resets, but has 'M 9'; leave it out"),
        ("X_ERROR(0.1) 9", "must be ideal gates and resets"),
        ("REPEAT 2 {\n    R 9\n}", "must be ideal gates and resets"),
        ("R 17", "must act on data and measure qubits of the patch, but acts on qubit 17"),
        ("R 9\nTICK", "must have TICKs between moments only"),
        ("R 0", "must leave data qubits as they began, but does not leave qubit 0 so"),
        ("Z 4", "must leave data qubits as they began, but does not leave qubit 4 so"),
        ("H 9", "must leave measure qubits in 0 or as they were measured, but does not leave qubit 9 so"),
        ("X 9", "must leave measure qubits in 0 or as they were measured"),
    ],
)
def test_ends_that_are_none_are_named(text, message):
    with pytest.raises(ValueError, match=message) as caught:
        ideal_memory_circuit(PATCH, Ending(("", text)), 4, "Z")
    assert str(caught.value).startswith("end of round 2 of ENDING must")


def test_ends_that_are_no_circuits():
    class Text(Strategy):
        def end_of_round(self, patch, number):
            return "R 9"

    with pytest.raises(TypeError, match=r"Text\.end_of_round must return a stim.Circuit, but returned 'R 9'"):
        ideal_memory_circuit(PATCH, Text(), 2, "Z")


@pytest.mark.parametrize("basis", "XZ")
@pytest.mark.parametrize(
    "texts",
    [
        (RESET_ALL, ""),
        ("", RESET_ALL),
        ("", "", RESET_ALL),
        (RESET_ALL, RESET_ALL, ""),
        ("R 9 11 13", "R 10 12 9"),
        ("R 9", "", "R 10", ""),
        ("CX 0 9 9 0 0 9\nTICK\nR 0\nTICK\nCX 0 9 9 0 0 9\nTICK\nR 9", ""),
    ],
)
def test_detectors_follow_from_what_is_reset(texts, basis):
    """Stim refuses detectors that are not deterministic; a fault of one measurement shows in two rounds, or one of
    reset qubits and the next, so that each detector is s_t + s_(t-1)."""
    if "CX" in texts[0]:  # a swap: the measure qubit must be in 0
        texts = ("R 9\nTICK\n" + texts[0], texts[1])
    for rounds in (1, 2, 3, 4, 7, 50):
        circuit = ideal_memory_circuit(PATCH, Ending(texts), rounds, basis)
        circuit.detector_error_model()
        assert circuit.num_detectors == 8 * rounds
        noisy = stim.Circuit(str(circuit.flattened()).replace("\nM ", "\nM(0.01) "))
        for error in noisy.detector_error_model().flattened():
            if error.type == "error" and rounds == 7:
                assert 1 <= sum(t.is_relative_detector_id() for t in error.targets_copy()) <= 3
    assert len(circuit) < 40 * len(texts) + 60  # 50 rounds are folded


def test_memories_of_a_value():
    strategy = Ending((RESET_ALL, RESET_ALL + "\nTICK\n" + RESET_ALL))
    memory = ql.memory_experiment(distance=3, rounds=6, strategy=strategy)
    assert memory.strategy is strategy and memory.qubits("removal") == ()
    assert [op for _, op in memory.moments()].count("R") == 1 + 6 + 3
    layout = ql.analysis.detector_layout(memory)
    assert layout.lookback == 1
    with pytest.raises(
        ValueError, match="`cycle_ns` must be None when rounds differ, as ENDING's do with a period of 2"
    ):
        ql.memory_experiment(distance=3, rounds=6, strategy=strategy, cycle_ns=2000.0)


def test_dqlr_needs_pairs():
    from dataclasses import replace

    bare = replace(repetition_patch(3), dqlr_pairs=())
    with pytest.raises(ValueError, match="DQLR needs its dqlr_pairs, and this repetition patch has none"):
        ideal_memory_circuit(bare, "DQLR", 2, "Z")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, r"`S.name` must be a text that is not empty, but is ''; give one"),
        ({"name": "mlr"}, r"`S.name` must not be that of a built-in strategy, but is 'mlr'; choose another"),
        ({"period": 0}, r"`S.period` must be at least 1, but is 0"),
        ({"roles": ("data",)}, r'`S.roles` must be a tuple of "data", "measure" and, where used, "removal"'),
        ({"roles": ("data", "measure", "flag")}, r'`S.roles` must be a tuple of "data", "measure"'),
    ],
)
def test_values_that_results_cannot_have_are_refused(changes, message):
    kind = type("S", (Strategy,), {"end_of_round": lambda self, patch, number: stim.Circuit(), **changes})
    with pytest.raises(ValueError, match=message):
        find_strategy(kind())
