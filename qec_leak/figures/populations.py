"""Leakage populations against cycles, three strategies (Miao et al., F3a)."""

from __future__ import annotations

from matplotlib.figure import Figure

from qec_leak.figures.leakage import plot_leakage_population
from qec_leak.figures.style import new_figure
from qec_leak.studies import Results
from qec_leak.studies.strategies import populations_in


def draw(results: Results) -> Figure:
    """F3a from its study's results."""
    figure, [axes] = new_figure()
    plot_leakage_population(axes, populations_in(results))
    return figure
