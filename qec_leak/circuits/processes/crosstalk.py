"""Crosstalk: depolarising errors of the neighbours of pairs that do a CZ."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, PauliError, Place, Process


class Crosstalk(Process):
    label = "crosstalk"
    on = "cz"

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind != self.on:
            return
        total: dict[int, list[float]] = defaultdict(list)
        for a, b in operation.groups:
            near = (chip.neighbours[a] | chip.neighbours[b]) - {a, b}
            for q in near:
                total[q].append(chip.pair(a, b).cz.crosstalk / len(near))
        # fsum does not depend on the order, so that qubits with equal neighbourhoods share a line.
        for q, probabilities in sorted(total.items()):
            yield Place((q,), amount=math.fsum(probabilities), position=len(operation.groups))

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        assert isinstance(place.amount, float), "the sum over all pairs"
        yield PauliError("DEPOLARIZE1", (place.amount,), place.qubits)
