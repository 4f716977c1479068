"""Suppression factors Lambda of a results file: pairs of points at neighbouring distances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sinter

from qec_leak.sweep.quantities import suppression_fit
from qec_leak.sweep.summary import PointSummary

_MAY_GO_WITH_DISTANCE = ("r", "leak_qubit", "leak_round")
"""Names of metadata: errors per cycle can be compared though these differ. Nothing of the device is among them."""


@dataclass(frozen=True)
class Suppression:
    """Lambda_{d/(d+2)} = eps_d / eps_{d+2} of two points that have all else in common.

    first, second: the points at distances d and d + 2.
    fit: best value and likelihood interval; an end without a bound is 0 or infinity.
    """

    first: PointSummary
    second: PointSummary
    fit: sinter.Fit

    @property
    def distances(self) -> tuple[int, int]:
        """d, d + 2."""
        return int(self.first.metadata["d"]), int(self.second.metadata["d"])


def suppressions(summaries: Sequence[PointSummary]) -> tuple[Suppression, ...]:
    """All pairs, in the order of their first points.

    Two points make a pair if their distances differ by 2 and nothing else does, apart from what goes with the distance:
    rounds or the place of an injected leak, if each distance has one value of it (as in a zip with the distance).
    """
    tied = {code: _tied_to_distance([s for s in summaries if _code(s) == code]) for code in map(_code, summaries)}
    groups: dict[str, dict[int, list[PointSummary]]] = defaultdict(lambda: defaultdict(list))
    for summary in summaries:
        distance = summary.metadata.get("d")
        if isinstance(distance, int):
            groups[_group(summary, tied[_code(summary)])][distance].append(summary)
    out = []
    for by_distance in groups.values():
        for distance in sorted(by_distance):
            pair = by_distance[distance] + by_distance.get(distance + 2, [])
            if len(pair) != 2 or distance + 2 not in by_distance:
                continue  # none at d + 2, or several points that only their circuits tell apart
            fit = suppression_fit(*pair)
            if fit is not None:
                out.append(Suppression(pair[0], pair[1], fit))
    place = {id(summary): number for number, summary in enumerate(summaries)}
    return tuple(sorted(out, key=lambda s: place[id(s.first)]))


def _group(summary: PointSummary, tied: set[str]) -> str:
    rest = {key: value for key, value in summary.metadata.items() if key != "d" and key not in tied}
    return repr((summary.stats.decoder, sorted(rest.items())))


def _tied_to_distance(summaries: Sequence[PointSummary]) -> set[str]:
    """Keys of ``_MAY_GO_WITH_DISTANCE`` of which each distance has one value."""
    out = set()
    for key in _MAY_GO_WITH_DISTANCE:
        values: dict[Any, set[str]] = defaultdict(set)
        for summary in summaries:
            values[summary.metadata.get("d")].add(repr(summary.metadata.get(key)))
        if all(len(found) == 1 for found in values.values()):
            out.add(key)
    return out


def _code(summary: PointSummary) -> Any:
    return summary.metadata.get("c")
