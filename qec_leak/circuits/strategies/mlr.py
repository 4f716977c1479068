"""MLR: multi-level reset of the measure qubits (McEwen et al., arXiv:2102.06131)."""

from __future__ import annotations

from dataclasses import dataclass

import stim

from qec_leak.circuits.patch import Patch
from qec_leak.circuits.strategy import Strategy


@dataclass(frozen=True)
class MultiLevelReset(Strategy):
    """Rounds end with a reset of the measure qubits, leaked or not."""

    name = "MLR"

    def end_of_round(self, patch: Patch, number: int) -> stim.Circuit:
        """One reset."""
        circuit = stim.Circuit()
        circuit.append("R", patch.measure_qubits)
        return circuit


MLR = MultiLevelReset()
