"""What compiles an instruction, by its name: (build, instruction with places instead of names, tag) -> operations."""

from __future__ import annotations

from collections.abc import Callable

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build
from qec_leak.program.handlers import annotation, channel, measurement, noise, product, unitary
from qec_leak.program.program import Instruction
from qec_leak.program.totals import CLASSICAL

Handler = Callable[[Build, stim.CircuitInstruction, tags.Tag | None], list[Instruction]]


def _unitary(name: str) -> Handler | None:
    gate = stim.gate_data(name)
    if not gate.is_unitary:
        return None
    return unitary.one_qubit if gate.is_single_qubit_gate else unitary.two_qubit


HANDLERS: dict[str, Handler] = {
    **{name: found for name in stim.gate_data() if (found := _unitary(name)) is not None},
    **dict.fromkeys(CLASSICAL, unitary.controlled),
    **dict.fromkeys(("QUBIT_COORDS", "SHIFT_COORDS"), annotation.nothing),
    "TICK": annotation.tick,
    "DETECTOR": annotation.detector,
    "OBSERVABLE_INCLUDE": annotation.observable,
    "MPAD": annotation.pad,
    **dict.fromkeys(("I", "II", "I_ERROR", "II_ERROR"), channel.channel),
    **dict.fromkeys(("X_ERROR", "Y_ERROR", "Z_ERROR", "DEPOLARIZE1", "PAULI_CHANNEL_1"), noise.pauli_1),
    **dict.fromkeys(("DEPOLARIZE2", "PAULI_CHANNEL_2"), noise.pauli_2),
    **dict.fromkeys(("E", "ELSE_CORRELATED_ERROR"), noise.correlated),
    **dict.fromkeys(("HERALDED_ERASE", "HERALDED_PAULI_CHANNEL_1"), noise.heralded),
    **dict.fromkeys(measurement.NAMES, measurement.measure_reset),
    **dict.fromkeys(("MPP", "MXX", "MYY", "MZZ"), product.measured),
    **dict.fromkeys(("SPP", "SPP_DAG"), product.rotated),
}
"""Handlers by the names of Stim's instructions."""
