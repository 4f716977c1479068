"""crossover: for which CZ leakage, T1, time and error of DQLR, and distance does DQLR beat MLR in logical error?

Each strategy takes its own time. The ratio of logical errors per cycle, MLR over DQLR, grows with the leakage of a CZ,
linearly where leakage is small. A weighted line through the sampled leakages meets 1 at the break-even: DQLR is better
from there on. It is 0 where heating alone pays for DQLR, and infinite where the line does not rise.

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

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qec_leak.analysis import fit_line
from qec_leak.device import Device
from qec_leak.figures.style import house_style, new_figure
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, counts_of
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study
from qec_leak.sweep import Point

MOST = 5e-3
"""CZ leakage up to which break-evens are drawn."""


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
    """The CZ leakage from which on DQLR is better; NaN if fewer than three points tell anything."""
    below_half = (mlr.probability < 0.49) & (dqlr.probability < 0.49) & (dqlr.errors > 0) & (mlr.errors > 0)
    first, second = mlr.per_cycle[below_half], dqlr.per_cycle[below_half]
    relative = np.hypot(mlr.per_cycle_error[below_half] / first, dqlr.per_cycle_error[below_half] / second)
    leakage, value = mlr["cz.leakage"][below_half], first / second
    error = value * relative
    if len(leakage) < 3:
        return Number(math.nan)
    line = fit_line(leakage, value, error)
    if line.offset >= 1.0:
        return Number(0.0)
    if line.slope <= 0.0:
        return Number(math.inf)
    at = (1.0 - line.offset) / line.slope
    weight = 1.0 / error**2
    there = math.sqrt(1.0 / weight.sum() + ((at - np.average(leakage, weights=weight)) * line.slope_error) ** 2)
    return Number(at, there / line.slope)


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
    return figure


def plot_coherence(axes: Axes, results: Results, device: str) -> None:
    """Break-even against T1, darker for larger distances; above a curve DQLR is better."""
    with house_style():
        counts = LogicalCounts.of(results)
        distances = counts.values("distance")
        shades = matplotlib.colormaps["cividis_r"].resampled(len(distances) + 1)
        for number, distance in enumerate(distances):
            for basis in counts.values("basis"):
                _curve(axes, *by_coherence(results, device, distance, basis), shades(number + 1), basis)
        entries = [Line2D([], [], color=shades(n + 1), label=f"{d}") for n, d in enumerate(distances)]
        axes.set_xscale("log")
        axes.set_xlabel("$T_1$ (us)")
        axes.set_title(device)
        _finish(axes, device, entries, "$d$")
        ticks = sorted(counts.where(preset=device).values("t1_us"))
        axes.set_xticks(ticks, [f"{t1:g}" for t1 in ticks])
        axes.set_xticks([], minor=True)


def plot_cost(axes: Axes, results: Results, device: str) -> None:
    """Break-even against the time of DQLR, darker for larger errors; above a curve DQLR is better."""
    with house_style():
        counts = LogicalCounts.of(results).where(preset=device, varied=True, strategy="DQLR")
        errors = counts.values("error")
        shades = matplotlib.colormaps["cividis_r"].resampled(len(errors) + 1)
        for number, error in enumerate(errors):
            for basis in counts.values("basis"):
                _curve(axes, *by_time(results, device, error, basis), shades(number + 1), basis)
        entries = [Line2D([], [], color=shades(n + 1), label=f"{error:g}") for n, error in enumerate(errors)]
        axes.set_xlabel("time of DQLR (ns)")
        _finish(axes, device, entries, f"error ($d$ = {counts.values('distance')[0]})")


def _curve(axes: Axes, x: Array, found: list[Number], color: tuple[float, float, float, float], basis: str) -> None:
    value = 1e3 * np.array([number.value for number in found])
    error = 1e3 * np.array([number.error for number in found])
    far = value > 1e3 * MOST
    axes.errorbar(
        x,
        np.where(far, np.nan, value),
        yerr=error,
        color=color,
        marker="o",
        markerfacecolor=color if basis == "Z" else "white",
        linestyle="-" if basis == "Z" else "--",
        elinewidth=0.7,
    )
    if far.any():
        axes.plot(x[far], np.full(int(far.sum()), 1e3 * MOST), linestyle="none", marker="^", color=color, clip_on=False)


def _finish(axes: Axes, device: str, entries: list[Line2D], title: str) -> None:
    axes.axhline(1e3 * Device.preset(device).cz.leakage, color="#999999", linewidth=0.8, linestyle=":")
    axes.set_ylim(-0.05 * 1e3 * MOST, 1e3 * MOST)
    axes.set_ylabel(r"break-even CZ leakage ($10^{-3}$)")
    axes.legend(handles=entries, title=title, handlelength=1.2, loc="upper right", fontsize=6, title_fontsize=6)


STUDY = Study("crossover", sample, numbers)

FIGURES = (
    PaperFigure(
        "crossover",
        "where DQLR beats MLR: CZ leakage, T1, time and error of DQLR, distance, device",
        STUDY,
        draw,
        "20 cycles, each strategy in its own time, heating as the device has it. Above a curve DQLR has the smaller "
        "logical error; solid and filled: basis Z, dashed and open: X; triangles: beyond the axis. Dotted: the "
        "device's own CZ leakage.",
    ),
)
