"""Leakage that an experiment injects."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from qec_leak.channels import kraus
from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, Place, Process
from qec_leak.circuits.tags import Tag


class Injection(Process):
    """A 1-2 rotation, which leaks from 1 only. A circuit may have other tags with this label, of which ``amount_of``
    reads one more: a transmon put into a level whatever its value.

    Its parameter is the amount: the population that leaks, or (probability, level).
    """

    label = "inject"
    on = "injection"

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        if operation.kind == self.on:
            for position, group in enumerate(operation.groups):
                yield Place(group, amount=operation.population, position=position)

    def parameters(self, place: Place, chip: Chip) -> float | tuple[float, int]:
        assert isinstance(place.amount, float | tuple)
        return place.amount

    def kraus(self, parameters: float | tuple[float, int], *, levels: int) -> Kraus:
        if isinstance(parameters, float):
            return kraus.leakage_rotation(parameters, levels=levels)
        probability, level = parameters
        table = np.eye(levels)
        table[:2, :2] *= 1.0 - probability
        table[level, :2] = probability
        return kraus.level_map(table)

    def amount_of(self, tag: Tag) -> float | tuple[float, int]:
        assert tag.channel is not None
        leaving = {t.left_with[0]: t for t in tag.channel.transitions(("C",)) if t.outgoing[0] != "C"}
        if set(leaving) == {1}:
            return leaving[1].probability
        if set(leaving) == {0, 1} and leaving[0].outgoing == leaving[1].outgoing:
            level = leaving[0].outgoing[0]
            assert isinstance(level, int)
            return leaving[0].probability + leaving[1].probability, level
        raise ValueError("inject from 1, or from 0 and 1 into the same level")
