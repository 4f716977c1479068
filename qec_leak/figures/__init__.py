"""Plots: statistics in, matplotlib Axes out. Nothing here touches pyplot's global state, or knows of a paper."""

from qec_leak.figures.correlations import plot_p_ij
from qec_leak.figures.detection import plot_detection_fraction
from qec_leak.figures.device import plot_transport_matrix
from qec_leak.figures.lattice import lattice_size, plot_patch
from qec_leak.figures.lattice_values import plot_leakage_gain, plot_qubit_leakage, plot_stabilizer_detection
from qec_leak.figures.leakage import plot_leakage_population
from qec_leak.figures.style import COLUMN_WIDTH, STRATEGY_COLORS, new_figure, save_figure

__all__ = [
    "COLUMN_WIDTH",
    "STRATEGY_COLORS",
    "lattice_size",
    "new_figure",
    "plot_detection_fraction",
    "plot_leakage_gain",
    "plot_leakage_population",
    "plot_p_ij",
    "plot_patch",
    "plot_qubit_leakage",
    "plot_stabilizer_detection",
    "plot_transport_matrix",
    "save_figure",
]
