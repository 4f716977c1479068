"""Pictures of `run` that show stabilizers and pairs of detectors, side by side for the strategies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from qec_leak.circuits.patch import Patch
    from qec_leak.cli.sampling import StrategyResult


def lattice_panels(patch: Patch, count: int) -> tuple[Figure, list[Axes]]:
    """A figure with so many lattices with colour bars, side by side, or below each other where they are wide."""
    from qec_leak import figures

    width, height = figures.lattice_size(patch, bar=True)
    panels, rows = (1, count) if width > 2 * height else (count, 1)
    return figures.new_figure(width=panels * width, height=rows * height, panels=panels, rows=rows)


def draw_stabilizers(results: Mapping[str, StrategyResult], *paths: Path) -> None:
    """How often the detectors of each stabilizer fire, in one scale of colours."""
    import numpy as np

    from qec_leak import figures

    patch = next(iter(results.values())).memory.patch
    fractions = {strategy: result.detection.stabilizer_fraction() for strategy, result in results.items()}
    top = float(np.nanmax([*fractions.values()]))
    figure, axes = lattice_panels(patch, len(results))
    for one, (strategy, fraction) in zip(axes, fractions.items(), strict=True):
        shown = {patch.stabilizers[k].measure_qubit: float(fraction[k]) for k in np.flatnonzero(np.isfinite(fraction))}
        figures.plot_stabilizer_detection(one, patch, shown, top=top or None, title=strategy.replace("_", " "))
    figures.save_figure(figure, *paths)


def draw_p_ij(results: Mapping[str, StrategyResult], *paths: Path) -> None:
    """p_ij of all pairs of detectors. Nothing is drawn where their pairs were not counted."""
    from qec_leak import figures

    counted = {strategy: r.correlations for strategy, r in results.items() if r.correlations is not None}
    if not counted:
        return
    figure, axes = figures.new_figure(width=0.8 + 3.1 * len(counted), height=3.4, panels=len(counted))
    for one, (strategy, correlations) in zip(axes, counted.items(), strict=True):
        layout = results[strategy].detection.layout
        image = figures.plot_p_ij(one, correlations.p_ij(), layout, title=strategy.replace("_", " "))
    figure.colorbar(image, ax=axes, label="$p_{ij}$", shrink=0.8)
    figures.save_figure(figure, *paths)
