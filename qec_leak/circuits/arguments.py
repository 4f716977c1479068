"""Circuits and devices as users give them: objects, texts, names of presets."""

from __future__ import annotations

import stim

from qec_leak._checks import broken_rule
from qec_leak.device import Device


def as_circuit(name: str, value: object) -> stim.Circuit:
    """A stim.Circuit, or its text. Raises ValueError for text that is none, TypeError for anything else."""
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
