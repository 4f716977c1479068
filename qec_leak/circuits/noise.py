"""Processes -> Stim noise instructions and leakage tags, moment by moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import stim

from qec_leak._checks import broken_rule
from qec_leak.channels import operations
from qec_leak.channels.channel import LeakageChannel
from qec_leak.channels.rounding import rounded, rounded_channel
from qec_leak.channels.twirl import twirl
from qec_leak.circuits import tags
from qec_leak.circuits.moments import Moment
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.process import Chip, Place, Process, duration_ns
from qec_leak.circuits.processes import BUILT_IN, READOUT, RESET
from qec_leak.device.transmon import ReadoutParameters

NEGLIGIBLE = 1e-9
"""Branches of a leakage tag below this probability are left out: they become the identity."""

TWIRLED_PAULIS = ("Z_ERROR", "PAULI_CHANNEL_1")
"""How the Paulis of a twirled process are written, behind its leakage tag."""
_NOT_WRITTEN = ("leakage_iswap", "injection", "wait")
"""Operations that are their noise alone."""
_LONG = ("measurement", "reset", "leakage_iswap", "wait")


class _Line(NamedTuple):
    """An instruction without its targets: lines that are equal are merged into one instruction."""

    name: str
    args: tuple[float, ...]
    tag: str


_Placed = tuple[_Line, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class NoiseModel:
    """The noise that a chip adds to each moment of a circuit: that of the built-in processes and of ``processes``."""

    chip: Chip
    processes: tuple[Process, ...] = ()

    @functools.cached_property
    def _all(self) -> tuple[Process, ...]:
        return (*BUILT_IN, *self.processes)

    @functools.cached_property
    def _channels(self) -> dict[str, Callable[[Any, int, bool], tuple[_Line, ...]]]:
        """Lines of the Kraus operators, by label. Those of built-in processes are kept for all circuits."""
        return {
            **{process.label: functools.partial(_built_in_lines, process) for process in BUILT_IN},
            **{p.label: functools.cache(functools.partial(_channel_lines, p)) for p in self.processes},
        }

    def emit(self, moment: Moment, out: stim.Circuit) -> None:
        """Append the moment's instructions with their noise, the idle noise, and its TICK to ``out``."""
        for instruction, operation in zip(moment.instructions, moment.operations, strict=True):
            if operation is None:
                out.append(instruction)
            else:
                self._operation(instruction, operation, out)
        idling = self._idling(moment)
        if idling.time_ns:
            _append(out, self._noise(idling))
        if moment.tick is not None:
            out.append(moment.tick)

    def duration_ns(self, moment: Moment) -> float:
        """How long a moment lasts: as long as its slowest operation."""
        return max((duration_ns(self._all, o, self.chip) for o in moment.operations if o is not None), default=0.0)

    def _idling(self, moment: Moment) -> Operation:
        """The idle noise of a moment, on qubits that wait and on qubits that are busy."""
        asked = [operation for operation in moment.operations if operation is not None]
        resetting = {q for operation in asked if operation.kind == "reset" for q in operation.qubits}
        busy = {q for operation in asked if operation.kind != "wait" for q in operation.qubits}
        return Operation(
            "idle",
            "",
            tuple((q,) for q in self.chip.qubits if q not in busy),
            time_ns=self.duration_ns(moment),
            busy=tuple(sorted(busy - resetting)),
            long=any(operation.kind in _LONG for operation in asked),
        )

    def _operation(self, instruction: stim.CircuitInstruction, operation: Operation, out: stim.Circuit) -> None:
        if operation.kind == "measurement":
            self._measurement(instruction, out)
        elif operation.kind not in (*_NOT_WRITTEN, "reset"):  # a reset's line is part of its noise
            out.append(instruction)
        _append(out, self._noise(operation))

    def _noise(self, operation: Operation) -> Iterator[_Placed]:
        """Lines of all processes behind one operation: built-in ones place by place, then the others."""
        built_in = [(place, process) for process in BUILT_IN for place in process.places(operation, self.chip)]
        for place, process in sorted(built_in, key=lambda pair: pair[0].position):
            yield from self._lines(process, place)
        for process in self.processes:
            for place in process.places(operation, self.chip):
                _check_place(process, place, self.chip)
                yield from self._lines(process, place)

    def _lines(self, process: Process, place: Place) -> Iterator[_Placed]:
        if process is RESET:
            tag = _reset_tag(RESET.parameters(place, self.chip))
            yield _Line(str(place.amount), (), tag), place.qubits
        elif process.has_kraus:
            parameters = process.parameters(place._replace(busy=False), self.chip)
            for line in self._channels[process.label](parameters, len(place.qubits), place.busy):
                yield line, place.qubits
        for error in process.errors(place, self.chip):
            if error.name in TWIRLED_PAULIS and process.has_kraus and process is not RESET:
                rule = f"have neither {' nor '.join(TWIRLED_PAULIS)} beside Kraus operators"
                raise ValueError(
                    broken_rule(f"{process.label}.errors", rule, error.name, "give it to a second process")
                )
            yield _Line(error.name, error.probabilities, process.label), error.qubits

    def _measurement(self, instruction: stim.CircuitInstruction, out: stim.Circuit) -> None:
        """The measurement with what each level reads. Records keep their order: only neighbouring equal lines merge."""
        own = sum(instruction.gate_args_copy())
        line: _Line | None = None
        targets: list[stim.GateTarget] = []
        for target in instruction.targets_copy():
            readout = READOUT.parameters(Place((target.value,)), self.chip)
            error = readout.error + own - 2 * readout.error * own if own else readout.error  # one of the two flips
            other = _Line(instruction.name, (error,), _readout_tag(readout))
            if line is not None and other != line:
                out.append(line.name, targets, line.args, tag=line.tag)
                targets = []
            line = other
            targets.append(target)
        assert line is not None
        out.append(line.name, targets, line.args, tag=line.tag)


