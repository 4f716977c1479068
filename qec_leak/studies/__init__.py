"""From an experiment file to the statistics of a figure, and the numbers that are read off them.

A study is one module: it samples what ``experiments/NAME.toml`` says into named arrays, and reads numbers off them. To
add one,

1. write ``experiments/NAME.toml``: a sweep file (``qec_leak.sweep``), with ``quick.SECTION.key = value`` for what
   differs in the quick variant and ``[study]`` for what only the study understands;
2. write a module here with ``sample(experiment, run) -> arrays`` and ``numbers(results) -> {name: Number}``, and
   ``STUDY = Study("NAME", sample, numbers)``; add it to ``qec_leak.studies.registry``;
3. write ``qec_leak/figures/NAME.py`` with functions statistics -> Axes and ``draw(results) -> Figure``, and add a
   ``PaperFigure`` to ``qec_leak.figures.registry``.

``qec-leak figure NAME`` then runs what is missing and draws it. In Python:

>>> from qec_leak.studies import STUDIES, results_of
>>> results = results_of("F2", quick=True)
>>> print(f"{STUDIES['F2'].numbers(results)['transport |31> <-> |22>'].value:.2f}")
0.58
"""

from qec_leak.studies.experiment import Experiment, experiments_folder, memory_of
from qec_leak.studies.registry import STUDIES, results_of
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Run, Study

__all__ = [
    "STUDIES",
    "Experiment",
    "Number",
    "Results",
    "Run",
    "Study",
    "experiments_folder",
    "memory_of",
    "results_of",
]
