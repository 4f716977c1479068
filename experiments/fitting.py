"""Fits of devices to published experiments: few free parameters, rows that are fitted, rows that are predicted.

A device has a script, fit_NAME.py, that says which parameters are free and how each row's number is found; the numbers
themselves, with source, decoder and rounds, are in published.toml. Every script takes --shots, and --check, which
compares the preset as it is; without it the fit is run and its parameters are printed, to be put into
qec_leak/device/presets/NAME.toml.
"""

from __future__ import annotations

import argparse
import functools
import math
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import least_squares

import qec_leak as ql
from qec_leak.analysis import DetectionStatistics, detector_layout, logical_error_per_cycle
from qec_leak.decoding import compile_decoder, count_logical_errors, decoded_batches

PUBLISHED = Path(__file__).with_name("published.toml")
Values = Mapping[str, float]


class Row(NamedTuple):
    """A published number and the range in which a simulated one agrees.

    kind: "fitted", "chosen" (something discrete was chosen by it) or "predicted".
    decoder: theirs, where it matters.   rounds: of their experiment, where it is one.
    """

    name: str
    source: str
    target: float
    low: float
    high: float
    kind: str = "predicted"
    decoder: str = ""
    rounds: int = 0

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


def published(device: str) -> tuple[Row, ...]:
    """The rows of a device in published.toml: a range is given as ``factor``, ``within`` or ``low`` and ``high``."""
    rows = []
    for row in tomllib.loads(PUBLISHED.read_text())[device]:
        values = dict(row)
        target = float(values["target"])
        if "factor" in values:
            factor = values.pop("factor")
            values |= {"low": target / factor, "high": target * factor}
        elif "within" in values:
            within = values.pop("within")
            values |= {"low": target - within, "high": target + within}
        rows.append(Row(**{"low": -math.inf, "high": math.inf} | values))
    return tuple(rows)


class Memory(NamedTuple):
    """What a memory experiment gives: logical error per shot and per cycle, fraction of detection events."""

    logical_error: float
    error_per_cycle: float
    detection: float


@functools.cache
def memory(
    device: ql.Device, distance: int, rounds: int, strategy: str, basis: str, shots: int, cycle_ns: float | None = None
) -> Memory:
    """A memory experiment, decoded with correlated matching. The seed is the same for all devices."""
    experiment = ql.memory_experiment(
        distance=distance, rounds=rounds, strategy=strategy, basis=basis, device=device, cycle_ns=cycle_ns
    )
    ready = compile_decoder(experiment.circuit, "pymatching-correlated")
    layout = detector_layout(experiment)
    batches = ql.compile_sampler(experiment.circuit, seed=distance).batches(shots, batch_shots=4096)
    errors = 0
    parts = []
    for batch, decoded in decoded_batches(batches, ready, workers=1):
        errors += count_logical_errors(decoded.flips_b8, batch.observable_flips_b8)
        parts.append(DetectionStatistics.of_packed(layout, batch.detection_events_b8).counts)
    bulk = (layout.round > layout.lookback) & (layout.round <= rounds)
    probability = errors / shots
    detection = float(np.sum(parts, axis=0)[bulk].mean() / shots)
    return Memory(probability, logical_error_per_cycle(probability, rounds), detection)


def both_bases(
    device: ql.Device, distance: int, rounds: int, strategy: str, shots: int, cycle_ns: float | None = None
) -> Memory:
    """The average over the bases X and Z, half of the shots each."""
    parts = [memory(device, distance, rounds, strategy, basis, shots // 2, cycle_ns) for basis in "XZ"]
    return Memory(*(sum(values) / 2 for values in zip(*parts, strict=True)))


@dataclass(frozen=True)
class Fit:
    """A fit of the preset ``name``.

    start: free parameters, positive, by their own names.   choices: values of what is chosen, such as an orientation.
    device: of parameters and a choice.   values: numbers by row, at least those asked for.
    """

    name: str
    start: Values
    choices: tuple[Any, ...]
    device: Callable[[Values, Any], ql.Device]
    values: Callable[[ql.Device, int, Collection[str]], Values]

    @property
    def rows(self) -> tuple[Row, ...]:
        return published(self.name)

    def run(self, shots: int) -> tuple[Values, Any]:
        """The parameters and the choice that bring fitted rows closest to their targets (common random numbers)."""
        fitted = [row for row in self.rows if row.fitted]
        names = list(self.start)
        best: tuple[float, Values, Any] | None = None
        for choice in self.choices:

            def distances(logs: np.ndarray, choice: Any = choice) -> np.ndarray:
                parameters = dict(zip(names, np.exp(logs).tolist(), strict=True))
                values = self.values(self.device(parameters, choice), shots, [row.name for row in fitted])
                return np.array([row.distance(values[row.name]) for row in fitted])

            found = least_squares(distances, np.log(list(self.start.values())), diff_step=0.05, max_nfev=12)
            parameters = dict(zip(names, np.exp(found.x).tolist(), strict=True))
            print(f"{choice}: distance {2 * found.cost:.3f} at {parameters}", flush=True)
            if best is None or found.cost < best[0]:
                best = (found.cost, parameters, choice)
        assert best is not None
        return best[1], best[2]

    def report(self, device: ql.Device, shots: int) -> bool:
        """Print every row; True if all agree."""
        values = self.values(device, shots, [row.name for row in self.rows])
        print(f"{'row':<50} {'source':<18} {'value':>10} {'target':>10} {'allowed':>22}  kind       verdict")
        for row in self.rows:
            value = values[row.name]
            allowed = f"{row.low:.3g} ... {row.high:.3g}"
            verdict = "pass" if row.agrees(value) else "FAIL"
            numbers = f"{value:>10.4g} {row.target:>10.4g} {allowed:>22}"
            print(f"{row.name:<50} {row.source:<18} {numbers}  {row.kind:<10} {verdict}")
        return all(row.agrees(values[row.name]) for row in self.rows)

    def main(self, description: str | None, shots: int) -> None:
        """The command line of a script."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--shots", type=int, default=shots)
        parser.add_argument("--check", action="store_true", help="only compare the preset as it is with the rows")
        args = parser.parse_args()
        device = ql.Device.preset(self.name)
        if not args.check:
            device = self.device(*self.run(args.shots // 4))
        raise SystemExit(0 if self.report(device, args.shots) else 1)
