"""The job for other simulators: one circuit in the words of each, and its model of leakage in tags."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
import stim

import qec_leak as ql
from benchmarks import peers
from benchmarks.peer_job import (
    PeerNoise,
    deltakit_text,
    ideal_circuit,
    instruction_list,
    leakysim_text,
    tagged_circuit,
)
from qec_leak.program import compile_program

NOISE = PeerNoise()


def test_the_circuit_is_that_of_stim_in_native_gates():
    ideal = ideal_circuit(3, 4)
    names = {item.name for item in ideal.flattened()}
    assert names == {"QUBIT_COORDS", "R", "H", "CZ", "M", "DETECTOR", "OBSERVABLE_INCLUDE"}
    generated = stim.Circuit.generated("surface_code:rotated_memory_z", distance=3, rounds=4)
    assert ideal.num_detectors == generated.num_detectors
    assert ideal.num_measurements == generated.num_measurements
    assert len(tagged_circuit(ideal, NOISE).shortest_graphlike_error()) == 3
    in_h = sum(len(targets) for name, targets in instruction_list(ideal) if name == "H")
    assert in_h < 2 * sum(len(t) // 2 for name, t in instruction_list(ideal) if name == "CZ")  # pairs have cancelled


def test_words_of_the_others():
    ideal = ideal_circuit(3, 4)
    layers = sum(name == "CZ" for name, _ in instruction_list(ideal_circuit(3, 2)))
    text = deltakit_text(ideal, NOISE)
    assert text.count("CZ(0.05,0.05,0,0) ") == text.count("LEAKAGE(0.0005) ") == text.count("RELAX(0.02) ") == layers
    text = leakysim_text(ideal, NOISE)
    assert text.count("I[leaky<0>] ") == layers and "QUBIT_COORDS" not in text
    assert stim.Circuit(text).num_detectors == ideal.num_detectors


def two_qubit_chain(leak, spread, seep):
    """Spread, leak and seep in turn, as matrices from (columns) to: both in C, first leaked, second, both."""
    spreads = np.eye(4)
    spreads[:, 1] = 0, 1 - spread, 0, spread
    spreads[:, 2] = 0, 0, 1 - spread, spread
    one = {name: np.array(matrix) for name, matrix in {
        "leak": [[1 - leak, 0], [leak, 1]], "seep": [[1, seep], [0, 1 - seep]]
    }.items()}  # fmt: skip
    return np.kron(one["seep"], one["seep"]) @ np.kron(one["leak"], one["leak"]) @ spreads


def test_leakage_settles_where_the_table_says():
    """Two qubits, a CZ over and over: leaked states come and go as the Markov chain of the model has it."""
    table = next(
        str(item.tag) for item in tagged_circuit(ideal_circuit(3, 2), NOISE).flattened() if item.name == "II_ERROR"
    )
    circuit = stim.Circuit(f"R 0 1\nREPEAT 300 {{\nCZ 0 1\nII_ERROR[{table}] 0 1\n}}\nTICK[LEAKAGE_POPULATION]\nM 0 1")
    chain = two_qubit_chain(NOISE.leak, NOISE.spread, NOISE.seep)
    leaked = np.linalg.matrix_power(chain, 300)[:, 0] @ [0, 1, 1, 2] / 2
    shots = 200_000
    batch = ql.compile_sampler(circuit, seed=4).sample(shots)
    # The two qubits of a shot leak together at most: sigma of their mean is below that of one.
    assert abs(batch.leakage_population.mean() - leaked) < 5 * math.sqrt(leaked * (1 - leaked) / shots)
    assert compile_program(circuit).can_leak.all()


@pytest.mark.parametrize("name", list(peers.PEERS))
def test_others_see_as_many_events(name):
    """Where the peer is installed (QEC_LEAK_PEERS): the same detection fraction, so that it is the same job."""
    if peers.interpreter(name) is None:
        pytest.skip("QEC_LEAK_PEERS has no environment of it")
    ideal = ideal_circuit(3, 10)
    shots = 2000 if name == "leakysim" else 20_000
    with peers.started([name], ideal, NOISE) as [peer]:
        assert peer.run(shots) > 0
    events = ql.compile_sampler(tagged_circuit(ideal, NOISE), seed=3).sample(100_000).detection_events
    spread = events.mean(axis=1).std() * math.sqrt(1 / shots + 1 / len(events))
    # prism-q reads a leaked qubit as 1, the others as a coin: a leaked fraction of about 0.5 % is at stake.
    assert abs(peer.fired - events.mean()) < 5 * spread + (2e-3 if name == "prism-q" else 0)


def test_a_missing_peer_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setenv("QEC_LEAK_PEERS", str(tmp_path))
    assert all(peers.interpreter(name) is None for name in peers.PEERS)
    python = Path(tmp_path) / "prism" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert peers.interpreter("prism-q") == python
    monkeypatch.setenv("QEC_LEAK_PEERS", "")
    assert os.environ["QEC_LEAK_PEERS"] == "" and peers.interpreter("prism-q") is None
