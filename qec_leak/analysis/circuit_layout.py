"""Which stabilizer and round each detector belongs to, read from a circuit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

_PAIR_GATES = ("CZ", "CX", "CNOT", "CY", "XCX", "XCZ", "ZCX", "ZCZ")
_RESETS = ("R", "RX", "RY", "RZ", "MR", "MRX", "MRY", "MRZ")


@dataclass(frozen=True, eq=False)
class DetectorLayout:
    """Which stabilizer and round each detector of a memory experiment belongs to. All arrays int64 (detectors,).

    Attributes:
        stabilizer: index into memory.patch.stabilizers.
        weight: number of data qubits of that stabilizer.
        round: 1-based; detectors of the final data measurement have round ``rounds + 1``.
        rounds: number of rounds of the experiment.
        lookback: how many rounds back a detector looks (2 for NO_RESET, else 1). Detectors of the first ``lookback``
            rounds compare with fewer rounds.

    Examples:
        >>> import qec_leak as ql
        >>> ql.analysis.detector_layout(ql.memory_experiment(distance=3, rounds=2)).weights
        (4, 2)
    """

    stabilizer: npt.NDArray[np.int64]
    weight: npt.NDArray[np.int64]
    round: npt.NDArray[np.int64]
    rounds: int
    lookback: int

    @property
    def weights(self) -> tuple[int, ...]:
        """The stabilizer weights that occur, largest first."""
        return tuple(int(w) for w in sorted(set(self.weight.tolist()), reverse=True))


def layout_of_circuit(circuit: stim.Circuit) -> DetectorLayout:
    """The layout of the detectors of a memory's circuit.

    A detector has the coordinates of its measure qubit: (x, y, t), or (x, t) in one dimension, where t counts rounds. A
    stabilizer's weight is the number of qubits that its measure qubit meets in two-qubit gates. Where a measure qubit
    is used again without a reset, detectors compare with the last round but one.
    Raises ValueError for circuits whose detectors have no such coordinates.
    """
    coordinates = circuit.get_detector_coordinates()
    qubit_at = {tuple(place): q for q, place in circuit.get_final_qubit_coordinates().items()}
    qubit_at |= {place[:1]: q for place, q in list(qubit_at.items()) if len({p[1:] for p in qubit_at}) == 1}
    partners, reset, kept = _operations(circuit)
    numbers: dict[int, int] = {}
    stabilizer = np.empty(len(coordinates), dtype=np.int64)
    time = np.empty(len(coordinates), dtype=np.int64)
    for detector in range(len(coordinates)):
        place = coordinates[detector]
        dimensions = min(2, len(place) - 1)
        qubit = qubit_at.get(tuple(place[:dimensions]))
        if qubit is None or not partners[qubit]:
            raise ValueError(
                f"detector {detector} must stand on a measure qubit at a time, (x, y, t) or (x, t), but is at "
                f"{tuple(place)}; give the circuit coordinates of qubits and detectors, or a MemoryExperiment"
            )
        stabilizer[detector] = numbers.setdefault(qubit, len(numbers))
        time[detector] = round(place[dimensions])
    if not len(time):
        raise ValueError("the circuit must have detectors, but has none; give the circuit of a memory")
    weights = np.array([len(partners[qubit]) for qubit in numbers], dtype=np.int64)
    return DetectorLayout(
        stabilizer=stabilizer,
        weight=weights[stabilizer],
        round=time - time.min() + 1,
        rounds=int(time.max() - time.min()),
        lookback=1 if reset.intersection(numbers) and not kept.intersection(numbers) else 2,
    )


def _operations(circuit: stim.Circuit) -> tuple[dict[int, set[int]], set[int], set[int]]:
    """Partners of each qubit in two-qubit gates, the qubits that are reset after they were measured, and those that
    meet another one after a measurement without."""
    partners: dict[int, set[int]] = defaultdict(set)
    measured: set[int] = set()
    reset: set[int] = set()
    kept: set[int] = set()
    unreset: set[int] = set()
    for instruction in _twice(circuit):
        qubits = [t.value for t in instruction.targets_copy() if t.is_qubit_target]
        if instruction.name in _PAIR_GATES:
            for pair in instruction.target_groups():
                if all(t.is_qubit_target for t in pair):  # not a sweep bit or a record
                    a, b = (t.value for t in pair)
                    partners[a].add(b)
                    partners[b].add(a)
                    kept.update(unreset.intersection((a, b)))
        elif instruction.name in _RESETS:
            reset.update(qubits if instruction.name.startswith("M") else measured.intersection(qubits))
            unreset.difference_update(qubits)
        elif stim.gate_data(instruction.name).produces_measurements:
            measured.update(qubits)
            unreset.update(qubits)
    return partners, reset, kept


def _twice(circuit: stim.Circuit) -> Iterator[stim.CircuitInstruction]:
    """All instructions, loops at most twice."""
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            for _ in range(min(item.repeat_count, 2)):
                yield from _twice(item.body_copy())
        else:
            yield item
