"""Idling: heating, relaxation and dephasing in every moment."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, Place, Process
from qec_leak.device.transmon import IdleParameters

_Parameters = tuple[IdleParameters, float, bool]


class Idle(Process):
    """Acts on qubits that wait, and in part on those that are busy: the errors of gates and readouts include the Pauli
    part of their idling, and the residuals of a reset all of it."""

    label = "idle"
    on = "idle"
    coherent = False
    busy_differs = True

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        return operation.time_ns if operation.kind == "wait" else 0.0

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind != self.on:
            return
        for q in operation.qubits:
            yield Place((q,), operation.time_ns, position=q)
        for q in operation.busy:
            yield Place((q,), operation.time_ns, busy=True, position=q)

    def parameters(self, place: Place, chip: Chip) -> _Parameters:
        return chip.qubit(place.qubits[0]).idle, place.time_ns, place.busy

    def kraus(self, parameters: _Parameters, *, levels: int) -> Kraus:
        idle, time_ns, busy = parameters
        if busy:
            return operations.busy_idle_kraus(idle, time_ns, levels=levels)
        return operations.idle_kraus(idle, time_ns, levels=levels)
