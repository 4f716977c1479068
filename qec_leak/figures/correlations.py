"""p_ij of all pairs of detectors as a matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage

from qec_leak.analysis import DetectorLayout
from qec_leak.figures.style import house_style

LEAST, MOST = 1e-4, 0.1
"""Ends of the scale of colours; p_ij that are smaller, or below zero, are white."""


def plot_p_ij(
    axes: Axes, matrix: npt.NDArray[np.float64], layout: DetectorLayout, *, title: str | None = None
) -> AxesImage:
    """Draw p_ij of all pairs of detectors.

    Detectors are ordered by their stabilizer, then by their round. Lines separate the stabilizers. Pauli noise fills
    the diagonals next to the main one of each square, which belong to successive rounds. Leakage fills places further
    away, inside a square and between neighbouring stabilizers.

    Args:
        axes: where to draw.
        matrix: float64 (detectors, detectors), what ``EventCorrelations.p_ij`` returns.
        layout: of the same detectors.
        title: text above the picture.

    Returns:
        The image, for a colour bar.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(1000)
        >>> counts = ql.analysis.EventCorrelations.of_packed(batch.detection_events_b8, batch.num_detectors)
        >>> figure, [axes] = ql.figures.new_figure()
        >>> image = plot_p_ij(axes, counts.p_ij(), ql.analysis.detector_layout(memory))
    """
    order = np.lexsort((layout.round, layout.stabilizer))
    edges = np.flatnonzero(np.diff(layout.stabilizer[order])) + 0.5
    shown = matrix[np.ix_(order, order)]
    with house_style():
        image = axes.imshow(
            np.where(shown > LEAST, shown, LEAST), norm=LogNorm(LEAST, MOST), cmap="Purples", interpolation="nearest"
        )
        for edge in edges:
            axes.axhline(edge, color="#bbbbbb", linewidth=0.4)
            axes.axvline(edge, color="#bbbbbb", linewidth=0.4)
        middles = np.diff([-0.5, *edges, len(order) - 0.5]) / 2 + np.array([-0.5, *edges])
        numbers = np.unique(layout.stabilizer)
        step = max(1, len(numbers) // 12)
        axes.set_xticks(middles[::step], [str(n) for n in numbers[::step]])
        axes.set_yticks(middles[::step], [str(n) for n in numbers[::step]])
        axes.tick_params(length=0)
        axes.set_xlabel("stabilizer (rounds inside)")
        axes.grid(visible=False)
        if title:
            axes.set_title(title)
        return image
