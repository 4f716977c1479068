"""The noise of one moment: device parameters -> Stim noise instructions and leakage tags."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import stim

from qec_leak.channels import operations
from qec_leak.channels.channel import LeakageChannel
from qec_leak.circuits import tags
from qec_leak.circuits.moments import MEASUREMENTS, RESETS, Moment, is_noise, operated_qubits
from qec_leak.circuits.patch import compass_direction
from qec_leak.device import Device
from qec_leak.device.transmon import CzParameters, DqlrParameters, QubitParameters, ResetParameters

_MAX_DEPOLARIZE1 = 0.75
NEGLIGIBLE = 1e-9
"""Branches of a leakage tag below this probability are left out: they become the identity."""


class _Line(NamedTuple):
    """An instruction without its targets: lines that are equal are merged into one instruction."""

    name: str
    args: tuple[float, ...]
    tag: str


@dataclass(frozen=True, eq=False)
class NoiseModel:
    """What ``device`` adds to each moment of a circuit whose qubits have ``roles``."""

    device: Device
    roles: Mapping[int, str]
    circuit: stim.Circuit

    @functools.cached_property
    def qubits(self) -> tuple[int, ...]:
        """Qubits that the circuit uses; all of them idle when nothing else happens to them."""
        return tuple(sorted(self.roles))

    @functools.cached_property
    def coordinates(self) -> dict[int, list[float]]:
        return dict(self.circuit.get_final_qubit_coordinates())

    @functools.cached_property
    def neighbours(self) -> dict[int, set[int]]:
        """Coupled qubits: those that share a two-qubit gate anywhere in the circuit."""
        out: dict[int, set[int]] = defaultdict(set)
        for instruction in _flat_instructions(self.circuit):
            if stim.gate_data(instruction.name).is_two_qubit_gate:
                for a, b in instruction.target_groups():
                    if a.is_qubit_target and b.is_qubit_target:
                        out[a.value].add(b.value)
                        out[b.value].add(a.value)
        return out

    @functools.cache  # noqa: B019 - a model lives as long as one call of dress
    def qubit(self, index: int) -> QubitParameters:
        return self.device.qubit(index, self.roles[index])

    def emit(self, moment: Moment, out: stim.Circuit) -> None:
        """Append the moment's instructions with their noise, the idle noise, and its TICK to ``out``."""
        busy: set[int] = set()
        resetting: set[int] = set()
        long = False
        for instruction in moment.instructions:
            self._operation(instruction, out)
            waits = _waiting_ns(instruction) is not None
            used = set() if waits else operated_qubits(instruction)
            busy |= used
            if instruction.name in RESETS:
                resetting |= used
            long |= waits or instruction.name in RESETS or instruction.name in MEASUREMENTS or _is_iswap(instruction)
        duration_ns = self.duration_ns(moment)
        if duration_ns:
            self._idle(out, busy, resetting, duration_ns, decoupled=long)
        if moment.tick is not None:
            out.append(moment.tick)

    def duration_ns(self, moment: Moment) -> float:
        """How long a moment lasts: as long as its slowest operation."""
        return max((self._duration(i) for i in moment.instructions if operated_qubits(i)), default=0.0)

    def _duration(self, instruction: stim.CircuitInstruction) -> float:
        qubits = [t.value for t in instruction.targets_copy()]
        if instruction.name == "CZ":
            return max(self.device.pair(a, b).cz.duration_ns for a, b in _pairs(qubits))
        if _is_iswap(instruction):
            return max(self.device.pair(a, b).dqlr.iswap_ns for a, b in _pairs(qubits))
        if instruction.name in MEASUREMENTS:
            return max(self.qubit(q).readout.duration_ns for q in qubits)
        if instruction.name in RESETS:
            return max(self.qubit(q).reset.mlr_ns for q in qubits)
        if _injection(instruction) is not None:
            return 0.0
        waiting_ns = _waiting_ns(instruction)
        if waiting_ns is not None:
            return waiting_ns
        return max(self.qubit(q).gate.duration_ns for q in qubits)

    def _operation(self, instruction: stim.CircuitInstruction, out: stim.Circuit) -> None:
        name = instruction.name
        qubits = [t.value for t in instruction.targets_copy()]
        population = _injection(instruction)
        if not operated_qubits(instruction):
            out.append(instruction)
        elif name in MEASUREMENTS:
            self._measurement(instruction, out)
        elif name in RESETS:
            self._reset(instruction, qubits, out)
        elif name == "CZ":
            out.append(instruction)
            self._cz_noise(qubits, out)
        elif _is_iswap(instruction):
            self._leakage_iswap(qubits, out)
        elif population is not None:
            _append(
                out,
                [
                    (line, (q,))
                    for q in qubits
                    for line in _channel_lines("inject", operations.injection_channel(population))
                ],
            )
        elif name == "II":
            out.append(instruction)
        elif _waiting_ns(instruction) is not None:
            pass  # what waiting does is idle noise
        else:
            out.append(instruction)
            self._gate_noise(qubits, out)

    def _gate_noise(self, qubits: Iterable[int], out: stim.Circuit) -> None:
        lines: list[tuple[_Line, tuple[int, ...]]] = []
        for q in qubits:
            gate = self.qubit(q).gate
            lines += [(line, (q,)) for line in _channel_lines("gate", operations.gate_channel(gate))]
            lines.append((_Line("DEPOLARIZE1", (gate.error,), "gate"), (q,)))
        _append(out, lines)

    def _cz_noise(self, qubits: list[int], out: stim.Circuit) -> None:
        lines: list[tuple[_Line, tuple[int, ...]]] = []
        crosstalk: dict[int, list[float]] = defaultdict(list)
        for a, b in _pairs(qubits):
            cz = self.device.pair(a, b).cz
            high, low = self._high_low(a, b, cz)
            tag = _cz_tag(cz)
            lines.append((_Line("II_ERROR", (), tag), (high, low)))
            lines.append((_Line("DEPOLARIZE2", (cz.error,), "cz"), (a, b)))
            near = (self.neighbours[a] | self.neighbours[b]) - {a, b}
            for q in near:
                crosstalk[q].append(cz.crosstalk / len(near))
        # fsum does not depend on the order, so that qubits with equal neighbourhoods share a line.
        lines += [(_Line("DEPOLARIZE1", (math.fsum(p),), "crosstalk"), (q,)) for q, p in sorted(crosstalk.items())]
        _append(out, lines)

    def _high_low(self, a: int, b: int, cz: CzParameters) -> tuple[int, int]:
        """(high, low): which transmon of the pair has the higher frequency, by ``cz.high``."""
        if cz.high in ("first", "second"):
            first, second = min(a, b), max(a, b)
            return (first, second) if cz.high == "first" else (second, first)
        measure = [q for q in (a, b) if self.roles[q] != "data"]
        if len(measure) != 1:
            return min(a, b), max(a, b)
        data = a if measure[0] == b else b
        if cz.high == "direction":
            data_high = self._direction(data, measure[0]) in cz.data_high_in
        else:
            data_high = cz.high == "data"
        return (data, measure[0]) if data_high else (measure[0], data)

    def _direction(self, data: int, measure: int) -> str:
        if data not in self.coordinates or measure not in self.coordinates:
            raise ValueError(
                f"`circuit` must have QUBIT_COORDS of qubits {data} and {measure} when cz.high is 'direction', but has "
                "none; add them, or set cz.high to 'data' or 'measure'"
            )
        start, end = ((*self.coordinates[q], 0.0, 0.0)[:2] for q in (data, measure))
        return compass_direction((start[0], start[1]), (end[0], end[1]))

    def _leakage_iswap(self, qubits: list[int], out: stim.Circuit) -> None:
        lines: list[tuple[_Line, tuple[int, ...]]] = []
        for data, measure in _pairs(qubits):
            dqlr = self.device.pair(data, measure).dqlr
            lines.append((_Line("II_ERROR", (), _iswap_tag(dqlr)), (data, measure)))
            lines.append((_Line("DEPOLARIZE2", (dqlr.error,), "leakage_iswap"), (data, measure)))
        _append(out, lines)

    def _measurement(self, instruction: stim.CircuitInstruction, out: stim.Circuit) -> None:
        after: list[tuple[_Line, tuple[int, ...]]] = []
        before: dict[_Line, list[stim.GateTarget]] = {}
        order: list[_Line] = []
        own = sum(instruction.gate_args_copy())
        for target in instruction.targets_copy():
            readout = self.qubit(target.value).readout
            tag = tags.format_readout([(2, readout.one_given_2), (3, readout.one_given_3)], "readout")
            error = readout.error + own - 2 * readout.error * own if own else readout.error  # one of the two flips
            line = _Line(instruction.name, (error,), tag)
            # Records keep their order: only neighbouring equal lines are merged.
            if not order or order[-1] != line or line not in before:
                order.append(line)
                if line in before:
                    out.append(instruction.name, before.pop(line), line.args, tag=line.tag)
                before[line] = []
            before[line].append(target)
            if len(before) > 1:
                first = next(iter(before))
                out.append(instruction.name, before.pop(first), first.args, tag=first.tag)
            after += [
                ((line2), (target.value,)) for line2 in _channel_lines("readout", operations.readout_channel(readout))
            ]
        for line, targets in before.items():
            out.append(instruction.name, targets, line.args, tag=line.tag)
        _append(out, after)

    def _reset(self, instruction: stim.CircuitInstruction, qubits: list[int], out: stim.Circuit) -> None:
        flip = {"R": "X_ERROR", "RX": "Z_ERROR", "RY": "X_ERROR"}[instruction.name]
        lines: list[tuple[_Line, tuple[int, ...]]] = []
        for q in qubits:
            reset = self.qubit(q).reset
            lines.append((_Line(instruction.name, (), _reset_tag(reset)), (q,)))
            lines.append((_Line(flip, (reset.error,), "reset"), (q,)))
        _append(out, lines)

    def _idle(
        self, out: stim.Circuit, busy: set[int], resetting: set[int], duration_ns: float, *, decoupled: bool
    ) -> None:
        """Idle noise: Paulis on qubits that wait (the errors of gates and readouts include it for the others), level
        changes on all but those being reset (their residuals include it)."""
        lines: list[tuple[_Line, tuple[int, ...]]] = []
        for q in self.qubits:
            idle = self.qubit(q).idle
            channel = operations.idle_channel(idle, duration_ns)
            if q not in busy:
                lines += [(line, (q,)) for line in _channel_lines("idle", channel)]
                if decoupled:
                    error = idle.dd_error_per_us * duration_ns * 1e-3
                    if error > _MAX_DEPOLARIZE1:
                        raise ValueError(
                            f"`idle.dd_error_per_us` must give at most {_MAX_DEPOLARIZE1:g} during a wait, but gives "
                            f"{error:.3g} in {duration_ns:.3g} ns; wait less (cycle_ns, IDLE_NS), or lower it"
                        )
                    lines.append((_Line("DEPOLARIZE1", (error,), "decoupling"), (q,)))
            elif q not in resetting:
                lines += [(line, (q,)) for line in _channel_lines("idle", _leakage_part(channel))]
        _append(out, lines)


