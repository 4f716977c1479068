"""Measurements: what each level reads, and the leakage that they cause."""

from __future__ import annotations

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, Place, Process
from qec_leak.device.transmon import ReadoutParameters


class Readout(Process):
    """Its Kraus operators act behind the measurement. What a level reads is ``one_given``."""

    label = "readout"
    on = "measurement"
    paulis = False
    coherent = False

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        if operation.kind != self.on:
            return 0.0
        return max(chip.qubit(q).readout.duration_ns for q in operation.qubits)

    def parameters(self, place: Place, chip: Chip) -> ReadoutParameters:
        return chip.qubit(place.qubits[0]).readout

    def kraus(self, parameters: ReadoutParameters, *, levels: int) -> Kraus:
        return operations.readout_kraus(parameters, levels=levels)

    def one_given(self, parameters: ReadoutParameters) -> tuple[float, float, float, float]:
        """Probability that each of the levels 0 to 3 reads 1."""
        return parameters.error, 1 - parameters.error, parameters.one_given_2, parameters.one_given_3
