"""The Leakage iSWAP of DQLR."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process
from qec_leak.device.transmon import DqlrParameters


class LeakageIswap(Process):
    """Acts on (data, measure). It is the operation itself, which does nothing in Stim."""

    label = "leakage_iswap"
    on = "leakage_iswap"

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        if operation.kind != self.on:
            return 0.0
        return max(chip.pair(a, b).dqlr.iswap_ns for a, b in operation.groups)

    def parameters(self, place: Place, chip: Chip) -> DqlrParameters:
        return chip.pair(*place.qubits).dqlr

    def kraus(self, parameters: DqlrParameters, *, levels: int) -> Kraus:
        return operations.leakage_iswap_kraus(parameters, levels=levels)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        yield PauliError("DEPOLARIZE2", (self.parameters(place, chip).error,), place.qubits)
