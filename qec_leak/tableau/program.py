"""Program: what the kernel runs, arrays only."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Op(IntEnum):
    """Operations; ``param`` and ``targets`` (qubits are compact indices) of each."""

    ONE = 0  # gate code; qubits
    CZ = 1  # -; pairs
    SWAP = 2  # -; pairs
    MEASURE = 3  # readout; 2 qubit + inverted
    RESET = 4  # reset table or -1; qubits
    NOISE_1 = 5  # noise; qubits
    NOISE_2 = 6  # noise; pairs
    CORRELATED = 7  # index of its probability; 4 qubit + Pauli
    ELSE_CORRELATED = 8  # the same
    HERALDED = 9  # noise; qubits
    PAD = 10  # index of its probability; bits
    FEEDBACK = 11  # -; lookback, 4 qubit + Pauli
    SWEEP = 12  # -; sweep bit, 4 qubit + Pauli
    CHANNEL_1 = 13  # channel; qubits
    CHANNEL_2 = 14  # channel; pairs
    SNAPSHOT = 15  # tagged
    LOOP_BEGIN = 16  # times
    LOOP_END = 17  # index of the operation after LOOP_BEGIN
    LEVEL = 18  # level readout; 2 qubit + bit


class Program(NamedTuple):
    """A compiled circuit.

    ops: int64 (ops, 5): Op, start and number of targets, param, stream.   targets: int64.
    gaps: float64: P(hit) of each stream of independent trials, drawn as gaps between hits: noise that happens, a
        channel that can do something to computational qubits, flips of computational outcomes (stream -1 where those
        are drawn one by one).
    chances: float64, plain probabilities.
    noise_rows: int64: rows of ``noise_cum`` (float64, shares of a hit) and ``noise_pauli`` (int64, 4 a + b
        with x + 2 z of each qubit) of each noise.
    channel_rows: int64 (channels, 37): where rows of ``channel_cum`` (float64) and ``channel_actions`` (uint8, (n, 2))
        of labels (a, b), index 6 a + b, begin; a = 0 for one qubit.
    readouts: float64 (n, 4): P(1 | 0), P(0 | 1), P(1 | 2), P(1 | 3).
    level_readouts: float64 (n, 4): P(1 | computational), P(1 | 2), P(1 | 3), P(record flips).
    resets: float64 (n, 2, 3): cumulative P(1), P(2), P(3) after a reset in level 2, 3.
    """

    num_qubits: int
    num_words: int
    loop_depth: int
    ops: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    gaps: npt.NDArray[np.float64]
    chances: npt.NDArray[np.float64]
    noise_rows: npt.NDArray[np.int64]
    noise_cum: npt.NDArray[np.float64]
    noise_pauli: npt.NDArray[np.int64]
    channel_rows: npt.NDArray[np.int64]
    channel_cum: npt.NDArray[np.float64]
    channel_actions: npt.NDArray[np.uint8]
    readouts: npt.NDArray[np.float64]
    level_readouts: npt.NDArray[np.float64]
    resets: npt.NDArray[np.float64]
    gate_linear: npt.NDArray[np.uint64]
    gate_flips: npt.NDArray[np.uint64]
    gate_keeps_z: npt.NDArray[np.uint8]
