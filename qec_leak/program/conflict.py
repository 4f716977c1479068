"""What keeps frames from being exact for a circuit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Conflict:
    """An instruction after which stabilizers are not of two kinds (program/css.py).

    line: of the instruction in ``str(circuit)``. instruction: its text. qubits: all that it is tied to by gates.
    """

    line: int
    instruction: str
    qubits: frozenset[int]

    @property
    def short(self) -> str:
        """The instruction, cut to 60 characters."""
        return self.instruction if len(self.instruction) <= 60 else self.instruction[:57] + "..."
