"""Native operations of a device, and how an ideal circuit asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import stim

from qec_leak.circuits import tags

Kind = Literal[
    "gate", "pair_identity", "cz", "leakage_iswap", "measurement", "reset", "injection", "wait", "idle", "other"
]
KINDS: tuple[str, ...] = get_args(Kind)
MEASUREMENTS = frozenset({"M", "MX", "MY"})
RESETS = frozenset({"R", "RX", "RY"})
_NAMED: dict[str, Kind] = {"CZ": "cz", **dict.fromkeys(MEASUREMENTS, "measurement"), **dict.fromkeys(RESETS, "reset")}


@dataclass(frozen=True, slots=True)
class Operation:
    """What one instruction asks of the qubits that it names.

    kind: "gate" (one-qubit Clifford), "pair_identity" (II), "cz", "leakage_iswap", "measurement", "reset", "injection"
        (of leakage), "wait", or "idle": what a moment does to qubits that nothing else is done to.
    name: of the Stim instruction, "" for "idle".
    groups: qubits, those of each gate together.
    population: that an injection leaks.   time_ns: how long a wait or an idle lasts.
    busy: qubits that do something while others idle, but for those being reset.
    measured: qubits that are measured while others idle.
    long: the moment that idles is long enough for dynamical decoupling (readout, reset, wait, Leakage iSWAP).
    """

    kind: Kind
    name: str
    groups: tuple[tuple[int, ...], ...]
    population: float = 0.0
    time_ns: float = 0.0
    busy: tuple[int, ...] = ()
    measured: tuple[int, ...] = ()
    long: bool = False

    @property
    def qubits(self) -> list[int]:
        """All of them, gate by gate."""
        return [q for group in self.groups for q in group]


def operation_of(instruction: stim.CircuitInstruction) -> Operation | None:
    """The operation of a native instruction; None if it names no qubit to act on (a Pauli controlled by bits). Neither
    an annotation nor noise."""
    groups = tuple(
        tuple(t.value for t in group) for group in instruction.target_groups() if all(t.is_qubit_target for t in group)
    )
    if not groups:
        return None
    name = instruction.name
    tag = tags.parse_tag(instruction.tag) if name in ("I", "II") else None
    family = tag.family if tag is not None else ""
    if tag is not None and family == tags.INJECT:
        return Operation("injection", name, groups, population=tag.population)
    if tag is not None and family == tags.IDLE:
        return Operation("wait", name, groups, time_ns=tag.time_ns)
    if name == "II":
        return Operation("leakage_iswap" if family == tags.ISWAP else "pair_identity", name, groups)
    if name in _NAMED:
        return Operation(_NAMED[name], name, groups)
    return Operation("gate" if len(groups[0]) == 1 else "other", name, groups)


def append_leakage_iswap(circuit: stim.Circuit, pairs: Iterable[tuple[int, int]]) -> None:
    """Ask for a Leakage iSWAP on pairs of data and measure qubits."""
    circuit.append("II", [q for pair in pairs for q in pair], tag=tags.ISWAP)


def append_injection(circuit: stim.Circuit, qubits: Iterable[int], population: float) -> None:
    """Ask for a 1-2 rotation that leaks ``population`` of an unknown state."""
    circuit.append("I", qubits, tag=f"{tags.INJECT}({population!r})")


def append_wait(circuit: stim.Circuit, qubits: Iterable[int], time_ns: float) -> None:
    """Ask the qubits to wait."""
    circuit.append("I", qubits, tag=f"{tags.IDLE}({time_ns!r})")
