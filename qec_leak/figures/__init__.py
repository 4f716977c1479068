"""Plots of statistics on matplotlib Axes. They do not use pyplot's global state."""

from qec_leak.figures.correlations import plot_p_ij
from qec_leak.figures.detection_fraction import plot_detection_fraction
from qec_leak.figures.lattice import lattice_size, plot_patch, strategy_title
from qec_leak.figures.lattice_values import plot_leakage_gain, plot_qubit_leakage, plot_stabilizer_detection
from qec_leak.figures.leakage_population import plot_leakage_population
from qec_leak.figures.leakage_posterior import plot_leakage_posterior, posterior_size
from qec_leak.figures.style import COLUMN_WIDTH, STRATEGY_COLORS, new_figure, save_figure
from qec_leak.figures.transport import plot_transport_matrix

__all__ = [
    "COLUMN_WIDTH",
    "STRATEGY_COLORS",
    "lattice_size",
    "new_figure",
    "plot_detection_fraction",
    "plot_leakage_gain",
    "plot_leakage_population",
    "plot_leakage_posterior",
    "plot_p_ij",
    "plot_patch",
    "plot_qubit_leakage",
    "plot_stabilizer_detection",
    "plot_transport_matrix",
    "posterior_size",
    "save_figure",
    "strategy_title",
]
