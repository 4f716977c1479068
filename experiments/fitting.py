"""Fits of devices to published experiments: few free parameters, rows that are fitted, rows that are predicted.

A device has a script, fit_NAME.py, that says which parameters are free and how each row's number is found; the
published numbers stand with the studies that sample them (``STUDIES[study].published``). Every script takes --shots,
and --check, which compares the preset as it is; without it the fit is run and its parameters are printed, to be put
into qec_leak/device/presets/NAME.toml.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import qec_leak as ql
from qec_leak.studies import STUDIES, Experiment, Number, Run

Values = Mapping[str, float]

_ITERATIONS = 2
_WIDTH = math.log(1.3)
"""Of a difference, to either side: noise of the rows is small beside it."""


class Row(NamedTuple):
    """A published number and the range in which a simulated one agrees.

    kind: "fitted", "chosen" (something discrete was chosen by it) or "predicted".
    """

    name: str
    source: str
    target: float
    low: float
    high: float
    kind: str = "predicted"

    @classmethod
    def factor(cls, name: str, source: str, target: float, factor: float = 1.5, *, kind: str = "predicted") -> Row:
        """target / factor to target * factor."""
        return cls(name, source, target, target / factor, target * factor, kind)

    @classmethod
    def within(cls, name: str, source: str, target: float, tolerance: float, *, kind: str = "predicted") -> Row:
        """target - tolerance to target + tolerance."""
        return cls(name, source, target, target - tolerance, target + tolerance, kind)

    @property
    def fitted(self) -> bool:
        """True if parameters are fitted to it."""
        return self.kind == "fitted"

    def agrees(self, value: float) -> bool:
        """True for a value in the range."""
        return self.low <= value <= self.high

    def distance(self, value: float) -> float:
        """How far a value is off, as a logarithm: 1 at the upper end of the range."""
        return math.log(value / self.target) / math.log(self.high / self.target)


def published(study: str, name: str) -> float:
    """A published number, as it stands with its study."""
    return STUDIES[study].published[name].value


def numbers(study: str, device: ql.Device, **overrides: Any) -> Mapping[str, Number]:
    """What is read off a study on ``device``; overrides: by dotted key, ``__`` for its dots."""
    by_key = {key.replace("__", "."): value for key, value in overrides.items()}
    experiment = Experiment.find(study, overrides=by_key, device=device)
    return STUDIES[study].numbers(STUDIES[study].run(experiment, Run(os.cpu_count() or 1)))


@dataclass(frozen=True)
class Fit:
    """A fit of the preset ``name``.

    rows: published numbers.   start: free parameters, positive, by their own names.
    choices: values of what is chosen, such as an orientation.   device: of parameters and a choice.
    values: numbers by row, at least those asked for.
    """

    name: str
    rows: tuple[Row, ...]
    start: Values
    choices: tuple[Any, ...]
    device: Callable[[Values, Any], ql.Device]
    values: Callable[[ql.Device, int, Collection[str]], Values]

    def run(self, shots: int) -> tuple[Values, Any]:
        """The parameters and the choice that bring fitted rows closest to their targets, rows weighing alike.

        Gauss and Newton's steps in logarithms, with differences over wide steps: rows are noisy, and smooth.
        """
        best: tuple[float, Values, Any] | None = None
        for choice in self.choices:
            logs = np.log(list(self.start.values()))
            for _ in range(_ITERATIONS):
                logs = logs + self._step(logs, choice, shots)
            parameters = dict(zip(self.start, np.exp(logs).tolist(), strict=True))
            distance = float((self._distances(logs, choice, shots) ** 2).sum())
            print(f"{choice}: distance {distance:.3f} at {parameters}", flush=True)
            if best is None or distance < best[0]:
                best = (distance, parameters, choice)
        assert best is not None
        return best[1], best[2]

    def _step(self, logs: np.ndarray, choice: Any, shots: int) -> np.ndarray:
        columns, middles = [], []
        for unit in _WIDTH * np.eye(len(logs)):
            up, down = (self._distances(logs + sign * unit, choice, shots) for sign in (1, -1))
            columns.append((up - down) / (2 * _WIDTH))
            middles.append((up + down) / 2)
        found = np.linalg.lstsq(np.array(columns).T, -np.mean(middles, axis=0), rcond=None)[0]
        return np.clip(found, -math.log(2), math.log(2))

    def _distances(self, logs: np.ndarray, choice: Any, shots: int) -> np.ndarray:
        fitted = [row for row in self.rows if row.fitted]
        parameters = dict(zip(self.start, np.exp(logs).tolist(), strict=True))
        values = self.values(self.device(parameters, choice), shots, [row.name for row in fitted])
        return np.array([row.distance(values[row.name]) for row in fitted])

    def report(self, device: ql.Device, shots: int) -> bool:
        """Print every row; True if all agree."""
        values = self.values(device, shots, [row.name for row in self.rows])
        print(f"{'row':<50} {'source':<18} {'value':>10} {'target':>10} {'allowed':>22}  kind       verdict")
        for row in self.rows:
            value = values[row.name]
            allowed = f"{row.low:.3g} ... {row.high:.3g}"
            verdict = "pass" if row.agrees(value) else "FAIL"
            figures = f"{value:>10.4g} {row.target:>10.4g} {allowed:>22}"
            print(f"{row.name:<50} {row.source:<18} {figures}  {row.kind:<10} {verdict}")
        return all(row.agrees(values[row.name]) for row in self.rows)

    def main(self, description: str | None, shots: int) -> None:
        """The command line of a script."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--shots", type=int, default=shots)
        parser.add_argument("--check", action="store_true", help="only compare the preset as it is with the rows")
        args = parser.parse_args()
        device = ql.Device.preset(self.name)
        if not args.check:
            device = self.device(*self.run(args.shots))
        raise SystemExit(0 if self.report(device, args.shots) else 1)
