"""Study: how the results of one figure are sampled, and the numbers that are read off them."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import qec_leak
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results


class Number(NamedTuple):
    """A value with its standard error (1 sigma). The error is 0 if the value is not a statistic."""

    value: float
    error: float = 0.0

    @classmethod
    def from_blocks(cls, values: npt.ArrayLike) -> Number:
        """The mean of one value for each block of shots, with the standard error from their spread (NaN for one)."""
        blocks = np.asarray(values, dtype=float)
        error = blocks.std(ddof=1) / math.sqrt(len(blocks)) if len(blocks) > 1 else math.nan
        return cls(float(blocks.mean()), float(error))

    def __str__(self) -> str:
        """The value to the second digit of its error: 4.894 ± 0.012; to four digits if it has none."""
        if not self.error or not math.isfinite(self.error):
            return f"{self.value:.4g}"
        decimals = 1 - math.floor(math.log10(self.error))
        exponent = math.floor(math.log10(max(abs(self.value), self.error)))
        if not -4 <= exponent < 6:
            value, error = (x / 10.0**exponent for x in self)
            return (
                f"({value:.{max(decimals + exponent, 0)}f} ± {error:.{max(decimals + exponent, 0)}f})e{exponent:+03d}"
            )
        return f"{self.value:.{max(decimals, 0)}f} ± {self.error:.{max(decimals, 0)}f}"


def _ignore(shots: int) -> None:
    pass


@dataclass(frozen=True)
class Run:
    """How to sample: on how many threads (or processes, for decoding), and who is told of progress.

    progress: called with the number of shots done since its last call; may raise to stop.
    """

    threads: int = 1
    progress: Callable[[int], object] = field(default=_ignore)


@dataclass(frozen=True)
class Study:
    """One study: the file experiments/NAME.toml, what is done with it, and which numbers come out.

    sample: runs the experiment and returns named arrays.
    numbers: values read off the results (fits, averages) by name. Notebooks assert on them, and the score card judges
        them.
    published: the values of these numbers in the literature, by name. Figures draw them, and the score card compares
        with them.
    version: raised whenever what ``sample`` computes changes, so that older results are not used.
    """

    name: str
    sample: Callable[[Experiment, Run], Mapping[str, Array]]
    numbers: Callable[[Results], Mapping[str, Number]]
    version: int = 1
    published: Mapping[str, Published] = field(default_factory=dict)

    def fingerprint(self, experiment: Experiment) -> str:
        """Hash of all that decides the results: the experiment, the engine's sources, and ``version`` for what the
        study itself computes."""
        return f"{experiment.fingerprint}-{self.version}"

    def run(self, experiment: Experiment, run: Run | None = None) -> Results:
        """Sample now."""
        start = time.perf_counter()
        arrays = dict(self.sample(experiment, Run() if run is None else run))
        metadata = {
            "qec_leak": qec_leak.__version__,
            "experiment": experiment.record(),
            "seconds": round(time.perf_counter() - start, 1),
        }
        return Results(self.name, self.fingerprint(experiment), arrays, metadata)

    def load_or_run(
        self, experiment: Experiment, folder: str | os.PathLike[str], run: Run | None = None
    ) -> tuple[Results, bool]:
        """The results in ``folder`` if they are of this very experiment, else new ones, saved there.

        Returns the results and whether they were sampled now.
        """
        path = self.path(folder, quick=experiment.quick)
        if path.exists():
            found = Results.load(path)
            if found.study == self.name and found.fingerprint == self.fingerprint(experiment):
                return found, False
        results = self.run(experiment, run)
        results.save(path)
        return results, True

    def path(self, folder: str | os.PathLike[str], *, quick: bool = False) -> Path:
        """Where ``load_or_run`` keeps the results."""
        return Path(folder) / f"{self.name}{'-quick' if quick else ''}.npz"