def _is_iswap(instruction: stim.CircuitInstruction) -> bool:
    tag = tags.parse_tag(instruction.tag) if instruction.name == "II" else None
    return tag is not None and tag.family == tags.ISWAP


def _injection(instruction: stim.CircuitInstruction) -> float | None:
    """Population that an ``I[INJECT_LEAKAGE(P)]`` leaks, None for any other instruction."""
    tag = tags.parse_tag(instruction.tag) if instruction.name == "I" else None
    return tag.population if tag is not None and tag.family == tags.INJECT else None


def _waiting_ns(instruction: stim.CircuitInstruction) -> float | None:
    """How long an ``I[IDLE_NS(t)]`` waits, None for any other instruction."""
    tag = tags.parse_tag(instruction.tag) if instruction.name == "I" else None
    return tag.time_ns if tag is not None and tag.family == tags.IDLE else None


def _flat_instructions(circuit: stim.Circuit) -> Iterable[stim.CircuitInstruction]:
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            yield from _flat_instructions(item.body_copy())
        elif not is_noise(item):
            yield item


def _pairs(qubits: list[int]) -> Iterable[tuple[int, int]]:
    return zip(qubits[::2], qubits[1::2], strict=True)


@functools.lru_cache(maxsize=1024)
def _pruned(channel: LeakageChannel) -> LeakageChannel:
    return channel.without_branches_below(NEGLIGIBLE)


