"""Pictures of `run` that show stabilizers and pairs of detectors, side by side for the strategies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from qec_leak.circuits.patch import Patch
    from qec_leak.cli.sampling import StrategyResult


_LINE_INCHES = 0.2
"""Height of a line of a title."""

_P_IJ_INCHES = 3.1


def lattice_panels(patch: Patch, strategies: Collection[str]) -> tuple[Figure, list[tuple[Axes, str]]]:
    """A figure with a lattice and its colour bar for each strategy, side by side, or below each other where they are
    wide; and the axes with their titles."""
    from qec_leak import figures

    width, height = figures.lattice_size(patch, bar=True)
    panels, rows = (1, len(strategies)) if width > 2 * height else (len(strategies), 1)
    titles = [figures.strategy_title(strategy, width) for strategy in strategies]
    height += _LINE_INCHES * max(title.count("\n") for title in titles)
    figure, axes = figures.new_figure(width=panels * width, height=rows * height, panels=panels, rows=rows)
    return figure, list(zip(axes, titles, strict=True))


def draw_stabilizers(results: Mapping[str, StrategyResult], *paths: Path) -> None:
    """How often the detectors of each stabilizer fire, in one scale of colours."""
    import numpy as np

    from qec_leak import figures

    patch = next(iter(results.values())).memory.patch
    fractions = {strategy: result.detection.stabilizer_fraction() for strategy, result in results.items()}
    top = float(np.nanmax([*fractions.values()]))
    figure, panels = lattice_panels(patch, results)
    for (one, title), fraction in zip(panels, fractions.values(), strict=True):
        shown = {s.measure_qubit: float(f) for s, f in zip(patch.stabilizers, fraction, strict=True) if np.isfinite(f)}
        figures.plot_stabilizer_detection(one, patch, shown, top=top or None, title=title)
    figures.save_figure(figure, *paths)


def draw_p_ij(results: Mapping[str, StrategyResult], *paths: Path) -> None:
    """p_ij of all pairs of detectors. Nothing is drawn where their pairs were not counted."""
    from qec_leak import figures

    counted = {strategy: r.correlations for strategy, r in results.items() if r.correlations is not None}
    if not counted:
        return
    figure, axes = figures.new_figure(width=0.8 + _P_IJ_INCHES * len(counted), height=3.4, panels=len(counted))
    for one, (strategy, correlations) in zip(axes, counted.items(), strict=True):
        layout = results[strategy].detection.layout
        image = figures.plot_p_ij(
            one, correlations.p_ij(), layout, title=figures.strategy_title(strategy, _P_IJ_INCHES)
        )
    figure.colorbar(image, ax=axes, label="$p_{ij}$", shrink=0.8)
    figures.save_figure(figure, *paths)
