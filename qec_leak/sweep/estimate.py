"""Estimates the shots and the time that a sweep takes, from a few shots of some of its points."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from qec_leak.sweep.block import Block, CompiledPoint, warm_kernels
from qec_leak.sweep.point import Point, Sweep
from qec_leak.sweep.rows import Row, row_key
from qec_leak.sweep.runner import TASK_SECONDS

_TRIAL_SHOTS = (1024, 8192)  # the second where the first takes next to nothing
_SHORT_SECONDS = 0.1
_TRIAL_SECONDS = 10.0  # for all trials together


@dataclass(frozen=True)
class Estimate:
    """What one point probably takes.

    shots_there: shots that the results file has of it (by metadata: circuits are compared when it is run).
    shots: still to be run, in whole blocks, for the stop rule is judged after a block.
    blocks: how many blocks they are.
    setup_seconds: processor time to make its circuit, decoder and program, in each worker that runs some of it.
    sampling_seconds: processor time to sample, decode and count its shots.
    """

    point: Point
    shots_there: int
    shots: float
    blocks: int
    setup_seconds: float
    sampling_seconds: float

    def cpu_seconds(self, workers: int = 1) -> float:
        """Processor time in all workers together: a point that takes several tasks is set up in several workers."""
        if not self.blocks:
            return 0.0
        tasks = min(self.blocks, math.ceil(self.sampling_seconds / TASK_SECONDS))
        return self.sampling_seconds + self.setup_seconds * max(1, min(workers, tasks))


@dataclass(frozen=True)
class _Trial:
    """Of one point; times are for each detector. A block takes ``block_seconds`` besides its shots."""

    setup_seconds: float
    block_seconds: float
    seconds_per_shot: float
    error_fraction: float


def sweep_seconds(estimates: Iterable[Estimate], *, workers: int = 1, start_seconds: float = 0.0) -> float:
    """How long the sweep takes on ``workers`` workers, each of which starts in ``start_seconds``."""
    cpu_seconds = sum(e.cpu_seconds(workers) for e in estimates)
    return start_seconds + cpu_seconds / workers if cpu_seconds else 0.0


def estimate_sweep(sweep: Sweep, rows: Sequence[Row] = ()) -> tuple[Estimate, ...]:
    """Estimates of all points in order.

    As many points are tried as some seconds allow, first the two ends of each circuit size, strategy and decoder: how
    long decoding takes depends on how much leaks. The others are taken to be the mean of those that are most like
    them, in proportion to their size, their logical errors included.

    Args: rows: of the results file, if there is one.
    """
    there: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        counts = there[row.key]
        counts[0] += row.stats.shots
        counts[1] += row.stats.errors
    known = [there.get(row_key(p.sampler_name, dict(p.metadata)), (0, 0)) for p in sweep.points]
    to_run = [p for p, (shots, errors) in zip(sweep.points, known, strict=True) if not sweep.stop.stops(shots, errors)]
    trials = _trials(to_run)
    out = []
    for point, (shots, errors) in zip(sweep.points, known, strict=True):
        if sweep.stop.stops(shots, errors):
            out.append(Estimate(point, shots, 0.0, 0, 0.0, 0.0))
            continue
        trial = trials.get(point) or _like(point, trials)
        left, blocks = _left(sweep, point, shots, errors, trial.error_fraction)
        size = point.num_detectors()
        sampling = (blocks * trial.block_seconds + left * trial.seconds_per_shot) * size
        out.append(Estimate(point, shots, left, blocks, trial.setup_seconds * size, sampling))
    return tuple(out)


def _left(sweep: Sweep, point: Point, shots: int, errors: int, error_fraction: float) -> tuple[float, int]:
    """Shots still to be run, at least one, and in how many blocks."""
    fraction = errors / shots if errors else error_fraction
    wanted = sweep.stop.errors_wanted(_TRIAL_SHOTS[0], round(fraction * _TRIAL_SHOTS[0]))
    until = min(sweep.stop.max_shots, wanted / fraction if fraction else math.inf)
    block = sweep.block_shots(point)
    blocks = max(1, math.ceil(until / block) - shots // block)
    return float(min(sweep.stop.max_shots, (shots // block + blocks) * block) - shots), blocks


def _trials(points: Sequence[Point]) -> dict[Point, _Trial]:
    """Trials of some of the points; of at least one, if there are any."""
    out: dict[Point, _Trial] = {}
    if not points:
        return out
    warm_kernels()
    CompiledPoint(points[0]).run(0, Block(0, 1))  # what is loaded, or compiled, only once
    start = time.process_time()
    for point in _order(points):
        if point not in out and (not out or time.process_time() - start < _TRIAL_SECONDS):
            out[point] = _try(point)
    return out


def _order(points: Sequence[Point]) -> Iterator[Point]:
    """The first point of each kind, the last of each kind, then all (some come twice)."""
    kinds: dict[tuple[object, ...], list[Point]] = defaultdict(list)
    for point in points:
        kinds[_kind(point)].append(point)
    yield from (members[0] for members in kinds.values())
    yield from (members[-1] for members in kinds.values())
    yield from points


def _try(point: Point) -> _Trial:
    start = time.process_time()  # what else the machine does now is not what it will do then
    compiled = CompiledPoint(point)
    compiled.run(0, Block(0, 1))
    set_up = time.process_time()
    for shots in _TRIAL_SHOTS:
        begin = time.process_time()
        counts = compiled.run(0, Block(0, shots))
        seconds = time.process_time() - begin
        if counts.seconds > _SHORT_SECONDS:
            break
    size = point.num_detectors()
    return _Trial(
        setup_seconds=(set_up - start) / size,
        block_seconds=max(0.0, seconds - counts.seconds) / size,
        seconds_per_shot=counts.seconds / shots / size,
        error_fraction=counts.errors / shots,
    )


def _like(point: Point, trials: Mapping[Point, _Trial]) -> _Trial:
    """The mean of the trials of the kind that is nearest to that of ``point``."""
    distances = {tried: _distance(_kind(tried), _kind(point)) for tried in trials}
    nearest = min(distances.values())
    same = [trials[tried] for tried, distance in distances.items() if distance == nearest]
    return _Trial(
        fmean(t.setup_seconds for t in same),
        fmean(t.block_seconds for t in same),
        fmean(t.seconds_per_shot for t in same),
        fmean(t.error_fraction for t in same),
    )


def _kind(point: Point) -> tuple[object, ...]:
    circuit = point.circuit
    return (
        point.num_detectors(),
        str(circuit.get("code", circuit.get("patch"))),
        str(circuit.get("strategy")),
        point.decoder,
    )


def _distance(a: tuple[object, ...], b: tuple[object, ...]) -> tuple[int, int]:
    assert isinstance(a[0], int) and isinstance(b[0], int)
    return sum(x != y for x, y in zip(a[1:], b[1:], strict=True)), abs(a[0] - b[0])
