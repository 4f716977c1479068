"""Dressed circuits are what they were, letter by letter: digests of their texts, roles of qubits left out."""

import hashlib
import itertools
import re

import pytest

import qec_leak as ql

CODES = (("surface", "X", "CSS"), ("surface", "Z", "XZZX"), ("repetition", "Z", "CSS"))
STRATEGIES = ("NO_RESET", "MLR", "DQLR")
VARIED = {
    "gate.leakage": 1e-4,
    "readout.leakage": 2e-3,
    "dqlr.efficiency": 0.9,
    "qubits.3.gate.error": 0.01,
    "qubits.2.idle.t1_ns": 15e3,
    "qubits.2.idle.t2_ns": 12e3,
    "qubits.4.idle.dd_error_per_us": 0.01,
    "qubits.10.readout.error": 0.03,
    "qubits.10.reset.error": 0.02,
    "pairs.0-9.cz.error": 0.02,
}
DIGESTS = {
    "sycamore": "e6f953f3e90dfa8a",
    "miao2023": "a88fc2aa99576479",
    "projected": "d1d03041b32e21af",
    "willow": "fafe6276cc5d22ec",
    "NO_RESET": "bfcaf515f9537cb3",
    "MLR": "030c3819d3af2062",
    "DQLR": "b306d5ae56db4b49",
    "every other round": "b07bfee1621c7ff0",
}


def digest(circuits):
    text = "\n\n".join(re.sub(r"\[role:\w+\]", "", str(circuit)) for circuit in circuits)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("preset", ["sycamore", "miao2023", "projected", "willow"])
def test_presets(preset):
    cases = itertools.product(CODES, STRATEGIES)
    memories = [
        ql.memory_experiment(code=c, distance=3, rounds=5, basis=b, form=f, strategy=s, device=preset)
        for (c, b, f), s in cases
    ]
    assert digest(memory.circuit for memory in memories) == DIGESTS[preset]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_qubits_that_differ_and_what_is_injected(strategy):
    device = ql.Device.preset("sycamore").replace(VARIED)
    options = (
        {"inject_leakage": 0.01, "inject_pauli": 0.002},
        {"leak_qubit": 2, "leak_round": 1},
        {"cycle_ns": 3000.0},
    )
    memories = [ql.memory_experiment(distance=3, rounds=5, strategy=strategy, device=device, **o) for o in options]
    assert digest(memory.circuit for memory in memories) == DIGESTS[strategy]


def test_removal_in_some_rounds():
    options = {"distance": 3, "rounds": 7, "strategy": "DQLR", "device": "sycamore", "dqlr_every": 2}
    memories = [ql.memory_experiment(code=code, **options) for code in ("surface", "repetition")]
    assert digest(memory.circuit for memory in memories) == DIGESTS["every other round"]
