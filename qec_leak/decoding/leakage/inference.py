"""LeakageInference: a model made ready for kernels, and posteriors of shots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.flags import PROBABILITIES, STEP, Flags
from qec_leak.decoding.leakage.kernels import FLOOR, SCRATCH, State, Tables
from qec_leak.decoding.leakage.model import LeakageModel, distinct_tables
from qec_leak.decoding.leakage.screening import Look, Screen, screen_of
from qec_leak.decoding.leakage.shots import Suspects, infer_prior, infer_shots, reset_state
from qec_leak.decoding.leakage.tables import Floats

Bytes = npt.NDArray[np.uint8]
Floats32 = npt.NDArray[np.float32]

SWEEPS = 3
"""Sweeps through the suspected transmons."""
QUIET = 0.003
"""Transmons that are nowhere leaked with this probability are inferred alone, unless asked otherwise."""
BOUNDS = np.tanh(0.5 * STEP * (np.arange(len(PROBABILITIES)) + 0.5))
"""Leans half way, in log-odds, from what a flag stands for to what the next one does."""


@dataclass(frozen=True)
class Inferred:
    """most: float32 (shots,), largest posterior of a leaked transmon.
    levels: float32 (shots, events, 2), if wanted.
    flagged_b8: uint8 (shots, ceil(detectors and flags/8)), events and flags of suspected shots, if wanted."""

    most: Floats32
    levels: Floats32
    flagged_b8: Bytes


class LeakageInference:
    """Posteriors of levels and of errors for shots of one circuit.

    prior_levels: float64 (events, 3), probability of each level at each event, before anything is seen.
    prior_flips: float64 (edges,), probability that leakage flips an edge, before anything is seen.
    """

    def __init__(
        self, model: LeakageModel, *, sweeps: int = SWEEPS, quiet: float = QUIET, negligible: float = 0.0
    ) -> None:
        """Args: quiet: transmons that are nowhere leaked with this probability are inferred alone, as if no other were
        leaked.   negligible: transmons that are nowhere leaked with more than this are not inferred, unless heralds or
        levels are known."""
        self.model, self._sweeps, self._quiet_below = model, sweeps, quiet
        self._usual = _state(model)
        self._tables = _tables(model)
        self.prior_levels, self.prior_flips = self._prior()
        leaked = 1.0 - self.prior_levels[:, 0]
        most = np.maximum.reduceat(leaked, model.chain_start[:-1]) if len(leaked) else np.zeros(0)
        self._quiet = self._tables._replace(awake=most >= negligible)
        reset_state(self._tables, self._usual, np.ones(model.num_detectors))
        self._screens: dict[bool, Screen] = {}

    @property
    def awake(self) -> npt.NDArray[np.bool_]:
        """bool (events,): those of transmons that leak more than is negligible."""
        return np.asarray(self._quiet.awake[self._quiet.chain])

    def _prior(self) -> tuple[Floats, Floats]:
        model, state = self.model, _state(self.model)
        usual = state.lean.copy()
        nothing = np.full(model.num_events, -1, dtype=np.int8)
        reset_state(self._tables, state, np.zeros(model.num_detectors))
        infer_prior(self._tables, state, nothing, 3)
        return state.level, 0.5 * (1.0 - state.lean / usual)

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
        self,
        events_b8: Bytes,
        known: npt.NDArray[np.int8],
        *,
        levels: bool = False,
        flags: Flags | None = None,
        suspected: float = -1.0,
    ) -> Inferred:
        """Posteriors of some shots: of levels at events, of edges as flags (of suspected shots), or both."""
        shots, model = len(events_b8), self.model
        out = Inferred(
            np.zeros(shots, dtype=np.float32),
            np.zeros((shots if levels else 0, model.num_events, 2), dtype=np.float32),
            np.zeros((shots, (flags.total + 7) // 8) if flags else (0, 1), dtype=np.uint8),
        )
        tables = self._tables if (known >= 0).any() else self._quiet
        infer_shots(
            tables,
            self._screen(tables),
            self._usual,
            _copy(self._usual),
            Look(
                np.zeros(model.num_events, dtype=np.uint8),
                np.zeros((model.num_events, 2)),
                np.zeros((model.num_events, 2)),
            ),
            _suspects(len(model.chain_qubit)),
            np.ascontiguousarray(events_b8),
            known,
            self._sweeps,
            self._quiet_below,
            out.most,
            out.levels,
            flags.of_edge if flags else np.zeros((0, 1), dtype=np.int32),
            flags.kind if flags else 0,
            BOUNDS,
            suspected,
            out.flagged_b8,
        )
        return out

    def _screen(self, tables: Tables) -> Screen:
        key = tables is self._tables
        if key not in self._screens:
            self._screens[key] = screen_of(tables, _copy(self._usual), self.model.num_detectors)
        return self._screens[key]


def _state(model: LeakageModel) -> State:
    edges, events = model.num_edges, model.num_events
    longest = int(np.diff(model.chain_start).max(initial=0))
    return State(
        lean=1.0 - 2.0 * np.clip(model.probability, 0.0, 0.5 * (1.0 - FLOOR)),
        to_a=np.ones(edges),
        to_b=np.ones(edges),
        parity=np.ones(model.num_detectors),
        own=np.zeros((events, 3)),
        kick=np.zeros((events, 2)),
        message=np.zeros((events, 9)),
        speaks=np.zeros(events, dtype=np.bool_),
        level=np.zeros((events, 3)),
        scratch=np.zeros((longest, SCRATCH)),
    )


def _copy(state: State) -> State:
    return State(**{name: array.copy() for name, array in state._asdict().items()})


def _suspects(chains: int) -> Suspects:
    first, last, order = (np.zeros(chains, dtype=np.int32) for _ in range(3))
    return Suspects(first, last, np.zeros(chains), order)


def _tables(model: LeakageModel) -> Tables:
    alone = model.pairs[:, :, :, 0].sum(axis=-1)  # the partner is computational, and goes anywhere
    steps = [
        (alone[model.pair[i], model.side[i]] if model.pair[i] >= 0 else model.singles[model.single[i]])
        @ model.segments[model.segment[i]]
        for i in range(model.num_events)
    ]
    step, distinct = distinct_tables(steps)
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
        moves=np.asarray(model.pairs[:, :, 1:, 0, :, 1:].any(axis=(1, 2, 3, 4))),
        chain=np.repeat(np.arange(len(model.chain_qubit), dtype=np.int32), np.diff(model.chain_start)),
        steps=distinct,
        segments=model.segments,
        stay=model.stay,
        leave=model.leave,
        come_back=model.come_back,
        slot_joint=model.slot_joint,
        twin_joint=model.twin_joint,
        slot_start=model.slot_start,
        slot_edges=model.slot_edges,
        free=model.free,
        kicked=model.kicked,
        weak=model.weak,
        renewed_start=model.renewed_start,
        renewed=model.renewed,
        renewed_joint=model.renewed_joint,
        mate=model.mate,
        mate_joint=model.mate_joint,
        end_a=np.ascontiguousarray(model.ends[:, 0]),
        end_b=np.ascontiguousarray(model.ends[:, 1]),
        awake=np.ones(len(model.chain_qubit), dtype=np.bool_),
    )
