"""LeakageModel: where each transmon can leak, and what that does to detectors, as flat arrays for inference."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.decoding.leakage.cover import cover_of_chains
from qec_leak.decoding.leakage.graph import MatchingGraph
from qec_leak.decoding.leakage.mates import mates_of_chains
from qec_leak.decoding.leakage.strikes import Strikes
from qec_leak.decoding.leakage.tables import Floats, PairTable
from qec_leak.decoding.leakage.timeline import OTHER, OWN, SLOTS, Column, Event, Timeline, timeline_of

Ints = npt.NDArray[np.int32]
Masks = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class LeakageModel:
    """All arrays are read-only. Events of one transmon (a chain) stand together, in the order of time.

    chain_start: int32 (chains + 1,): first event of each chain.
    chain_qubit: int32 (chains,): the qubit at which the transmon starts.
    partner: int32 (events,): the other event of a pair, or -1.   side: int8 (events,).
    pair, single, segment: int32 (events,): which of ``pairs``, ``singles``, ``segments``.
    pairs: float64 (n, 2, 3, 3, 3, 3): by side, (self before, partner before, self after, partner after).
    kicks: float64 (n, 2, 3, 3, 2): by side, of the partner: ``PairTable.flips``.
    singles, segments: float64 (n, 3, 3).
    stay, leave, come_back: float64 (events, 3): probability of each slot's Pauli; 0 where a later event at which a
        leaked transmon is struck anyway has the same column.
    slot_joint: float64 (3 * events,): probability of errors that strike the first two edges of a slot at once.
    twin_joint: float64 (events,): probability of errors that strike both slots behind a gate at once, if of one edge.
    slot_start: int32 (3 * events + 1,): edges of each slot of each event in ``slot_edges``.
    free, kicked, weak, renewed_start, renewed, renewed_joint: see ``Cover``.
    mate, mate_joint: int32, float64 (entries of slot_edges, 3): see ``Mates``.
    measurement, snapshot, qubit: int32 (events,).
    ends: int32 (edges, 2): detectors; -1 is the boundary.   probability: float64 (edges,), without leakage.
    """

    num_detectors: int
    num_measurements: int
    num_snapshots: int
    num_qubits: int
    chain_start: Ints
    chain_qubit: Ints
    partner: Ints
    side: Ints
    pair: Ints
    single: Ints
    segment: Ints
    pairs: Floats
    kicks: Floats
    singles: Floats
    segments: Floats
    stay: Floats
    leave: Floats
    come_back: Floats
    slot_joint: Floats
    twin_joint: Floats
    slot_start: Ints
    slot_edges: Ints
    free: Masks
    kicked: Masks
    weak: Floats
    renewed_start: Ints
    renewed: Ints
    renewed_joint: Floats
    mate: Ints
    mate_joint: Floats
    measurement: Ints
    snapshot: Ints
    qubit: Ints
    ends: Ints
    probability: Floats
    graph: MatchingGraph

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def num_events(self) -> int:
        """Number of events of all chains."""
        return len(self.partner)

    @property
    def num_edges(self) -> int:
        """Number of edges of the graph."""
        return len(self.ends)

    @staticmethod
    def of_circuit(circuit: stim.Circuit, model: stim.DetectorErrorModel, *, snapshots: bool = True) -> LeakageModel:
        """The model of a circuit with leakage in its tags.

        Args: model: its error model without leakage, decomposed into edges.   snapshots: whether levels at
            its counts of populations are wanted.
        Raises ValueError for gates that it does not know, and errors that are no edges.
        """
        timeline = timeline_of(circuit, snapshots=snapshots)
        return _Builder(timeline, MatchingGraph.of_model(model)).build(circuit)


class _Builder:
    def __init__(self, timeline: Timeline, graph: MatchingGraph) -> None:
        self.timeline, self.graph = timeline, graph
        leaks = _leaking(timeline.events)
        kept = [i for i, event in enumerate(timeline.events) if event.carrier in leaks]
        self.order = sorted(kept, key=lambda i: (timeline.events[i].carrier, i))
        self.place = {old: new for new, old in enumerate(self.order)}
        self.events = [timeline.events[i] for i in self.order]

    def build(self, circuit: stim.Circuit) -> LeakageModel:
        events, graph = self.events, self.graph
        columns = [self.timeline.columns[i] for i in self.order]
        slots = [_most_joint_first(graph, graph.edges_of(column)) for three in columns for column in three]
        carriers = np.array([event.carrier for event in events], dtype=np.int32)
        starts = np.flatnonzero(np.diff(carriers, prepend=-1))
        pair, pairs = _distinct([event.pair for event in events])
        single, singles = distinct_tables([event.single for event in events])
        segment, segments = distinct_tables([event.segment for event in events])
        ends = np.array(graph.ends, dtype=np.int32).reshape(-1, 2)
        dup = _duplicates(events, columns, carriers)
        stay = np.where(dup, 0.0, np.array([event.stay for event in events]).reshape(-1, SLOTS))
        undone = dup | _undone(events, carriers)[:, None]
        leave = np.where(undone, 0.0, np.array([event.leave for event in events]).reshape(-1, SLOTS))
        chain_start = np.array([*starts, len(events)], dtype=np.int32)
        partner = np.array([self.place.get(event.partner, -1) for event in events], dtype=np.int32)
        side = np.array([event.side for event in events], dtype=np.int32)
        kicks = np.array([table.flips for table in pairs]).reshape(-1, 2, 3, 3, 2)
        slot_start = np.cumsum([0, *(len(edges) for edges in slots)]).astype(np.int32)
        slot_edges = np.array([e for edges in slots for e in edges], dtype=np.int32)
        come_back = np.array([event.come_back for event in events]).reshape(-1, SLOTS)
        gone = np.array([_returns(event) > 0.5 for event in events], dtype=np.bool_)
        strikes = Strikes(chain_start, stay, leave, come_back, gone, slot_start, slot_edges)
        cover = cover_of_chains(strikes, partner, pair, side, kicks, ends, graph)
        mates = mates_of_chains(strikes, graph)
        return LeakageModel(
            num_detectors=circuit.num_detectors,
            num_measurements=self.timeline.num_measurements,
            num_snapshots=self.timeline.num_snapshots,
            num_qubits=self.timeline.num_qubits,
            chain_start=chain_start,
            chain_qubit=np.array([events[i].qubit for i in starts], dtype=np.int32),
            partner=partner,
            side=side,
            pair=pair,
            single=single,
            segment=segment,
            pairs=_both_sides(pairs),
            kicks=kicks,
            singles=singles,
            segments=segments,
            stay=stay,
            leave=leave,
            come_back=come_back,
            free=cover.free,
            kicked=cover.kicked,
            weak=cover.weak,
            renewed_start=cover.renewed_start,
            renewed=cover.renewed,
            renewed_joint=cover.renewed_joint,
            mate=mates.edge,
            mate_joint=mates.joint,
            slot_joint=np.array([graph.joint.get(_rising(edges), 0.0) for edges in slots]),
            twin_joint=np.array(
                [_twin_joint(graph, slots[3 * i + OWN], slots[3 * i + OTHER]) for i in range(len(events))]
            ),
            slot_start=slot_start,
            slot_edges=slot_edges,
            measurement=np.array([event.measurement for event in events], dtype=np.int32),
            snapshot=np.array([event.snapshot for event in events], dtype=np.int32),
            qubit=np.array([event.qubit for event in events], dtype=np.int32),
            ends=ends,
            probability=np.array(graph.probability),
            graph=graph,
        )


def _leaking(events: Sequence[Event]) -> set[int]:
    """Transmons that can ever be leaked."""
    leaks: set[int] = set()
    while True:
        before = len(leaks)
        for event in events:
            if event.carrier in leaks:
                continue
            into = event.single[0, 1:].sum() + event.segment[0, 1:].sum()
            if event.pair is not None:
                levels = event.pair.levels if event.side == 0 else event.pair.levels.transpose(1, 0, 3, 2)
                into += levels[0, 0, 1:].sum()
                if events[event.partner].carrier in leaks:
                    into += levels[0, 1:, 1:].sum()
            if into > 0:
                leaks.add(event.carrier)
        if len(leaks) == before:
            return leaks


def _duplicates(
    events: Sequence[Event], columns: Sequence[tuple[Column, Column, Column]], carriers: Ints
) -> npt.NDArray[np.bool_]:
    """Slots whose column is that of the next event of the same chain at which a leaked transmon is struck."""
    dup = np.zeros((len(events), SLOTS), dtype=np.bool_)
    following: Column | None = None
    for i in range(len(events) - 1, -1, -1):
        if i + 1 == len(events) or carriers[i + 1] != carriers[i] or events[i + 1].is_reset:
            following = None
        if i + 1 < len(events) and carriers[i + 1] == carriers[i] and any(events[i + 1].stay):
            first = next(slot for slot in range(SLOTS) if events[i + 1].stay[slot])
            following = columns[i + 1][first]
        for slot in (OWN, OTHER):
            dup[i, slot] = following is not None and columns[i][slot] == following and bool(following[0])
    return dup


def _rising(edges: tuple[int, ...]) -> tuple[int, int]:
    """The first two of some edges in rising order; no edges if there is but one."""
    return (min(edges[:2]), max(edges[:2])) if len(edges) > 1 else (-1, -1)


def _twin_joint(graph: MatchingGraph, own: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Probability of errors that strike both edges, if there is one of each."""
    return graph.joint.get(_rising(own + other), 0.0) if len(own) == len(other) == 1 else 0.0


