"""How many shots and how long a sweep takes, from a few shots of some of its points."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from qec_leak.sweep.block import Block, CompiledPoint, warm_kernels
from qec_leak.sweep.point import Point, Sweep
from qec_leak.sweep.rows import Row, row_key

_TRIAL_SHOTS = 1024
_TRIAL_SECONDS = 10.0  # for all trials together


@dataclass(frozen=True)
class Estimate:
    """What one point probably takes.

    shots_there: shots that the results file has of it (by metadata: circuits are compared when it is run).
    shots: still to be run.   seconds: of one worker, for them.
    """

    point: Point
    shots_there: int
    shots: float
    seconds: float


@dataclass(frozen=True)
class _Trial:
    compile_seconds: float
    seconds_per_shot: float
    error_fraction: float


def estimate_sweep(sweep: Sweep, rows: Sequence[Row] = ()) -> tuple[Estimate, ...]:
    """Estimates of all points in order.

    One point of each circuit size, strategy and decoder is tried, as far as a few seconds allow; the others are taken
    to be like it, in proportion to their size, their logical errors included.

    Args: rows: of the results file, if there is one.
    """
    there: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        counts = there[row.key]
        counts[0] += row.stats.shots
        counts[1] += row.stats.errors
    trials: dict[tuple[object, ...], _Trial] = {}
    start = time.monotonic()
    for point in sweep.points:
        if _kind(point) not in trials and (not trials or time.monotonic() - start < _TRIAL_SECONDS):
            trials[_kind(point)] = _try(point)
    out = []
    for point in sweep.points:
        shots, errors = there.get(row_key(point.sampler_name, dict(point.metadata)), (0, 0))
        kind, trial = min(trials.items(), key=lambda item: _distance(item[0], _kind(point)))
        scale = point.num_detectors() / _detectors(kind)
        left = _shots_left(sweep, shots, errors, trial.error_fraction)
        seconds = (trial.compile_seconds + left * trial.seconds_per_shot) * scale if left else 0.0
        out.append(Estimate(point, shots, left, seconds))
    return tuple(out)


def _shots_left(sweep: Sweep, shots: int, errors: int, error_fraction: float) -> float:
    if sweep.stop.stops(shots, errors):
        return 0.0
    fraction = errors / shots if errors else error_fraction
    wanted = sweep.stop.errors_wanted(_TRIAL_SHOTS, round(fraction * _TRIAL_SHOTS))
    until = wanted / fraction if fraction else float("inf")
    return max(1.0, min(sweep.stop.max_shots, until) - shots)


def _try(point: Point) -> _Trial:
    warm_kernels()
    start = time.process_time()  # what else the machine does now is not what it will do then
    compiled = CompiledPoint(point)
    compiled.run(0, Block(0, 1))
    compile_seconds = time.process_time() - start
    counts = compiled.run(0, Block(0, _TRIAL_SHOTS))
    return _Trial(compile_seconds, counts.seconds / _TRIAL_SHOTS, counts.errors / _TRIAL_SHOTS)


def _kind(point: Point) -> tuple[object, ...]:
    circuit = point.circuit
    return (point.num_detectors(), circuit.get("code"), str(circuit.get("strategy")), point.decoder)


def _detectors(kind: tuple[object, ...]) -> int:
    assert isinstance(kind[0], int)
    return kind[0]


def _distance(a: tuple[object, ...], b: tuple[object, ...]) -> tuple[int, int]:
    return sum(x != y for x, y in zip(a[1:], b[1:], strict=True)), abs(_detectors(a) - _detectors(b))
