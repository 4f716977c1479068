"""beyond3: an error budget, the derivative of 1/Lambda by the probability of every noise process, and what each adds.

1/Lambda = sum over processes of w p, with w = d(1/Lambda)/dp at half of the device's noise (Acharya et al.,
arXiv:2207.06431, error budget; Willow, arXiv:2408.13687, Table S4). Between no noise and all noise, 1/Lambda grows by
its derivative half-way, to second order. At all noise, weights are smaller where distances 3 and 5 are near threshold,
since 1/Lambda flattens near 1. "Half" means every process of the list at half its probability, and T1 and T2 twice as
long.

Each w is a difference quotient. The process is lowered and raised to the factors [study] ``factors`` of its whole
probability. The two sides are sampled independently: common random numbers help only up to the first shot in which two
devices differ, and the correlation of their logical errors was measured to be below 0.1. Leakage processes, which are
small, get wider steps ([study.leakage_factors], by strategy); under DQLR their effect is linear (F5c).

What is sampled: experiments/beyond3.toml.

Arrays: ``device``, ``strategy``, ``process`` str (rows,); ``probability`` float64 (rows,), per operation, or per cycle
for idling and heating (averaged over computational states); ``weight``, ``weight_error`` float64 (rows,);
``base_device``, ``base_strategy`` str (cases,), ``base``, ``base_error`` float64 (cases,): 1/Lambda as it is.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak import _checks
from qec_leak.circuits import find_strategy, make_patch
from qec_leak.circuits.dress import cycle_ns
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.round_end import iswap_pairs
from qec_leak.device import Device
from qec_leak.figures.style import house_style, new_figure, strategy_color, strategy_label
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.logical import LogicalCounts, counts_of
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study
from qec_leak.sweep import Point


class Process(NamedTuple):
    """A noise process and the key of its parameter. leaks: it is a source of leakage."""

    name: str
    key: str
    leaks: bool = False


PROCESSES = (
    Process("one-qubit gate", "gate.error"),
    Process("CZ", "cz.error"),
    Process("CZ crosstalk", "cz.crosstalk"),
    Process("readout", "readout.error"),
    Process("reset", "reset.error"),
    Process("data idle", "idle.measurement_error"),
    Process("Leakage iSWAP", "dqlr.error"),
    Process("CZ leakage", "cz.leakage", leaks=True),
    Process("heating", "idle.heating_per_us", leaks=True),
)

PUBLISHED = {
    "sycamore MLR weight of CZ leakage": Published(125.0, "Acharya et al., error budget"),
    "willow DQLR weight of CZ leakage": Published(108.0, "Willow, Table S4"),
    "sycamore MLR weight of heating": Published(125.0, "Acharya et al., error budget"),
    "willow DQLR weight of heating": Published(18.0, "Willow, Table S4"),
}
"""d(1/Lambda)/dp. The published weight on Sycamore is one number for CZ leakage and heating."""


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """Weights of all processes; the axes are device.preset, circuit.strategy and circuit.distance (two distances)."""
    names = [p.name for p in PROCESSES]
    chosen = [_checks.check_choice("study.processes", name, names) for name in experiment.study.get("processes", names)]
    processes = [p for p in PROCESSES if p.name in chosen]
    points: list[Point] = []
    for point in experiment.points:
        points.append(_changed(point, "", 1.0, point.device))
        half = scaled(point.device, 0.5)
        leakage_factors = experiment.study["leakage_factors"][point.circuit["strategy"]]
        for process in processes:
            for factor in leakage_factors if process.leaks else experiment.study["factors"]:
                if _used(process, point):
                    value = _parameter(point.device, process.key) * float(factor)
                    points.append(_changed(point, process.name, factor, half.replace({process.key: value})))
    counts = counts_of(experiment.sweep, points, run)
    return _weights(points, counts, processes)


def scaled(device: Device, factor: float) -> Device:
    """The device with the probabilities of all processes, and its rates of relaxation and dephasing, x ``factor``."""
    times = {f"idle.{name}": getattr(device.idle, name) / factor for name in ("t1_ns", "t2_ns")}
    return device.replace({process.key: _parameter(device, process.key) * factor for process in PROCESSES} | times)


def _used(process: Process, point: Point) -> bool:
    return process.key != "dqlr.error" or bool(iswap_pairs(find_strategy(point.circuit["strategy"]), _patch()))


def _changed(point: Point, process: str, factor: float, device: Device) -> Point:
    labels = {**point.labels, "process": process, "factor": float(factor)}
    return replace(point, device=device, labels=labels)


def _parameter(device: Device, key: str) -> float:
    section, name = key.split(".")
    return float(getattr(getattr(device, section), name))


def _weights(points: list[Point], arrays: Mapping[str, Array], processes: list[Process]) -> dict[str, Array]:
    counts = LogicalCounts.of(Results("", "", arrays, {}))
    devices = {str(point.labels["device.preset"]): point for point in points if not point.labels["process"]}
    rows: list[tuple[str, str, str, float, float, float]] = []
    base: list[tuple[str, str, float, float]] = []
    for preset in counts.values("preset"):
        for strategy in counts.values("strategy"):
            case = counts.where(preset=preset, strategy=strategy)
            value, error = _inverse(case.where(process=""))
            base.append((preset, strategy, value, error))
            device = devices[preset].device
            for process in processes:
                part = case.where(process=process.name)
                if not len(part):
                    continue
                low, high = sorted(part.values("factor"))
                (first, first_error), (second, second_error) = (_inverse(part.where(factor=f)) for f in (low, high))
                p = probability(process, device, strategy)
                step = (high - low) * p
                weight_error = math.hypot(first_error, second_error) / step
                rows.append((preset, strategy, process.name, p, (second - first) / step, weight_error))
    names = ("device", "strategy", "process", "probability", "weight", "weight_error")
    out = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    base_names = ("base_device", "base_strategy", "base", "base_error")
    return out | {name: np.array(column) for name, column in zip(base_names, zip(*base, strict=True), strict=True)}


def _inverse(counts: LogicalCounts) -> tuple[float, float]:
    small, large = sorted(counts.values("distance"))
    value, error = counts.where(distance=small).inverse_suppression(counts.where(distance=large))
    return float(value[0]), float(error[0])


def probability(process: Process, device: Device, strategy: str) -> float:
    """Probability of a process: per operation; of idling, the part of a measurement; of heating, per cycle,
    averaged over 0 and 1."""
    value = _parameter(device, process.key)
    if process.key == "idle.heating_per_us":
        return -math.expm1(-value * 1e-3 * _cycle_ns(device, strategy)) / 2
    return value


@functools.cache
def _patch() -> Patch:
    return make_patch("surface", 3)


def _cycle_ns(device: Device, strategy: str) -> float:
    return max(device.cycle_ns_of(strategy), cycle_ns(ideal_memory_circuit(_patch(), strategy, 2, "Z"), device))


def rows(results: Results, device: str, strategy: str) -> tuple[list[str], Array, Array, Array]:
    """Processes, their probabilities, weights and the weights' standard errors, of one device and strategy."""
    chosen = (results["device"] == device) & (results["strategy"] == strategy)
    names = [str(name) for name in results["process"][chosen]]
    return names, results["probability"][chosen], results["weight"][chosen], results["weight_error"][chosen]


