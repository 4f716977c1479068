"""Strategies: names, and what each of them does."""

import pytest

from qec_leak.circuits.strategy import Strategy


@pytest.mark.parametrize(
    ("strategy", "resets", "removes", "lookback"),
    [(Strategy.NO_RESET, False, False, 2), (Strategy.MLR, True, False, 1), (Strategy.DQLR, True, True, 1)],
)
def test_properties(strategy, resets, removes, lookback):
    assert strategy.resets_measure_qubits is resets
    assert strategy.removes_data_leakage is removes
    assert strategy.detector_lookback == lookback


@pytest.mark.parametrize("text", ["NO_RESET", "no_reset", " no-reset ", Strategy.NO_RESET])
def test_parse_accepts_spellings(text):
    assert Strategy.parse(text) is Strategy.NO_RESET


def test_strategies_are_their_names():
    assert [str(strategy) for strategy in Strategy] == ["NO_RESET", "MLR", "DQLR"]


@pytest.mark.parametrize("text", ["DQRL", "", "reset"])
def test_parse_refuses_unknown_names(text):
    with pytest.raises(ValueError, match="`strategy` must"):
        Strategy.parse(text)


def test_parse_refuses_what_is_not_text():
    with pytest.raises((ValueError, TypeError), match="`strategy` must"):
        Strategy.parse(3)
