"""leakysim: a tableau and the levels of each qubit, shot by shot; Stim's converter turns records into events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import leaky
import numpy as np
import stim
from serve import serve

C_C, L_C, C_L, L_L = [0, 0], [1, 0], [0, 1], [1, 1]


def channel(leak: float, spread: float, seep: float) -> leaky.LeakyPauliChannel:
    """After a CZ, by the levels of its qubits. Qubits that leak or return are randomised by leakysim itself."""
    out = leaky.LeakyPauliChannel(2)

    def add(before: list[int], after: list[int], pauli: str, probability: float) -> None:
        out.add_transition(leaky.LeakageStatus(status=before), leaky.LeakageStatus(status=after), pauli, probability)

    add(C_C, L_C, "II", leak)
    add(C_C, C_L, "II", leak)
    add(C_C, C_C, "II", 1 - 2 * leak)
    for before in (L_C, C_L):
        add(before, L_L, "II", spread)
        for pauli in "IXYZ":  # of the partner
            paulis = "I" + pauli if before == L_C else pauli + "I"
            add(before, C_C, paulis, seep / 4)
            add(before, before, paulis, (1 - spread - seep) / 4)
    add(L_L, C_L, "II", seep)
    add(L_L, L_C, "II", seep)
    add(L_L, L_L, "II", 1 - 2 * seep)
    out.safety_check()
    return out


def compile_job(job: dict[str, Any]) -> Callable[[int], Any]:
    circuit, noise = stim.Circuit(job["text"]), job["noise"]
    simulator = leaky.Simulator(circuit.num_qubits, [channel(noise["leak"], noise["spread"], noise["seep"])], seed=1)
    converter = stim.Circuit(job["ideal"]).compile_m2d_converter()

    def sample(shots: int) -> Any:
        records = simulator.sample(circuit, shots, leaky.ReadoutStrategy.RandomLeakageProjection)
        return converter.convert(measurements=records.view(np.bool_), separate_observables=True)[0]

    return sample


serve(leaky.__version__, compile_job)
