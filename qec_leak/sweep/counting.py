"""Counts of a batch beside logical errors: detection events and leaked qubits, as custom_counts of sinter.

Rows of ``sweep``, of ``run`` and of the samplers for sinter have the same names. All counts are sums over shots, so
that rows add up:

- ``detectors_checked``, ``detection_events``: detectors times shots, and how many of them fired (sinter's own names).
- ``detection_w4_r7``: events of the detectors of weight-4 stabilizers in round 7 (1-based; the last is the final data
  measurement).
- ``bulk_checked``, ``bulk_events``, ``bulk_squares``: detectors of rounds that compare full rounds, times shots; their
  events; and the sum over shots of the square of a shot's number of them, which holds their correlations.
- ``qubits_data``, ``leaked_data_r7``: data qubits times shots; how often one was in level 2 or 3 at the end of round 7.
  Likewise ``measure`` and, with DQLR, ``removal``. A round ends at a ``TICK[LEAKAGE_POPULATION]``.
- ``decoder_NAME``: what the decoder counted under NAME.

Circuits whose detectors are not those of a memory have no counts by weight, and none of the bulk.

Of circuits with more than ``MAX_ROUNDS`` rounds only the first two and the last two, and the final data measurement,
are counted by round, or rows would be longer than the rest of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.analysis import DetectorLayout, detector_layout
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.roles import qubit_roles
from qec_leak.decoding import Decoded
from qec_leak.device.tables import ROLES
from qec_leak.engine import ShotBatch
from qec_leak.records.event_counts import count_events

MAX_ROUNDS = 100


class ShotCounter:
    """Counts the batches of one circuit."""

    def __init__(
        self, circuit: stim.Circuit, layout: DetectorLayout | None, qubits: Mapping[str, Sequence[int]]
    ) -> None:
        """Args: layout: of its detectors, None where they are not those of a memory: then they are counted together
        only. qubits: by role; roles without qubits may be missing."""
        self._num_detectors = int(circuit.num_detectors)
        self._qubits = {role: list(members) for role, members in qubits.items() if len(members)}
        self._groups: dict[str, npt.NDArray[np.int64]] = {}
        self._bulk = np.zeros(self._num_detectors, dtype=np.int64)
        self._has_layout = layout is not None
        if layout is None:
            return
        self._bulk[_bulk(layout)] = 1
        wanted = _wanted_rounds(layout.rounds)
        self._groups = {
            f"detection_w{weight}_r{round_}": members
            for weight in layout.weights
            for round_ in sorted(wanted)
            if len(members := np.flatnonzero((layout.weight == weight) & (layout.round == round_)))
        }

    @classmethod
    def of_memory(cls, memory: MemoryExperiment) -> ShotCounter:
        """The counter of a memory experiment."""
        return cls(memory.circuit, detector_layout(memory), {role: memory.qubits(role) for role in ROLES})

    @classmethod
    def of_circuit(cls, circuit: stim.Circuit) -> ShotCounter:
        """The counter of any circuit; detectors of a memory are found by their coordinates, roles as the circuit gives
        them (``qubit_roles``)."""
        try:
            layout = detector_layout(circuit)
        except ValueError:
            layout = None
        roles = qubit_roles(circuit)
        return cls(circuit, layout, {role: sorted(q for q in roles if roles[q] == role) for role in ROLES})

    def counts(self, batch: ShotBatch) -> Counter[str]:
        """custom_counts of a batch that was sampled with populations="rounds"."""
        out: Counter[str] = Counter()
        fired, events, squares = count_events(batch.detection_events_b8, self._bulk, 2)
        out["detectors_checked"] = self._num_detectors * batch.shots
        out["detection_events"] = int(fired.sum())
        for name, members in self._groups.items():
            out[name] = int(fired[members].sum())
        if self._has_layout:
            out["bulk_checked"] = int(self._bulk.sum()) * batch.shots
            out["bulk_events"] = int(events[1])
            out["bulk_squares"] = int(squares[1])
        assert batch.population_counts is not None, "sampled with populations"
        leaked = batch.population_counts.sum(axis=2)
        wanted = _wanted_rounds(len(leaked))
        for role, qubits in self._qubits.items():
            out[f"qubits_{role}"] = len(qubits) * batch.shots
            for round_ in range(1, len(leaked) + 1):
                if round_ in wanted:
                    out[f"leaked_{role}_r{round_}"] = int(leaked[round_ - 1, qubits].sum())
        return out


def decoder_counts(decoded: Decoded) -> Counter[str]:
    """custom_counts of what a decoder counted."""
    return Counter({f"decoder_{name}": int(count) for name, count in decoded.counts.items()})


def _bulk(layout: DetectorLayout) -> npt.NDArray[np.bool_]:
    """Detectors whose round compares full rounds, bool (detectors,); all if there is no such round."""
    full = (layout.round > layout.lookback) & (layout.round <= layout.rounds)
    return full if full.any() else np.ones_like(full)


def _wanted_rounds(rounds: int) -> set[int]:
    if rounds <= MAX_ROUNDS:
        return set(range(1, rounds + 2))
    return {1, 2, rounds - 1, rounds, rounds + 1}