def _check_place(process: Process, place: Place, chip: Chip) -> None:
    known = set(place.qubits) <= chip.roles.keys()
    if not known or len(set(place.qubits)) != len(place.qubits) or len(place.qubits) not in (1, 2):
        rule = "act on one or two qubits of the circuit"
        raise ValueError(broken_rule(f"{process.label}.places", rule, place.qubits, "correct the process"))


@functools.lru_cache(maxsize=1024)
def _as_written(channel: LeakageChannel) -> LeakageChannel:
    return rounded_channel(channel.without_branches_below(NEGLIGIBLE))


@functools.lru_cache(maxsize=1024)
def _readout_tag(parameters: ReadoutParameters) -> str:
    one_given = READOUT.one_given(parameters)
    return tags.format_readout([(2, one_given[2]), (3, one_given[3])], READOUT.label)


@functools.lru_cache(maxsize=1024)
def _reset_tag(parameters: Any) -> str:
    return tags.format_reset(RESET.residuals(parameters), RESET.label)


def _channel_lines(process: Process, parameters: Any, num_qubits: int, leakage_only: bool) -> tuple[_Line, ...]:
    """The twirled Kraus operators: on pairs a leakage tag, on one qubit a leakage tag and a Pauli channel. The tag acts
    first and the Paulis on what did not leak, so their probabilities are conditional on that."""
    levels = operations.LEVELS if num_qubits == 2 else operations.LEVELS_ALONE
    try:
        channel = twirl(process.kraus(parameters, levels=levels), num_qubits)
    except ValueError as error:
        raise ValueError(f"process {process.label}: {error}") from None
    if leakage_only or not process.paulis:
        channel = channel.leakage_part()
    if num_qubits == 2:
        return (_Line("II_ERROR", (), tags.format_channel(_as_written(channel), process.label)),)
    lines = []
    leakage = _as_written(channel.leakage_part())
    if any(not t.is_identity(row) for row, ts in leakage.rows.items() for t in ts):
        lines.append(_Line("I_ERROR", (), tags.format_channel(leakage, process.label)))
    paulis = channel.pauli_probabilities()
    stays = 1.0 - channel.leakage_rate
    x, y, z = (rounded(paulis.get(p, 0.0) / stays) if stays > 0 else 0.0 for p in "XYZ")
    if x == y == 0.0:
        lines.append(_Line(TWIRLED_PAULIS[0], (z,), process.label))
    else:
        lines.append(_Line(TWIRLED_PAULIS[1], (x, y, z), process.label))
    return tuple(lines)


_built_in_lines = functools.lru_cache(maxsize=1024)(_channel_lines)


def _append(out: stim.Circuit, lines: Iterable[_Placed]) -> None:
    """Append lines with their targets, equal lines merged, lines that do nothing left out. Lines of different names
    keep the order in which they first come."""
    merged: dict[_Line, list[int]] = {}
    for line, targets in lines:
        if line.args and not any(line.args):
            continue
        merged.setdefault(line, []).extend(targets)
    for line, qubits in merged.items():  # as text, which Stim takes in a hundred times faster than lists
        args = f"({', '.join(map(repr, line.args))})" if line.args else ""
        out.append_from_stim_program_text(f"{line.name}[{line.tag}]{args} {' '.join(map(str, qubits))}")
