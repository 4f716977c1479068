"""DQLR: MLR, then a Leakage iSWAP on pairs of data and measure qubits, then a second reset (Miao et al.,
arXiv:2211.04728)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import stim

from qec_leak._checks import check_int
from qec_leak.circuits.operation import append_leakage_iswap
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.strategy import Strategy


@dataclass(frozen=True)
class DataQubitLeakageRemoval(Strategy):
    """Leakage of data qubits goes to their partners, which are reset.

    every: in rounds whose number is a multiple of this; the others end with the first reset.
    """

    every: int = 1

    name = "DQLR"
    roles = ("data", "measure", "removal")

    def __post_init__(self) -> None:
        check_int("every", self.every, minimum=1)

    @property
    def period(self) -> int:
        """``every``."""
        return self.every

    def end_of_round(self, patch: Patch, number: int) -> stim.Circuit:
        """Reset; in some rounds Leakage iSWAP and reset, too."""
        if not patch.dqlr_pairs:
            raise ValueError(
                f"`strategy` must suit the patch, but DQLR needs its dqlr_pairs, and this {patch.code} patch has none; "
                "give the patch pairs, or take MLR"
            )
        reset = patch.measure_qubits + patch.removal_qubits
        circuit = stim.Circuit()
        circuit.append("R", reset)
        if number % self.every == 0:
            circuit.append("TICK")
            append_leakage_iswap(circuit, patch.dqlr_pairs)
            circuit.append("TICK")
            circuit.append("R", reset)
        return circuit

    def removing_every(self, rounds: int) -> Strategy:
        """DQLR in every so many rounds; 1 leaves it as it is."""
        return self if rounds == 1 else replace(self, every=rounds)


DQLR = DataQubitLeakageRemoval()
