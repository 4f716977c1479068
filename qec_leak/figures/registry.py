"""The figures by name: which study each is drawn from, and by which function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from qec_leak.figures import populations
from qec_leak.studies import STUDIES, Results, Study


@dataclass(frozen=True)
class PaperFigure:
    """One figure.

    name: as on the command line; also of the picture files.
    title: one line: what is shown, and where it comes from.
    study: name of the study whose results are drawn; several figures may share one.
    draw: results -> figure.
    caption: what there is to see, in a few sentences.
    animate: writes the figure as an animation to a GIF file, if it has one.
    """

    name: str
    title: str
    study: str
    draw: Callable[[Results], Figure]
    caption: str = ""
    animate: Callable[[Results, Path], None] | None = None

    @property
    def source(self) -> Study:
        """The study."""
        return STUDIES[self.study]


FIGURES: Mapping[str, PaperFigure] = {
    figure.name: figure
    for figure in (
        PaperFigure(
            "F3a",
            "leakage populations, data and measure qubits, three strategies, 30 cycles (Miao et al., Fig. 3a)",
            "F3a",
            populations.draw,
            "Without reset, leakage piles up on data and measure qubits. MLR empties the measure qubits, and data "
            "qubits settle where transport to them and decay balance heating; DQLR empties both within two cycles.",
        ),
    )
}
"""Figures by name, in the order of the paper."""
