"""Program: a circuit as flat read-only arrays, what the engine's kernels execute."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from qec_leak.program.conflict import Conflict


class Op(enum.IntEnum):
    """Operation codes. ``start``/``count`` select ``targets``; ``param`` is a row of the named table. Noise that is not
    leakage is from PAULI_1 to HERALDED."""

    LOOP_BEGIN = 0  # param: row of loop_counts
    LOOP_END = 1  # count: length of the body in operations
    H = 2  # one-qubit Cliffords by what they do to (x, z), signs apart; values as ANCHOR's
    S = 3
    SQRT_X = 4
    C_XYZ = 5
    C_ZYX = 6
    CZ = 7
    SWAP = 8
    PAULI_1 = 9  # param: layer, of events on one qubit
    PAULI_2 = 10  # param: layer, of events on two qubits
    BERNOULLI_1 = 11  # param: noise; Pauli noise that cannot be divided into Poisson events
    BERNOULLI_2 = 12
    CORRELATED = 13  # param: noise; targets 4*qubit + Pauli (X 1, Y 2, Z 3)
    ELSE_CORRELATED = 14
    HERALDED = 15  # param: noise
    CHANNEL_1 = 16  # param: site; values: Z value of the reference, +2 where it is known
    CHANNEL_2 = 17
    RESET = 18  # param: reset table or -1: every level is cleared; values: +8 where the z is overwritten unread
    MEASURE = 19  # param: readout; values: reference outcome, +4 times the record's reference, +8 as above
    MEASURE_PAULI = 20  # param: noise or -1; targets 4*qubit + Pauli; values[start]: reference outcome
    PAULI_ROTATION = 21  # exp(i pi/4 P); targets 4*qubit + Pauli
    FEEDBACK = 22  # targets: (lookback, 4*qubit + Pauli) pairs
    SWEEP = 23  # targets: (sweep bit, 4*qubit + Pauli) pairs
    DETECTOR = 24  # targets: lookbacks
    OBSERVABLE = 25  # param: observable; targets: lookbacks
    SNAPSHOT = 26  # param: 1 if tagged LEAKAGE_POPULATION
    PAD = 27  # param: noise that flips each of count records, or -1: they never flip; values: +4 times the reference
    ANCHOR = 28  # a leaked qubit's x is set to values: the reference's Z value, with which it acts as |0>
    MEASURE_LEVEL = 29  # param: level readout; targets: qubits; values: +4 times the record's reference
    OBSERVABLE_PAULI = 30  # param: observable; targets 4*qubit + Pauli, whose frame flips it


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled circuit. All arrays are read-only.

    ops: int32 (operations, 4): Op, start, count, param.   targets: int32.   values: int8, parallel to targets.
    loop_counts: int64.
    layer_rate: float64 (layers,): rate a shot of the Poisson events of a layer of Pauli noise. layer_arity: int64
        (layers,): on how many qubits they are. layer_start, layer_size: int64 (layers,): its events. event: uint64
        (events, 3): Walker's alias table: an event's share as a part of 2^SHARE_BITS, its own code and its alias: bits
        x0 z0 x1 z1 (0: any Pauli but the identity, each as likely), first qubit << 4, second qubit << 32.
    noise_log: float64 (n,): 1/log(1-p) of the total probability p of noise that is drawn by it. noise_share: float64
        (n, 16), noise_alias: uint8 (n, 16): alias table of the outcomes; noise_outcome: uint8 (n, 16): bits x0 z0 x1 z1
        of each outcome; noise_size: int32 (n,).
    site_rate: float64 (sites,): Poisson rate of the visits of a shot that arrives computational, as many as its most
        likely row to do something needs; inf: each shot is visited. Only the first visit counts.
    site_flipped: bool (sites,): shots with a known value flipped are visited apart, all of them.
    site_leaked: float64 (sites,): probability with which a shot is met that arrives leaked; of two transmons a calm
        one, others all are.
    site_default: uint8 (sites, 2, 2): what happens to the computational partner of the first or second transmon, by the
        level of that one from 2, in calm shots that are not met: bit 0 flips x, 1 flips z, 2 randomises z, 3 randomises
        x; 16: none, these shots are not calm.
    site_coin: uint64 (sites, 36, 2): leaked shots of two transmons that are met: below the first number, as a part of
        2^63, the computational partner's z flips, below the second nothing happens, else the row's table is drawn from.
    site_acts: uint8 (sites, 3, 36): 1 if more than the identity is in the row's table.
    site_row, site_size: int32 (sites, 3, 36): first entry and number of entries of the alias table of each class
        (usual, flipped, leaked) and row 6*code_0 + code_1 (one transmon: code_0), codes 0, 1 the shot's value where the
        reference does not know it, 2, 3 where it does, 4 level 2, 5 level 3. Its branches, the identity among them,
        have their probabilities given that the shot was visited; entry 0 is the identity.
    branch_share: uint64 (entries,), as a part of 2^63; branch_action: uint16 (entries, 2): the entry's own action and
        its alias. The low byte is for the first transmon, the high byte for the second: bit 0 flips x, 1 flips z, 2
        randomises z, 3 flips the leaked plane, 4 the level-3 plane.
    reset_cum: float64 (n, 2, 3): per level 2, 3 the cumulative probabilities of leaving in 1, 2, 3.
    readout: float64 (n, 5): P(record flips | 0), P(flips | 1), P(reads 1 | 2), P(reads 1 | 3), and the Poisson rate of
        flips where both values flip alike (0: drawn by the probabilities).
    level_readout: float64 (n, 4): P(reads 1 | computational), P(reads 1 | 2), P(reads 1 | 3), P(record flips).
    reference_detectors, reference_observables: bool (detectors|observables,): those that are random without noise and
        fire in the reference by Stim's convention (program/offsets.py).
    sweep_detectors, sweep_observables: bool (sweep bits, detectors|observables): which a sweep bit flips by itself.
    qubits: int64 (n,): qubits that the circuit acts on, in rising order. The engine knows them by their place in this
        list, which is what ``targets`` and codes of events say.
    can_leak: bool (num_qubits,): whether the qubit can ever be leaked.
    conflicts: instructions that keep the frames of qubits that can leak from being exact (program/css.py); none if they
        are.
    ring_size: records kept for lookbacks, a power of two.
    """

    num_qubits: int
    num_detectors: int
    num_observables: int
    num_measurements: int
    num_sweep_bits: int
    num_snapshots: int
    num_moments: int
    ring_size: int
    max_targets: int
    loop_depth: int
    ops: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    values: npt.NDArray[np.int8]
    loop_counts: npt.NDArray[np.int64]
    layer_rate: npt.NDArray[np.float64]
    layer_arity: npt.NDArray[np.int64]
    layer_start: npt.NDArray[np.int64]
    layer_size: npt.NDArray[np.int64]
    event: npt.NDArray[np.uint64]
    noise_log: npt.NDArray[np.float64]
    noise_share: npt.NDArray[np.float64]
    noise_alias: npt.NDArray[np.uint8]
    noise_outcome: npt.NDArray[np.uint8]
    noise_size: npt.NDArray[np.int32]
    site_rate: npt.NDArray[np.float64]
    site_flipped: npt.NDArray[np.bool_]
    site_leaked: npt.NDArray[np.float64]
    site_default: npt.NDArray[np.uint8]
    site_coin: npt.NDArray[np.uint64]
    site_acts: npt.NDArray[np.uint8]
    site_row: npt.NDArray[np.int32]
    site_size: npt.NDArray[np.int32]
    branch_share: npt.NDArray[np.uint64]
    branch_action: npt.NDArray[np.uint16]
    reset_cum: npt.NDArray[np.float64]
    readout: npt.NDArray[np.float64]
    level_readout: npt.NDArray[np.float64]
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

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that determines the samples."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            digest.update(field.name.encode())
            digest.update(value.tobytes() if isinstance(value, np.ndarray) else str(value).encode())
        return digest.hexdigest()
