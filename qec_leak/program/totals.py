"""Totals of a whole circuit: how far it looks back, how many snapshots it takes, what its sweep bits flip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.circuits import tags
from qec_leak.program.labels import instructions

CLASSICAL = {"CX": 1, "CY": 2, "CZ": 3, "XCZ": 1, "YCZ": 2}
"""Gates that a bit may control, and the Pauli (X 1, Y 2, Z 3) that they then apply."""


def largest_feedback(circuit: stim.Circuit) -> int:
    """Largest lookback of a Pauli controlled by a record."""
    back = (
        -t.value
        for i in instructions(circuit)
        if i.name in CLASSICAL
        for t in i.targets_copy()
        if t.is_measurement_record_target
    )
    return max(back, default=0)


def count_snapshots(circuit: stim.Circuit) -> tuple[int, int]:
    """(TICKs, TICKs tagged LEAKAGE_POPULATION) of the whole run."""
    total = tagged = 0
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            inner = count_snapshots(item.body_copy())
            total, tagged = total + item.repeat_count * inner[0], tagged + item.repeat_count * inner[1]
        elif item.name == "TICK":
            total += 1
            tag = tags.parse_tag(item.tag)
            tagged += tag is not None and tag.family == tags.POPULATION
    return total, tagged


def sweep_flips(circuit: stim.Circuit) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Detectors and observables that each sweep bit flips by itself, through the noiseless records it changes."""
    n = circuit.num_sweep_bits
    if n == 0:
        return np.zeros((0, circuit.num_detectors), dtype=bool), np.zeros((0, circuit.num_observables), dtype=bool)
    records = np.zeros((n + 1, circuit.num_measurements), dtype=bool)
    sweep = np.vstack([np.zeros((1, n), dtype=bool), np.eye(n, dtype=bool)])
    detectors, observables = circuit.compile_m2d_converter().convert(
        measurements=records, sweep_bits=sweep, separate_observables=True
    )
    return detectors[1:] ^ detectors[:1], observables[1:] ^ observables[:1]
