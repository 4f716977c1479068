"""S7: correlations in time of detection events, p_ij, under each strategy (Miao et al., Fig. S7).

What is sampled: experiments/S7.toml.

Arrays, for each strategy S: ``S.same``, ``S.neighbor`` float64 (separations,): mean p_ij of detectors of one
stabilizer, of neighbouring ones, that are so many cycles apart (from 0; NaN where there is no pair), within the cycles
``window`` int64 (2,); ``S.same_error``, ``S.neighbor_error`` their standard errors (jackknife over 25 blocks of shots);
``S.matrix`` float64 (cycles, cycles): mean over stabilizers of p_ij of one stabilizer at two cycles, NaN on the
diagonal.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from qec_leak.analysis import (
    EventCorrelations,
    detector_layout,
    jackknife,
    neighboring_stabilizers,
    pairs_by_separation,
)
from qec_leak.analysis.circuit_layout import DetectorLayout
from qec_leak.engine import compile_sampler
from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label, strategy_legend
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {
    "NO_RESET same stabilizer, least": Published(1e-2, "Fig. S7", bound=">"),
    "MLR same stabilizer, 2 apart": Published(1e-2, "Fig. S7"),
    "MLR same stabilizer, 10 apart": Published(1e-3, "Fig. S7", bound=">"),
    "DQLR same stabilizer, 2 apart": Published(2e-3, "Fig. S7"),
    "DQLR same stabilizer, 3 apart": Published(2e-3, "Fig. S7", bound="<"),
    "DQLR same stabilizer, 10 apart": Published(2e-3, "Fig. S7", bound="<"),
}
"""Mean p_ij of detectors that are so many cycles apart."""

BLOCKS = 25

SEPARATIONS = (2, 3, 5, 10)
"""Separations whose p_ij are among the numbers."""

TITLES = {"same": "same stabilizer", "neighbor": "neighbouring stabilizers"}


_LEAST, _MOST = 1e-4, 1e-1


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """p_ij of every point within the cycles [study] ``window``; the axis is circuit.strategy."""
    first, last = (int(cycle) for cycle in experiment.study.get("window", (19, 29)))
    out: dict[str, Array] = {"window": np.array([first, last])}
    for number, point in enumerate(experiment.points):
        memory = point.memory()
        layout = detector_layout(memory)
        sampler = compile_sampler(memory.circuit, seed=experiment.seed + number, threads=run.threads)
        blocks = []
        for part in np.array_split(np.arange(experiment.shots), BLOCKS):
            block = None
            for batch in sampler.batches(max(len(part), 1), populations=None):
                events = EventCorrelations.of_packed(batch.detection_events_b8, len(layout.round))
                block = events if block is None else block + events
                run.progress(batch.shots)
            assert block is not None
            blocks.append(block)
        name = str(memory.strategy)
        for kind, neighbors in (("same", None), ("neighbor", neighboring_stabilizers(memory.patch))):
            groups = pairs_by_separation(layout, neighbors, first, last)
            out[f"{name}.{kind}"], out[f"{name}.{kind}_error"] = jackknife(blocks, groups)
        out[f"{name}.matrix"] = _matrix(blocks, layout)
    return out


def _matrix(blocks: list[EventCorrelations], layout: DetectorLayout) -> Array:
    """Mean over stabilizers of p_ij between two cycles of one stabilizer: float64 (rounds + 1, rounds + 1)."""
    total = blocks[0]
    for block in blocks[1:]:
        total = total + block
    p = total.p_ij()
    size = layout.rounds + 1
    out = np.full((len(set(layout.stabilizer.tolist())), size, size), np.nan)
    for row, place in enumerate(sorted(set(layout.stabilizer.tolist()))):
        members = np.flatnonzero(layout.stabilizer == place)
        at = layout.round[members] - 1
        out[row][np.ix_(at, at)] = p[np.ix_(members, members)]
    known = np.isfinite(out)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, out, 0.0).sum(axis=0) / known.sum(axis=0))


def numbers(results: Results) -> Mapping[str, Number]:
    """p_ij of the same stabilizer and of neighbouring ones at some separations; the least from 1 on."""
    out: dict[str, Number] = {}
    for strategy in results.strategies("matrix"):
        for kind in ("same", "neighbor"):
            value, error = results[f"{strategy}.{kind}"], results[f"{strategy}.{kind}_error"]
            for separation in SEPARATIONS:
                if separation < len(value):
                    key = f"{strategy} {kind} stabilizer, {separation} apart"
                    out[key] = Number(float(value[separation]), float(error[separation]))
        value, error = results[f"{strategy}.same"], results[f"{strategy}.same_error"]
        least = 1 + int(np.argmin(value[1:]))
        out[f"{strategy} same stabilizer, least"] = Number(float(value[least]), float(error[least]))
    return out


def draw(results: Results) -> Figure:
    """A row of matrices, below it the means."""
    strategies = results.strategies("matrix")
    figure, _ = new_figure(width=6.9, height=4.6, panels=0)
    with house_style():
        grid = figure.add_gridspec(2, 6, height_ratios=(1.15, 1.0))
        above = [figure.add_subplot(grid[0, 2 * k : 2 * k + 2]) for k in range(len(strategies))]
        below = [figure.add_subplot(grid[1, 3 * k : 3 * k + 3]) for k in range(2)]
        for axes, strategy in zip(above, strategies, strict=True):
            image = plot_matrix(axes, results, strategy)
        figure.colorbar(image, ax=above, label=r"$p_{ij}$", shrink=0.85)
        for axes, kind in zip(below, TITLES, strict=True):
            plot_separations(axes, results, kind)
        below[1].sharey(below[0])
        strategy_legend(below[0], strategies)
    return figure


def plot_matrix(axes: Axes, results: Results, strategy: str) -> AxesImage:
    """p_ij of two cycles of one stabilizer, averaged over stabilizers; values below the colour scale are white."""
    with house_style():
        matrix = results[f"{strategy}.matrix"][1:-1, 1:-1]
        image = axes.imshow(
            np.where(matrix > 0, matrix, _LEAST),
            norm=LogNorm(_LEAST, _MOST),
            cmap="Purples",
            origin="lower",
            extent=(1.5, len(matrix) + 1.5, 1.5, len(matrix) + 1.5),
        )
        axes.set_title(strategy_label(strategy), color=strategy_color(strategy))
        axes.set_xlabel("cycle")
        axes.set_ylabel("cycle")
        axes.grid(False)
        return image


def plot_separations(axes: Axes, results: Results, kind: str) -> None:
    """Mean p_ij against separation; bars that reach below zero end at the axis."""
    with house_style():
        for strategy in results.strategies("matrix"):
            value, error = results[f"{strategy}.{kind}"], results[f"{strategy}.{kind}_error"]
            separation = np.arange(len(value))
            seen = np.isfinite(value) & (value > 0)
            axes.errorbar(
                separation[seen],
                value[seen],
                yerr=error[seen],
                color=strategy_color(strategy),
                marker="o",
                elinewidth=0.7,
            )
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(2e-5, 0.4)
        first, last = (int(cycle) for cycle in results["window"])
        axes.set_xlabel(f"separation (cycles {first} to {last})")
        axes.set_ylabel(r"mean $p_{ij}$")
        axes.text(0.98, 0.97, TITLES[kind], transform=axes.transAxes, ha="right", va="top", fontsize=7)


STUDY = Study("S7", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "S7",
        "correlations in time of detection events, p_ij (Miao et al., Fig. S7)",
        STUDY,
        draw,
        "Pauli noise correlates neighbouring cycles only (without reset also those two apart): all else is "
        "leakage, whose memory DQLR erases.",
    ),
)
