"""PlanTables: all arrays that kernels read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]


class PlanTables(NamedTuple):
    """What kernels read of a plan. A share is a part of 2^63 unless it says otherwise. ``a | b << n`` is a packed word.
    Alias tables are Walker's (``plan.alias``): an entry has its own thing and an alias.

    Operations (``plan.codes``):
    ops: int32 (operations, 4): code, start, count, param.   targets: int32.   values: int8, parallel to targets.
    loop_counts: int64.

    Layers of Poisson events (``plan.layers``):
    layer_start, layer_size: int64 (layers,): where a layer begins in ``event``, in words; how many events it has.
    event: uint64: alias tables. An event on one qubit is a word, share | own << 22 | alias << 43; one on two qubits is
        two, share | own << 22 and alias. The share is a part of 2^22. Codes: Paulis, 2 bits a qubit (0: any but the
        identity, each as likely), then qubits, 19 bits each.

    Noise that is drawn by its probability (``plan.drawn_noise``):
    noise_log: float64 (n,): 1/log(1-p) of its total probability p.   noise_size: int32 (n,): number of outcomes.
    noise_share: float64 (n, 16), noise_alias: uint8 (n, 16): alias table of the outcomes.
    noise_outcome: uint8 (n, 16): bits x0 z0 x1 z1 of each.

    Leakage channels at sites (``plan.sites``); a row is 6 * code_0 + code_1, or code_0 of one transmon:
    site_rate: float64 (sites,): Poisson rate of the visits of a shot that arrives computational: the rate of the most
        active row; inf: each shot is visited. Only the first visit counts.
    site_flipped: bool (sites,): shots with a known value flipped are visited apart, all of them.
    site_leaked: float64 (sites,): probability with which a shot that arrives leaked is visited. For two transmons it is
        that of a shot with a default; shots without one are all visited.
    site_default: uint8 (sites, 2, 2): default where the first or second transmon is leaked, by its level from 2. It is
        done to the computational partner in shots that are not visited: bit 0 flips x, 1 flips z, 2 randomises z, 3
        randomises x; 16: there is none.
    site_coin: uint64 (72 sites,): two shares for each row of leaked shots of two transmons: below the first the
        computational partner's z flips, below the second nothing happens, else the row's table is drawn from.
    transmon: uint64, parallel to targets of channels: value | where the planes begin, in words, << 2.
    site_acts: uint64 (3 sites,), by class (usual, flipped, leaked): bit r is set if row r's table has more than the
        identity.
    site_table: uint64 (3 * 36 sites,): alias table of each class and row: first entry | number of entries << 32. Its
        actions, the identity among them, have their probabilities given that the shot is visited. Entry 0 is the
        identity.
    branch_share: uint64 (entries,).   branch_does: uint64 (entries,): own action | alias << 16 (``program.actions``).

    Measurement and reset:
    reset_cum: float64 (n, 2, 3): per level 2, 3 the cumulative probabilities of leaving in 1, 2, 3.
    readout: float64 (n, 5): P(record flips | 0), P(flips | 1), P(reads 1 | 2), P(reads 1 | 3), and the Poisson rate of
        flips where both values flip alike (0: drawn by the probabilities).
    level_readout: float64 (n, 4): P(reads 1 | computational), P(reads 1 | 2), P(reads 1 | 3), P(record flips).

    Numbers of Poisson events in a block (``plan.counts``):
    count_row: int32 (operations,), leaked_row: int32 (sites, numbers): alias table, -1: none.
    count_table: uint64 (tables,): first entry | number of entries << 32.   count_share: uint64 (entries,).
    count_is: uint64 (entries,): own count | alias's << 32.

    can_leak: whether any qubit can ever be leaked.
    """

    ops: I32
    targets: I32
    values: npt.NDArray[np.int8]
    loop_counts: I64
    layer_start: I64
    layer_size: I64
    event: U64
    noise_log: F64
    noise_share: F64
    noise_alias: npt.NDArray[np.uint8]
    noise_outcome: npt.NDArray[np.uint8]
    noise_size: I32
    site_rate: F64
    site_flipped: npt.NDArray[np.bool_]
    site_leaked: F64
    site_default: npt.NDArray[np.uint8]
    site_coin: U64
    transmon: U64
    site_acts: U64
    site_table: U64
    branch_share: U64
    branch_does: U64
    reset_cum: F64
    readout: F64
    level_readout: F64
    count_row: I32
    leaked_row: I32
    count_table: U64
    count_share: U64
    count_is: U64
    can_leak: bool
