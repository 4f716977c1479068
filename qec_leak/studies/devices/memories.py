"""What studies of published memories share: logical errors, detection fractions and leakage of every point.

Arrays: those of ``qec_leak.studies.logical``; and float64 (points,): ``detection``, the fraction of events in rounds
that compare full rounds, with its standard error ``detection_error``; ``detection_w4``, ``detection_w2``, the same by
weight of the stabilizer (NaN where there is none); ``leaked``, the part of the data qubits that is leaked at the end.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.analysis import detector_layout
from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_legend
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.logical import LogicalCounts, arrays_of, collected
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run
from qec_leak.sweep import PointResult

_WEIGHTS = (4, 2)


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Counts of every point, on ``run.threads`` processes."""
    found = collected(experiment.sweep, experiment.points, run)
    rows = [_fractions(result) for result in found]
    return arrays_of(found) | {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _fractions(result: PointResult) -> Mapping[str, float]:
    counts, shots = result.stats.custom_counts, result.stats.shots
    checked, events = counts["bulk_checked"], counts["bulk_events"]
    variance = (counts["bulk_squares"] / shots - (events / shots) ** 2) / shots  # of a shot's mean number of events
    out = {"detection": events / checked, "detection_error": math.sqrt(variance) * shots / checked}
    memory = result.point.memory()
    layout, rounds = detector_layout(memory), int(memory.rounds)
    for weight in _WEIGHTS:
        number = int(((layout.weight == weight) & (layout.round == rounds)).sum())
        bulk = range(layout.lookback + 1, rounds + 1)
        fired = sum(counts[f"detection_w{weight}_r{number_}"] for number_ in bulk)
        out[f"detection_w{weight}"] = fired / (number * len(bulk) * shots) if number else math.nan
    out["leaked"] = counts[f"leaked_data_r{rounds}"] / counts["qubits_data"]
    return out


def numbers(results: Results) -> Mapping[str, Number]:
    """For each strategy and number of cycles: logical errors per cycle and Lambda, of both bases together and of each
    one; detection fractions; leakage of data qubits at the end. A name is "DQLR, 25 cycles: Lambda 3/5 X"."""
    out: dict[str, Number] = {}
    counts = LogicalCounts.of(results)
    for strategy, cycles in _cases(counts):
        head = f"{strategy}, {cycles} cycles: "
        by_distance = {d: _mean(counts, strategy, cycles, d) for d in _distances(counts, strategy, cycles)}
        for distance, number in by_distance.items():
            out[f"{head}eps_{distance}"] = number
        for low, high in itertools.pairwise(by_distance):
            out[f"{head}Lambda {low}/{high}"] = ratio(by_distance[low], by_distance[high])
        for basis in counts.values("basis"):
            one = {d: _mean(counts, strategy, cycles, d, [basis]) for d in by_distance}
            out |= {f"{head}eps_{d} {basis}": number for d, number in one.items()}
            for low, high in itertools.pairwise(one):
                out[f"{head}Lambda {low}/{high} {basis}"] = ratio(one[low], one[high])
        for distance in by_distance:
            out |= {f"{head}{name}, d = {distance}": n for name, n in _detection(results, strategy, cycles, distance)}
    return out


def ratio(first: Number, second: Number) -> Number:
    """A quotient and its standard error."""
    value = first.value / second.value if second.value else math.inf
    return Number(value, value * math.hypot(first.error / first.value, second.error / second.value))


def _cases(counts: LogicalCounts) -> list[tuple[str, int]]:
    return list(dict.fromkeys(zip(counts["strategy"].tolist(), counts.rounds.tolist(), strict=True)))


def _distances(counts: LogicalCounts, strategy: str, cycles: int) -> list[int]:
    return sorted(counts.where(strategy=strategy, rounds=cycles).values("distance"))


def _mean(
    counts: LogicalCounts, strategy: str, cycles: int, distance: int, bases: Sequence[str] | None = None
) -> Number:
    """The logical error per cycle, averaged over bases."""
    found = counts.where(strategy=strategy, rounds=cycles, distance=distance)
    parts = [found.where(basis=basis) for basis in (bases or counts.values("basis"))]
    value = sum(float(part.per_cycle[0]) for part in parts) / len(parts)
    return Number(value, math.hypot(*(float(part.per_cycle_error[0]) for part in parts)) / len(parts))


def _detection(results: Results, strategy: str, cycles: int, distance: int) -> Iterator[tuple[str, Number]]:
    chosen = (results["axis.strategy"] == strategy) & (results["rounds"] == cycles)
    chosen &= results["axis.distance"] == distance
    error = float(np.sqrt((results["detection_error"][chosen] ** 2).sum())) / int(chosen.sum())
    yield "detection", Number(float(results["detection"][chosen].mean()), error)
    for weight in _WEIGHTS:
        fraction = float(results[f"detection_w{weight}"][chosen].mean())
        if math.isfinite(fraction):
            yield f"detection of weight {weight}", Number(fraction, error)
    yield "data leakage", Number(float(results["leaked"][chosen].mean()))


def draw_errors(results: Results, published: Mapping[str, Published]) -> Figure:
    """Logical error per cycle against distance, both bases together; a cross is a published one."""
    figure, [axes] = new_figure()
    plot_errors(axes, results, published)
    return figure


def plot_errors(axes: Axes, results: Results, published: Mapping[str, Published]) -> None:
    """A curve for each strategy and number of cycles; only that of the smallest number is solid and filled."""
    with house_style():
        counts = LogicalCounts.of(results)
        found = numbers(results)
        cases = _cases(counts)
        for strategy, cycles in cases:
            distances = _distances(counts, strategy, cycles)
            values = [found[f"{strategy}, {cycles} cycles: eps_{d}"] for d in distances]
            shortest = cycles == min(n for _, n in cases)
            axes.errorbar(
                distances,
                [100 * number.value for number in values],
                yerr=[100 * number.error for number in values],
                color=strategy_color(strategy),
                marker="o",
                linestyle="-" if shortest else "--",
                markerfacecolor=strategy_color(strategy) if shortest else "white",
                elinewidth=0.7,
            )
            known = [(d, published.get(f"{strategy}, {cycles} cycles: eps_{d}")) for d in distances]
            for distance, number in known:
                if number is not None:
                    axes.plot(distance, 100 * number.value, marker="x", color="#222222", markersize=7, zorder=5)
        axes.set_xticks(sorted(counts.values("distance")))
        axes.set_yscale("log")
        axes.set_xlabel("distance")
        axes.set_ylabel("logical error per cycle (%)")
        strategy_legend(axes, counts.values("strategy"))
