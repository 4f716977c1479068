"""crossover: for which CZ leakage, T1, time and error of DQLR, and distance does DQLR beat MLR in logical error?

Each strategy takes its own time. The ratio of logical errors per cycle, MLR over DQLR, grows with the leakage of a CZ.
The break-even is where it reaches 1, interpolated between the sampled leakages; DQLR is better from there on. It is 0
where heating alone pays for DQLR, and infinite where the ratio does not reach 1.

Points are the product of the axes (T1 and T2 by ``device.coherence_scale``), and at distance [study] ``distance`` and
the preset's T1 all pairs of [study] ``times_ns`` and ``errors``: what DQLR takes beyond MLR, and ``dqlr.error``. The
time is set by the length of both resets of a DQLR cycle: data qubits wait as long as if the second alone were changed.

What is sampled: experiments/crossover.toml.

Arrays: those of ``qec_leak.studies.logical``; float64 (points,): ``axis.t1_us``; ``axis.time_ns``, ``axis.error`` of
DQLR, the preset's where they are not varied; bool (points,): ``axis.varied``, whether they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.device import Device
from qec_leak.figures.legends import legend_above, words
from qec_leak.figures.style import house_style, new_figure
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, counts_of, crossing
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study
from qec_leak.sweep import Point

_DODGE = 0.02
"""Part of an axis by which neighbouring curves are apart, so that error bars do not cover each other."""
_OWN: dict[str, Any] = {"color": "#999999", "linewidth": 0.8, "linestyle": ":"}
"""The line of the device's own CZ leakage."""
_ERRORS = ("#d98500", "#8a4fbf", "#00838f", "#6d4c41")
"""Colours of the errors of DQLR, other than those of distances."""


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Counts of all points."""
    points = [_labelled(point, point.device, varied=False) for point in experiment.points]
    study = experiment.study
    for point in experiment.points:
        at_preset = point.labels["device.coherence_scale"] == 1.0
        if at_preset and point.circuit["distance"] == study["distance"]:
            if str(point.circuit["strategy"]) == "MLR":
                points.append(_labelled(point, point.device, varied=True))
                continue
            for time_ns in study["times_ns"]:
                for error in study["errors"]:
                    device = with_cost(point.device, float(time_ns), float(error))
                    points.append(_labelled(point, device, varied=True))
    return counts_of(experiment.sweep, points, run)


def dqlr_time_ns(device: Device) -> float:
    """What DQLR takes beyond MLR: the Leakage iSWAP and the second reset."""
    return device.dqlr.iswap_ns + device.reset.mlr_ns


def with_cost(device: Device, time_ns: float, error: float) -> Device:
    """The device with a DQLR that takes ``time_ns`` beyond the MLR of the unchanged device, and has this error."""
    both_ns = device.reset.mlr_ns + time_ns - device.dqlr.iswap_ns
    return device.replace({"reset.mlr_ns": both_ns / 2, "dqlr.error": error})


def _labelled(point: Point, device: Device, *, varied: bool) -> Point:
    mlr_ns = point.device.reset.mlr_ns
    time_ns = device.dqlr.iswap_ns + 2 * device.reset.mlr_ns - mlr_ns
    labels = {**point.labels, "t1_us": device.idle.t1_ns / 1e3, "time_ns": time_ns, "error": device.dqlr.error}
    return replace(point, device=device, labels={**labels, "varied": varied})


def break_even(mlr: LogicalCounts, dqlr: LogicalCounts) -> Number:
    """The CZ leakage from which on DQLR is better, points without logical errors or near one half left out.

    NaN if fewer than three points are left, or if the ratio does not reach 1 and the largest leakage is left out.
    """
    below_half = (mlr.probability < 0.49) & (dqlr.probability < 0.49) & (dqlr.errors > 0) & (mlr.errors > 0)
    first, second = mlr.per_cycle[below_half], dqlr.per_cycle[below_half]
    relative = np.hypot(mlr.per_cycle_error[below_half] / first, dqlr.per_cycle_error[below_half] / second)
    leakage, ratio = mlr["cz.leakage"][below_half], first / second
    if len(leakage) < 3:
        return Number(math.nan)
    at = crossing(leakage, ratio, ratio * relative, 1.0, linear=True)
    return Number(math.nan) if math.isinf(at.value) and not below_half[-1] else at


def by_coherence(results: Results, device: str, distance: int, basis: str) -> tuple[Array, list[Number]]:
    """T1 in us, and the break-even there."""
    counts = LogicalCounts.of(results).where(preset=device, distance=distance, basis=basis, varied=False)
    times = sorted(counts.values("t1_us"))
    return np.array(times), [_pair(counts.where(t1_us=t1)) for t1 in times]


def by_time(results: Results, device: str, error: float, basis: str) -> tuple[Array, list[Number]]:
    """What DQLR takes beyond MLR in ns, and the break-even there."""
    counts = LogicalCounts.of(results).where(preset=device, basis=basis, varied=True)
    mlr, dqlr = counts.where(strategy="MLR"), counts.where(strategy="DQLR", error=error)
    times = sorted(dqlr.values("time_ns"))
    return np.array(times), [break_even(mlr, dqlr.where(time_ns=time_ns)) for time_ns in times]


def _pair(counts: LogicalCounts) -> Number:
    return break_even(counts.where(strategy="MLR"), counts.where(strategy="DQLR"))


def numbers(results: Results) -> Mapping[str, Number]:
    """For each device, distance and basis the CZ leakage from which on DQLR is better, its T1 and DQLR as they are."""
    counts = LogicalCounts.of(results)
    out: dict[str, Number] = {}
    for device in counts.values("preset"):
        own = counts.where(preset=device, coherence_scale=1.0, varied=False)
        for distance in own.values("distance"):
            for basis in own.values("basis"):
                out[f"{device}, d = {distance}, {basis}: DQLR from"] = _pair(own.where(distance=distance, basis=basis))
    return out


def draw(results: Results) -> Figure:
    """A column for each device: break-evens against T1, and against what DQLR takes."""
    devices = LogicalCounts.of(results).values("preset")
    figure, panels = new_figure(width=max(3.4, 1.7 * len(devices)), height=4.4, panels=len(devices), rows=2)
    for column, device in enumerate(devices):
        plot_coherence(panels[column], results, device)
        plot_cost(panels[len(devices) + column], results, device)
    for row in (panels[: len(devices)], panels[len(devices) :]):
        for axes in row[1:]:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
    with house_style():
        legend_above(panels[0], _legend(results))
    return figure


def plot_coherence(axes: Axes, results: Results, device: str) -> None:
    """Break-even against T1, darker for larger distances; above a curve DQLR is better."""
    with house_style():
        counts = LogicalCounts.of(results)
        colors = _distance_colors(counts)
        curves = [(distance, basis) for distance in counts.values("distance") for basis in counts.values("basis")]
        times = sorted(counts.where(preset=device).values("t1_us"))
        for (distance, basis), part in zip(curves, _dodges(len(curves)), strict=True):
            t1, found = by_coherence(results, device, distance, basis)
            shifted = t1 * (1.3 * times[-1] / times[0]) ** part
            _curve(axes, shifted, found, colors[distance], basis, _most(counts))
        axes.set_xscale("log")
        axes.set_xlim(times[0] / 1.2, times[-1] * 1.2)
        axes.set_xlabel("$T_1$ (us)")
        axes.set_title(device)
        _finish(axes, device, _most(counts))
        axes.set_xticks(times, [f"{t1:g}" for t1 in times])
        axes.set_xticks([], minor=True)


def plot_cost(axes: Axes, results: Results, device: str) -> None:
    """Break-even against the time of DQLR, a colour for each of its errors; above a curve DQLR is better."""
    with house_style():
        counts = LogicalCounts.of(results).where(preset=device, varied=True, strategy="DQLR")
        colors = _error_colors(counts)
        curves = [(error, basis) for error in counts.values("error") for basis in counts.values("basis")]
        for (error, basis), part in zip(curves, _dodges(len(curves)), strict=True):
            time_ns, found = by_time(results, device, error, basis)
            shifted = time_ns + part * np.ptp(time_ns)
            _curve(axes, shifted, found, colors[error], basis, _most(counts))
        axes.set_xlabel("time of DQLR (ns)")
        _finish(axes, device, _most(counts))
        axes.set_xticks(counts.values("time_ns"))


def _most(counts: LogicalCounts) -> float:
    """The largest sampled CZ leakage, where the axes end."""
    return float(counts["cz.leakage"].max())


def _dodges(curves: int) -> Array:
    """By what part of the axis each curve is shifted."""
    return _DODGE * (np.arange(curves) - (curves - 1) / 2)


def _distance_colors(counts: LogicalCounts) -> dict[int, Any]:
    distances = counts.values("distance")
    shades = matplotlib.colormaps["cividis_r"].resampled(len(distances) + 1)
    return {distance: shades(number + 1) for number, distance in enumerate(distances)}


def _error_colors(counts: LogicalCounts) -> dict[float, Any]:
    errors = counts.values("error")
    return {error: _ERRORS[number % len(_ERRORS)] for number, error in enumerate(errors)}


def _basis_style(basis: str, color: Any) -> dict[str, Any]:
    if basis == "Z":
        return {"color": color, "linestyle": "-", "markerfacecolor": color}
    return {"color": color, "linestyle": "--", "markerfacecolor": "white"}


def _legend(results: Results) -> list[list[Line2D]]:
    """Rows of the legend: what colours mean in the top and bottom panels, and what is the same in both."""
    counts = LogicalCounts.of(results)
    varied = counts.where(varied=True, strategy="DQLR")
    grey = "#444444"
    return [
        [
            words("Top:"),
            *(Line2D([], [], color=color, label=f"$d$ = {d}") for d, color in _distance_colors(counts).items()),
        ],
        [
            words(f"Bottom, $d$ = {varied.values('distance')[0]}:"),
            *(
                Line2D([], [], color=color, label=f"DQLR error {error:g}")
                for error, color in _error_colors(varied).items()
            ),
        ],
        [
            words("All:"),
            *(Line2D([], [], marker="o", label=f"basis {b}", **_basis_style(b, grey)) for b in counts.values("basis")),
            Line2D([], [], color=grey, marker="^", linestyle="none", label=f"no break-even up to {_most(counts):g}"),
            Line2D([], [], **_OWN, label="the device's own leakage"),
        ],
    ]


def _curve(axes: Axes, x: Array, found: list[Number], color: Any, basis: str, most: float) -> None:
    value = 1e3 * np.array([number.value for number in found])
    error = 1e3 * np.array([number.error for number in found])
    style = _basis_style(basis, color)
    beyond = np.isinf(value)
    axes.errorbar(x, np.where(beyond, np.nan, value), yerr=error, marker="o", elinewidth=0.7, **style)
    if beyond.any():
        style["linestyle"] = "none"
        axes.plot(x[beyond], np.full(int(beyond.sum()), 1e3 * most), marker="^", markersize=4, clip_on=False, **style)


def _finish(axes: Axes, device: str, most: float) -> None:
    axes.axhline(1e3 * Device.preset(device).cz.leakage, **_OWN)
    axes.set_ylim(-0.05 * 1e3 * most, 1e3 * most)
    axes.set_ylabel(r"break-even CZ leakage ($10^{-3}$)")


STUDY = Study("crossover", sample, numbers)

FIGURES = (
    PaperFigure(
        "crossover",
        "where DQLR beats MLR: CZ leakage, T1, time and error of DQLR, distance, device",
        STUDY,
        draw,
        "20 cycles, each strategy in its own time, heating as the device has it. Above a curve DQLR has the smaller "
        "logical error. The break-even falls as T1 grows, and by a factor of 2 to 4 from d = 3 to d = 5; it rises with "
        "the time and the error of DQLR. At its own CZ leakage and T1, DQLR pays on `willow` at d = 5 only. Triangles, "
        "and `inf` below: MLR is still better at the largest CZ leakage that is sampled. Points are left out where the "
        "logical errors of that leakage are too close to one half.",
    ),
)
