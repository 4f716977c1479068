"""One shot as qubits against rounds: how likely each is leaked, beside its true level and the detection events."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import stim
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from qec_leak.circuits.roles import qubit_roles
from qec_leak.decoding.leakage import LeakagePosterior
from qec_leak.figures.legends import add_legend
from qec_leak.figures.style import house_style

_ROLE_COLORS = {"data": "#000000", "measure": "#1f5fbf", "removal": "#8a4fbf"}
_LEVEL_COLORS = {2: "#000000", 3: "#c2418c"}
_ROW_INCHES = 0.13
_ROUND_INCHES = 0.11
_MOST_INCHES = 9.0
_AROUND = (1.7, 0.95)
"""Inches beside and above the rows: names and the colour bar, legend and the axis of rounds."""


def posterior_size(circuit: stim.Circuit, rounds: int) -> tuple[float, float]:
    """Width and height in inches of a figure for ``plot_leakage_posterior``.

    Args:
        circuit: the circuit, of which each qubit has a row.
        rounds: the rounds, or snapshots.

    Returns:
        Width and height.

    Examples:
        >>> import qec_leak as ql
        >>> len(posterior_size(ql.memory_experiment(distance=3, rounds=2).circuit, rounds=2))
        2
    """
    wide = min(max(rounds, 20) * _ROUND_INCHES, _MOST_INCHES)
    return _AROUND[0] + wide, _AROUND[1] + len(qubit_roles(circuit)) * _ROW_INCHES


def plot_leakage_posterior(
    axes: Axes,
    circuit: stim.Circuit,
    posterior: LeakagePosterior,
    shot: int,
    *,
    levels: npt.NDArray[np.uint8] | None = None,
    detection_events: npt.NDArray[np.bool_] | None = None,
    title: str | None = None,
) -> None:
    """Draw one shot: a row for each qubit, a column for each round, P(leaked) at its end as the colour.

    Rows go through the lattice from north to south, so that a data qubit is near its checks. The name of a row is the
    qubit's number and coordinates: black for data, blue for measure, purple for removal qubits. True levels are
    outlines. A detection event is a dot in the row of its measure qubit; those of the final comparison stand behind
    the last round.

    Args:
        axes: where to draw, of a figure as large as ``posterior_size`` says.
        circuit: the circuit that was run.
        posterior: what ``infer_leakage`` returns.
        shot: which shot of it, and of the arrays.
        levels: uint8 (shots, rounds, qubits): true levels (``ShotBatch.levels`` of ``sample(levels="rounds")``).
        detection_events: bool (shots, detectors).
        title: text above the picture.

    Raises:
        ValueError: the shot is not there, or an array is of other shots or another circuit.

    Examples:
        >>> import qec_leak as ql
        >>> memory = ql.memory_experiment(distance=3, rounds=4, strategy="MLR", device="willow")
        >>> batch = ql.compile_sampler(memory.circuit, seed=1).sample(10, levels="rounds")
        >>> posterior = ql.infer_leakage(memory.circuit, batch.detection_events)
        >>> width, height = ql.figures.posterior_size(memory.circuit, rounds=4)
        >>> figure, [axes] = ql.figures.new_figure(width=width, height=height)
        >>> plot_leakage_posterior(axes, memory.circuit, posterior, 3, levels=batch.levels)
    """
    probability = posterior.leakage_probability
    shots, rounds, _ = probability.shape
    if not 0 <= shot < shots:
        raise ValueError(f"`shot` must be in [0, {shots}), but is {shot}; give a shot of the posterior")
    _check_shape("levels", levels, probability.shape, "batch.levels of sample(levels='rounds')")
    _check_shape("detection_events", detection_events, (shots, circuit.num_detectors), "batch.detection_events")
    places = {q: tuple(place) for q, place in circuit.get_final_qubit_coordinates().items()}
    roles = qubit_roles(circuit)
    order = sorted(roles, key=lambda q: (*reversed(places.get(q, ())), q))
    row = {q: number for number, q in enumerate(order)}
    with house_style():
        image = axes.imshow(
            probability[shot][:, order].T,
            vmin=0.0,
            vmax=1.0,
            cmap="OrRd",
            aspect="auto",
            interpolation="nearest",
            extent=(0.5, rounds + 0.5, len(order) - 0.5, -0.5),
        )
        entries = []
        if levels is not None:
            entries += _outline(axes, levels[shot][:, order].T)
        if detection_events is not None:
            entries += _dots(axes, circuit, row, np.flatnonzero(detection_events[shot]))
        heights = [places.get(q, ())[1:] for q in order]
        for edge in range(1, len(order)):
            if heights[edge] != heights[edge - 1]:
                axes.axhline(edge - 0.5, color="#dddddd", linewidth=0.4, zorder=0.5)
        axes.set_xlim(0.5, rounds + (0.5 if detection_events is None else 1.5))
        axes.set_ylim(len(order) - 0.5, -0.5)
        axes.set_yticks(range(len(order)), [_name(q, places) for q in order], fontsize=6)
        for label, qubit in zip(axes.get_yticklabels(), order, strict=True):
            label.set_color(_ROLE_COLORS[roles[qubit]])
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlabel("round")
        axes.set_ylabel("qubit (x, y)")
        axes.grid(visible=False)
        figure = axes.get_figure(root=True)
        assert figure is not None
        figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02, aspect=1.3 * len(order), label="P(leaked)")
        if entries:
            add_legend(axes, entries, len(entries))
        if title:
            figure.suptitle(title, fontsize=8)


def _check_shape(name: str, array: npt.NDArray[np.generic] | None, shape: tuple[int, ...], fix: str) -> None:
    if array is not None and np.shape(array) != shape:
        raise ValueError(f"`{name}` must have the shape {shape}, but has {np.shape(array)}; give {fix}")


def _name(qubit: int, places: dict[int, tuple[float, ...]]) -> str:
    if qubit not in places:
        return str(qubit)
    return f"{qubit}  ({', '.join(f'{x:g}' for x in places[qubit])})"


def _outline(axes: Axes, levels: npt.NDArray[np.uint8]) -> list[Line2D]:
    """A frame around each run of rounds in one level. Returns the entries of a legend."""
    for level, color in _LEVEL_COLORS.items():
        padded = np.pad(levels == level, ((0, 0), (1, 1))).astype(np.int8)
        steps = np.diff(padded, axis=1)
        for (row, start), (_, stop) in zip(np.argwhere(steps == 1), np.argwhere(steps == -1), strict=True):
            frame = Rectangle((start + 0.5, row - 0.5), stop - start, 1, fill=False, edgecolor=color, linewidth=1.1)
            axes.add_patch(frame)
    return [
        Line2D([], [], linestyle="none", marker="s", markersize=5, markerfacecolor="none", color=color, label=text)
        for color, text in zip(_LEVEL_COLORS.values(), ("true level 2", "true level 3"), strict=True)
    ]


def _dots(axes: Axes, circuit: stim.Circuit, row: dict[int, int], fired: npt.NDArray[np.int64]) -> list[Line2D]:
    """A dot for each detection event. Returns the entry of a legend."""
    coordinates = circuit.get_detector_coordinates()
    qubit_at = {tuple(place): q for q, place in circuit.get_final_qubit_coordinates().items() if q in row}
    qubit_at |= {place[:1]: q for place, q in list(qubit_at.items()) if len({p[1:] for p in qubit_at}) == 1}
    first = min((place[-1] for place in coordinates.values() if place), default=0.0)
    dots = []
    for detector in fired.tolist():
        *place, time = coordinates[detector] or [np.nan]
        qubit = qubit_at.get(tuple(place[:2]))
        if qubit is None:
            raise ValueError(
                f"detector {detector} must stand on a measure qubit at a time, (x, y, t) or (x, t), but is at "
                f"{tuple(coordinates[detector])}; leave `detection_events` out"
            )
        dots.append((time - first + 1, row[qubit]))
    style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 2.2, "color": "#1f5fbf"}
    axes.plot(*np.array(dots).reshape(-1, 2).T, **style, clip_on=False)
    return [Line2D([], [], **style, label="detection event")]
