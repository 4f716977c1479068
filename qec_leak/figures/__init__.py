"""Plots of statistics on matplotlib Axes. They do not use pyplot's global state."""

from qec_leak.figures.detection import plot_detection_fraction
from qec_leak.figures.device import plot_transport_matrix
from qec_leak.figures.lattice import lattice_size, plot_patch, plot_qubit_leakage, strategy_title
from qec_leak.figures.leakage import plot_leakage_population
from qec_leak.figures.style import COLUMN_WIDTH, STRATEGY_COLORS, new_figure, save_figure

__all__ = [
    "COLUMN_WIDTH",
    "STRATEGY_COLORS",
    "lattice_size",
    "new_figure",
    "plot_detection_fraction",
    "plot_leakage_population",
    "plot_patch",
    "plot_qubit_leakage",
    "plot_transport_matrix",
    "save_figure",
    "strategy_title",
]
