"""A panel of the page: one experiment's lattice and what was sampled of it, as values for JSON."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.process import Chip
from qec_leak.circuits.processes.cz import high_low
from qec_leak.circuits.round_end import iswap_pairs
from qec_leak.device.tables import ROLES
from qec_leak.viewer.sampled import Sampled


def panel_of(name: str, sampled: Sampled) -> dict[str, Any]:
    """Values of a panel. Arrays are base64 of their bytes: counts little-endian, bits packed little-endian.

    qubits: [index, x, y, role, basis of a measure qubit or ""].   checks: [place of the measure qubit, basis, support].
    czs: [layer, higher, lower].   iswaps: [data, partner].   Qubits are places in ``qubits``, all of them.
    level_2, level_3: uint16 or uint32 (snapshots, qubits).   detections: the same (rounds + 1, checks), ``silent``
        where the check has no detector.
    leaked, three: bits (shown shots, snapshots, qubits), rounded up to bytes for each snapshot.   events: bits (shown
        shots, rounds + 1, checks), rounded up to bytes for each round.
    """
    memory = sampled.memory
    patch = memory.patch
    qubits = sorted(q for role in ROLES for q in memory.qubits(role))
    place = {q: k for k, q in enumerate(qubits)}
    basis = {check.measure_qubit: check.basis for check in patch.stabilizers}
    wide = np.dtype("<u2") if sampled.shots < (1 << 16) - 1 else np.dtype("<u4")
    counts = sampled.population_counts[:, qubits]
    levels = sampled.first.levels
    assert levels is not None, "they were asked for"
    levels = levels[:, :, qubits]
    detections, events = _by_check(sampled)
    silent = int(np.iinfo(wide).max)
    return {
        "name": name,
        "qubits": [[q, *patch.coordinates[q], patch.role(q), basis.get(q, "")] for q in qubits],
        "checks": [
            [place[check.measure_qubit], check.basis, [place[q] for q in check.support]] for check in patch.stabilizers
        ],
        "czs": [[layer, place[high], place[low]] for layer, high, low in _czs(memory)],
        "iswaps": [[place[a], place[b]] for a, b in iswap_pairs(memory.strategy, patch)],
        "bytes": wide.itemsize,
        "silent": silent,
        "level_2": _text(counts[:, :, 0].astype(wide)),
        "level_3": _text(counts[:, :, 1].astype(wide)),
        "detections": _text(np.where(detections < 0, silent, detections).astype(wide)),
        "leaked": _bits(levels > 0),
        "three": _bits(levels == 3),
        "events": _bits(events),
    }


def _by_check(sampled: Sampled) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Counts, int64 (rounds + 1, checks), -1 where a check has no detector; events of the shown shots, bool (shots,
    rounds + 1, checks)."""
    layout, checks = sampled.detection.layout, len(sampled.memory.patch.stabilizers)
    counts = np.full((layout.rounds + 1, checks), -1, dtype=np.int64)
    counts[layout.round - 1, layout.stabilizer] = sampled.detection.counts
    events = np.zeros((sampled.first.shots, layout.rounds + 1, checks), dtype=bool)
    events[:, layout.round - 1, layout.stabilizer] = sampled.first.detection_events
    return counts, events


def _czs(memory: MemoryExperiment) -> list[tuple[int, int, int]]:
    """(layer, higher, lower) of the CZs of a round."""
    patch = memory.patch
    roles = {q: patch.role(q) for q in range(len(patch.coordinates))}
    coordinates = {q: [float(x), float(y)] for q, (x, y) in enumerate(patch.coordinates)}
    chip = Chip(memory.device, roles, coordinates, lambda: ())
    return [
        (layer, *high_low(data, check.measure_qubit, chip))
        for layer in range(patch.num_layers)
        for check in patch.stabilizers
        if (data := check.data_qubits[layer]) is not None
    ]


def _bits(bits: npt.NDArray[np.bool_]) -> str:
    return _text(np.packbits(bits, axis=-1, bitorder="little"))


def _text(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
