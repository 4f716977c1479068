"""The figures by name: which study each is drawn from, and by which function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from qec_leak.figures import beyond1, beyond2, beyond3, blog, f1c, f2, f3a, f3c, f4a, f5a, f5b, f5c, s4, s5, s7
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
        PaperFigure(
            "F4a",
            "bit-flip code, d = 21, 60 cycles: injected leakage and injected bit flips (Miao et al., Fig. 4a)",
            "F4a",
            f4a.draw,
            "Without reset a little leakage does more harm than many times as many bit flips; under DQLR the two do "
            "nearly the same. (Injected are an X on data qubits, and on measure qubits, which are between their "
            "Hadamards, a Z, which flips the outcome.)",
        ),
        PaperFigure(
            "S5",
            "bit-flip code, d = 21: logical error against cycles, with Gompertz curves (Miao et al., Fig. S5)",
            "S5",
            s5.draw,
            "Leakage builds up first and hurts then. Triangles: no error was seen.",
        ),
        PaperFigure(
            "F5b",
            "d = 3, 15 cycles: logical error against injected leakage (Miao et al., Fig. 5b)",
            "F5b",
            f5b.draw,
            "All cycles take the 1068 ns of DQLR. If each strategy takes its own time, DQLR idles 172 ns longer than "
            "MLR, and with the T1 of 20 us of this device that costs more at d = 3 than its leakage does: then DQLR is "
            "the worst of the three where nothing is injected.",
        ),
        PaperFigure(
            "F5c",
            "1/Lambda of d = 5 and 7 against injected leakage, projected device (Miao et al., Fig. 5c)",
            "F5c",
            f5c.draw,
            "Under DQLR 1/Lambda grows in proportion to the injected leakage, under MLR fast at first, then it "
            "saturates. Both decoders know of no leakage. After 60 cycles: with fewer, more of the logical errors are "
            "those of the final measurement, and 1/Lambda is larger.",
        ),
        PaperFigure(
            "S7",
            "correlations in time of detection events, p_ij (Miao et al., Fig. S7)",
            "S7",
            s7.draw,
            "Pauli noise correlates neighbouring cycles only (without reset also those two apart): all else is "
            "leakage, whose memory DQLR erases.",
        ),
        PaperFigure(
            "beyond1",
            "Lambda against CZ leakage and distance: how good must gates be without removal of data leakage?",
            "beyond1",
            beyond1.draw,
            "On `willow`, 20 cycles, each strategy taking its own time. Up to some leakage DQLR costs more than it "
            "saves; beyond it, it is what keeps larger codes better.",
        ),
        PaperFigure(
            "beyond2",
            "DQLR in every k-th cycle: where is the optimum as leakage falls?",
            "beyond2",
            beyond2.draw,
            "On `willow`, d = 5, 30 cycles. Stars: the best interval. Dashed: MLR alone.",
        ),
        PaperFigure(
            "beyond3",
            "error budget: what each noise process contributes to 1/Lambda, leakage included",
            "beyond3",
            beyond3.draw,
            "1/Lambda of d = 3 and 5, contributions w p with w = d(1/Lambda)/dp at half of the noise; idling is the "
            "dynamical-decoupling part per cycle. DQLR adds idling and a gate, and removes most of what leakage costs.",
        ),
    )
}
"""Figures by name, in the order of the paper."""
