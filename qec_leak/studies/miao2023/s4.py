"""S4: excess leakage on the lattice after an injection, as pictures and as an animation (Miao et al., Fig. S4).

What is sampled: experiments/S4.toml.

Arrays: ``qec_leak.studies.miao2023.injected``, after every moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from qec_leak.figures.style import COLUMN_WIDTH, OPERATION_LABELS, house_style, new_figure, strategy_label
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.miao2023.injected import sample_excess
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

CYCLES = 5

_SMALLEST = 1e-3

_NORM = LogNorm(_SMALLEST, 1.0)

_COLORS = "YlOrRd"

Lattice = list[tuple[str, PathCollection]]
"""The points of the data and of the measure qubits, each with the name of the array of its qubits."""

_SIGMAS = 4.0  # smaller excesses are noise and stay white

FRAME_MS = 160

_DPI = 110


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Excess populations after every moment."""
    return sample_excess(experiment, run, moments=True)


def numbers(results: Results) -> Mapping[str, Number]:
    """Leaked qubits in excess, summed over the lattice, at the end of the cycle of the injection and of the fifth."""
    out: dict[str, Number] = {}
    for strategy in results.strategies("excess"):
        time, excess = results[f"{strategy}.cycle"], results[f"{strategy}.excess"]
        error = np.sqrt(np.square(results[f"{strategy}.error"]).sum(axis=1))
        for cycle in (1, 5):
            at = int(np.argmin(np.abs(time - cycle)))
            out[f"{strategy} after cycle {cycle}"] = Number(float(excess[at].sum()), float(error[at]))
    return out


def draw(results: Results) -> Figure:
    """A row for each strategy: the injection, and the ends of five cycles."""
    strategies = results.strategies("excess")
    figure, axes = new_figure(
        width=2 * COLUMN_WIDTH, height=0.3 + 1.02 * len(strategies), panels=CYCLES + 1, rows=len(strategies)
    )
    for row, strategy in enumerate(strategies):
        time = results[f"{strategy}.cycle"]
        shown = [int(np.flatnonzero(time > 0)[0]), *(int(np.argmin(np.abs(time - k))) for k in range(1, CYCLES + 1))]
        for column, snapshot in enumerate(shown):
            panel = axes[row * (CYCLES + 1) + column]
            plot_lattice(panel, results, strategy, snapshot)
            with house_style():
                if row == 0:
                    panel.set_title("injected" if column == 0 else f"{column} cycle{'s' if column > 1 else ''}")
                if column == 0:
                    panel.set_ylabel(strategy_label(strategy))
    _colorbar(figure, axes)
    return figure


def plot_lattice(axes: Axes, results: Results, strategy: str, snapshot: int) -> Lattice:
    """Excess P(level >= 2) of every qubit as colour, data qubits as squares, measure qubits as circles.

    Returns what is coloured, for ``recolor``.
    """
    with house_style():
        for x, y in _couplings(results):
            axes.plot(x, y, color="#cccccc", linewidth=0.7, zorder=0.5)
        lattice = []
        for role, marker in (("data_qubits", "s"), ("measure_qubits", "o")):
            x, y = results["coordinates"][results[role]].T
            lattice.append((role, axes.scatter(x, y, s=52, marker=marker, edgecolors="#777777", linewidths=0.6)))
        x, y = results["coordinates"].T
        axes.set_xlim(x.min() - 0.9, x.max() + 0.9)
        axes.set_ylim(y.max() + 0.9, y.min() - 0.9)  # y grows to the south
        axes.set_aspect("equal")
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_visible(False)
    recolor(lattice, results, strategy, snapshot)
    return lattice


def recolor(lattice: Lattice, results: Results, strategy: str, snapshot: int) -> None:
    """Show another snapshot. What is below four standard errors is white."""
    excess, error = results[f"{strategy}.excess"][snapshot], results[f"{strategy}.error"][snapshot]
    for role, points in lattice:
        members = results[role]
        colors = ScalarMappable(_NORM, _COLORS).to_rgba(np.maximum(excess[members], _SMALLEST))
        colors[(excess[members] < _SIGMAS * error[members]) | (excess[members] < _SMALLEST)] = 1.0
        points.set_facecolor(colors)  # type: ignore[arg-type]  # one colour a point: its stub knows of one for all


def _couplings(results: Results) -> list[tuple[list[int], list[int]]]:
    """Lines between measure qubits and the data qubits next to them, diagonally."""
    data, measure = (results["coordinates"][results[f"{role}_qubits"]].tolist() for role in ("data", "measure"))
    return [([x, u], [y, v]) for x, y in measure for u, v in data if abs(x - u) == abs(y - v) == 1]


def _colorbar(figure: Figure, axes: list[Axes]) -> None:
    with house_style():
        bar = figure.colorbar(ScalarMappable(_NORM, _COLORS), ax=axes, shrink=0.8, pad=0.01, aspect=30)
        bar.set_label("excess leakage")


def animate(results: Results, path: Path) -> None:
    """A GIF of every moment of five cycles, the strategies side by side; a strategy whose cycle is over waits."""
    from PIL import Image

    strategies = results.strategies("excess")
    snapshots = {strategy: _by_cycle(results, strategy) for strategy in strategies}
    figure, axes = new_figure(width=1.6 * COLUMN_WIDTH, height=2.2, panels=len(strategies))
    lattices = [plot_lattice(p, results, s, snapshots[s][0][0]) for p, s in zip(axes, strategies, strict=True)]
    _colorbar(figure, axes)
    frames = []
    for cycle in range(CYCLES):
        for step in range(max(len(moments[cycle]) for moments in snapshots.values())):
            with house_style():
                figure.suptitle(f"cycle {cycle + 1}", fontsize=8)
                for panel, lattice, strategy in zip(axes, lattices, strategies, strict=True):
                    moments = snapshots[strategy][cycle]
                    snapshot = moments[min(step, len(moments) - 1)]
                    recolor(lattice, results, strategy, snapshot)
                    done = str(results[f"{strategy}.operation"][snapshot]) if step < len(moments) else " "
                    panel.set_title(f"{strategy_label(strategy)}\n{OPERATION_LABELS.get(done, done)}")
            frames.append(Image.fromarray(_pixels(figure)).quantize(64))
            figure.set_layout_engine("none")  # all frames have the layout of the first, and are drawn faster
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)


def _by_cycle(results: Results, strategy: str) -> list[list[int]]:
    """Snapshots of each cycle since the injection, in order."""
    time = results[f"{strategy}.cycle"]
    number = np.ceil(time - 1e-9).astype(int) - 1
    return [np.flatnonzero(number == cycle).tolist() for cycle in range(CYCLES)]


def _pixels(figure: Figure) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """uint8 (rows, columns, 3)."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    with house_style():
        figure.set_dpi(_DPI)
        canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]


STUDY = Study("S4", sample, numbers)

FIGURES = (
    PaperFigure(
        "S4",
        "excess leakage on the lattice over 5 cycles after an injection, also as a GIF (Miao et al., Fig. S4)",
        STUDY,
        draw,
        "Data qubits are squares, measure qubits circles; what is below four standard errors is white. Without "
        "reset the injected leakage wanders, MLR leaves it on data qubits, DQLR removes it within two cycles.",
        animate=animate,
    ),
)
