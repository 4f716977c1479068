"""Logical errors of the points of an experiment, sampled, decoded and counted: what several studies share.

The decoder's error model is Stim's of each circuit, which has no leakage. It includes injected Pauli errors, as in an
experiment whose decoder is calibrated. Arrays, by point: ``shots``, ``errors``, ``rounds`` int64 (points,),
and for each axis ``axis.NAME`` (points,), NAME without its section: ``axis.strategy``, ``axis.cz.leakage``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qec_leak.analysis import inverse_suppression_factor, logical_error_per_cycle, logical_error_per_cycle_error
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run
from qec_leak.sweep import Point, PointResult, Sweep, collect
from qec_leak.sweep.progress import Snapshot

_SECTIONS = ("circuit.", "device.", "decoder.")
_AXIS = "axis."


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Counts of every point, on ``run.threads`` processes."""
    return counts_of(experiment.sweep, experiment.points, run)


def counts_of(sweep: Sweep, points: Sequence[Point], run: Run) -> dict[str, Array]:
    """Counts of these points under the stop rule and seed of ``sweep``."""
    return arrays_of(collected(sweep, points, run))


def collected(sweep: Sweep, points: Sequence[Point], run: Run) -> tuple[PointResult, ...]:
    """Everything that is counted at these points under the stop rule and seed of ``sweep``."""
    return collect(replace(sweep, points=tuple(points)), workers=run.threads, progress=_progress(run))


def arrays_of(results: Sequence[PointResult]) -> dict[str, Array]:
    """The arrays of these points."""
    out: dict[str, Array] = {
        "shots": np.array([result.stats.shots for result in results]),
        "errors": np.array([result.stats.errors for result in results]),
        "rounds": np.array([int(result.point.circuit["rounds"]) for result in results]),
    }
    for key in results[0].point.labels:
        out[_AXIS + axis_name(key)] = np.array([result.point.labels[key] for result in results])
    return out


def axis_name(key: str) -> str:
    """A dotted key without its section: "circuit.strategy" -> "strategy", "decoder.name" -> "decoder"."""
    section = next((s for s in _SECTIONS if key.startswith(s)), "")
    return "decoder" if key == "decoder.name" else key.removeprefix(section)


def _progress(run: Run) -> Callable[[Snapshot], None]:
    done = 0

    def report(snapshot: Snapshot) -> None:
        nonlocal done
        done, new = snapshot.new_shots, snapshot.new_shots - done
        run.progress(new)

    return report


@dataclass(frozen=True, eq=False)
class LogicalCounts:
    """Shots and logical errors of points. All arrays (points,).

    labels: values of the axes by name.
    """

    shots: Array
    errors: Array
    rounds: Array
    labels: Mapping[str, Array]

    @classmethod
    def of(cls, results: Results) -> LogicalCounts:
        """Those in ``results`` of ``sample``."""
        labels = {name.removeprefix(_AXIS): results[name] for name in results.arrays if name.startswith(_AXIS)}
        return cls(results["shots"], results["errors"], results["rounds"], labels)

    def __len__(self) -> int:
        return len(self.shots)

    def where(self, **labels: Any) -> LogicalCounts:
        """The points with these labels, in their order; ``_`` may stand for the dot of a name: cz_leakage=1e-3."""
        chosen = np.ones(len(self), dtype=bool)
        for key, value in labels.items():
            chosen &= self[key] == value
        return LogicalCounts(
            self.shots[chosen],
            self.errors[chosen],
            self.rounds[chosen],
            {name: values[chosen] for name, values in self.labels.items()},
        )

    def __getitem__(self, name: str) -> Array:
        """Values of one axis, or the rounds."""
        if name == "rounds":
            return self.rounds
        found = [values for key, values in self.labels.items() if key.replace(".", "_") == name.replace(".", "_")]
        if not found:
            raise KeyError(name)
        return found[0]

    def values(self, name: str) -> list[Any]:
        """The different values of an axis, in the order of the points."""
        return list(dict.fromkeys(self[name].tolist()))

    @property
    def probability(self) -> Array:
        """Logical error probability per shot."""
        return np.asarray(self.errors / self.shots)

    @property
    def error(self) -> Array:
        """Its standard error (binomial, of at least one error)."""
        return np.asarray(np.sqrt(np.maximum(self.errors, 1) * (1 - self.probability)) / self.shots)

    @property
    def per_cycle(self) -> Array:
        """Logical error per cycle."""
        pairs = zip(self.probability.tolist(), self.rounds.tolist(), strict=True)
        return np.array([logical_error_per_cycle(p, rounds) for p, rounds in pairs])

    @property
    def per_cycle_error(self) -> Array:
        """Its standard error."""
        return np.array([logical_error_per_cycle_error(*counts) for counts in self._counts()])

    def inverse_suppression(self, larger: LogicalCounts) -> tuple[Array, Array]:
        """1/Lambda of these points and those of the next distance, one by one, and its standard error."""
        pairs = zip(self._counts(), larger._counts(), strict=True)
        values = np.array([inverse_suppression_factor(low, high) for low, high in pairs]).reshape(-1, 2)
        return values[:, 0], values[:, 1]

    def number(self) -> Number:
        """Probability of a single point."""
        [value], [error] = self.probability, self.error
        return Number(float(value), float(error))

    def _counts(self) -> list[tuple[int, int, int]]:
        columns = (self.shots.tolist(), self.errors.tolist(), self.rounds.tolist())
        return list(zip(*columns, strict=True))


def crossing(x: Array, y: Array, error: Array, level: float, *, linear: bool = False) -> Number:
    """The first x at which y, sorted by x, reaches ``level``: interpolated in log x (linearly from x = 0, or if
    ``linear``), with the standard error that those of y give it; infinite if y does not get there."""
    reached = np.flatnonzero(y >= level)
    if not len(reached) or reached[0] == 0:
        return Number(np.inf if not len(reached) else float(x[0]))
    after = int(reached[0])
    before = after - 1
    part = (level - y[before]) / (y[after] - y[before])
    sigma = np.hypot((1 - part) * error[before], part * error[after]) / (y[after] - y[before])
    if linear or x[before] <= 0:
        step = x[after] - x[before]
        return Number(float(x[before] + part * step), float(sigma * step))
    ratio = np.log(x[after] / x[before])
    at = x[before] * np.exp(part * ratio)
    return Number(float(at), float(at * ratio * sigma))
