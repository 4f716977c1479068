"""Statistics of batches: detection fractions, leakage, logical errors."""

from qec_leak.analysis.detection import DetectionStatistics, DetectorLayout, detector_layout
from qec_leak.analysis.leakage import LeakageFit, fit_leakage, populations_of
from qec_leak.analysis.logical import (
    logical_error_fit,
    logical_error_per_cycle,
    logical_error_per_cycle_fit,
    suppression_factor,
    suppression_factor_fit,
)

__all__ = [
    "DetectionStatistics",
    "DetectorLayout",
    "LeakageFit",
    "detector_layout",
    "fit_leakage",
    "logical_error_fit",
    "logical_error_per_cycle",
    "logical_error_per_cycle_fit",
    "populations_of",
    "suppression_factor",
    "suppression_factor_fit",
]
