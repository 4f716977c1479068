"""Detection fraction against round, one curve per strategy and stabilizer weight (Miao et al., F5a)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from qec_leak.analysis import DetectionStatistics
from qec_leak.figures.legends import add_legend
from qec_leak.figures.style import house_style, strategy_colors, strategy_label

_WEIGHT_MARKERS = ("D", "v", "^", "<")


def plot_detection_fraction(
    axes: Axes, statistics: Mapping[str, DetectionStatistics], *, title: str | None = None
) -> None:
    """Draw the detection fraction of each round with 1-sigma error bars, filled markers for the largest weight.

    The final comparison with the data qubits is left out, since it is not a round.

    Args:
        axes: where to draw.
        statistics: by strategy, of one code.
        title: text above the plot.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4)
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(1000)
        >>> figure, [axes] = ql.figures.new_figure()
        >>> plot_detection_fraction(axes, {"MLR": ql.analysis.DetectionStatistics.of_shots(batch, memory)})
    """
    with house_style():
        weights: tuple[int, ...] = ()
        colors = strategy_colors(statistics)
        for strategy, part in statistics.items():
            weights = part.layout.weights
            for weight, marker in zip(weights, _WEIGHT_MARKERS, strict=False):
                fraction, sigma = part.fraction(weight)[:-1], part.fraction_error(weight)[:-1]
                seen = np.isfinite(fraction)
                color = colors[strategy]
                axes.errorbar(
                    part.rounds[:-1][seen],
                    fraction[seen],
                    yerr=sigma[seen],
                    color=color,
                    marker=marker,
                    markerfacecolor=color if weight == weights[0] else "white",
                    markeredgewidth=0.7,
                    elinewidth=0.7,
                )
        axes.set_xlabel("round")
        axes.set_ylabel("detection probability")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlim(0, 1.03 * max((part.layout.rounds for part in statistics.values()), default=1))
        axes.set_ylim(bottom=0)
        entries = [Line2D([], [], color=colors[s], label=strategy_label(s)) for s in statistics]
        entries += [
            Line2D(
                [],
                [],
                color="#444444",
                linestyle="none",
                marker=marker,
                markerfacecolor="#444444" if weight == weights[0] else "white",
                label=f"weight {weight}",
            )
            for weight, marker in zip(weights, _WEIGHT_MARKERS, strict=False)
        ]
        add_legend(axes, entries, len(statistics))
        if title:
            axes.get_figure(root=True).suptitle(title, fontsize=8)  # type: ignore[union-attr]