def _most_joint_first(graph: MatchingGraph, edges: tuple[int, ...]) -> tuple[int, ...]:
    """The edges, the two that errors strike together most often at the front."""
    if len(edges) < 3:
        return edges
    pairs = itertools.combinations(edges, 2)
    front = max(pairs, key=lambda pair: graph.joint.get(_rising(pair), 0.0))
    return (*front, *(e for e in edges if e not in front))


def _undone(events: Sequence[Event], carriers: Ints) -> npt.NDArray[np.bool_]:
    """Events at which a transmon that leaks mostly returns before the next one at which it would be struck: the strikes
    of its return are those of its leaving."""
    undone = np.zeros(len(events), dtype=np.bool_)
    following = False
    for i in range(len(events) - 1, -1, -1):
        if i + 1 == len(events) or carriers[i + 1] != carriers[i] or any(events[i + 1].stay):
            following = False
        elif _returns(events[i + 1]) > 0.5:
            following = True
        undone[i] = following
    return undone


def _returns(event: Event) -> float:
    """Probability that the event brings a transmon back from level 2."""
    if event.pair is None:
        return float(event.single[1, 0])
    levels = event.pair.levels if event.side == 0 else event.pair.levels.transpose(1, 0, 3, 2)
    return float(levels[1, 0, 0].sum())


def _distinct(tables: Sequence[PairTable | None]) -> tuple[Ints, list[PairTable]]:
    seen: dict[int, int] = {}
    kept: list[PairTable] = []
    out = np.full(len(tables), -1, dtype=np.int32)
    for i, table in enumerate(tables):
        if table is not None:
            if id(table) not in seen:
                seen[id(table)] = len(kept)
                kept.append(table)
            out[i] = seen[id(table)]
    return out, kept


def distinct_tables(tables: Sequence[Floats]) -> tuple[Ints, Floats]:
    seen: dict[bytes, int] = {}
    kept: list[Floats] = []
    out = np.zeros(len(tables), dtype=np.int32)
    for i, table in enumerate(tables):
        key = table.tobytes()
        if key not in seen:
            seen[key] = len(kept)
            kept.append(table)
        out[i] = seen[key]
    return out, np.array(kept).reshape(-1, 3, 3)


def _both_sides(pairs: Sequence[PairTable]) -> Floats:
    if not pairs:
        return np.zeros((0, 2, 3, 3, 3, 3))
    return np.array([[table.levels, table.levels.transpose(1, 0, 3, 2)] for table in pairs])
