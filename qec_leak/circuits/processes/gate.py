"""One-qubit gates: depolarising errors, and leakage by a 1-2 rotation."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process
from qec_leak.device.transmon import GateParameters


class Gate(Process):
    label = "gate"
    on = "gate"
    paulis = False

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        if operation.kind not in ("gate", "pair_identity"):
            return 0.0
        return max(chip.qubit(q).gate.duration_ns for q in operation.qubits)

    def parameters(self, place: Place, chip: Chip) -> GateParameters:
        return chip.qubit(place.qubits[0]).gate

    def kraus(self, parameters: GateParameters, *, levels: int) -> Kraus:
        return operations.gate_kraus(parameters, levels=levels)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        yield PauliError("DEPOLARIZE1", (self.parameters(place, chip).error,), place.qubits)
