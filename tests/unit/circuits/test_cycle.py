"""Cycles of a given length."""

import pytest

import qec_leak as ql

DQLR_NS = 4 * 25 + 4 * 34 + 500 + 160 + 12 + 160


def test_strategies_are_given_the_same_time():
    """What is missing is filled with idling, which DQLR, the longest, does not need."""
    idle = {}
    for strategy in ("NO_RESET", "MLR", "DQLR"):
        memory = ql.memory_experiment(distance=3, rounds=3, strategy=strategy, cycle_ns=DQLR_NS)
        tags = {item.tag for item in memory.ideal_circuit.flattened() if item.tag.startswith("IDLE_NS")}
        idle[strategy] = tags
    assert idle == {"NO_RESET": {"IDLE_NS(332.0)"}, "MLR": {"IDLE_NS(172.0)"}, "DQLR": set()}


def test_filled_time_is_noisy():
    """More detection events, and no instruction of an ideal circuit left."""
    plain = ql.memory_experiment(distance=3, rounds=5, strategy="NO_RESET")
    filled = ql.memory_experiment(distance=3, rounds=5, strategy="NO_RESET", cycle_ns=2000)
    few, many = (ql.compile_sampler(m.circuit, seed=1).sample(4096).detection_events.mean() for m in (plain, filled))
    assert many > few + 0.05
    assert "IDLE_NS" not in str(filled.circuit)
    assert filled.moments()[10] == (1, "IDLE")


def test_a_cycle_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match=r"`cycle_ns` must be at least the 896\.0 of MLR, but is 800; raise it"):
        ql.memory_experiment(distance=3, rounds=3, strategy="MLR", cycle_ns=800)
    with pytest.raises(ValueError, match="use dqlr_every=1"):
        ql.memory_experiment(distance=3, rounds=3, strategy="DQLR", cycle_ns=2000, dqlr_every=2)
