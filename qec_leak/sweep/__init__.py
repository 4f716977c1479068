"""Sweeps over many memory experiments: files, runners that survive interruption, results in sinter's CSV."""

from qec_leak.sweep.block import Block, BlockCounts, run_block
from qec_leak.sweep.config import SweepFileError, parse_sweep, read_sweep
from qec_leak.sweep.errors import SweepError, SweepInterrupted
from qec_leak.sweep.point import Point, RunSettings, StopRule, Sweep
from qec_leak.sweep.records import read, suppression_factors
from qec_leak.sweep.results import read_results
from qec_leak.sweep.runner import PointResult, collect

__all__ = [
    "Block",
    "BlockCounts",
    "Point",
    "PointResult",
    "RunSettings",
    "StopRule",
    "Sweep",
    "SweepError",
    "SweepFileError",
    "SweepInterrupted",
    "collect",
    "parse_sweep",
    "read",
    "read_results",
    "read_sweep",
    "run_block",
    "suppression_factors",
]
