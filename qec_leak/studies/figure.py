"""PaperFigure: a figure of a paper, drawn from the results of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study


@dataclass(frozen=True)
class PaperFigure:
    """One figure.

    name: as on the command line; also of the picture files.
    title: one line: what is shown, and where it comes from.
    source: the study whose results are drawn; several figures may share one.
    draw: results -> figure.
    caption: what there is to see, in a few sentences.
    shows: if several figures share a study, the numbers of this one are those with this text in their names.
    animate: writes the figure as an animation to a GIF file, if it has one.
    """

    name: str
    title: str
    source: Study
    draw: Callable[[Results], Figure]
    caption: str
    shows: str = ""
    animate: Callable[[Results, Path], None] | None = None

    @property
    def study(self) -> str:
        """Name of the study."""
        return self.source.name

    def numbers(self, results: Results) -> Mapping[str, Number]:
        """What is read off the results, by name."""
        return {name: number for name, number in self.source.numbers(results).items() if self.shows in name}
