"""F3a: leakage populations against cycles under the three strategies."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from qec_leak.figures.leakage import plot_leakage_population
from qec_leak.figures.style import new_figure
from qec_leak.studies import Results
from qec_leak.studies.strategies import populations_in

MEASURED: Mapping[tuple[str, str], float] = {
    ("NO_RESET", "data"): 5e-2,
    ("NO_RESET", "measure"): 3e-2,
    ("MLR", "data"): 1.5e-2,
    ("MLR", "measure"): 3e-4,
    ("DQLR", "data"): 1e-3,
}
"""Miao et al., Fig. 3a, cycle 30 (NO_RESET still rising). Measure qubits under DQLR: below 1e-4."""


def draw(results: Results) -> Figure:
    """Populations at the ends of cycles, with what was measured."""
    figure, [axes] = new_figure(height=2.7)
    plot_leakage_population(axes, populations_in(results), measured=MEASURED)
    axes.set_xlabel("cycle")
    return figure
