"""Multi-level reset: where each level goes."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process
from qec_leak.device.transmon import ResetParameters

_FLIP = {"R": "X_ERROR", "RX": "Z_ERROR", "RY": "X_ERROR"}


class Reset(Process):
    """Its Kraus operators are the whole reset in the Z basis, with its error. The circuit has the error as a flip, and
    ``residuals`` on the reset itself."""

    label = "reset"
    on = "reset"
    coherent = False

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        if operation.kind != self.on:
            return 0.0
        return max(chip.qubit(q).reset.mlr_ns for q in operation.qubits)

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind == self.on:
            for position, group in enumerate(operation.groups):
                yield Place(group, amount=operation.name, position=position)

    def parameters(self, place: Place, chip: Chip) -> ResetParameters:
        return chip.qubit(place.qubits[0]).reset

    def kraus(self, parameters: ResetParameters, *, levels: int) -> Kraus:
        return operations.reset_kraus(parameters, levels=levels)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        yield PauliError(_FLIP[str(place.amount)], (self.parameters(place, chip).error,), place.qubits)

    def residuals(self, parameters: ResetParameters) -> list[tuple[int, list[tuple[float, int]]]]:
        """By leaked level, the (probability, outgoing level) that it does not go to 0 with."""
        table = (
            (2, ((parameters.leaked_given_2, 2), (parameters.one_given_2, 1))),
            (3, ((parameters.leaked_given_3, 3), (parameters.one_given_3, 1))),
        )
        return [(level, [(p, out) for p, out in outs if p > 0]) for level, outs in table]
