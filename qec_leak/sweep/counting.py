"""What is counted of a batch besides logical errors: detection events and leaked qubits, as sinter's custom_counts.

All counts are sums over shots, so that rows add up:

- ``detectors_checked``, ``detection_events``: detectors times shots, and how many of them fired (sinter's own names).
- ``detection_w4_r7``: events of the detectors of weight-4 stabilizers in round 7 (1-based; the last is the final data
  measurement).
- ``bulk_checked``, ``bulk_events``, ``bulk_squares``: detectors of rounds that compare full rounds, times shots; their
  events; and the sum over shots of the square of a shot's number of them, which holds their correlations.
- ``qubits_data``, ``leaked_data_r7``: data qubits times shots; how often one was in level 2 or 3 at the end of round 7.
  Likewise ``measure`` and, with DQLR, ``removal``.
- ``decoder_NAME``: what the decoder counted under NAME.

Of circuits with more than ``MAX_ROUNDS`` rounds only the last round (and, of detectors, the first and last two) are
counted by round, or rows would be longer than the rest of the file.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from qec_leak.analysis import DetectorLayout, detector_layout
from qec_leak.circuits.memory import ROLES, MemoryExperiment
from qec_leak.decoding import Decoded
from qec_leak.engine import ShotBatch

MAX_ROUNDS = 100

_ONES = np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)


class MemoryCounter:
    """Counts the batches of one memory experiment."""

    def __init__(self, memory: MemoryExperiment) -> None:
        layout = detector_layout(memory)
        self._bulk_mask = np.packbits(_bulk(layout), bitorder="little")
        self._num_bulk = int(_bulk(layout).sum())
        self._num_detectors = len(layout.round)
        wanted = _wanted_rounds(layout.rounds)
        self._groups = {
            f"detection_w{weight}_r{round_}": members
            for weight in layout.weights
            for round_ in range(1, layout.rounds + 2)
            if round_ in wanted and len(members := np.flatnonzero((layout.weight == weight) & (layout.round == round_)))
        }
        self._rounds = [r for r in range(1, layout.rounds + 1) if r in wanted]
        self._qubits = {role: list(memory.qubits(role)) for role in ROLES if memory.qubits(role)}

    def counts(self, batch: ShotBatch) -> Counter[str]:
        """custom_counts of a batch that was sampled with populations="rounds"."""
        out: Counter[str] = Counter()
        fired = batch.detection_events.sum(axis=0, dtype=np.int64)
        out["detectors_checked"] = self._num_detectors * batch.shots
        out["detection_events"] = int(fired.sum())
        for name, members in self._groups.items():
            out[name] = int(fired[members].sum())
        bulk = _ONES[batch.detection_events_b8 & self._bulk_mask].sum(axis=1, dtype=np.int64)
        out["bulk_checked"] = self._num_bulk * batch.shots
        out["bulk_events"] = int(bulk.sum())
        out["bulk_squares"] = int(np.square(bulk).sum())
        assert batch.population_counts is not None, "sampled with populations"
        leaked = batch.population_counts.sum(axis=2)
        for role, qubits in self._qubits.items():
            out[f"qubits_{role}"] = len(qubits) * batch.shots
            for round_ in self._rounds:
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
