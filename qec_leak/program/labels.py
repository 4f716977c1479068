"""The qubits of a circuit by their place among those that it acts on: names may be large, and tables stay small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import stim

from qec_leak.circuits import tags

_NO_QUBITS = ("QUBIT_COORDS", "MPAD", "DETECTOR", "SHIFT_COORDS", "TICK")


@dataclass(frozen=True)
class Labels:
    """Names of qubits in rising order; a qubit's place is its index there."""

    names: tuple[int, ...]

    @staticmethod
    def of(circuit: stim.Circuit) -> Labels:
        """The qubits that any instruction but QUBIT_COORDS acts on; qubit 0 if there are none."""
        found = {q for item in instructions(circuit) for q in _acted_on(item)}
        return Labels(tuple(sorted(found)) or (0,))

    @cached_property
    def place(self) -> dict[int, int]:
        return {name: k for k, name in enumerate(self.names)}

    @cached_property
    def plain(self) -> bool:
        """Whether names are places already."""
        return self.names[-1] == len(self.names) - 1

    def relabel(self, item: stim.CircuitInstruction) -> stim.CircuitInstruction:
        """The instruction with places instead of names; its tag keeps the names."""
        if self.plain or item.name in _NO_QUBITS:
            return item
        targets = [self._target(t) for t in item.targets_copy()]
        return stim.CircuitInstruction(item.name, targets, item.gate_args_copy(), tag=item.tag)

    def relabelled(self, circuit: stim.Circuit) -> stim.Circuit:
        """The circuit with places instead of names, without its coordinates."""
        if self.plain:
            return circuit
        out = stim.Circuit()
        for item in circuit:
            if isinstance(item, stim.CircuitRepeatBlock):
                out.append(stim.CircuitRepeatBlock(item.repeat_count, self.relabelled(item.body_copy()), tag=item.tag))
            elif item.name != "QUBIT_COORDS":
                out.append(self.relabel(item))
        return out

    def _target(self, target: stim.GateTarget) -> stim.GateTarget:
        if target.qubit_value is None:
            return target
        place = self.place[target.qubit_value]
        if target.is_qubit_target:
            return stim.target_inv(place) if target.is_inverted_result_target else stim.GateTarget(place)
        return stim.target_pauli(place, target.pauli_type, target.is_inverted_result_target)


def instructions(circuit: stim.Circuit) -> Iterator[stim.CircuitInstruction]:
    """All instructions, those of REPEAT blocks once."""
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            yield from instructions(item.body_copy())
        else:
            yield item


def _acted_on(item: stim.CircuitInstruction) -> Iterator[int]:
    if item.name == "MPAD":
        yield from _read_by(item.tag)
    elif item.name not in _NO_QUBITS:
        yield from (t.qubit_value for t in item.targets_copy() if t.qubit_value is not None)


def _read_by(text: str) -> tuple[int, ...]:
    """Qubits of a LEAKAGE_MEASUREMENT. The compiler refuses a tag that does not parse, and names its line."""
    try:
        tag = tags.parse_tag(text)
    except tags.TagError:
        return ()
    return tag.qubits if tag is not None else ()
