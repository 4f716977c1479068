"""The transport matrix of a two-transmon gate as a heat map (Miao et al., F2b)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from qec_leak.figures.style import house_style


def plot_transport_matrix(
    axes: Axes, matrix: npt.NDArray[np.float64], *, levels: int, shown_levels: int = 4, title: str | None = None
) -> None:
    """Draw transition probabilities |in> -> |out> of two transmons, kets |high low>.

    Colours follow the square root of the probability. Cells of at least 1 % have their number in percent. If a column
    sums to less than 100, the rest goes to levels that are not shown. Lines separate computational kets from
    those with a leaked transmon.

    Args:
        axes: where to draw.
        matrix: float (levels**2, levels**2), [out, in], index levels*high + low (``channels.transport_matrix``).
        levels: levels a transmon in ``matrix``.
        shown_levels: levels a transmon in the plot.
        title: text above the plot.

    Examples:
        >>> from qec_leak import channels, figures
        >>> u = channels.cz_propagator(anharmonicity_mhz=220, gate_ns=30, ramp_ns=6)
        >>> figure, [axes] = figures.new_figure()
        >>> plot_transport_matrix(axes, channels.transport_matrix(u), levels=5)
    """
    kets = [(high, low) for high in range(shown_levels) for low in range(shown_levels)]
    kets.sort(key=lambda ket: (max(ket) >= 2, sum(ket), ket))  # computational first, then by excitations: blocks
    order = [levels * high + low for high, low in kets]
    part = matrix[np.ix_(order, order)]
    with house_style():
        axes.imshow(part, norm=PowerNorm(0.5, 0, 1), cmap="Blues", aspect="equal")
        names = [f"{high}{low}" for high, low in kets]
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(length=0, labelsize=6)
        axes.tick_params(axis="x", rotation=90)
        axes.grid(visible=False)
        for row, column in np.argwhere(part >= 0.01):
            value = part[row, column]
            axes.text(
                column,
                row,
                f"{100 * value:.0f}",
                ha="center",
                va="center",
                fontsize=5,
                color="white" if value > 0.3 else "black",
            )
        computational = sum(max(ket) < 2 for ket in kets)
        axes.axhline(computational - 0.5, color="#888888", linewidth=0.6)
        axes.axvline(computational - 0.5, color="#888888", linewidth=0.6)
        axes.set_xlabel("before, |high low⟩")
        axes.set_ylabel("after, |high low⟩")
        if title:
            axes.set_title(title)
