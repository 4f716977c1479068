"""A value of each qubit, or pair, on the lattice: how much it leaks, how often its detectors fire."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from qec_leak.circuits.patch import Patch
from qec_leak.figures.lattice import draw_qubit, draw_stabilizers, frame, short_percent
from qec_leak.figures.style import house_style


def plot_qubit_leakage(
    axes: Axes, patch: Patch, leakage: Mapping[int, float], *, label: str = "leakage", title: str | None = None
) -> None:
    """Draw how much each qubit leaks, as a colour and in percent.

    Args:
        axes: where to draw, of a figure as large as ``lattice_size`` with a bar says.
        patch: the layout of the qubits.
        leakage: P(level >= 2) by qubit; qubits that are not in it are left out.
        label: what the colour bar says.
        title: text above the picture.

    Examples:
        >>> from qec_leak import figures, surface_patch
        >>> patch = surface_patch(3)
        >>> width, height = figures.lattice_size(patch, bar=True)
        >>> figure, [axes] = figures.new_figure(width=width, height=height)
        >>> plot_qubit_leakage(axes, patch, {0: 0.01, 4: 0.05})
    """
    with house_style():
        draw_stabilizers(axes, patch)
        _values(axes, patch, leakage, _scale([*leakage.values()], "YlOrRd"))
        _finish(axes, patch, _scale([*leakage.values()], "YlOrRd"), label, title)


def plot_stabilizer_detection(
    axes: Axes, patch: Patch, fraction: Mapping[int, float], *, top: float | None = None, title: str | None = None
) -> None:
    """Draw how often the detectors of each stabilizer fire, as the colour of its measure qubit and in percent.

    Args:
        axes: where to draw, of a figure as large as ``lattice_size`` with a bar says.
        patch: the layout of the qubits.
        fraction: detection fraction by measure qubit.
        top: end of the scale of colours; None: the largest fraction.
        title: text above the picture.

    Examples:
        >>> from qec_leak import figures, surface_patch
        >>> patch = surface_patch(3)
        >>> width, height = figures.lattice_size(patch, bar=True)
        >>> figure, [axes] = figures.new_figure(width=width, height=height)
        >>> plot_stabilizer_detection(axes, patch, {9: 0.1, 10: 0.2})
    """
    scale = _scale([*fraction.values()] if top is None else [top], "Blues")
    with house_style():
        draw_stabilizers(axes, patch)
        for qubit in patch.data_qubits:
            draw_qubit(axes, patch, qubit, face="#ffffff", edge="#bbbbbb", text="#888888")
        _values(axes, patch, fraction, scale)
        _finish(axes, patch, scale, "detection fraction", title)


def plot_leakage_gain(
    axes: Axes,
    patch: Patch,
    by_qubit: Mapping[int, float],
    by_pair: Mapping[tuple[int, int], float],
    *,
    title: str | None = None,
) -> None:
    """Draw which qubits and pairs gain leakage (``analysis.leakage_gain``).

    Pairs are lines. The thicker and darker a line, the larger its gain. Qubits have their sums in percent.

    Args:
        axes: where to draw, of a figure as large as ``lattice_size`` with a bar says.
        patch: the layout of the qubits.
        by_qubit: gain of each qubit.
        by_pair: gain of each pair (a, b), a < b.
        title: text above the picture.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=2)
        >>> gain = ql.analysis.leakage_gain(memory)
        >>> figure, [axes] = ql.figures.new_figure()
        >>> plot_leakage_gain(axes, memory.patch, gain.by_qubit, gain.by_pair)
    """
    scale = _scale([*by_qubit.values(), *by_pair.values()], "YlOrRd")
    top = max([*by_pair.values(), 0.0]) or 1.0
    with house_style():
        draw_stabilizers(axes, patch)
        for (a, b), value in sorted(by_pair.items(), key=lambda item: item[1]):
            (x, y), (u, v) = patch.coordinates[a], patch.coordinates[b]
            width = 2.0 + 4.0 * value / top
            axes.plot([x, u], [y, v], color="#777777", linewidth=width + 1.0, zorder=2)
            axes.plot([x, u], [y, v], color=scale.to_rgba(np.asarray(value)), linewidth=width, zorder=2)
        _values(axes, patch, by_qubit, scale)
        _finish(axes, patch, scale, "leakage gained per round", title)


def _scale(values: list[float], colors: str) -> ScalarMappable:
    return ScalarMappable(Normalize(0.0, max([*values, 0.0]) or 1.0), colormaps[colors])


def _values(axes: Axes, patch: Patch, values: Mapping[int, float], scale: ScalarMappable) -> None:
    dark = 0.6 * float(np.max(scale.get_clim()))
    for qubit, value in values.items():
        text = "#ffffff" if value > dark else "#000000"
        face = scale.to_rgba(np.asarray(value))
        draw_qubit(axes, patch, qubit, face=face, edge="#444444", text=text, words=short_percent(value))


def _finish(axes: Axes, patch: Patch, scale: ScalarMappable, label: str, title: str | None) -> None:
    frame(axes, patch)
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(scale, ax=axes, fraction=0.05, pad=0.02, shrink=0.9)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}")
    bar.set_label(f"{label} (%)")
    if title:
        axes.set_title(title)
