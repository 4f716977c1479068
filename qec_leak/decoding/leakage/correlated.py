"""Two-pass correlated matching with weights of each shot's own, by fusion-blossom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.engine.simd.jit import entry

if TYPE_CHECKING:
    from collections.abc import Iterable

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SCALE = 100.0
"""Weights are natural logarithms of odds, times this, as even integers."""
_LEAST, _MOST = 1e-9, 0.5
_SAME = 6
"""Weights that differ less from the usual ones stay as they are."""


def fusion_blossom() -> Any:
    """The library. Raises ValueError, with what to do, where it is not installed."""
    try:
        import fusion_blossom as library
    except ImportError:
        raise ValueError(
            "the decoder leakage-aware must have fusion-blossom, but it is not installed; "
            "run pip install 'qec-leak[leakage-decoding]'"
        ) from None
    return library


class CorrelatedMatching:
    """Matches shots on the graph of an error model, each with probabilities of edges of its own.

    The second pass gives each edge f beside an edge e of the first solution the probability p(e and f) / p(e), if that
    is more (Fowler, arXiv:1310.0863), with this shot's p(e).
    """

    def __init__(self, graph: MatchingGraph, num_detectors: int, num_observables: int) -> None:
        library = fusion_blossom()
        probability = np.asarray(graph.probability)
        self._pattern = library.SyndromePattern
        self._usual = even_weights(probability[None, :])[0]
        edges: list[tuple[int, int, int]] = []
        vertices, virtual = num_detectors, []
        seen: set[tuple[int, int]] = set()
        self._edge_of = np.empty(len(probability), dtype=np.int64)  # of the solver, by edge of the graph
        chosen: list[int] = []
        for e in np.argsort(-probability, kind="stable").tolist():
            a, b = graph.ends[e]
            if b < 0:
                b = vertices
                vertices += 1
                virtual.append(b)
            if (a, b) in seen:  # of parallel edges the likeliest
                self._edge_of[e] = -1
                continue
            seen.add((a, b))
            self._edge_of[e] = len(edges)
            edges.append((a, b, int(self._usual[e])))
            chosen.append(e)
        self._chosen = np.array(chosen, dtype=np.int64)
        self._usual = self._usual[self._chosen]
        self._solver = library.SolverSerial(library.SolverInitializer(vertices, edges, virtual))
        self._masks = np.array(
            [
                np.frombuffer(graph.observables[e].to_bytes((num_observables + 7) // 8, "little"), dtype=np.uint8)
                for e in chosen
            ]
        ).reshape(len(chosen), -1)
        self._start, self._with, self._joint = _correlations(graph, self._edge_of, len(chosen))

    def flips(self, fired: Ints, probability: Floats) -> Bytes:
        """uint8 (ceil(observables/8),): predicted flips of one shot.

        Args: fired: its detectors.   probability: float64 (edges,), of the graph.
        """
        p = probability[self._chosen]
        weights = even_weights(p[None, :])[0]
        used = self._solve(fired, weights)
        again = np.empty_like(weights)
        again[:] = weights
        if _reweight(used, p, self._start, self._with, self._joint, again):
            used = self._solve(fired, again)
        return np.asarray(np.bitwise_xor.reduce(self._masks[used], axis=0, initial=0), dtype=np.uint8)

    def _solve(self, fired: Ints, weights: Ints) -> Ints:
        changed = np.flatnonzero(np.abs(weights - self._usual) > _SAME)
        pattern = self._pattern(
            defect_vertices=fired.tolist(),
            dynamic_weights=list(zip(changed.tolist(), weights[changed].tolist(), strict=True)),
        )
        self._solver.solve(pattern)
        used = self._solver.subgraph()
        self._solver.clear()
        return np.array(used, dtype=np.int64)


def even_weights(probability: Floats) -> Ints:
    """int64: even integer weights of probabilities."""
    p = np.clip(probability, _LEAST, _MOST)
    return 2 * np.rint(0.5 * SCALE * np.log((1.0 - p) / p)).astype(np.int64)


def _correlations(graph: MatchingGraph, edge_of: Ints, count: int) -> tuple[Ints, Ints, Floats]:
    """By edge of the solver: the edges that come with it, and the probability of both."""
    beside: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for (e, f), p in graph.joint.items():
        x, y = int(edge_of[e]), int(edge_of[f])
        if x >= 0 and y >= 0:
            beside[x].append((y, p))
            beside[y].append((x, p))
    flat: Iterable[tuple[int, float]] = [one for of_edge in beside for one in of_edge]
    start = np.cumsum([0, *map(len, beside)]).astype(np.int64)
    return (
        start,
        np.array([y for y, _ in flat], dtype=np.int64),
        np.array([p for _, p in flat], dtype=np.float64),
    )


@entry
def _reweight(used: Ints, probability: Floats, start: Ints, beside: Ints, joint: Floats, weights: Ints) -> int:
    """Lower ``weights`` of edges beside used ones; how many there were."""
    lowered = 0
    for e in used:
        for k in range(start[e], start[e + 1]):
            p = min(joint[k] / max(probability[e], 1e-12), 0.5)
            w = 2 * round(0.5 * SCALE * np.log((1.0 - p) / p))
            if w < weights[beside[k]]:
                weights[beside[k]] = w
                lowered += 1
    return lowered
