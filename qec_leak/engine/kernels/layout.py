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

    population[q]              how many shots of qubit q are leaked
    leaked_shots[LIST * q + i] i < population[q]: which shots these are, in no order
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.engine.plan import Plan
from qec_leak.engine.plan.formats import BLOCK_SHOTS, QUBIT_WORDS
from qec_leak.engine.plan.tables import I32, I64, U64
from qec_leak.engine.simd.chunks import CHUNK, U32
from qec_leak.engine.simd.vectors import WORDS

I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]

LIST = BLOCK_SHOTS + CHUNK + 32
"""Words from one qubit's list of leaked shots to the next. There is room for a chunk behind the last shot. At a power
of two all lists would share a few sets of the caches."""
TILE, TILES = 64 * WORDS, 8
"""Words of a tile, 64 bits of every shot, and tiles that are written out at once: 512 bits, a cache line of a row."""
TILE_STEP = TILE + 8
"""Words from one tile to the next: one cache line more than a tile. Else the words of a shot in all tiles would share a
few sets of the first-level cache."""
PAIRS = 16
"""Pairs of qubits whose leaked shots are visited together: few enough for the first-level cache."""
DRAWN = BLOCK_SHOTS
"""The most random words that are drawn at once."""
DECODED = DRAWN // 8
"""Events that are decoded at once, before they are made one by one: ``words`` holds eight words of each."""

W = np.uint64(WORDS)
X, Z, LEAKED, THREE, STRIDE = np.uint64(0), W, np.uint64(2 * WORDS), np.uint64(3 * WORDS), np.uint64(QUBIT_WORDS)
assert QUBIT_WORDS >= 4 * WORDS, "a qubit has four planes"

ZERO, ONE, TWO, FOUR, FIVE = (np.uint64(k) for k in (0, 1, 2, 4, 5))
CODES = np.uint64(6)
"""Row codes of a transmon (program/actions.py): a pair's row is CODES * code of the first + code of the second."""
LOG_WORD = np.uint64(6)
"""log2 of the shots of a word."""
LOW = np.uint64((1 << 32) - 1)
BIT, IN_BLOCK, HALF = np.uint64(63), np.uint64(WORDS - 1), np.uint64(32)


class Shots(NamedTuple):
    """State of one block of shots. ``measurements`` and ``heralds`` are empty when not asked for.

    noted: bit of each shot that has been visited at a place (WORDS words a place), zero between operations.
    visits: listed visits (kernels/visits.py). entries: leaked shots of a few pairs, target << 10 | shot.
    words: scratch for random words, candidates and decoded events. happened: shots struck in a chain of E and ELSE.
    valid: shots of the block that are asked for. tiles: detectors on their way out. level_tiles: levels, if asked for.
    """

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
    entries: U32
    words: U64
    happened: U64
    valid: U64
    rng: U64
    loop_stack: npt.NDArray[np.int64]
    tiles: U64
    level_tiles: U64


def _zeros(size: int) -> U64:
    """Zeros that start at a cache line, so that no plane spreads over one line more than it fills."""
    words = np.zeros(size + 7, dtype=np.uint64)
    first = -words.ctypes.data // 8 % 8
    return words[first : first + size]


def empty_block(plan: Plan) -> Shots:
    """A block of a plan, all zero, in which nothing is kept of outcomes and levels."""
    qubits = plan.num_qubits
    return Shots(
        planes=_zeros(qubits * QUBIT_WORDS),
        population=np.zeros(qubits, dtype=np.int64),
        leaked_shots=np.zeros(qubits * LIST, dtype=np.uint16),
        records=_zeros(plan.ring_size * WORDS),
        detectors=_zeros(TILE),
        observables=_zeros(plan.num_observables * WORDS),
        sweep=_zeros(plan.num_sweep_bits * WORDS),
        measurements=_zeros(0),
        heralds=_zeros(0),
        counts=np.zeros((0, qubits, 2), dtype=np.int64),
        noted=_zeros(plan.max_targets * WORDS),
        visits=_zeros(plan.max_targets * BLOCK_SHOTS + WORDS),
        entries=np.zeros(2 * PAIRS * BLOCK_SHOTS + CHUNK, dtype=np.uint32),
        words=_zeros(DRAWN + BLOCK_SHOTS + WORDS),  # candidates end with a whole place and a vector
        happened=_zeros(WORDS),
        valid=_zeros(WORDS),
        rng=_zeros(2),
        loop_stack=np.zeros(plan.loop_depth + 1, dtype=np.int64),
        tiles=_zeros(TILES * TILE_STEP),
        level_tiles=_zeros(0),
    )


def keeping(block: Shots, plan: Plan, measurements: bool, heralds: bool, snapshots: int, levels: bool) -> Shots:
    """The block with new arrays for what is asked for: outcomes, levels at measurements, snapshots of levels, levels of
    shots."""
    return block._replace(
        measurements=_zeros(plan.num_measurements * WORDS if measurements else 0),
        heralds=_zeros(2 * plan.num_measurements * WORDS if heralds else 0),
        counts=np.zeros((snapshots, plan.num_qubits, 2), dtype=np.int64),
        level_tiles=_zeros(TILES * TILE_STEP if levels else 0),
    )


class Outputs(NamedTuple):
    """What blocks write their shots into: rows of ShotBatch's arrays; zero rows where not asked for.

    given: uint8 (shots, ceil(sweep bits / 8)), little-endian bits of given sweep bits, or zero rows: drawn at random.
    leaked, three: uint8 (shots, snapshots * ceil(qubits / 8)), a bit for each qubit of the circuit.
    places: int64 (qubits,): the place of each of them in Program.qubits, -1 for none.
    flipped_detectors, flipped_observables: int32 (n, 2): (sweep bit, what it flips by itself), by what is flipped.
    """

    detectors: U8
    observables: U8
    sweep: U8
    measurements: U8
    heralds: U8
    leaked: U8
    three: U8
    places: I64
    given: U8
    flipped_detectors: I32
    flipped_observables: I32
