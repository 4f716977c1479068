"""Run the studies that the score card needs, and judge."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from qec_leak.scorecard import processes
from qec_leak.scorecard.processes import PROCESSES
from qec_leak.scorecard.row import Row, Verdict, judge
from qec_leak.scorecard.rows import ROWS
from qec_leak.studies import STUDIES, Number, Run, results_of


@dataclass(frozen=True)
class Report:
    """All verdicts.   seconds: of this run; results that were there already took none."""

    verdicts: tuple[Verdict, ...]
    quick: bool
    seconds: float

    @property
    def passed(self) -> int:
        """Number of rows that pass."""
        return sum(verdict.passed for verdict in self.verdicts)


def score(
    *,
    quick: bool = False,
    folder: str | os.PathLike[str] | None = None,
    rows: tuple[Row, ...] = ROWS,
    run: Run | None = None,
    announce: Callable[[str], object] = lambda name: None,
) -> Report:
    """Judge ``rows``.

    Args:
        quick: the quick variants of the studies: values are rough, and rows may fail for want of shots.
        folder: where results are kept, see ``results_of``; those of ``qec-leak figure`` are taken as they are.
        run: threads, and whom to tell of progress.   announce: called with the name of each study before it.
    """
    start = time.perf_counter()
    resolved = Run() if run is None else run
    numbers: dict[str, dict[str, Number]] = {}
    for name in dict.fromkeys(need for row in rows for need in row.needs):
        announce(name)
        if name == PROCESSES:
            numbers[name] = dict(processes.numbers(resolved, quick=quick))
        else:
            results = results_of(name, quick=quick, folder=folder, run=resolved)
            numbers[name] = dict(STUDIES[name].numbers(results))
    verdicts = tuple(judge(row, numbers) for row in rows)
    return Report(verdicts, quick, time.perf_counter() - start)
