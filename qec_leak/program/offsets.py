"""Which detectors fire in the compiled reference by Stim's convention: those that are random without noise can.

Stim counts detection events (``stim.Circuit.compile_m2d_converter``) against a noiseless run of its own. Frames are
against the compiled reference, in which random outcomes may differ from that run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.program.labels import instructions
from qec_leak.program.program import Instruction, Op

Bits = npt.NDArray[np.bool_]
_RECORDS = (Op.MEASURE, Op.PAD, Op.HERALDED, Op.MEASURE_LEVEL)
_OF_RECORD = 4
"""Bit of ``values`` with the reference of a record."""


def reference_events(
    circuit: stim.Circuit, ops: Iterable[Instruction], values: Sequence[int], loop_counts: Sequence[int]
) -> tuple[Bits, Bits]:
    """bool (detectors,), (observables,): events of the compiled reference, against Stim's noiseless run.

    All are False where everything is deterministic. An observable that includes Paulis has no such convention: False.
    """
    if _deterministic(circuit):
        return np.zeros(circuit.num_detectors, dtype=bool), np.zeros(circuit.num_observables, dtype=bool)
    records = _reference_records(ops, np.asarray(values, dtype=np.int8), loop_counts)
    detectors, observables = circuit.compile_m2d_converter().convert(
        measurements=records[None], sweep_bits=np.zeros((1, circuit.num_sweep_bits), bool), separate_observables=True
    )
    for item in instructions(circuit):
        if item.name == "OBSERVABLE_INCLUDE" and any(t.pauli_type != "I" for t in item.targets_copy()):
            observables[0, int(item.gate_args_copy()[0])] = False
    return detectors[0], observables[0]


def _deterministic(circuit: stim.Circuit) -> bool:
    """Whether every detector and observable is the same in each noiseless shot."""
    try:
        circuit.without_noise().detector_error_model()
    except ValueError:
        return False
    return True


def _reference_records(ops: Iterable[Instruction], values: npt.NDArray[np.int8], loop_counts: Sequence[int]) -> Bits:
    """Records of the compiled reference, loops unrolled."""
    blocks: list[list[Bits]] = [[np.zeros(0, dtype=bool)]]
    counts: list[int] = []
    for code, start, count, param in ops:
        if code == Op.LOOP_BEGIN:
            blocks.append([np.zeros(0, dtype=bool)])
            counts.append(loop_counts[param])
        elif code == Op.LOOP_END:
            body = np.concatenate(blocks.pop())
            blocks[-1].append(np.tile(body, counts.pop()))
        elif code in _RECORDS or code == Op.MEASURE_PAULI:
            made = count if code in _RECORDS else 1
            blocks[-1].append((values[start : start + made] & _OF_RECORD) != 0)
    return np.concatenate(blocks.pop())
