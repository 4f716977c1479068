"""The steps of the slider: rounds or moments, and after them the final measurement."""

from __future__ import annotations

from typing import Literal, NamedTuple

from qec_leak.circuits.memory import MemoryExperiment

Where = Literal["rounds", "moments"]


class Step(NamedTuple):
    """snapshot: index of the levels that are shown.   events: the round whose detection events are shown, 0: none."""

    label: str
    snapshot: int
    events: int


def steps_of(memory: MemoryExperiment, where: Where) -> list[Step]:
    """The steps of an experiment. Levels are not known behind the last snapshot: the final measurement shows it again,
    with the detectors that compare with the data qubits (round ``rounds`` + 1)."""
    last = memory.rounds + 1
    if where == "rounds":
        steps = [Step(f"end of round {number}", number - 1, number) for number in range(1, last)]
    else:
        steps = []
        measured = 0
        for snapshot, (number, operation) in enumerate(memory.moments()):
            if operation == "M":
                measured = number
            elif number != measured:
                measured = 0
            place = "preparation" if number == 0 else f"round {number}" if number < last else "final measurement"
            steps.append(Step(f"{place}, {_name(operation)}", snapshot, measured))
    if not steps or steps[-1].events != last:
        steps.append(Step("final measurement", len(steps) - 1, last))
    return steps


def _name(operation: str) -> str:
    names = {"R": "reset", "M": "measurement", "LEAKAGE_ISWAP": "Leakage iSWAP", "IDLE": "idle", "": "start"}
    return names.get(operation, operation)
