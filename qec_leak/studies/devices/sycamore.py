"""sycamore: the surface code memories of arXiv:2207.06431 ("Acharya"), in which only measure qubits are reset.

What is sampled: experiments/sycamore.toml. Fitted: experiments/fit_sycamore.py.

Arrays: ``qec_leak.studies.devices.memories``.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from qec_leak.studies.devices import memories
from qec_leak.studies.devices.memories import numbers, sample
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.results import Results
from qec_leak.studies.study import Study

PUBLISHED = {
    "MLR, 25 cycles: eps_3": Published(3.028e-2, "abstract, tensor network"),
    "MLR, 25 cycles: eps_5": Published(2.914e-2, "abstract, tensor network"),
    "MLR, 25 cycles: Lambda 3/5": Published(1.04, "abstract, tensor network"),
    "MLR, 25 cycles: detection of weight 4, d = 3": Published(0.175, "Fig. 2, text"),
    "MLR, 25 cycles: detection of weight 2, d = 3": Published(0.115, "Fig. 2, text"),
    "MLR, 25 cycles: detection of weight 4, d = 5": Published(0.185, "Fig. 2, text"),
    "MLR, 25 cycles: detection of weight 2, d = 5": Published(0.119, "Fig. 2, text"),
}
"""Means over the bases X and Z, and over four codes of distance 3."""


def draw(results: Results) -> Figure:
    """One panel."""
    return memories.draw_errors(results, PUBLISHED)


STUDY = Study("sycamore", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "sycamore",
        "surface code memories of Sycamore: logical error per cycle (arXiv:2207.06431)",
        STUDY,
        draw,
        "25 cycles with multi-level reset of measure qubits. Crosses: published, decoded by tensor networks.",
    ),
)
