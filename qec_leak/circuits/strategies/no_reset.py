"""NO_RESET: nothing; measure qubits go on from the state that was measured."""

from __future__ import annotations

from dataclasses import dataclass

import stim

from qec_leak.circuits.patch import Patch
from qec_leak.circuits.strategy import Strategy


@dataclass(frozen=True)
class NoReset(Strategy):
    """Rounds end with their measurement."""

    name = "NO_RESET"

    def end_of_round(self, patch: Patch, number: int) -> stim.Circuit:
        """Nothing."""
        return stim.Circuit()


NO_RESET = NoReset()
