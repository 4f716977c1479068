"""F5a and S6: detection probability against cycles, stabilizers of weight 4 and of weight 2 (Miao et al., Fig. 5a, S6).

What is sampled: experiments/F5a.toml.

Arrays, for each strategy S: ``S.fraction`` float64 (blocks, weights, rounds + 1), detection
fraction of each block of shots, by stabilizer weight (largest first) and round; the last entry is the comparison with
the data qubits; NaN where a round has no such detector. ``weights`` int64. The spread over blocks gives every error
bar, correlations included. Also the populations of the same shots (``qec_leak.studies.populations``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from qec_leak.analysis import DetectionStatistics, detector_layout, populations_of
from qec_leak.figures.style import house_style, mark_measured, new_figure, strategy_color, strategy_legend
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.populations import population_arrays
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.sampling import add, sample_blocks
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {
    "DQLR weight 4": Published(0.18, "Fig. 5a, flat"),
    "DQLR weight 2": Published(0.11, "Fig. S6, flat"),
    "MLR weight 4, rise to cycle 15": Published(0.025, "Fig. 5a"),
}
"""Detection probabilities."""


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
        for strategy in results.strategies("fraction"):
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


def draw_weight_4(results: Results) -> Figure:
    """F5a."""
    return _draw(results, 4)


def draw_weight_2(results: Results) -> Figure:
    """S6."""
    return _draw(results, 2)


def _draw(results: Results, weight: int) -> Figure:
    figure, [axes] = new_figure()
    plot_detection_curves(axes, results, weight)
    return figure


def plot_detection_curves(axes: Axes, results: Results, weight: int) -> None:
    """Detection fraction of the cycles in which all detectors compare full rounds, with what was measured for DQLR."""
    with house_style():
        lookback = 2  # of NO_RESET; MLR and DQLR alike, to begin all curves at one cycle
        end = 1
        for strategy in results.strategies("fraction"):
            fraction, error = average(curves(results, strategy, weight)[:, lookback:])
            rounds = np.arange(lookback + 1, lookback + 1 + len(fraction))
            end = int(rounds[-1])
            axes.errorbar(
                rounds,
                fraction,
                yerr=error,
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        measured = PUBLISHED.get(f"DQLR weight {weight}")
        if "DQLR" in results.strategies("fraction") and measured:
            mark_measured(axes, 1.03 * end, measured.value, "DQLR")
        axes.set_xlabel("cycle")
        axes.set_ylabel(f"detection probability, weight {weight}")
        axes.set_xlim(0, 1.06 * end)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.margins(y=0.12)
        strategy_legend(axes, results.strategies("fraction"), measured=True)


STUDY = Study("F5a", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F5a",
        "detection probability against cycles, weight-4 stabilizers (Miao et al., Fig. 5a)",
        STUDY,
        draw_weight_4,
        "Leakage makes detections more frequent cycle after cycle; without it (DQLR) they do not change. The "
        "curves start at different heights since a cycle takes as long as its strategy, and idling costs "
        "detections too.",
        shows="weight 4",
    ),
    PaperFigure(
        "S6",
        "detection probability against cycles, weight-2 stabilizers (Miao et al., Fig. S6)",
        STUDY,
        draw_weight_2,
        "As F5a, for the stabilizers at the boundary.",
        shows="weight 2",
    ),
)
