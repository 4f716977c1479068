"""The memory experiments are certified: their frames are exact for one leaked qubit, and for two neighbours."""

import pytest

import qec_leak as ql
from qec_leak.certificate import first_order

KINDS = [
    ("surface", "X", "CSS"),
    ("surface", "Z", "CSS"),
    ("surface", "X", "XZZX"),
    ("surface", "Z", "XZZX"),
    ("repetition", "Z", "CSS"),
]
STRATEGIES = ["NO_RESET", "MLR", "DQLR"]


def circuit_of(code, basis, form, strategy, distance=3):
    memory = ql.memory_experiment(
        code=code, distance=distance, rounds=8, basis=basis, form=form, strategy=strategy, device="miao2023"
    )
    return memory.circuit


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(("code", "basis", "form"), KINDS)
def test_first_order(code, basis, form, strategy):
    # Of all records, hence of detectors, which are parities of them.
    report = first_order(circuit_of(code, basis, form, strategy), outputs="records")
    assert not report.failures
    assert report.places_checked > 500


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_second_order_of_the_repetition_code(strategy):
    circuit = circuit_of("repetition", "Z", "CSS", strategy)
    one, two = first_order(circuit), first_order(circuit, second_order=True)
    assert not two.failures
    assert two.places_checked > 2 * one.places_checked


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(("code", "basis", "form"), KINDS)
def test_second_order(code, basis, form, strategy):
    assert not first_order(circuit_of(code, basis, form, strategy), outputs="records", second_order=True).failures


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_distance_5(strategy):
    assert not first_order(circuit_of("surface", "Z", "CSS", strategy, distance=5)).failures
