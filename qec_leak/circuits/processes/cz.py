"""The CZ: what it does beyond the ideal gate, and depolarising errors."""

from __future__ import annotations

from collections.abc import Iterable

from qec_leak.channels import operations
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.patch import compass_direction
from qec_leak.circuits.process import Chip, PauliError, Place, Process
from qec_leak.device.transmon import CzParameters


class Cz(Process):
    """Acts on (high, low): the transmon of the pair with the higher frequency first."""

    label = "cz"
    on = "cz"
    paulis = False

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        if operation.kind != self.on:
            return 0.0
        return max(chip.pair(a, b).cz.duration_ns for a, b in operation.groups)

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind == self.on:
            for position, (a, b) in enumerate(operation.groups):
                yield Place(high_low(a, b, chip), amount=(a, b), position=position)

    def parameters(self, place: Place, chip: Chip) -> CzParameters:
        return chip.pair(*place.qubits).cz

    def kraus(self, parameters: CzParameters, *, levels: int) -> Kraus:
        return operations.cz_kraus(parameters, levels=levels)

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        assert isinstance(place.amount, tuple), "the pair as the circuit has it"
        yield PauliError("DEPOLARIZE2", (self.parameters(place, chip).error,), place.amount)


def high_low(a: int, b: int, chip: Chip) -> tuple[int, int]:
    """(high, low): which transmon of the pair has the higher frequency, by ``cz.high``."""
    cz = chip.pair(a, b).cz
    if cz.high in ("first", "second"):
        first, second = min(a, b), max(a, b)
        return (first, second) if cz.high == "first" else (second, first)
    measure = [q for q in (a, b) if chip.roles[q] != "data"]
    if len(measure) != 1:
        return min(a, b), max(a, b)
    data = a if measure[0] == b else b
    by_direction = cz.high == "direction"
    data_high = _direction(data, measure[0], chip) in cz.data_high_in if by_direction else cz.high == "data"
    return (data, measure[0]) if data_high else (measure[0], data)


def _direction(data: int, measure: int, chip: Chip) -> str:
    if data not in chip.coordinates or measure not in chip.coordinates:
        raise ValueError(
            f"`circuit` must have QUBIT_COORDS of qubits {data} and {measure} when cz.high is 'direction', but has "
            "none; add them, or set cz.high to 'data' or 'measure'"
        )
    start, end = ((*chip.coordinates[q], 0.0, 0.0)[:2] for q in (data, measure))
    return compass_direction((start[0], start[1]), (end[0], end[1]))
