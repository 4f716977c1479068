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


def waits(memory):
    """What each round waits at its end, in ns; its ticks tell rounds apart."""
    out = [0.0]
    for item in memory.ideal_circuit.flattened():
        if item.tag.startswith("IDLE_NS"):
            out[-1] = float(item.tag.removeprefix("IDLE_NS(").removesuffix(")"))
        elif item.name == "TICK" and item.tag == "LEAKAGE_POPULATION":
            out.append(0.0)
    return out[:-1]


def test_a_device_has_a_cycle():
    """Of one length, or by strategy; what the operations leave of it is waited."""
    device = ql.Device.preset("sycamore")
    alike, by_strategy = device.replace(cycle_ns=DQLR_NS), device.replace({"cycle_ns.MLR": 1000.0})
    options = {"distance": 3, "rounds": 3}
    for strategy, wait in (("NO_RESET", 332.0), ("MLR", 172.0), ("DQLR", 0.0)):
        assert waits(ql.memory_experiment(strategy=strategy, device=alike, **options)) == [wait] * 3
    assert waits(ql.memory_experiment(strategy="MLR", device=by_strategy, **options)) == [104.0] * 3
    assert waits(ql.memory_experiment(strategy="DQLR", device=by_strategy, **options)) == [0.0] * 3
    assert waits(ql.memory_experiment(strategy="DQLR", device=alike, cycle_ns=1100.0, **options)) == [32.0] * 3


def test_rounds_that_differ_have_the_device_s_cycle():
    """Rounds without removal wait as long as it takes in the others."""
    device = ql.Device.preset("sycamore").replace(cycle_ns=DQLR_NS)
    memory = ql.memory_experiment(distance=3, rounds=8, strategy="DQLR", device=device, dqlr_every=3)
    assert waits(memory) == [172.0, 172.0, 0.0, 172.0, 172.0, 0.0, 172.0, 172.0]
    few = ql.memory_experiment(distance=3, rounds=2, strategy="DQLR", device=device, dqlr_every=3)
    assert waits(few) == [172.0, 172.0]


def test_operations_may_take_longer_than_the_device_s_cycle():
    device = ql.Device.preset("sycamore").replace(cycle_ns=900.0)
    assert waits(ql.memory_experiment(distance=3, rounds=2, strategy="MLR", device=device)) == [4.0] * 2
    assert waits(ql.memory_experiment(distance=3, rounds=2, strategy="DQLR", device=device)) == [0.0] * 2
