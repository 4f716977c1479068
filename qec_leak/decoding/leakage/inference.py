"""LeakageInference: a model made ready for kernels, and posteriors of shots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.kernels import FLOOR, SCRATCH, State, Tables, infer_prior, infer_shots
from qec_leak.decoding.leakage.model import LeakageModel, _distinct_arrays
from qec_leak.decoding.leakage.tables import Floats

Bytes = npt.NDArray[np.uint8]

SWEEPS = 3
"""Sweeps through all transmons."""
_LEAST = 0.1
"""Quantile of a transmon's events at which it must be leaked."""
REFRESHES = 0
"""Sweeps through all edges before each of them."""


@dataclass(frozen=True)
class Inferred:
    """levels: float32 (shots, events, 2).   leans: float32 (shots, edges)."""

    levels: npt.NDArray[np.float32]
    leans: npt.NDArray[np.float32]


class LeakageInference:
    """Posteriors of levels and of errors for shots of one circuit."""

    def __init__(
        self, model: LeakageModel, *, sweeps: int = SWEEPS, refreshes: int = REFRESHES, negligible: float = 0.0
    ) -> None:
        """Args: negligible: transmons that are leaked less than this at some of their events keep what the rates say,
        unless a herald tells that they are leaked. So do those whose leakage is gone within a round: nothing flickers.
        """
        self.model, self._sweeps, self._refreshes = model, sweeps, refreshes
        self._tables = _tables(model)
        self._prior = _empty_state(model)
        base = 1.0 - 2.0 * np.clip(model.probability, 0.0, 0.5 * (1.0 - FLOOR))
        self._prior.lean[:] = base
        nothing = np.full(model.num_events, -1, dtype=np.int8)
        infer_prior(self._tables, self._prior, nothing, 3)
        leaked = 1.0 - self._prior.level[:, 0]
        spans = zip(model.chain_start[:-1], model.chain_start[1:], strict=True)
        usual = np.array([np.quantile(leaked[lo:hi], _LEAST) for lo, hi in spans])
        self._tables = self._tables._replace(awake=usual >= negligible)

    @property
    def prior_leans(self) -> Floats:
        """float64 (edges,): 1 - 2p of each edge with leakage of all shots in it."""
        return self._prior.lean

    def known_levels(self, shots: int, heralds: Bytes | None, snapshots: Bytes | None = None) -> npt.NDArray[np.int8]:
        """int8 (shots or 1, events) of heralds (shots, measurements) and true levels (shots, snapshots, qubits)."""
        model = self.model
        known = np.full((1 if heralds is None and snapshots is None else shots, model.num_events), -1, dtype=np.int8)
        index = np.array([0, 0, 1, 2], dtype=np.int8)
        if heralds is not None:
            at = np.flatnonzero(model.measurement >= 0)
            known[:, at] = index[heralds[:, model.measurement[at]]]
        if snapshots is not None:
            at = np.flatnonzero(model.snapshot >= 0)
            known[:, at] = index[snapshots[:, model.snapshot[at], model.qubit[at]]]
        return known

    def infer(
        self, events_b8: Bytes, known: npt.NDArray[np.int8], *, levels: bool = False, leans: bool = False
    ) -> Inferred:
        """Posteriors of some shots: of levels at events, of edges, or both."""
        shots, model = len(events_b8), self.model
        out = Inferred(
            np.zeros((shots if levels else 0, model.num_events, 2), dtype=np.float32),
            np.zeros((shots if leans else 0, model.num_edges), dtype=np.float32),
        )
        infer_shots(
            self._tables,
            self._prior,
            _empty_state(model),
            np.ascontiguousarray(events_b8),
            known,
            self._sweeps,
            self._refreshes,
            out.levels,
            out.leans,
        )
        return out


def _empty_state(model: LeakageModel) -> State:
    edges, events = model.num_edges, model.num_events
    longest = int(np.diff(model.chain_start).max(initial=0))
    return State(
        lean=np.ones(edges),
        to_a=np.ones(edges),
        to_b=np.ones(edges),
        parity=np.ones(model.num_detectors),
        own=np.zeros((events, 3)),
        kick=np.zeros((events, 2)),
        message=np.zeros((events, 9)),
        speaks=np.zeros(events, dtype=np.bool_),
        level=np.zeros((events, 3)),
        most=np.ones(len(model.chain_qubit)),
        signs=np.zeros(model.num_detectors),
        scratch=np.zeros((longest, SCRATCH)),
    )


def _tables(model: LeakageModel) -> Tables:
    alone = model.pairs[:, :, :, 0].sum(axis=-1)  # the partner is computational, and goes anywhere
    steps = [
        (alone[model.pair[i], model.side[i]] if model.pair[i] >= 0 else model.singles[model.single[i]])
        @ model.segments[model.segment[i]]
        for i in range(model.num_events)
    ]
    step, distinct = _distinct_arrays(steps)
    return Tables(
        chain_start=model.chain_start,
        partner=model.partner,
        side=model.side,
        pair=model.pair,
        step=step,
        segment=model.segment,
        pairs=model.pairs,
        kicks=model.kicks,
        has_kick=np.asarray(model.kicks.any(axis=(1, 2, 3, 4))),
        steps=distinct,
        segments=model.segments,
        stay=model.stay,
        leave=model.leave,
        come_back=model.come_back,
        slot_start=model.slot_start,
        slot_edges=model.slot_edges,
        free_stay=model.free_stay,
        free_leave=model.free_leave,
        free_back=model.free_back,
        weak=model.weak,
        kick_covered=model.kick_covered,
        renewed_start=model.renewed_start,
        renewed=model.renewed,
        mate=model.mate,
        mate_joint=model.mate_joint,
        end_a=np.ascontiguousarray(model.ends[:, 0]),
        end_b=np.ascontiguousarray(model.ends[:, 1]),
        awake=np.ones(len(model.chain_qubit), dtype=np.bool_),
    )
