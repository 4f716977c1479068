"""The d=2 patch: the smallest surface code, four data and three measure qubits, within reach of exact trajectories."""

from __future__ import annotations

from qec_leak.circuits.dress import dressed
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.patch import SURFACE_CZ_STEPS, Patch, Stabilizer
from qec_leak.circuits.roles import qubit_roles
from qec_leak.circuits.strategies import find_strategy
from qec_leak.circuits.strategy import Strategy
from qec_leak.device import Device

_DATA = ((1, 1), (3, 1), (1, 3), (3, 3))
_CHECKS = (("X", (2, 0)), ("Z", (2, 2)), ("X", (2, 4)))
_REMOVAL = (0, 2)


def small_patch() -> Patch:
    """Data qubits 0-3, measure qubits 4 (X), 5 (Z, weight 4), 6 (X), removal qubit 7; it detects one error."""
    index = {site: qubit for qubit, site in enumerate(_DATA)}
    stabilizers = tuple(
        Stabilizer(basis, 4 + number, tuple(index.get((x + u, y + v)) for u, v in SURFACE_CZ_STEPS[basis]))
        for number, (basis, (x, y)) in enumerate(_CHECKS)
    )
    return Patch(
        code="surface",
        distance=2,
        data_qubits=(0, 1, 2, 3),
        measure_qubits=(4, 5, 6),
        removal_qubits=(7,),
        coordinates=(*_DATA, *(site for _, site in _CHECKS), _REMOVAL),
        stabilizers=stabilizers,
        logical_x=(0, 2),
        logical_z=(0, 1),
        dqlr_pairs=((0, 7), (1, 4), (2, 6), (3, 5)),
        xzzx_qubits=(),
    )


def small_memory(
    strategy: Strategy | str,
    rounds: int,
    device: Device,
    *,
    basis: str = "Z",
    leak_qubit: int | None = None,
    leak_round: int = 0,
) -> MemoryExperiment:
    """A memory experiment of the d=2 patch."""
    patch, parsed = small_patch(), find_strategy(strategy)
    ideal = ideal_memory_circuit(patch, parsed, rounds, basis, leak_qubit=leak_qubit, leak_round=leak_round)
    circuit = dressed(ideal, device, qubit_roles(ideal))
    return MemoryExperiment(patch, parsed, rounds, basis, device, ideal, circuit)
