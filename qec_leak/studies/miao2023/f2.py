"""F2: what one CZ does to leaked levels (Miao et al., Fig. 2). F2bc: transport; F2de: conditional phases.

Nothing is sampled; the device and its ramps are in experiments/F2.toml.
Arrays: ``transport`` float64 (levels**2, levels**2), [out, in], index levels*high + low; ``levels`` int64 ();
``phase_low`` float64 (3,): phase of the low qubit's |1> with the high one in 0, 1, 2, in units of pi; ``phase_high``
the same with roles exchanged; ``fringe_low``, ``fringe_high`` float64 (3, angles): probability of 1 after a Ramsey
sequence around the gate against the angle of its second pulse, ``angle`` float64, in units of pi;
``ramp_ns`` float64 (ramps,), ``ramp_transport`` float64 (ramps, 2), ``ramp_phase`` float64 (ramps,): transport
|30> <-> |12>, |31> <-> |22>, and the phase with 2, of CZs with other ramps, each calibrated anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qec_leak.channels import conditional_phase, transport_matrix, transport_probability
from qec_leak.channels.operations import LEVELS, cz_unitary
from qec_leak.figures.style import COLUMN_WIDTH, house_style, new_figure
from qec_leak.figures.transport import plot_transport_matrix
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

PUBLISHED = {
    "transport |30> <-> |12>": Published(0.18, "Fig. 2b, mean of 20 pairs"),
    "transport |31> <-> |22>": Published(0.61, "Fig. 2b, mean of 20 pairs"),
    "phase of low, high in 2, pi": Published(0.65, "Fig. 2e"),
}
"""Probabilities, and a phase in units of pi."""

PARTNER_LEVELS = (0, 1, 2)

MAIN_TRANSPORT = (((3, 0), (1, 2)), ((3, 1), (2, 2)))
"""|high low> before and after: |30> <-> |12> and |31> <-> |22>."""

_ANGLES = np.linspace(0, 2, 81)

_LEVEL_COLORS = ("#444444", "#0072b2", "#d55e00")

_LEVEL_MARKERS = ("o", "^", "D")


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """The CZ of the device, and CZs with the ramps of [study] ``ramp_ns``."""
    cz = experiment.points[0].device.cz
    unitary = cz_unitary(cz)
    out: dict[str, Array] = {"transport": transport_matrix(unitary), "levels": np.asarray(LEVELS), "angle": _ANGLES}
    for of in ("low", "high"):
        phases = [conditional_phase(unitary, partner_level=level, of=of) for level in PARTNER_LEVELS]
        out[f"phase_{of}"] = np.array(phases)
        out[f"fringe_{of}"] = np.array([_fringe(unitary, level, of) for level in PARTNER_LEVELS])
    ramps = [float(ramp) for ramp in experiment.study.get("ramp_ns", ())]
    gates = [cz_unitary(replace(cz, model="hamiltonian", ramp_ns=ramp)) for ramp in ramps]
    out["ramp_ns"] = np.array(ramps)
    out["ramp_transport"] = np.array(
        [[transport_probability(u, before, after) for before, after in MAIN_TRANSPORT] for u in gates]
    ).reshape(-1, 2)
    out["ramp_phase"] = np.array([conditional_phase(u, partner_level=2) for u in gates])
    return out


def _fringe(unitary: Array, partner: int, of: str) -> Array:
    """P(1) of the superposed qubit, with its partner found in its initial level, after pi/2, CZ, and pi/2 around an
    axis at each angle: float64 (angles,)."""

    def amplitude(own: int) -> complex:
        index = LEVELS * partner + own if of == "low" else LEVELS * own + partner
        return complex(unitary[index, index])

    zero, one = amplitude(0), amplitude(1)
    return np.asarray(np.abs(zero - np.exp(-1j * np.pi * _ANGLES) * one) ** 2 / 4)


def numbers(results: Results) -> Mapping[str, Number]:
    """The two large transport probabilities and the phases with the partner in 2."""
    levels, matrix = int(results.scalar("levels")), results["transport"]
    out = {}
    for before, after in MAIN_TRANSPORT:
        (high, low), (to_high, to_low) = before, after
        value = matrix[levels * to_high + to_low, levels * high + low]
        out[f"transport {_exchange(before, after)}"] = Number(float(value))
    out["phase of low, high in 2, pi"] = Number(float(results["phase_low"][2]))
    out["phase of high, low in 2, pi"] = Number(float(results["phase_high"][2]))
    return out


def _exchange(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Two states that are exchanged: "|30> <-> |12>"."""
    return f"|{before[0]}{before[1]}> <-> |{after[0]}{after[1]}>"


