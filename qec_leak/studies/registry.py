"""The figures and their studies by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from qec_leak import _checks
from qec_leak.device import Device
from qec_leak.studies.beyond import beyond1, beyond2, beyond3, crossover
from qec_leak.studies.devices import own_time, repetition, sycamore, willow
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.miao2023 import blog, f1c, f2, f3a, f3c, f4a, f5a, f5b, f5c, s4, s5, s7
from qec_leak.studies.results import Results
from qec_leak.studies.study import Run, Study

_MODULES = (
    *(f1c, f2, f3a, f3c, s4, f5a, blog, f4a, s5, f5b, f5c, s7),
    *(own_time, sycamore, willow, repetition),
    *(beyond1, beyond2, beyond3, crossover),
)

FIGURES: Mapping[str, PaperFigure] = {figure.name: figure for module in _MODULES for figure in module.FIGURES}
"""Figures by name, in the order of the paper."""

STUDIES: Mapping[str, Study] = {figure.source.name: figure.source for figure in FIGURES.values()}
"""Studies by name."""


def results_of(
    name: str,
    *,
    quick: bool = False,
    folder: str | os.PathLike[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    device: Device | None = None,
    run: Run | None = None,
) -> Results:
    """The results of a study.

    Args:
        quick: of its quick variant.
        folder: where results are kept. Results of this very experiment are not sampled again. None: sample, and keep
            nothing.
        overrides: values that replace those of experiments/NAME.toml, by dotted key: {"stop.max_shots": 1000}.
        device: what is sampled, instead of the file's devices.
        run: threads, and who is told of progress.
    """
    study = STUDIES[_checks.check_choice("name", name, STUDIES)]
    experiment = Experiment.find(name, quick=quick, overrides=overrides, device=device)
    return study.run(experiment, run) if folder is None else study.load_or_run(experiment, folder, run)[0]
