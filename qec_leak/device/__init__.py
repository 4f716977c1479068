"""What the hardware is: parameters of transmons and pairs, devices, and their TOML files."""

from qec_leak.device.device import Device
from qec_leak.device.transmon import (
    CzParameters,
    DqlrParameters,
    GateParameters,
    IdleParameters,
    PairParameters,
    QubitParameters,
    ReadoutParameters,
    ResetParameters,
)

__all__ = [
    "CzParameters",
    "Device",
    "DqlrParameters",
    "GateParameters",
    "IdleParameters",
    "PairParameters",
    "QubitParameters",
    "ReadoutParameters",
    "ResetParameters",
]
