"""Checks circuits and devices given as objects, texts or names of presets."""

from __future__ import annotations

import stim

from qec_leak._checks import broken_rule
from qec_leak._limits import check_executed
from qec_leak.device import Device


def as_circuit(name: str, value: object) -> stim.Circuit:
    """A stim.Circuit, or its text. Raises ValueError for text that does not parse, TypeError for anything else."""
    if isinstance(value, stim.Circuit):
        return value
    if isinstance(value, str):
        try:
            return stim.Circuit(value)
        except (ValueError, IndexError) as error:
            reason = " ".join(str(error).split()).rstrip(".")
            raise ValueError(f"`{name}` must be a Stim circuit, but does not parse ({reason}); correct it") from None
    circuit = getattr(value, "circuit", None)
    fix = "give its .circuit" if isinstance(circuit, stim.Circuit) else "give a stim.Circuit or its text"
    raise TypeError(broken_rule(name, "be a stim.Circuit or its text", _kind(value), fix))


def check_loops(circuit: stim.Circuit) -> None:
    """Refuse nested REPEAT blocks with more iterations than could ever be run."""

    def count(block: stim.Circuit, of_detectors: bool) -> int:
        total = 0
        for item in block:
            if isinstance(item, stim.CircuitRepeatBlock):
                total += item.repeat_count * count(item.body_copy(), of_detectors)
            elif not of_detectors or item.name == "DETECTOR":
                total += 1
        return total

    if any(isinstance(item, stim.CircuitRepeatBlock) for item in circuit):
        check_executed(count(circuit, False), count(circuit, True))


def as_device(name: str, value: object) -> Device:
    """A Device, or the name of a preset. Raises ValueError for an unknown name, TypeError for anything else."""
    if isinstance(value, Device):
        return value
    if isinstance(value, str):
        return Device.preset(value)
    fix = "give Device.preset(...) or Device.from_toml(...)"
    raise TypeError(broken_rule(name, "be a Device or the name of a preset", _kind(value), fix))


def _kind(value: object) -> object:
    """The value where it is short, else its type."""
    return value if value is None or isinstance(value, int | float) else type(value)
