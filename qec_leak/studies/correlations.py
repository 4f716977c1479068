"""Correlations in time of detection events, p_ij, under each strategy (Miao et al., S7).

Arrays, for each strategy S: ``S.same``, ``S.neighbor`` float64 (separations,): mean p_ij of detectors of one
stabilizer, of neighbouring ones, that are so many cycles apart (from 0; NaN where there is no pair), within the cycles
``window`` int64 (2,); ``S.same_error``, ``S.neighbor_error`` their standard errors (jackknife over 25 blocks of shots);
``S.matrix`` float64 (cycles, cycles): mean over stabilizers of p_ij of one stabilizer at two cycles, NaN on the
diagonal.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qec_leak.analysis import (
    EventCorrelations,
    detector_layout,
    jackknife,
    neighboring_stabilizers,
    pairs_by_separation,
)
from qec_leak.analysis.circuit_layout import DetectorLayout
from qec_leak.engine import compile_sampler
from qec_leak.studies.experiment import Experiment
from qec_leak.studies.results import Array, Results
from qec_leak.studies.study import Number, Run, Study

BLOCKS = 25
SEPARATIONS = (2, 3, 5, 10)
"""Separations whose p_ij are among the numbers."""


def sample(experiment: Experiment, run: Run) -> dict[str, Array]:
    """p_ij of every point within the cycles [study] ``window``; the axis is circuit.strategy."""
    first, last = (int(cycle) for cycle in experiment.study.get("window", (19, 29)))
    out: dict[str, Array] = {"window": np.array([first, last])}
    for number, point in enumerate(experiment.points):
        memory = point.memory()
        layout = detector_layout(memory)
        sampler = compile_sampler(memory.circuit, seed=experiment.seed + number, threads=run.threads)
        blocks = []
        for part in np.array_split(np.arange(experiment.shots), BLOCKS):
            block = None
            for batch in sampler.batches(max(len(part), 1), populations=None):
                events = EventCorrelations.of_packed(batch.detection_events_b8, len(layout.round))
                block = events if block is None else block + events
                run.progress(batch.shots)
            assert block is not None
            blocks.append(block)
        name = str(memory.strategy)
        for kind, neighbors in (("same", None), ("neighbor", neighboring_stabilizers(memory.patch))):
            groups = pairs_by_separation(layout, neighbors, first, last)
            out[f"{name}.{kind}"], out[f"{name}.{kind}_error"] = jackknife(blocks, groups)
        out[f"{name}.matrix"] = _matrix(blocks, layout)
    return out


def _matrix(blocks: list[EventCorrelations], layout: DetectorLayout) -> Array:
    """Mean over stabilizers of p_ij between two cycles of one stabilizer: float64 (rounds + 1, rounds + 1)."""
    total = blocks[0]
    for block in blocks[1:]:
        total = total + block
    p = total.p_ij()
    size = layout.rounds + 1
    out = np.full((len(set(layout.stabilizer.tolist())), size, size), np.nan)
    for row, place in enumerate(sorted(set(layout.stabilizer.tolist()))):
        members = np.flatnonzero(layout.stabilizer == place)
        at = layout.round[members] - 1
        out[row][np.ix_(at, at)] = p[np.ix_(members, members)]
    known = np.isfinite(out)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, out, 0.0).sum(axis=0) / known.sum(axis=0))


def strategies_in(results: Results) -> list[str]:
    """Strategies that were sampled."""
    return [name.removesuffix(".matrix") for name in results.arrays if name.endswith(".matrix")]


def numbers(results: Results) -> Mapping[str, Number]:
    """p_ij of the same stabilizer and of neighbouring ones at some separations; the least from 1 on."""
    out: dict[str, Number] = {}
    for strategy in strategies_in(results):
        for kind in ("same", "neighbor"):
            value, error = results[f"{strategy}.{kind}"], results[f"{strategy}.{kind}_error"]
            for separation in SEPARATIONS:
                if separation < len(value):
                    key = f"{strategy} {kind} stabilizer, {separation} apart"
                    out[key] = Number(float(value[separation]), float(error[separation]))
        value, error = results[f"{strategy}.same"], results[f"{strategy}.same_error"]
        least = 1 + int(np.argmin(value[1:]))
        out[f"{strategy} same stabilizer, least"] = Number(float(value[least]), float(error[least]))
    return out


STUDY = Study("S7", sample, numbers)
