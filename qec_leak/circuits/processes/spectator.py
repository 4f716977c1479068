"""What a measurement costs those who wait: dephasing and crosstalk from the readout of coupled qubits."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process


class Spectator(Process):
    """Acts once a measurement, however long that takes: T1, T2 and decoupling are what the time costs."""

    label = "spectator"
    on = "idle"

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind == self.on and operation.measured:
            measured = set(operation.measured)
            for q in operation.qubits:
                if not measured.isdisjoint(chip.neighbours[q]):
                    yield Place((q,), position=q)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        yield PauliError("DEPOLARIZE1", (chip.qubit(place.qubits[0]).idle.measurement_error,), place.qubits)
