"""Names of parameters in pictures, and the unit that suits the size of their values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qec_leak._checks import is_number

_NAMES = {"d": "distance", "r": "rounds", "p": "physical error rate"}
_SHORT = {"distance": "d", "rounds": "r", "basis": "b", "code": "c"}
_STEPS = {"ns": (("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)), "mhz": (("MHz", 1.0), ("GHz", 1e3))}


@dataclass(frozen=True)
class Quantity:
    """A parameter as it is shown: its value divided by ``scale``, in ``unit`` ("" for plain numbers)."""

    name: str
    unit: str = ""
    scale: float = 1.0

    @property
    def label(self) -> str:
        """What an axis says: "idle.t1 (µs)"."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def shown(self, value: float) -> float:
        """The number in its unit."""
        return value / self.scale

    def text(self, value: Any) -> str:
        """A value without its unit: "15"; words as they are."""
        return f"{self.shown(value):g}" if is_number(value) else str(value)


def quantity(key: str, values: Iterable[Any]) -> Quantity:
    """How a parameter with these values is shown.

    Args: key: as in a sweep file or in the metadata: "device.idle.t1_ns", "circuit.distance", "d".
    The unit is the largest in which the largest finite value is at least 1.
    """
    short = key.removeprefix("circuit.").removeprefix("device.").removeprefix("decoder.")
    short = _SHORT.get(short, short)
    name, _, suffix = short.rpartition("_")
    if short.endswith("_per_us"):
        return Quantity(short.removesuffix("_per_us").replace("_", " "), "1/µs")
    if suffix not in _STEPS:
        return Quantity(_NAMES.get(short, short.replace("_", " ")))
    sizes = [abs(v) for v in values if is_number(v) and math.isfinite(v)]
    largest = max(sizes, default=1.0)
    unit, scale = next((step for step in reversed(_STEPS[suffix]) if largest >= step[1]), _STEPS[suffix][0])
    return Quantity(name.replace("_", " "), unit, scale)
