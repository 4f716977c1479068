"""Sweeps over many memory experiments: files, runners that survive interruption, results in sinter's CSV."""

from qec_leak.sweep.config import SweepFileError, parse_sweep, read_sweep
from qec_leak.sweep.point import Point, RunSettings, StopRule, Sweep

__all__ = [
    "Point",
    "RunSettings",
    "StopRule",
    "Sweep",
    "SweepFileError",
    "parse_sweep",
    "read_sweep",
]
