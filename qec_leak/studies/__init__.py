"""From an experiment file to a figure, and the numbers that are read off it.

A figure is one module here, in the package of its paper (``miao2023``; ``beyond`` for what the papers leave open), and
one file ``experiments/NAME.toml``. To add one,

1. write ``experiments/NAME.toml``: a sweep file (``qec_leak.sweep``), with ``quick.SECTION.key = value`` for the values
   of the quick variant, and ``[study]`` for settings that only the study reads;
2. write a module with ``PUBLISHED``, the numbers of the paper; ``sample(experiment, run) -> arrays``;
   ``numbers(results) -> {name: Number}``, by the names of ``PUBLISHED``; ``draw(results) -> Figure``; and from them
   ``STUDY = Study("NAME", sample, numbers)`` and ``FIGURES``, its ``PaperFigure``s;
3. add the module to ``qec_leak.studies.registry``.

``qec-leak figure NAME`` then samples what is missing and draws it. Plots that belong to no paper are in
``qec_leak.figures``. In Python:

>>> from qec_leak.studies import FIGURES, results_of
>>> results = results_of("F2", quick=True)
>>> print(f"{FIGURES['F2bc'].numbers(results)['transport |31> <-> |22>'].value:.2f}")
0.58
>>> FIGURES["F2bc"].source.published["transport |31> <-> |22>"]
Published(value=0.61, source='Fig. 2b, mean of 20 pairs', bound='')
"""

from qec_leak.studies.experiment import Experiment, experiments_folder, memory_of
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.registry import FIGURES, STUDIES, results_of
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Run, Study

__all__ = [
    "FIGURES",
    "STUDIES",
    "Experiment",
    "Number",
    "PaperFigure",
    "Published",
    "Results",
    "Run",
    "Study",
    "experiments_folder",
    "memory_of",
    "results_of",
]
