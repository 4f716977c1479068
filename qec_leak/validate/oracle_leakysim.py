"""Runs leakysim, the independent tableau simulator; executed in the environment that has it (see oracle.py).

    python oracle_leakysim.py JOB.json OUT.npz

The job is {"task": "sample", "circuit", "shots", "seed", "channels": one list of [from, to, paulis, probability] each}
with Stim text in which ``I[leaky<n>]`` applies channel n: OUT holds ``records``, uint8 (shots, measurements), where a
leaked qubit reads 1 + its label (levels 2 and 3 are the labels 1 and 2, and the records 2 and 3).
Or {"task": "twirl", "num_qubits", "levels", "rows": [[from, to, paulis], ...]} with the operators in ``kraus`` of
JOB.npz: OUT holds ``probabilities``, float64 (rows,).
"""

from __future__ import annotations

import json
import sys
from typing import Any


def sample(leaky: Any, stim: Any, job: dict[str, Any]) -> dict[str, Any]:
    channels = []
    for table in job["channels"]:
        channel = leaky.LeakyPauliChannel(len(table[0][0]))
        for before, after, paulis, probability in table:
            channel.add_transition(
                leaky.LeakageStatus(status=before), leaky.LeakageStatus(status=after), paulis, probability
            )
        channel.safety_check()
        channels.append(channel)
    circuit = stim.Circuit(job["circuit"])
    simulator = leaky.Simulator(circuit.num_qubits, channels, seed=job["seed"])
    return {"records": simulator.sample(circuit, job["shots"], leaky.ReadoutStrategy.RawLabel)}


def twirl(leaky: Any, np: Any, job: dict[str, Any], kraus: Any) -> dict[str, Any]:
    channel = leaky.generalized_pauli_twirling(list(kraus), job["num_qubits"], job["levels"])
    rows = [
        channel.get_prob_from_to(leaky.LeakageStatus(status=before), leaky.LeakageStatus(status=after), paulis)
        for before, after, paulis in job["rows"]
    ]
    return {"probabilities": np.array(rows), "num_transitions": np.array(channel.num_transitions)}


def main() -> None:
    import leaky  # type: ignore[import-not-found, unused-ignore]
    import numpy as np
    import stim

    with open(sys.argv[1]) as file:
        job = json.load(file)
    if job["task"] == "sample":
        out = sample(leaky, stim, job)
    else:
        out = twirl(leaky, np, job, np.load(sys.argv[1].replace(".json", ".npz"))["kraus"])
    np.savez(sys.argv[2], **out)


if __name__ == "__main__":
    main()
