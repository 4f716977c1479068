"""The matching graph of an error model, and columns as edges of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

import stim

from qec_leak.decoding.leakage.timeline import Column

_ADDED = 1e-9
"""Probability of an edge that only leakage makes."""


def xor(p: float, q: float) -> float:
    """Probability that exactly one of two independent events happens."""
    return p * (1.0 - q) + q * (1.0 - p)


@dataclass
class MatchingGraph:
    """Edges of a decomposed error model, parallel errors merged.

    ends: detectors of each edge, (a, b), with b = -1 at the boundary.   observables: mask of each edge.
    probability: of each edge, of all errors of which it is a part.
    joint: probability that two edges are struck by one error, by (edge, edge) in rising order.
    """

    ends: list[tuple[int, int]] = field(default_factory=list)
    observables: list[int] = field(default_factory=list)
    probability: list[float] = field(default_factory=list)
    joint: dict[tuple[int, int], float] = field(default_factory=dict)
    _by_column: dict[Column, int] = field(default_factory=dict)
    _by_ends: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    _known: dict[Column, tuple[int, ...]] = field(default_factory=dict)
    _component: list[int] = field(default_factory=list)

    @staticmethod
    def of_model(model: stim.DetectorErrorModel) -> MatchingGraph:
        """The graph of a model whose errors are decomposed into edges. Raises ValueError for errors that are not."""
        graph = MatchingGraph()
        for error in model.flattened():
            if error.type != "error" or not (p := error.args_copy()[0]):
                continue
            parts = [_column(group) for group in error.target_groups()]
            edges = [graph._edge(part, error) for part in parts if part[0]]
            for e in edges:
                graph.probability[e] = xor(graph.probability[e], p)
            for e, f in itertools.combinations(sorted(set(edges)), 2):
                graph.joint[e, f] = xor(graph.joint.get((e, f), 0.0), p)
            graph._known.setdefault(_sum(parts), tuple(edges))
        graph._component = graph._components(model.num_detectors)
        return graph

    def edges_of(self, column: Column) -> tuple[int, ...]:
        """The edges whose errors together flip what the column says; new ones where there are none."""
        if not column[0]:
            return ()
        if column not in self._known:
            self._known[column] = self._split(column)
        return self._known[column]

    # ---- inside ----

    def _edge(self, column: Column, error: object = "") -> int:
        if column not in self._by_column:
            detectors, mask = column
            if len(detectors) > 2:
                raise ValueError(
                    f"`circuit` must have errors that decompose into edges, of two detectors at most, but has {error}; "
                    "give a decoder that is no matching"
                )
            self._by_column[column] = len(self.ends)
            self._by_ends.setdefault(detectors, []).append(len(self.ends))
            self.ends.append((detectors[0], detectors[1] if len(detectors) == 2 else -1))
            self.observables.append(mask)
            self.probability.append(0.0)
        return self._by_column[column]

    def _components(self, num_detectors: int) -> list[int]:
        """A name of each detector's part of the graph, where the boundary connects nothing."""
        name = list(range(num_detectors))

        def find(d: int) -> int:
            while name[d] != d:
                name[d] = name[name[d]]
                d = name[d]
            return d

        for a, b in self.ends:
            if b >= 0:
                name[find(a)] = find(b)
        return [find(d) for d in range(num_detectors)]

    def _split(self, column: Column) -> tuple[int, ...]:
        detectors, mask = column
        parts: dict[int, list[int]] = {}
        for d in detectors:
            parts.setdefault(self._component[d], []).append(d)
        choices = [list(self._ways(part)) for part in parts.values()]
        if all(choices):
            for chosen in itertools.product(*choices):
                edges = tuple(e for way in chosen for e in way)
                total = 0
                for e in edges:
                    total ^= self.observables[e]
                if total == mask:
                    return edges
        if len(detectors) <= 2:
            self.probability.append(_ADDED)
            edge = self._edge(column)
            self.probability[edge] = _ADDED
            del self.probability[len(self.ends) :]
            return (edge,)
        return ()

    def _ways(self, part: list[int]) -> Iterable[tuple[int, ...]]:
        """Ways to flip these detectors by few edges of the graph."""
        if len(part) <= 2:
            yield from ((e,) for e in self._by_ends.get(tuple(part), ()))
        if len(part) == 2:
            a, b = part
            for e in self._by_ends.get((a,), ()):
                yield from ((e, f) for f in self._by_ends.get((b,), ()))
        elif len(part) <= 6:
            first, rest = part[0], part[1:]
            for other in (None, *rest):
                pair = (first,) if other is None else (first, other)
                for e in self._by_ends.get(pair, ()):
                    for way in self._ways([d for d in rest if d != other]):
                        yield (e, *way)


def _column(targets: Iterable[stim.DemTarget]) -> Column:
    detectors: set[int] = set()
    mask = 0
    for target in targets:
        if target.is_relative_detector_id():
            detectors ^= {target.val}
        elif target.is_logical_observable_id():
            mask ^= 1 << target.val
    return tuple(sorted(detectors)), mask


def _sum(parts: list[Column]) -> Column:
    detectors: set[int] = set()
    mask = 0
    for part in parts:
        detectors ^= set(part[0])
        mask ^= part[1]
    return tuple(sorted(detectors)), mask