@functools.lru_cache(maxsize=1024)
def _leakage_part(channel: LeakageChannel) -> LeakageChannel:
    return channel.leakage_part()


@functools.lru_cache(maxsize=1024)
def _cz_tag(cz: CzParameters) -> str:
    return tags.format_channel(_pruned(operations.cz_channel(cz)), "cz")


@functools.lru_cache(maxsize=1024)
def _iswap_tag(dqlr: DqlrParameters) -> str:
    return tags.format_channel(_pruned(operations.leakage_iswap_channel(dqlr)), "leakage_iswap")


@functools.lru_cache(maxsize=1024)
def _reset_tag(reset: ResetParameters) -> str:
    residuals = (
        (2, ((reset.leaked_given_2, 2), (reset.one_given_2, 1))),
        (3, ((reset.leaked_given_3, 3), (reset.one_given_3, 1))),
    )
    kept = [(level, [(p, out) for p, out in outs if p > 0]) for level, outs in residuals]
    return tags.format_reset(kept, "reset")


@functools.lru_cache(maxsize=1024)
def _channel_lines(label: str, channel: LeakageChannel) -> tuple[_Line, ...]:
    """A one-qubit channel as a leakage tag and a Pauli channel. The tag acts first and the Paulis on what did not
    leak, so their probabilities are conditional on that."""
    lines = []
    leakage = _pruned(channel.leakage_part())
    if any(not t.is_identity(row) for row, ts in leakage.rows.items() for t in ts):
        lines.append(_Line("I_ERROR", (), tags.format_channel(leakage, label)))
    paulis = channel.pauli_probabilities()
    stays = 1.0 - channel.leakage_rate
    x, y, z = (paulis.get(p, 0.0) / stays for p in "XYZ")
    if x == y == 0.0:
        lines.append(_Line("Z_ERROR", (z,), label))
    else:
        lines.append(_Line("PAULI_CHANNEL_1", (x, y, z), label))
    return tuple(lines)


def _append(out: stim.Circuit, lines: Iterable[tuple[_Line, tuple[int, ...]]]) -> None:
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
