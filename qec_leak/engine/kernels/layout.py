"""How a block of shots lies in memory, and what kernels are given.

A block is WORDS words of 64 shots, bit b of word w is shot 64 w + b. Planes are flat arrays of words:

    planes[at + X + w]         x frame of a qubit whose planes begin at ``at`` = STRIDE * qubit; while it is leaked,
    planes[at + Z + w]         z frame    x is the reference's Z value: it acts as |0>
    planes[at + LEAKED + w]    level >= 2
    planes[at + THREE + w]     level == 3 (then LEAKED is set too)
    records[WORDS * r + w]     ring of record flips (against the reference outcome), r counts records
    detectors[WORDS * (d & 63) + w]  the last 64 detectors: a tile when they are complete
    observables, sweep, measurements: WORDS words a bit, one after another

A qubit is its place in Program.qubits.

    population[q]              how many shots of qubit q are leaked, and which they are, in no order:
    leaked_shots[LIST * q + i], i < population[q], so that only those are looked at
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.engine.packed import QUBIT_BITS, QUBIT_WORDS
from qec_leak.engine.simd.chunks import CHUNK, U32
from qec_leak.engine.simd.vectors import WORDS
from qec_leak.program import SHARE_BITS, Program

U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]

BLOCK_SHOTS = 64 * WORDS
"""Shots of a block, the unit of randomness: this number is part of what a seed means."""
LIST = BLOCK_SHOTS + CHUNK + 32
"""From one qubit's list of leaked shots to the next: with room for a chunk behind its last, and not a power of two,
which would put all of them in the same few sets of the caches."""
TILE, TILES = 64 * WORDS, 8
"""Words of a tile, 64 bits of every shot, and tiles that are written out at once: 512 bits, a cache line of a row."""
TILE_STEP = TILE + 8
"""From one tile to the next: a cache line more, or the words of a shot in all tiles would share a few sets of the
first-level cache."""
PAIRS = 16
"""Pairs of qubits whose leaked shots are met together: few enough for the first-level cache."""
DRAWN = BLOCK_SHOTS
"""Random words that are drawn at once, at most."""
DECODED = DRAWN // 8
"""Events that are decoded at once, by the row, before they are made one by one: ``words`` holds eight words of each."""

LOG_SHOTS = BLOCK_SHOTS.bit_length() - 1
W = np.uint64(WORDS)
X, Z, LEAKED, THREE, STRIDE = np.uint64(0), W, np.uint64(2 * WORDS), np.uint64(3 * WORDS), np.uint64(QUBIT_WORDS)
assert QUBIT_WORDS >= 4 * WORDS, "a row holds four planes"
assert 32 - SHARE_BITS >= LOG_SHOTS, "half a word holds the share and the shot of an event"
assert QUBIT_BITS + LOG_SHOTS <= 32, "half a word holds a channel's target, of as many as qubits, and a shot"

ZERO, ONE, TWO, FOUR, FIVE = (np.uint64(k) for k in (0, 1, 2, 4, 5))
CODES = np.uint64(6)
"""Row codes of a transmon (program/sites.py): a pair's row is CODES * code of the first + code of the second."""
LOG_WORD = np.uint64(6)
"""log2 of the shots of a word."""
LOW = np.uint64((1 << 32) - 1)
BIT, IN_BLOCK, HALF = np.uint64(63), np.uint64(WORDS - 1), np.uint64(32)


class Tables(NamedTuple):
    """The arrays of a Program that kernels read, some packed (engine/packed.py), and counts of events
    (engine/counts.py)."""

    ops: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    values: npt.NDArray[np.int8]
    loop_counts: npt.NDArray[np.int64]
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
    transmon: npt.NDArray[np.uint64]
    site_acts: npt.NDArray[np.uint64]
    site_table: npt.NDArray[np.uint64]
    branch_share: npt.NDArray[np.uint64]
    branch_does: npt.NDArray[np.uint64]
    reset_cum: npt.NDArray[np.float64]
    readout: npt.NDArray[np.float64]
    level_readout: npt.NDArray[np.float64]
    count_row: npt.NDArray[np.int32]
    met_row: npt.NDArray[np.int32]
    count_table: npt.NDArray[np.uint64]
    count_share: npt.NDArray[np.uint64]
    count_is: npt.NDArray[np.uint64]
    can_leak: bool


class Block(NamedTuple):
    """State of one block. ``measurements`` and ``heralds`` are empty when not asked for."""

    planes: U64
    population: I64
    leaked_shots: U16
    records: U64
    detectors: U64
    observables: U64
    sweep: U64
    measurements: U64
    heralds: U64
    counts: npt.NDArray[np.int64]
    noted: U64
    visits: U64
    met: U32
    words: U64
    happened: U64
    valid: U64
    rng: U64
    loop_stack: npt.NDArray[np.int64]
    tiles: U64


def _zeros(size: int) -> U64:
    """From the start of a cache line on, so that no plane needs one line more than it fills."""
    words = np.zeros(size + 7, dtype=np.uint64)
    first = -words.ctypes.data // 8 % 8
    return words[first : first + size]


def empty_block(program: Program) -> Block:
    """A block of a program, all zero, in which nothing is kept of outcomes and levels."""
    p, qubits = program, len(program.qubits)
    return Block(
        planes=_zeros(qubits * QUBIT_WORDS),
        population=np.zeros(qubits, dtype=np.int64),
        leaked_shots=np.zeros(qubits * LIST, dtype=np.uint16),
        records=_zeros(p.ring_size * WORDS),
        detectors=_zeros(TILE),
        observables=_zeros(p.num_observables * WORDS),
        sweep=_zeros(p.num_sweep_bits * WORDS),
        measurements=_zeros(0),
        heralds=_zeros(0),
        counts=np.zeros((0, qubits, 2), dtype=np.int64),
        noted=_zeros(p.max_targets * WORDS),
        visits=_zeros(p.max_targets * BLOCK_SHOTS + WORDS),
        met=np.zeros(2 * PAIRS * BLOCK_SHOTS + CHUNK, dtype=np.uint32),
        words=_zeros(DRAWN + BLOCK_SHOTS + WORDS),  # candidates end with a whole place and a row
        happened=_zeros(WORDS),
        valid=_zeros(WORDS),
        rng=_zeros(2),
        loop_stack=np.zeros(p.loop_depth + 1, dtype=np.int64),
        tiles=_zeros(TILES * TILE_STEP),
    )


def keeping(block: Block, program: Program, measurements: bool, heralds: bool, snapshots: int) -> Block:
    """The block with new room for what is asked for: outcomes, levels at measurements, snapshots of levels."""
    return block._replace(
        measurements=_zeros(program.num_measurements * WORDS if measurements else 0),
        heralds=_zeros(2 * program.num_measurements * WORDS if heralds else 0),
        counts=np.zeros((snapshots, len(program.qubits), 2), dtype=np.int64),
    )


class Outputs(NamedTuple):
    """What blocks write their shots into: rows of ShotBatch's arrays; zero rows where not asked for.

    given: uint8 (shots, ceil(sweep bits / 8)), little-endian bits of given sweep bits, or zero rows: drawn at random.
    flipped_detectors, flipped_observables: int32 (n, 2): (sweep bit, what it flips by itself), by what is flipped.
    """

    detectors: U8
    observables: U8
    sweep: U8
    measurements: U8
    heralds: U8
    given: U8
    flipped_detectors: I32
    flipped_observables: I32
