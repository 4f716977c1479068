"""Matching with weights of each shot's own, by PyMatching, which has no argument for them.

Each edge that leakage can strike gets a few *flags*: detectors that no error fires, one for each of a few
probabilities. We fire a flag in a shot to give its edge that probability there, if it is more than the edge has. A flag
that is not fired changes nothing. There are two kinds.

FLAG is one detector. In its second pass, correlated matching makes an edge likelier if an edge that comes with it was
used in the first pass. A flag has one edge, to the boundary, and with probability p that edge comes with the edge that
the flag stands for. So the first pass has the usual weights, and the second one those of the shot.

DETOUR is two detectors F and G beside an edge from a to b, with edges a-F, F-G and G-b. If both are fired, either F-G
is used, or a-F and G-b are, which is an edge from a to b. The second costs log((1 - p) / p) more than the first. If
they are not fired, the way over both costs more than any error. So both passes have the weights of the shot. Of the
flips of an edge that has the probability p, a part P / p comes with the edges that an error of probability P strikes
too, and a-F does so as well.
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

FLAG, DETOUR = 1, 2
"""Kinds of flags: how many detectors one has."""
STEP = 1.0
"""Of the log-odds of an edge from flag to flag."""
PROBABILITIES = 1.0 / (1.0 + np.exp(STEP * np.arange(6)))
"""What flags stand for: 1/2 and less."""
_RARE = 1e-6
"""Probability of a flag's own edges, so small that no other probability changes."""


class Flags(NamedTuple):
    """The flags of a matching graph.

    of_edge: int32 (edges, levels): the flag's first detector, for each of PROBABILITIES; -1 where it would not tell
        more than the model.   kind: FLAG or DETOUR, for all of them.   total: all detectors, with those of flags.
    """

    of_edge: I32s
    kind: int
    total: int

    @staticmethod
    def of_graph(graph: MatchingGraph, struck: npt.NDArray[np.bool_], num_detectors: int, kind: int = FLAG) -> Flags:
        """Flags for edges that leakage strikes, struck: bool (edges,). Of parallel edges the likeliest has them."""
        probability = np.asarray(graph.probability)
        wanted = PROBABILITIES[None, :] > probability[:, None] * np.exp(STEP / 2)
        seen: set[tuple[int, int]] = set()
        for e in np.argsort(-probability, kind="stable").tolist():
            wanted[e] &= struck[e] and graph.ends[e] not in seen
            seen.add(graph.ends[e])
        of_edge = np.full(wanted.shape, -1, dtype=np.int32)
        of_edge[wanted] = num_detectors + kind * np.arange(wanted.sum(), dtype=np.int32)
        return Flags(of_edge, kind, num_detectors + kind * int(wanted.sum()))


def flagged_matching(model: stim.DetectorErrorModel, graph: MatchingGraph, flags: Flags) -> CompiledMatching:
    """Correlated matching on detectors and flags of one error model."""
    return CompiledMatching(stim.DetectorErrorModel("\n".join(_lines(model, graph, flags))), two_passes=True)


def _lines(model: stim.DetectorErrorModel, graph: MatchingGraph, flags: Flags) -> Iterator[str]:
    yield str(model.flattened())
    struck = np.flatnonzero((flags.of_edge >= 0).any(axis=1)).tolist()
    come_with = _joint_errors(graph, set(struck)) if flags.kind == DETOUR else {}
    for e in struck:
        for flag, p in zip(flags.of_edge[e].tolist(), PROBABILITIES.tolist(), strict=True):
            if flag >= 0 and flags.kind == FLAG:
                yield f"error({_RARE * p}) D{flag} ^ {_targets(graph, e)}"
                yield f"error({_RARE * (1.0 - p)}) D{flag}"
            elif flag >= 0:
                yield from _detour(graph, e, flag, p, come_with[e])


def _detour(graph: MatchingGraph, e: int, first: int, p: float, come_with: list[tuple[int, float]]) -> Iterator[str]:
    """Errors of the way around an edge that has the probability p. come_with: edges that errors strike together with
    it, and with what probability."""
    a, b = graph.ends[e]
    into = f"D{a} D{first}{_observables(graph, e)}"
    alone = 1.0
    for f, joint in come_with:
        alone -= joint / p
        yield f"error({_RARE * joint / p}) {into} ^ {_targets(graph, f)}"
    yield f"error({_RARE * max(alone, 0.1)}) {into}"
    yield f"error({_RARE * _RARE * (1.0 - p) / p}) D{first} D{first + 1}"
    yield f"error({_RARE}) D{first + 1}{f' D{b}' if b >= 0 else ''}"


def _joint_errors(graph: MatchingGraph, edges: set[int]) -> dict[int, list[tuple[int, float]]]:
    """By edge, the edges that errors strike together with it."""
    found: dict[int, list[tuple[int, float]]] = {e: [] for e in edges}
    for (e, f), joint in graph.joint.items():
        for one, other in ((e, f), (f, e)):
            if one in found:
                found[one].append((other, joint))
    return found


def _targets(graph: MatchingGraph, e: int) -> str:
    return " ".join(f"D{d}" for d in graph.ends[e] if d >= 0) + _observables(graph, e)


def _observables(graph: MatchingGraph, e: int) -> str:
    mask = graph.observables[e]
    return "".join(f" L{k}" for k in range(mask.bit_length()) if mask >> k & 1)
