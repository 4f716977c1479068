"""A circuit as a list of instructions with their lines, its REPEAT blocks shortened."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import stim

LEAST_ITERATIONS = 4
"""What a REPEAT block keeps at least: the way in, two periods, the way out."""


@dataclass(frozen=True)
class Line:
    """An instruction and its line, counted from 1, in ``str(circuit)``."""

    item: stim.CircuitInstruction
    number: int

    @property
    def text(self) -> str:
        """The instruction without its tag, shortened to 60 characters."""
        bare = self.item
        text = str(stim.CircuitInstruction(bare.name, bare.targets_copy(), bare.gate_args_copy()))
        return text if len(text) <= 60 else text[:57] + "..."


def shortened_lines(circuit: stim.Circuit) -> tuple[list[Line], int]:
    """Instructions in the order of execution, and how many the longest body of a REPEAT block has (0: no blocks).

    A REPEAT block keeps LEAST_ITERATIONS of its iterations, or as many as the furthest lookback of the circuit spans
    and one more, so that each lookback from behind a block that was shortened ends within it.
    """
    return _lines_of(circuit, 1, _furthest_lookback(circuit))


def _lines_of(block: stim.Circuit, number: int, lookback: int) -> tuple[list[Line], int]:
    lines: list[Line] = []
    longest = 0
    for item in block:
        if not isinstance(item, stim.CircuitRepeatBlock):
            lines.append(Line(item, number))
            number += 1
            continue
        body = item.body_copy()
        inside, _ = _lines_of(body, number + 1, lookback)
        records = sum(line.item.num_measurements for line in inside)
        least = max(LEAST_ITERATIONS, 1 + math.ceil(lookback / records)) if records else LEAST_ITERATIONS
        lines += inside * min(item.repeat_count, least)
        longest = max(longest, len(inside))
        number += 2 + _height(body)
    return lines, longest


def _height(block: stim.Circuit) -> int:
    return sum(2 + _height(x.body_copy()) if isinstance(x, stim.CircuitRepeatBlock) else 1 for x in block)


def _furthest_lookback(circuit: stim.Circuit) -> int:
    return max((-t.value for i in _instructions(circuit) for t in i.targets_copy() if _is_record(t)), default=0)


def _is_record(target: stim.GateTarget) -> bool:
    return bool(target.is_measurement_record_target)


def _instructions(circuit: stim.Circuit) -> Iterator[stim.CircuitInstruction]:
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            yield from _instructions(item.body_copy())
        else:
            yield item