def draw_transport(results: Results) -> Figure:
    """F2bc: the transport matrix, and how its two large entries depend on the pulse."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, height=3.3, panels=2)
    plot_transport_matrix(left, results["transport"], levels=int(results.scalar("levels")))
    plot_ramps(right, results)
    with house_style():
        left.set_title("b", loc="left", fontweight="bold", fontsize=9)
        right.set_title("c", loc="left", fontweight="bold", fontsize=9)
    return figure


def plot_ramps(axes: Axes, results: Results) -> None:
    """Transport probabilities of calibrated CZs against the length of their ramps; bands are what was measured."""
    with house_style():
        for column, ((before, after), color) in enumerate(zip(MAIN_TRANSPORT, _LEVEL_COLORS[1:], strict=True)):
            name, marker = _exchange(before, after), _LEVEL_MARKERS[1 + column]
            label = name.replace(">", "⟩").replace("<-⟩", "↔")
            axes.plot(results["ramp_ns"], results["ramp_transport"][:, column], color=color, marker=marker, label=label)
            axes.axhline(PUBLISHED[f"transport {name}"].value, color=color, linewidth=5, alpha=0.2)
        axes.plot([], [], color="#888888", linewidth=5, alpha=0.4, label="measured, mean of 20 pairs")
        axes.set_xlabel("ramps of the pulse (ns)")
        axes.set_ylabel("transport probability of a CZ")
        axes.set_ylim(0, 0.75)
        axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.55))


def draw_phases(results: Results) -> Figure:
    """F2de: Ramsey fringes of the low qubit, and conditional phases of both."""
    figure, (left, right) = new_figure(width=2 * COLUMN_WIDTH, panels=2)
    plot_fringes(left, results)
    plot_phases(right, results)
    with house_style():
        left.set_title("d", loc="left", fontweight="bold", fontsize=9)
        right.set_title("e", loc="left", fontweight="bold", fontsize=9)
    return figure


def plot_fringes(axes: Axes, results: Results) -> None:
    """Ramsey fringes of the low qubit around one CZ, with the high one in 0, 1 and 2."""
    with house_style():
        for level, color in zip(PARTNER_LEVELS, _LEVEL_COLORS, strict=True):
            axes.plot(results["angle"], results["fringe_low"][level], color=color, label=f"high in {level}")
        axes.set_xlabel(r"angle of the second pulse ($\pi$)")
        axes.set_ylabel("P(1) of the low qubit")
        axes.set_xlim(0, 2)
        axes.set_ylim(-0.03, 1.25)
        axes.legend(ncols=3, loc="upper center", columnspacing=1.0, handlelength=1.2)


def plot_phases(axes: Axes, results: Results) -> None:
    """Conditional phase of each qubit against its partner's level."""
    with house_style():
        for of, marker, shift, fill in (("low", "o", -0.06, True), ("high", "D", 0.06, False)):
            phases = np.asarray(results[f"phase_{of}"])
            phases = np.where(phases > 1.95, phases - 2.0, phases)  # 2 pi is 0
            for level, color in zip(PARTNER_LEVELS, _LEVEL_COLORS, strict=True):
                axes.plot(
                    [level + shift],
                    [phases[level]],
                    linestyle="none",
                    marker=marker,
                    markersize=5,
                    color=color,
                    markerfacecolor=color if fill else "white",
                )
            axes.plot(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=5,
                color="#444444",
                markerfacecolor="#444444" if fill else "white",
                label=f"of the {of} qubit",
            )
        axes.plot(
            [1.75, 2.25],
            [PUBLISHED["phase of low, high in 2, pi"].value] * 2,
            color=_LEVEL_COLORS[2],
            linewidth=5,
            alpha=0.25,
        )
        axes.plot([], [], color="#888888", linewidth=5, alpha=0.4, label="measured, low")
        axes.set_xticks(PARTNER_LEVELS)
        axes.set_xlim(-0.4, 2.4)
        axes.set_ylim(-0.1, 1.15)
        axes.set_xlabel("level of the partner")
        axes.set_ylabel(r"conditional phase ($\pi$)")
        axes.legend(loc="upper left")


STUDY = Study("F2", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "F2bc",
        "transport of leakage by one CZ, levels 0 to 3 (Miao et al., Fig. 2b, 2c)",
        STUDY,
        draw_transport,
        "The CZ that is calibrated on levels 0 and 1 exchanges |30> with |12>, and |31> with |22>: leakage changes "
        "its place and its level. Numbers are percent (columns with less lead to level 4); they depend on the "
        "shape of the pulse.",
        shows="transport",
    ),
    PaperFigure(
        "F2de",
        "conditional phases of a CZ with the partner in 0, 1 and 2 (Miao et al., Fig. 2d, 2e)",
        STUDY,
        draw_phases,
        "A partner in |2> turns the other qubit by a phase that is neither 0 nor pi: one leaked qubit is a source "
        "of errors on all of its neighbours.",
        shows="phase",
    ),
)
