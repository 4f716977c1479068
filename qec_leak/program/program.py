"""Program: a circuit and what its reference knows, as flat read-only arrays. How shots are sampled is decided
in ``qec_leak.engine.plan``."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from qec_leak.channels.channel import LeakageChannel
from qec_leak.program.conflict import Conflict

Instruction = tuple[int, int, int, int]
"""An operation: code (``Op``), start, count, param."""

Outcomes = tuple[tuple[int, float], ...]
"""(frame bits x0 z0 x1 z1, probability) of what noise may do; with the rest of the probability it does nothing."""


class Op(enum.IntEnum):
    """Operation codes. ``start``/``count`` select ``targets``; ``param`` is an index of the named field. A qubit is its
    place in ``Program.qubits``; a coded Pauli is 4*qubit + 1 (X), 2 (Y) or 3 (Z). Pauli noise comes last."""

    LOOP_BEGIN = 0  # param: loop_counts
    LOOP_END = 1  # count: length of the body in operations
    H = 2  # one-qubit Cliffords by what they do to (x, z), signs apart; values as ANCHOR's
    S = 3
    SQRT_X = 4
    C_XYZ = 5
    C_ZYX = 6
    CZ = 7
    SWAP = 8
    CHANNEL_1 = 9  # param: channels; values: Z value of the reference, +2 where it is known
    CHANNEL_2 = 10
    RESET = 11  # param: resets, or -1: every level is cleared
    MEASURE = 12  # param: readouts; values: reference outcome, +4 times the record's reference
    MEASURE_PAULI = 13  # param: noise that flips the record, or -1; coded Paulis; values[start]: +4 times the reference
    PAULI_ROTATION = 14  # exp(i pi/4 P); coded Paulis
    FEEDBACK = 15  # targets: (lookback, coded Pauli) pairs
    SWEEP = 16  # targets: (sweep bit, coded Pauli) pairs
    DETECTOR = 17  # targets: lookbacks
    OBSERVABLE = 18  # param: observable; targets: lookbacks
    SNAPSHOT = 19  # param: 1 if tagged LEAKAGE_POPULATION
    PAD = 20  # param: noise that flips each of count records, or -1: never; values: +4 times the reference
    ANCHOR = 21  # a leaked qubit's x is set to values: the reference's Z value (docs/engine.md, rule 2)
    MEASURE_LEVEL = 22  # param: level_readouts; targets: qubits; values: +4 times the record's reference
    OBSERVABLE_PAULI = 23  # param: observable; coded Paulis, whose frame flips it
    PAULI_1 = 24  # param: noise, Pauli noise on each target
    PAULI_2 = 25  # param: noise, on each pair of targets
    CORRELATED = 26  # param: noise that strikes its coded Paulis together: first of a chain
    ELSE_CORRELATED = 27  # the same where nothing of the chain has struck
    HERALDED = 28  # param: noise that leaves a record


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled circuit. All arrays are read-only.

    ops: int32 (operations, 4): Op, start, count, param.   targets: int32.   values: int8, parallel to targets.
    loop_counts: int64.
    noise: outcomes of each different noise. channels: each different leakage channel.
    resets: float64 (n, 2, 3): probabilities to leave in 1, 2, 3, of level 2 and 3.
    readouts: float64 (n, 4): P(record flips | 0), P(flips | 1), P(reads 1 | 2), P(reads 1 | 3).
    level_readouts: float64 (n, 4): P(reads 1 | computational), P(reads 1 | 2), P(reads 1 | 3), P(record flips).
    reference_detectors, reference_observables: bool (detectors|observables,): those that are random without noise and
        fire in the reference by Stim's convention (program/offsets.py).
    sweep_detectors, sweep_observables: bool (sweep bits, detectors|observables): which a sweep bit flips by itself.
    qubits: int64 (n,): qubits that the circuit acts on, in rising order.
    can_leak: bool (num_qubits,): whether the qubit can ever be leaked.
    conflicts: instructions that keep the frames of qubits that can leak from being exact (program/css.py); none if they
        are.
    """

    num_qubits: int
    num_detectors: int
    num_observables: int
    num_measurements: int
    num_sweep_bits: int
    num_snapshots: int
    num_moments: int
    ops: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    values: npt.NDArray[np.int8]
    loop_counts: npt.NDArray[np.int64]
    noise: tuple[Outcomes, ...]
    channels: tuple[LeakageChannel, ...]
    resets: npt.NDArray[np.float64]
    readouts: npt.NDArray[np.float64]
    level_readouts: npt.NDArray[np.float64]
    reference_detectors: npt.NDArray[np.bool_]
    reference_observables: npt.NDArray[np.bool_]
    sweep_detectors: npt.NDArray[np.bool_]
    sweep_observables: npt.NDArray[np.bool_]
    qubits: npt.NDArray[np.int64]
    can_leak: npt.NDArray[np.bool_]
    conflicts: tuple[Conflict, ...]

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