def cases(results: Results) -> list[tuple[str, str, Number]]:
    """Device, strategy and 1/Lambda of each case."""
    columns = (results[name].tolist() for name in ("base_device", "base_strategy", "base", "base_error"))
    return [(device, strategy, Number(value, error)) for device, strategy, value, error in zip(*columns, strict=True)]


def numbers(results: Results) -> Mapping[str, Number]:
    """1/Lambda of each case, and the weights of its leakage processes."""
    out: dict[str, Number] = {}
    for device, strategy, base in cases(results):
        out[f"{device} {strategy} 1/Lambda"] = base
        names, _, weights, errors = rows(results, device, strategy)
        for name, weight, error in zip(names, weights, errors, strict=True):
            if name in ("CZ leakage", "heating"):
                out[f"{device} {strategy} weight of {name}"] = Number(float(weight), float(error))
    return out


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


STUDY = Study("beyond3", sample, numbers, version=3, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "beyond3",
        "error budget: what each noise process contributes to 1/Lambda, leakage included",
        STUDY,
        draw,
        "1/Lambda of d = 3 and 5, contributions w p with w = d(1/Lambda)/dp at half of the noise; idling is the "
        "part of a measurement. DQLR adds idling and a gate, and removes most of what leakage costs.",
    ),
)
