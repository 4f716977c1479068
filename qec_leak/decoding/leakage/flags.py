"""Matching with weights of each shot's own, by PyMatching, which has no argument for them.

In its second pass, correlated matching makes an edge likelier if an edge that comes with it was used in the first pass.
So each edge that leakage can strike gets a few *flags*: detectors that no error fires. A flag has one edge, to the
boundary, and with probability p the flag's edge comes with the edge that it stands for. We fire a flag in a shot to
give its edge the probability p there, if that is more than the edge has. It has no other effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.decoding.matching import CompiledMatching

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
I32s = npt.NDArray[np.int32]

STEP = 1.0
"""Of the log-odds of an edge from flag to flag."""
PROBABILITIES = 1.0 / (1.0 + np.exp(STEP * np.arange(6)))
"""What flags stand for: 1/2 and less."""
_RARE = 1e-6
"""Probability of a flag's own edge, so small that no other probability changes."""


class Flags(NamedTuple):
    """The flags of a matching graph.

    of_edge: int32 (edges, levels): the flag for each of PROBABILITIES; -1 where it would not tell more than the model.
    total: detectors and flags together.
    """

    of_edge: I32s
    total: int

    @staticmethod
    def of_graph(graph: MatchingGraph, struck: npt.NDArray[np.bool_], num_detectors: int) -> Flags:
        """Flags for edges that leakage strikes, struck: bool (edges,). Of parallel edges the likeliest has them."""
        probability = np.asarray(graph.probability)
        wanted = PROBABILITIES[None, :] > probability[:, None] * np.exp(STEP / 2)
        seen: set[tuple[int, int]] = set()
        for e in np.argsort(-probability, kind="stable").tolist():
            wanted[e] &= struck[e] and graph.ends[e] not in seen
            seen.add(graph.ends[e])
        of_edge = np.full(wanted.shape, -1, dtype=np.int32)
        of_edge[wanted] = num_detectors + np.arange(wanted.sum(), dtype=np.int32)
        return Flags(of_edge, num_detectors + int(wanted.sum()))


def flagged_matching(model: stim.DetectorErrorModel, graph: MatchingGraph, flags: Flags) -> CompiledMatching:
    """Correlated matching on detectors and flags of one error model."""
    return CompiledMatching(stim.DetectorErrorModel("\n".join(_lines(model, graph, flags))), two_passes=True)


def _lines(model: stim.DetectorErrorModel, graph: MatchingGraph, flags: Flags) -> Iterator[str]:
    yield str(model.flattened())
    for e, of_edge in enumerate(flags.of_edge.tolist()):
        a, b = graph.ends[e]
        observables = (f" L{k}" for k in range(graph.observables[e].bit_length()) if graph.observables[e] >> k & 1)
        edge = f"D{a}{f' D{b}' if b >= 0 else ''}{''.join(observables)}"
        for flag, p in zip(of_edge, PROBABILITIES.tolist(), strict=True):
            if flag >= 0:
                yield f"error({_RARE * p}) D{flag} ^ {edge}"
                yield f"error({_RARE * (1.0 - p)}) D{flag}"
