"""What idling costs beyond T1 and T2 under dynamical decoupling, in moments of readout, reset and waiting."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process

_MAX_DEPOLARIZE1 = 0.75


class Decoupling(Process):
    label = "decoupling"
    on = "idle"

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind == self.on and operation.long:
            for q in operation.qubits:
                yield Place((q,), operation.time_ns, position=q)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        error = chip.qubit(place.qubits[0]).idle.dd_error_per_us * place.time_ns * 1e-3
        if error > _MAX_DEPOLARIZE1:
            raise ValueError(
                f"`idle.dd_error_per_us` must give at most {_MAX_DEPOLARIZE1:g} during a wait, but gives "
                f"{error:.3g} in {place.time_ns:.3g} ns; wait less (cycle_ns, IDLE_NS), or lower it"
            )
        yield PauliError("DEPOLARIZE1", (error,), place.qubits)
