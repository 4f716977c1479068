"""beyond3: what each noise process contributes to 1/Lambda, weight times probability."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies import Results
from qec_leak.studies.budget import cases, rows


def draw(results: Results) -> Figure:
    """A panel for each device."""
    devices = list(dict.fromkeys(device for device, _, _ in cases(results)))
    figure, panels = new_figure(width=3.45 * len(devices), height=3.0, panels=len(devices))
    for axes, device in zip(panels, devices, strict=True):
        plot_budget(axes, results, device)
    for axes in panels[1:]:
        axes.tick_params(labelleft=False)
    return figure


def plot_budget(axes: Axes, results: Results, device: str) -> None:
    """Horizontal bars with 1-sigma errors, one colour a strategy; the legend has 1/Lambda itself."""
    with house_style():
        found = {
            strategy: (base, rows(results, device, strategy)) for of, strategy, base in cases(results) if of == device
        }
        names = list(dict.fromkeys(name for _, (members, *_) in found.values() for name in members))
        height = 0.8 / len(found)
        for number, (strategy, (base, (members, p, weight, error))) in enumerate(found.items()):
            at = np.array([names.index(name) for name in members]) + (number - (len(found) - 1) / 2) * height
            axes.barh(
                at,
                weight * p,
                height=height,
                xerr=error * p,
                color=strategy_color(strategy),
                error_kw={"elinewidth": 0.7},
                label=rf"{strategy_label(strategy)}: $1/\Lambda$ = {base}",
            )
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.axvline(0.0, color="#444444", linewidth=0.7)
        axes.set_xlabel(r"contribution to $1/\Lambda$")
        axes.set_title(device, loc="right")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)
