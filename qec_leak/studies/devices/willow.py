"""willow: the surface code memories of arXiv:2408.13687 ("Willow"), with and without removal of data leakage.

What is sampled: experiments/willow.toml. Fitted: experiments/fit_willow.py.

Arrays: ``qec_leak.studies.devices.memories``.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from qec_leak.studies.devices import memories
from qec_leak.studies.devices.memories import ratio, sample
from qec_leak.studies.figure import PaperFigure
from qec_leak.studies.published import Published
from qec_leak.studies.results import Results
from qec_leak.studies.study import Number, Study

LOST = "Lambda 3/5 lost without DQLR, 60 cycles"

PUBLISHED = {
    "DQLR, 25 cycles: detection, d = 3": Published(7.7e-2, "Fig. 1"),
    "DQLR, 25 cycles: detection, d = 5": Published(8.5e-2, "Fig. 1"),
    "DQLR, 25 cycles: detection, d = 7": Published(8.7e-2, "Fig. 1"),
    "DQLR, 25 cycles: eps_7": Published(1.43e-3, "abstract, neural network"),
    "DQLR, 25 cycles: eps_5": Published(3.06e-3, "abstract, eps_7 times Lambda, neural network"),
    "DQLR, 25 cycles: eps_3": Published(6.55e-3, "abstract, eps_7 times Lambda squared, neural network"),
    "DQLR, 25 cycles: Lambda 3/5": Published(2.14, "abstract, neural network"),
    "DQLR, 25 cycles: Lambda 5/7": Published(2.14, "abstract, neural network"),
    LOST: Published(0.35, "text"),
}
"""The paper has up to 250 cycles; names give the number of ours that is compared. Means over the bases X and Z."""


def numbers(results: Results) -> Mapping[str, Number]:
    """What ``memories`` reads off, and the part of Lambda that is lost where data leakage is not removed."""
    out = dict(memories.numbers(results))
    lambdas = {s: out.get(f"{s}, 60 cycles: Lambda 3/5") for s in ("MLR", "DQLR")}
    if lambdas["MLR"] is not None and lambdas["DQLR"] is not None:
        kept = ratio(lambdas["MLR"], lambdas["DQLR"])
        out[LOST] = Number(1.0 - kept.value, kept.error)
    return out


def draw(results: Results) -> Figure:
    """One panel."""
    return memories.draw_errors(results, PUBLISHED)


STUDY = Study("willow", sample, numbers, published=PUBLISHED)

FIGURES = (
    PaperFigure(
        "willow",
        "surface code memories of Willow: logical error per cycle, with and without DQLR (arXiv:2408.13687)",
        STUDY,
        draw,
        "Cycles of 1.1 us with and without DQLR, 25 of them (filled) and 60 (open, dashed). Crosses: published, "
        "decoded by a neural network. Without removal of data leakage larger codes gain a third less.",
    ),
)
