"""Statistics of batches: detection fractions, correlations, leakage, logical errors, and curves through them."""

from qec_leak.analysis.circuit_layout import DetectorLayout
from qec_leak.analysis.correlations import (
    EventCorrelations,
    average_p_ij,
    jackknife,
    neighboring_stabilizers,
    pairs_by_separation,
)
from qec_leak.analysis.curves import (
    GompertzFit,
    LineFit,
    PowerLawFit,
    fit_gompertz,
    fit_line,
    fit_power_law,
)
from qec_leak.analysis.detection import DetectionStatistics, detector_layout
from qec_leak.analysis.leakage import LeakageFit, fit_leakage, populations_of
from qec_leak.analysis.leakage_gain import LeakageGain, leakage_gain
from qec_leak.analysis.logical import (
    inverse_suppression_factor,
    logical_error_fit,
    logical_error_per_cycle,
    logical_error_per_cycle_error,
    logical_error_per_cycle_fit,
    suppression_factor,
    suppression_factor_fit,
)

__all__ = [
    "DetectionStatistics",
    "DetectorLayout",
    "EventCorrelations",
    "GompertzFit",
    "LeakageFit",
    "LeakageGain",
    "LineFit",
    "PowerLawFit",
    "average_p_ij",
    "detector_layout",
    "fit_gompertz",
    "fit_leakage",
    "fit_line",
    "fit_power_law",
    "inverse_suppression_factor",
    "jackknife",
    "leakage_gain",
    "logical_error_fit",
    "logical_error_per_cycle",
    "logical_error_per_cycle_error",
    "logical_error_per_cycle_fit",
    "neighboring_stabilizers",
    "pairs_by_separation",
    "populations_of",
    "suppression_factor",
    "suppression_factor_fit",
]
