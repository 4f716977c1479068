"""The studies by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from qec_leak import _checks
from qec_leak.device import Device
from qec_leak.studies import (
    beyond,
    bit_flip,
    budget,
    correlations,
    detection,
    injected,
    strategies,
    suppression,
    transport,
    within_cycle,
)
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Results
from qec_leak.studies.study import Run, Study

STUDIES: Mapping[str, Study] = {
    study.name: study
    for study in (
        injected.DECAY,
        transport.STUDY,
        strategies.STUDY,
        within_cycle.STUDY,
        injected.LATTICE,
        detection.STUDY,
        detection.BLOG,
        bit_flip.INJECTION,
        bit_flip.CYCLES,
        suppression.ORDER,
        suppression.LAMBDA,
        correlations.STUDY,
        beyond.SUPPRESSION,
        beyond.INTERVAL,
        budget.STUDY,
    )
}
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
        folder: where results are kept; those of this very experiment are not sampled again. None: sample, keep nothing.
        overrides: values that replace those of experiments/NAME.toml, by dotted key: {"stop.max_shots": 1000}.
        device: what is sampled, instead of the file's devices.
        run: threads, and whom to tell of progress.
    """
    study = STUDIES[_checks.check_choice("name", name, STUDIES)]
    experiment = Experiment.find(name, quick=quick, overrides=overrides, device=device)
    return study.run(experiment, run) if folder is None else study.load_or_run(experiment, folder, run)[0]
