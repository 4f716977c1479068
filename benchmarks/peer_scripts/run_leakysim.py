"""leakysim: a tableau and the levels of each qubit, shot by shot; Stim's converter turns records into events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import leaky
import numpy as np
import stim
from serve import serve

C_C, L_C, C_L, L_L = [0, 0], [1, 0], [0, 1], [1, 1]


def channel(leaks: float, one_leaked: list[float], both_leaked: list[float]) -> leaky.LeakyPauliChannel:
    """The table after a CZ, by the levels of its qubits. leakysim itself randomises qubits that leak or return."""
    out = leaky.LeakyPauliChannel(2)

    def add(before: list[int], after: list[int], pauli: str, probability: float) -> None:
        out.add_transition(leaky.LeakageStatus(status=before), leaky.LeakageStatus(status=after), pauli, probability)

    add(C_C, L_C, "II", leaks)
    add(C_C, C_L, "II", leaks)
    add(C_C, C_C, "II", 1 - 2 * leaks)
    both, other, none, same = one_leaked
    for before, swapped in ((L_C, C_L), (C_L, L_C)):
        add(before, L_L, "II", both)
        add(before, swapped, "II", other)
        for pauli in "IXYZ":  # of the partner
            paulis = "I" + pauli if before == L_C else pauli + "I"
            add(before, C_C, paulis, none / 4)
            add(before, before, paulis, same / 4)
    first, second, neither = both_leaked
    add(L_L, C_L, "II", first)
    add(L_L, L_C, "II", second)
    add(L_L, C_C, "II", neither)
    add(L_L, L_L, "II", 1 - sum(both_leaked))
    out.safety_check()
    return out


def compile_job(job: dict[str, Any]) -> Callable[[int], Any]:
    circuit = stim.Circuit(job["text"])
    table = channel(job["leaks"], job["one_leaked"], job["both_leaked"])
    simulator = leaky.Simulator(circuit.num_qubits, [table], seed=1)
    converter = stim.Circuit(job["ideal"]).compile_m2d_converter()

    def sample(shots: int) -> Any:
        records = simulator.sample(circuit, shots, leaky.ReadoutStrategy.RandomLeakageProjection)
        return converter.convert(measurements=records.view(np.bool_), separate_observables=True)[0]

    return sample


serve(leaky.__version__, compile_job)
