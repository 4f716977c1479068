"""Detection probability against cycles by stabilizer weight, and leakage of the same shots (Miao et al., F5a, S6).

Arrays, for each strategy S: ``S.fraction`` float64 (blocks, weights, rounds + 1), detection fraction of each block of
shots, by stabilizer weight (largest first) and round; the last entry is the comparison with the data qubits; NaN where
a round has no such detector. ``weights`` int64. The spread over blocks gives every error bar, correlations included.
Also the populations of ``qec_leak.studies.strategies``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.analysis import DetectionStatistics, detector_layout, populations_of
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add, sample_blocks
from qec_leak.studies.strategies import final_population, population_arrays, population_blocks_in
from qec_leak.studies.study import Number, Run, Study


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Detection and leakage of every point; the axis is circuit.strategy."""
    out: dict[str, Array] = {}
    for number, point in enumerate(experiment.points):
        memory = point.memory()
        layout = detector_layout(memory)
        detections, populations = [], []
        for block in sample_blocks(memory, experiment.shots, seed=experiment.seed + number, run=run):
            batches = [
                (DetectionStatistics.of_packed(layout, batch.detection_events_b8), populations_of(memory, batch))
                for batch in block
            ]
            detections.append(add([detection for detection, _ in batches]))
            populations.append(add([population for _, population in batches]))
        name = str(memory.strategy)
        fractions = [[detection.fraction(weight) for weight in layout.weights] for detection in detections]
        out[f"{name}.fraction"] = np.array(fractions)
        out["weights"] = np.array(layout.weights)
        out |= population_arrays(name, populations)
    return out


def strategies_in(results: Results) -> list[str]:
    """Strategies that were sampled."""
    return [name.removesuffix(".fraction") for name in results.arrays if name.endswith(".fraction")]


def curves(results: Results, strategy: str, weight: int) -> Array:
    """Detection fraction of stabilizers of one weight: float64 (blocks, rounds), without the final comparison."""
    row = results["weights"].tolist().index(weight)
    return np.asarray(results[f"{strategy}.fraction"][:, row, :-1])


def average(blocks: Array) -> tuple[Array, Array]:
    """Mean over blocks (the first axis), point by point, and its standard error."""
    return blocks.mean(axis=0), blocks.std(axis=0, ddof=1) / np.sqrt(len(blocks))


def numbers(results: Results) -> Mapping[str, Number]:
    """Means over the cycles from the third on, slopes, and rises of weight-4 and weight-2 detection fractions.

    Rises are from the first full cycle (3) to 13-16, and from there to the last three.
    """
    out: dict[str, Number] = {}
    for weight in results["weights"].tolist():
        last: dict[str, Array] = {}
        for strategy in strategies_in(results):
            blocks = curves(results, strategy, weight)[:, 2:]
            rounds = np.arange(3, 3 + blocks.shape[1])
            name = f"{strategy} weight {weight}"
            centred = rounds - rounds.mean()
            out[name] = Number.from_blocks(blocks.mean(axis=1))
            out[f"{name}, slope per cycle"] = Number.from_blocks(blocks @ centred / np.square(centred).sum())
            last[strategy] = blocks[:, -3:].mean(axis=1)
            if len(rounds) > 14:
                middle = blocks[:, 10:14].mean(axis=1)
                out[f"{name}, rise to cycle 15"] = Number.from_blocks(middle - blocks[:, 0])
                out[f"{name}, rise from 15"] = Number.from_blocks(last[strategy] - middle)
        for higher, lower in (("NO_RESET", "MLR"), ("MLR", "DQLR")):
            if higher in last and lower in last:
                out[f"{higher} - {lower}, weight {weight}, end"] = Number.from_blocks(last[higher] - last[lower])
    return out


def blog_numbers(results: Results) -> Mapping[str, Number]:
    """Leakage averaged over all qubits at the end, and detection of weight-4 stabilizers at the end."""
    out: dict[str, Number] = {}
    for strategy, blocks in population_blocks_in(results).items():
        out[f"{strategy} leakage of all qubits"] = final_population(blocks, strategy, None)
    for strategy in strategies_in(results):
        out[f"{strategy} detection"] = Number.from_blocks(curves(results, strategy, 4)[:, -3:].mean(axis=1))
    return out


STUDY = Study("F5a", sample, numbers)
BLOG = Study("blog", sample, blog_numbers)
