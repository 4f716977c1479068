"""The figures by name: which study each is drawn from, and by which function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from qec_leak.figures import blog, f1c, f2, f3a, f3c, f5a, s4
from qec_leak.studies import STUDIES, Number, Results, Study


@dataclass(frozen=True)
class PaperFigure:
    """One figure.

    name: as on the command line; also of the picture files.
    title: one line: what is shown, and where it comes from.
    study: name of the study whose results are drawn; several figures may share one.
    draw: results -> figure.
    caption: what there is to see, in a few sentences.
    shows: of several figures of one study, which numbers are this one's: those with this in their name.
    animate: writes the figure as an animation to a GIF file, if it has one.
    """

    name: str
    title: str
    study: str
    draw: Callable[[Results], Figure]
    caption: str
    shows: str = ""
    animate: Callable[[Results, Path], None] | None = None

    @property
    def source(self) -> Study:
        """The study."""
        return STUDIES[self.study]

    def numbers(self, results: Results) -> Mapping[str, Number]:
        """What is read off the results, by name."""
        return {name: number for name, number in self.source.numbers(results).items() if self.shows in name}


FIGURES: Mapping[str, PaperFigure] = {
    figure.name: figure
    for figure in (
        PaperFigure(
            "F1c",
            "leakage put into the central data qubit: decay, and where it goes (Miao et al., Fig. 1c)",
            "F1c",
            f1c.draw,
            "An injected |2> lives for some cycles: less than T1 of level 2 allows, for CZs carry it to neighbours. "
            "MLR removes what arrives on measure qubits; without reset it stays on the lattice.",
        ),
        PaperFigure(
            "F2bc",
            "transport of leakage by one CZ, levels 0 to 3 (Miao et al., Fig. 2b, 2c)",
            "F2",
            f2.draw_transport,
            "The CZ that is calibrated on levels 0 and 1 exchanges |30> with |12>, and |31> with |22>: leakage changes "
            "its place and its level. Numbers are percent (columns with less lead to level 4); they depend on the "
            "shape of the pulse.",
            shows="transport",
        ),
        PaperFigure(
            "F2de",
            "conditional phases of a CZ with the partner in 0, 1 and 2 (Miao et al., Fig. 2d, 2e)",
            "F2",
            f2.draw_phases,
            "A partner in |2> turns the other qubit by a phase that is neither 0 nor pi: one leaked qubit is a source "
            "of errors on all of its neighbours.",
            shows="phase",
        ),
        PaperFigure(
            "F3a",
            "leakage populations, data and measure qubits, three strategies, 30 cycles (Miao et al., Fig. 3a)",
            "F3a",
            f3a.draw,
            "Without reset, leakage piles up on data and measure qubits. MLR empties the measure qubits, and data "
            "qubits settle where decay and transport balance CZ leakage and heating. DQLR empties both within two "
            "cycles.",
        ),
        PaperFigure(
            "F3c",
            "leakage populations after every moment of the cycle, MLR and DQLR (Miao et al., Fig. 3c)",
            "F3c",
            f3c.draw,
            "Leakage grows during CZs and the measurement, and under DQLR falls back to its start with each removal.",
        ),
        PaperFigure(
            "S4",
            "excess leakage on the lattice over 5 cycles after an injection, also as a GIF (Miao et al., Fig. S4)",
            "S4",
            s4.draw,
            "Data qubits are squares, measure qubits circles; what is below four standard errors is white. Without "
            "reset the injected leakage wanders, MLR leaves it on data qubits, DQLR removes it within two cycles.",
            animate=s4.animate,
        ),
        PaperFigure(
            "F5a",
            "detection probability against cycles, weight-4 stabilizers (Miao et al., Fig. 5a)",
            "F5a",
            f5a.draw_weight_4,
            "Leakage makes detections more frequent cycle after cycle; without it (DQLR) they do not change. The "
            "curves start at different heights since a cycle takes as long as its strategy, and idling costs "
            "detections too.",
            shows="weight 4",
        ),
        PaperFigure(
            "S6",
            "detection probability against cycles, weight-2 stabilizers (Miao et al., Fig. S6)",
            "F5a",
            f5a.draw_weight_2,
            "As F5a, for the stabilizers at the boundary.",
            shows="weight 2",
        ),
        PaperFigure(
            "blog",
            "the result in two pictures: leakage of all qubits, and detections (Miao et al., abstract)",
            "blog",
            blog.draw,
            "About 1 % of all qubits is leaked under MLR, about 0.1 % with DQLR.",
        ),
    )
}
"""Figures by name, in the order of the paper."""
