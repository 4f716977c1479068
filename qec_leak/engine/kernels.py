"""The engine's kernels: Pauli frames and levels of blocks of shots, advanced through a Program.

A block is WORDS words of 64 shots, bit b of word w is shot 64 w + b. Planes are flat arrays of words:

    planes[row + X + w]        x frame of a qubit whose row begins at ``row`` = ROW * qubit; while the qubit is leaked,
    planes[row + Z + w]        z frame    x and z are its offset from the circuit with the qubit acting as |0>
    planes[row + LEAKED + w]   level >= 2
    planes[row + THREE + w]    level == 3 (then LEAKED is set too)
    records[WORDS * r + w]     ring of record flips (against the reference outcome), r counts records
    detectors[WORDS * (d & 63) + w]  the last 64 detectors: a tile when they are complete
    observables, sweep, measurements: WORDS words a bit, one after another

    population[q]              how many shots of qubit q are leaked, and which they are, in no order:
    leaked_shots[LIST * q + i], i < population[q], so that only those are looked at

Frozen-frame rule: a frame moves from a leaked qubit to its partner, never into it; one-qubit Cliffords permute it as
they do the reference. Leaving and returning are rows of a channel's table (``Program``), nothing here knows a process.
All jitted code that calls each other is in this file: Numba's cache does not see edits of callees in other files.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from qec_leak.engine.lists import CHUNK, U32, copy_chunk, find_in_chunk
from qec_leak.engine.rows import WORDS, Row, count_bits, load_row, row_of, row_of_steps, store_row, words_set
from qec_leak.program import (
    FLIP_X,
    FLIP_Z,
    FLIPPED,
    LEAKED_CLASS,
    QUBIT_WORDS,
    RANDOM_X,
    RANDOM_Z,
    SHARE_BITS,
    USUAL,
    WILD,
    Op,
)

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
PAIRS = 16
"""Pairs of qubits whose leaked shots are met together: few enough for the first-level cache."""
DRAWN = BLOCK_SHOTS
"""Random words that are drawn at once, at most."""

_LOG_SHOTS = BLOCK_SHOTS.bit_length() - 1
_W = np.uint64(WORDS)
X, Z, LEAKED, THREE, ROW = np.uint64(0), _W, np.uint64(2 * WORDS), np.uint64(3 * WORDS), np.uint64(QUBIT_WORDS)
assert QUBIT_WORDS >= 4 * WORDS, "a row holds four planes"
assert 32 - SHARE_BITS >= _LOG_SHOTS, "half a word holds the share and the shot of an event"

_LOOP_BEGIN, _LOOP_END = int(Op.LOOP_BEGIN), int(Op.LOOP_END)
_H, _S, _SQRT_X, _C_XYZ, _C_ZYX = int(Op.H), int(Op.S), int(Op.SQRT_X), int(Op.C_XYZ), int(Op.C_ZYX)
_CZ, _SWAP = int(Op.CZ), int(Op.SWAP)
_PAULI_1, _PAULI_2 = int(Op.PAULI_1), int(Op.PAULI_2)
_BERNOULLI_1, _BERNOULLI_2 = int(Op.BERNOULLI_1), int(Op.BERNOULLI_2)
_CORRELATED, _ELSE_CORRELATED = int(Op.CORRELATED), int(Op.ELSE_CORRELATED)
_CHANNEL_1, _CHANNEL_2 = int(Op.CHANNEL_1), int(Op.CHANNEL_2)
_RESET, _MEASURE, _MEASURE_PAULI = int(Op.RESET), int(Op.MEASURE), int(Op.MEASURE_PAULI)
_PAULI_ROTATION, _FEEDBACK, _SWEEP = int(Op.PAULI_ROTATION), int(Op.FEEDBACK), int(Op.SWEEP)
_DETECTOR, _OBSERVABLE, _SNAPSHOT = int(Op.DETECTOR), int(Op.OBSERVABLE), int(Op.SNAPSHOT)
_PAD, _HERALDED = int(Op.PAD), int(Op.HERALDED)
_ANCHOR, _FLIP_LEAKED = int(Op.ANCHOR), int(Op.FLIP_LEAKED)

_ZERO, _ONE, _TWO, _FOUR, _FIVE, _SIX = (np.uint64(k) for k in (0, 1, 2, 4, 5, 6))
_LOW = np.uint64((1 << 32) - 1)
_BIT, _IN_BLOCK, _HALF = np.uint64(63), np.uint64(WORDS - 1), np.uint64(32)
_PAULI, _FIRST_ROW, _SECOND_ROW = np.uint64(15), np.uint64((1 << 32) - 16), np.uint64(32)
_NEVER = np.int64(1) << np.int64(62)


class Tables(NamedTuple):
    """The arrays of a Program that kernels read, those of sites as one row, and counts of events (engine/counts.py)."""

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
    site_acts: npt.NDArray[np.uint8]
    site_row: npt.NDArray[np.int32]
    site_size: npt.NDArray[np.int32]
    branch_share: npt.NDArray[np.uint64]
    branch_action: npt.NDArray[np.uint16]
    reset_cum: npt.NDArray[np.float64]
    readout: npt.NDArray[np.float64]
    count_row: npt.NDArray[np.int32]
    met_row: npt.NDArray[np.int32]
    count_start: npt.NDArray[np.int64]
    count_size: npt.NDArray[np.int64]
    count_low: npt.NDArray[np.int64]
    count_share: npt.NDArray[np.float64]
    count_alias: npt.NDArray[np.int32]
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


# Kernels allocate nothing. Numba would still count references to every array passed from one to the next, which costs
# more than most of them take; _nrt=False leaves that out (and refuses kernels that do allocate).
_kernel = njit(nogil=True, cache=True, _nrt=False)  # type: ignore[call-overload]
# An array is several machine words as an argument, so what runs for every event is inlined.
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)  # type: ignore[call-overload]
# Indices are unsigned where it counts: signed ones are looked at for being negative, as Python's may be.


# ---- random numbers ------------------------------------------------------------------------------------------------
# rng[0] is the state and rng[1] the step of a SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): a word is
# _mix(state) after state += step. Loops over events keep the state in a local variable, which stays in a register.


@_inlined
def _mix(v: np.uint64) -> np.uint64:
    v = (v ^ (v >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    v = (v ^ (v >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return v ^ (v >> np.uint64(31))


@_inlined
def _random_word(rng: U64) -> np.uint64:
    state = rng[0] + rng[1]
    rng[0] = state
    return _mix(state)


@_inlined
def _random_row(rng: U64) -> Row:
    row = _mix(row_of_steps(rng[0], rng[1]))
    rng[0] += _W * rng[1]
    return row


@_inlined
def _draw(count: int, state: np.uint64, step: np.uint64, words: U64) -> np.uint64:
    """The next ``count`` words into ``words``, and what fills the last row; returns the new state."""
    for k in range(0, count, WORDS):
        store_row(words, np.uint64(k), _mix(row_of_steps(state + np.uint64(k) * step, step)))
    return state + np.uint64(count) * step


@_inlined
def _uniform(word: np.uint64) -> float:
    """Top 53 bits as a number in [0, 1); the low 11 bits stay free."""
    return np.float64(np.int64(word >> np.uint64(11))) * (1.0 / 9007199254740992.0)


_LAYERS = 256
_TAIL = 7.69711747013104972
"""Right edge of the lowest layer of an exponential ziggurat (Marsaglia and Tsang, J. Stat. Softw. 5(8), 2000)."""


def _ziggurat_edges() -> F64:
    """Right edges of the layers of equal area under exp(-x), from the tail to 0; edge 0 is the width that gives the
    lowest layer, tail included, that area."""
    area = (_TAIL + 1.0) * math.exp(-_TAIL)
    edges = np.zeros(_LAYERS + 1)
    edges[0], edges[1] = area * math.exp(_TAIL), _TAIL
    for i in range(2, _LAYERS):
        edges[i] = -math.log(math.exp(-edges[i - 1]) + area / edges[i - 1])
    return edges


_EDGES = _ziggurat_edges()


@_inlined
def _exponential(state: np.uint64, step: np.uint64) -> tuple[float, np.uint64]:
    """An exponential variate of mean 1, and the new state: a point in a layer, kept if it is under the curve."""
    offset = 0.0
    while True:
        state += step
        word = _mix(state)
        layer = np.int64(word & np.uint64(_LAYERS - 1))
        x = _uniform(word) * _EDGES[layer]
        if x < _EDGES[layer + 1]:
            return offset + x, state
        if layer == 0:
            offset += _TAIL  # beyond the tail the curve is itself again
            continue
        low, high = math.exp(-_EDGES[layer]), math.exp(-_EDGES[layer + 1])
        state += step
        if low + _uniform(_mix(state)) * (high - low) < math.exp(-x):
            return offset + x, state


@_inlined
def _gap(state: np.uint64, step: np.uint64, inverse_log: float) -> tuple[int, np.uint64]:
    """Misses before the next hit of probability p, and the new state; ``inverse_log`` = 1/log(1-p), 0 for p = 1."""
    if inverse_log == 0.0:
        return np.int64(0), state
    x, state = _exponential(state, step)
    skip = -inverse_log * x
    return (_NEVER if skip > 1e18 else np.int64(skip)), state


@_inlined
def _chosen(word: np.uint64, size: np.uint64) -> tuple[np.uint64, np.uint64]:
    """One of ``size`` (below 2^32) things, and 63 random bits for it: the word times ``size``, before and behind the
    point."""
    turns = (word >> _HALF) * size
    return turns >> _HALF, ((turns & _LOW) << np.uint64(31)) | (word & (_LOW >> _ONE))


@_inlined
def _how_many(row: int, t: Tables, word: np.uint64) -> int:
    """Events that an operation has in a block: a Poisson variate from the alias table ``row`` of counts."""
    turn = _uniform(word) * np.float64(t.count_size[row])
    entry = np.int64(turn)
    k = t.count_start[row] + entry
    return t.count_low[row] + (entry if turn - entry < t.count_share[k] else np.int64(t.count_alias[k]))


# ---- bits ----------------------------------------------------------------------------------------------------------


@_inlined
def _popcount(v: np.uint64) -> np.uint64:
    v = v - ((v >> _ONE) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (v * np.uint64(0x0101010101010101)) >> np.uint64(56)


@_inlined
def _lowest(v: np.uint64) -> np.uint64:
    """Index of the lowest set bit of v, which is not 0."""
    return _popcount(~v & (v - _ONE))


@_inlined
def _all_if(condition: int) -> np.uint64:
    """All ones for 1, zero for 0."""
    return _ZERO - np.uint64(condition)


@_inlined
def _below(a: np.uint64, b: np.uint64) -> np.uint64:
    """1 if a < b, both below 2^63: a comparison that is combined with other bits may become a branch."""
    return (a - b) >> _BIT


@_inlined
def _row(q: int) -> np.uint64:
    """Index of the first word of a qubit's planes."""
    return np.uint64(q) * ROW


@_inlined
def _record(ring: U64, r: int) -> np.uint64:
    """Index of the first word of record r; the ring holds a power of two of them."""
    return (np.uint64(r) * _W) & np.uint64(ring.shape[0] - 1)


# ---- frames --------------------------------------------------------------------------------------------------------
# Arrays are passed one by one: tuples of arrays cost more to pass than these loops take.


@_inlined
def _exchange(planes: U64, a: np.uint64, b: np.uint64) -> None:
    row = load_row(planes, a)
    store_row(planes, a, load_row(planes, b))
    store_row(planes, b, row)


@_inlined
def _xor_into(words: U64, target: np.uint64, source_words: U64, source: np.uint64) -> None:
    store_row(words, target, load_row(words, target) ^ load_row(source_words, source))


@_inlined
def _xor(planes: U64, source: np.uint64, target: np.uint64) -> None:
    _xor_into(planes, target, planes, source)


@_inlined
def _cz(planes: U64, a: np.uint64, b: np.uint64) -> None:
    into_a = load_row(planes, b + X) & ~load_row(planes, a + LEAKED)
    into_b = load_row(planes, a + X) & ~load_row(planes, b + LEAKED)
    store_row(planes, a + Z, load_row(planes, a + Z) ^ into_a)
    store_row(planes, b + Z, load_row(planes, b + Z) ^ into_b)


@_kernel
def _gates(op: int, targets: I32, start: int, count: int, planes: U64, population: I64) -> None:
    if op == _CZ:
        for k in range(start, start + count, 2):
            a, b = _row(targets[k]), _row(targets[k + 1])
            if population[targets[k]] + population[targets[k + 1]]:
                _cz(planes, a, b)
            else:
                _xor(planes, b + X, a + Z)
                _xor(planes, a + X, b + Z)
        return
    for k in range(start, start + count):
        x, z = _row(targets[k]) + X, _row(targets[k]) + Z
        if op == _H:
            _exchange(planes, x, z)
        elif op == _S:
            _xor(planes, x, z)
        elif op == _SQRT_X:
            _xor(planes, z, x)
        elif op == _C_XYZ:  # X -> Y -> Z -> X
            _xor(planes, x, z)
            _exchange(planes, x, z)
        else:
            _exchange(planes, x, z)
            _xor(planes, x, z)


@_kernel
def _anchor(targets: I32, values: I8, start: int, count: int, planes: U64) -> None:
    """Set the x of leaked qubits to the reference's Z value."""
    for k in range(start, start + count):
        row, reference = _row(targets[k]), _all_if(values[k])
        leaked = load_row(planes, row + LEAKED)
        store_row(planes, row + X, (load_row(planes, row + X) & ~leaked) | (leaked & reference))


@_kernel
def _swaps(targets: I32, start: int, count: int, planes: U64, population: I64, leaked_shots: U16) -> None:
    for k in range(start, start + count, 2):
        a, b = targets[k], targets[k + 1]
        for plane in (X, Z, LEAKED, THREE):
            _exchange(planes, _row(a) + plane, _row(b) + plane)
        first, second = np.int64(a) * LIST, np.int64(b) * LIST
        for i in range(max(population[a], population[b])):
            leaked_shots[first + i], leaked_shots[second + i] = leaked_shots[second + i], leaked_shots[first + i]
        population[a], population[b] = population[b], population[a]


@_inlined
def _flip_pauli(planes: U64, coded: int, w: np.uint64, mask: np.uint64) -> None:
    """Multiply the Pauli ``coded`` (4*qubit + Pauli) into the frame where ``mask`` and not leaked."""
    row, pauli = _row(coded >> 2) + w, coded & 3
    hit = mask & ~planes[row + LEAKED]
    if pauli != 3:
        planes[row + X] ^= hit
    if pauli != 1:
        planes[row + Z] ^= hit


@_kernel
def _anticommutes(planes: U64, targets: I32, start: int, count: int, w: np.uint64) -> np.uint64:
    """Shots whose frame anticommutes with the product of the Paulis ``targets`` (4*qubit + Pauli)."""
    out = _ZERO
    for k in range(start, start + count):
        row, pauli = _row(targets[k] >> 2) + w, targets[k] & 3
        if pauli != 1:
            out ^= planes[row + X]
        if pauli != 3:
            out ^= planes[row + Z]
    return out


@_kernel
def _pauli_rotation(targets: I32, start: int, count: int, planes: U64) -> None:
    for v in range(WORDS):
        w = np.uint64(v)
        anti = _anticommutes(planes, targets, start, count, w)
        for k in range(start, start + count):
            _flip_pauli(planes, targets[k], w, anti)


@_kernel
def _controlled(targets: I32, start: int, count: int, control: U64, records: int, planes: U64) -> None:
    """Paulis controlled by records (``records`` of them, targets are lookbacks) or by rows of sweep bits (-1)."""
    for k in range(start, start + count, 2):
        first = _record(control, records - targets[k]) if records >= 0 else np.uint64(targets[k]) * _W
        for v in range(WORDS):
            w = np.uint64(v)
            _flip_pauli(planes, targets[k + 1], w, control[first + w])


# ---- Pauli noise ---------------------------------------------------------------------------------------------------


@_inlined
def _apply(bits: np.uint64, at: np.uint64, mask: np.uint64, planes: U64, can_leak: bool) -> None:
    """Flip x (bit 0) and z (bit 1) of one shot unless it is leaked; without branches, which would be mispredicted.
    ``at``: the row of the qubit and the word."""
    hit = mask & ~planes[at + LEAKED] if can_leak else mask
    planes[at + X] ^= hit & (_ZERO - (bits & _ONE))
    planes[at + Z] ^= hit & (_ZERO - ((bits >> _ONE) & _ONE))


@_kernel
def _pauli_layer(
    arity: int, events: int, start: int, size: int, event: U64, planes: U64, can_leak: bool, words: U64, rng: U64
) -> None:
    """A layer of Pauli noise: Poisson events, each at a place of its own. A place may be met twice, which the rates
    allow for; events do not wait for each other, as gaps would. One word serves an event: the upper 32 bits for which
    it is and, by what is left of them, for the Pauli where any may be; the lower ones for its alias and its shot."""
    first, entries = np.uint64(start), np.uint64(size)
    paulis = np.uint64(3 if arity == 1 else 15)
    state, step = rng[0], rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = _draw(drawn, state, step, words)
        for i in range(drawn):
            word = words[np.uint64(i)]
            turn = (word >> _HALF) * entries
            k = first + (turn >> _HALF)
            code = event[k, _ONE] if word & _LOW < event[k, _ZERO] else event[k, _TWO]
            any_pauli = _ONE + (((turn & _LOW) * paulis) >> _HALF)
            bits = code & _PAULI if code & _PAULI else any_pauli
            w, mask = (word >> _SIX) & _IN_BLOCK, _ONE << (word & _BIT)
            _apply(bits, (code & _FIRST_ROW) + w, mask, planes, can_leak)
            if arity == 2:
                _apply(bits >> _TWO, (code >> _SECOND_ROW) + w, mask, planes, can_leak)
        events -= drawn
    rng[0] = state


@_inlined
def _draw_outcome(word: np.uint64, size: int, share: F64, alias: U8, noise: int) -> int:
    """An outcome in one step: entry k keeps ``share`` of its turns and hands the rest to ``alias``."""
    turn = _uniform(word) * size
    k = np.int64(turn)
    return k if turn - k < share[noise, k] else np.int64(alias[noise, k])


@_kernel
def _bernoulli_noise(
    targets: I32, start: int, count: int, arity: int, noise: int, inverse_log: float, size: int, share: F64,
    alias: U8, outcome: U8, planes: U64, rng: U64,
) -> None:  # fmt: skip
    """Pauli noise by geometric skipping, where it is not made of Poisson events."""
    total = np.int64(count // arity) * BLOCK_SHOTS
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < total:
        first, shot = start + arity * (hit >> _LOG_SHOTS), np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> _SIX, _ONE << (shot & _BIT)
        state += step
        bits = np.uint64(outcome[noise, _draw_outcome(_mix(state), size, share, alias, noise)])
        _apply(bits, _row(targets[first]) + w, mask, planes, True)
        if arity == 2:
            _apply(bits >> _TWO, _row(targets[first + 1]) + w, mask, planes, True)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _heralded_noise(
    targets: I32, start: int, count: int, noise: int, inverse_log: float, size: int, share: F64, alias: U8,
    outcome: U8, planes: U64, ring: U64, first_record: int, rng: U64,
) -> None:  # fmt: skip
    _clear_records(ring, first_record, count)
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> _LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        w, mask = shot >> _SIX, _ONE << (shot & _BIT)
        ring[_record(ring, first_record + k) + w] |= mask
        state += step
        bits = np.uint64(outcome[noise, _draw_outcome(_mix(state), size, share, alias, noise)])
        _apply(bits, _row(targets[start + k]) + w, mask, planes, True)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _clear_records(ring: U64, first_record: int, count: int) -> None:
    for k in range(count):
        store_row(ring, _record(ring, first_record + k), row_of(_ZERO))


@_kernel
def _correlated_noise(
    targets: I32, start: int, count: int, otherwise: bool, inverse_log: float, planes: U64, happened: U64, rng: U64
) -> None:
    """``happened`` holds the shots in which an error of this E / ELSE chain has already happened."""
    if not otherwise:
        for w in range(WORDS):
            happened[w] = _ZERO
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        w, mask = np.uint64(hit) >> _SIX, _ONE << (np.uint64(hit) & _BIT)
        if not happened[w] & mask:
            happened[w] |= mask
            for k in range(start, start + count):
                _flip_pauli(planes, targets[k], w, mask)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


# ---- leakage channels ----------------------------------------------------------------------------------------------
# Each shot meets a channel once, in the class in which it arrives: leaked ones first, then those flipped against a
# known value where they are visited apart, then the usual ones. Who has met it is noted for each place (a group of
# targets): bits of noted[WORDS * place + w]. Shots to which more happens than a flip are put on a list of visits
# (place << 32 | row << 16 | shot), which are then made. Conditions are bits that are computed with, since nobody can
# foresee them; where a number of shots is drawn at random, the words are drawn before by the row.


@_inlined
def _noting(place: np.uint64, w: np.uint64) -> np.uint64:
    """Index of a word of noted shots."""
    return place * _W + w


@_inlined
def _visit_of(place: np.uint64, row: np.uint64, shot: np.uint64) -> np.uint64:
    """A visit as it is listed; of ``shot`` the bits count that say which of the block it is."""
    return (place << _HALF) | (row << np.uint64(16)) | (shot & np.uint64(BLOCK_SHOTS - 1))


@_inlined
def _change_list(q: np.uint64, shot: np.uint64, leaks: np.uint64, population: I64, leaked_shots: U16) -> None:
    """Put a shot on the list of leaked shots of a qubit, or take it off: the last one takes its place."""
    first, n = q * np.uint64(LIST), np.uint64(population[q])
    if leaks:
        leaked_shots[first + n] = shot
        population[q] += 1
        return
    chunk, k = first, find_in_chunk(leaked_shots, first, shot)
    while k == np.uint64(CHUNK):
        chunk += np.uint64(CHUNK)
        k = find_in_chunk(leaked_shots, chunk, shot)
    leaked_shots[chunk + k] = leaked_shots[first + n - _ONE]
    population[q] -= 1


@_inlined
def _act(action: np.uint64, q: np.uint64, shot: np.uint64, coin: np.uint64, b: Block) -> None:
    """Apply one transmon's byte of an action to one shot."""
    planes, at, bit = b.planes, q * ROW + (shot >> _SIX), shot & _BIT
    planes[at + X] ^= (action & _ONE) << bit
    planes[at + Z] ^= (((action >> _ONE) ^ ((action >> _TWO) & coin)) & _ONE) << bit
    planes[at + THREE] ^= ((action >> _FOUR) & _ONE) << bit
    if (action >> np.uint64(3)) & _ONE:
        leaked = planes[at + LEAKED] ^ (_ONE << bit)
        planes[at + LEAKED] = leaked
        _change_list(q, shot, (leaked >> bit) & _ONE, b.population, b.leaked_shots)


@_inlined
def _rows(site: int, kind: int) -> np.uint64:
    """Where the rows of a class of shots at a site begin."""
    return np.uint64(36 * (3 * site + kind))


@_kernel
def _make_visits(listed: np.uint64, arity: int, start: int, rows: np.uint64, t: Tables, b: Block) -> None:
    """Draw what a channel does to each listed shot, from the alias table of its row (counted from ``_rows``), with one
    random word."""
    state, step = b.rng[0], b.rng[1]
    for i in range(listed):
        visit = b.visits[np.uint64(i)]
        row, shot = rows + ((visit >> np.uint64(16)) & np.uint64(0xFFFF)), visit & np.uint64(BLOCK_SHOTS - 1)
        first = np.uint64(start) + np.uint64(arity) * (visit >> _HALF)
        state += step
        word = _mix(state)
        entry, turn = _chosen(word, np.uint64(t.site_size[row]))
        k = np.uint64(t.site_row[row]) + entry
        does = np.uint64(t.branch_action[k, _ONE - _below(turn, t.branch_share[k])])
        _act(does & np.uint64(255), np.uint64(t.targets[first]), shot, word & _ONE, b)
        if arity == 2:
            _act(does >> np.uint64(8), np.uint64(t.targets[first + _ONE]), shot, (word >> _ONE) & _ONE, b)
    b.rng[0] = state


# Leaked shots.


@_inlined
def _met_of(leaked: int, site: int, t: Tables, rng: U64) -> tuple[int, int]:
    """How many events there are among so many leaked shots, a Poisson variate, and among how many: those shots rounded
    up to a number of which there are tables (engine/counts.py) and whole 1,024."""
    last = t.met_row.shape[1] - 1
    events, whole = 0, leaked >> _LOG_SHOTS
    for _ in range(whole):
        events += _how_many(t.met_row[site, last], t, _random_word(rng))
    rest, shift = leaked & (BLOCK_SHOTS - 1), 0
    while rest >> shift > 7:
        shift += 1
    digits = (rest + (1 << shift) - 1) >> shift
    events += _how_many(t.met_row[site, 4 * shift + digits], t, _random_word(rng))
    return events, (whole << _LOG_SHOTS) + (digits << shift)


@_inlined
def _list_leaked(
    listed: np.uint64, q: np.uint64, place: np.uint64, shot: np.uint64, exists: np.uint64, b: Block
) -> np.uint64:
    """List the visit of a leaked shot to a channel of one transmon, if it exists and is not noted; returns the new
    length."""
    w, bit = shot >> _SIX, shot & _BIT
    noting = _noting(place, w)
    fresh = ~(b.noted[noting] >> bit) & exists
    b.noted[noting] |= fresh << bit
    b.visits[listed] = _visit_of(place, _FOUR + ((b.planes[q * ROW + THREE + w] >> bit) & _ONE), shot)
    return listed + fresh


@_kernel
def _meet_leaked_1(start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """One-transmon channel on the shots that arrive leaked: all of them, or by Poisson events at random places of the
    lists of them, as if these were as long as the longest."""
    most = 0
    for k in range(start, start + count):
        most = max(most, b.population[t.targets[k]])
    listed, state, step = _ZERO, b.rng[0], b.rng[1]
    if t.site_leaked[site] >= 1.0:
        for k in range(count):
            q = np.uint64(t.targets[start + k])
            for i in range(b.population[q]):
                shot = np.uint64(b.leaked_shots[q * np.uint64(LIST) + np.uint64(i)])
                listed = _list_leaked(listed, q, np.uint64(k), shot, _ONE, b)
    elif most:
        events, among = _met_of(most * count, site, t, b.rng)
        state, length = b.rng[0], among / count / 2.0**63
        while events > 0:
            drawn = min(events, DRAWN)
            state = _draw(drawn, state, step, b.words)
            for i in range(drawn):
                k, turn = _chosen(b.words[np.uint64(i)], np.uint64(count))
                q, at = np.uint64(t.targets[np.uint64(start) + k]), np.uint64(np.float64(np.int64(turn)) * length)
                shot = np.uint64(b.leaked_shots[q * np.uint64(LIST) + at])
                listed = _list_leaked(listed, q, k, shot, _below(at, np.uint64(b.population[q])), b)
            events -= drawn
        b.rng[0] = state
    _make_visits(listed, 1, start, _rows(site, LEAKED_CLASS), t, b)


@_inlined
def _code(at: np.uint64, bit: np.uint64, says: np.uint64, planes: U64) -> np.uint64:
    """Row code of a transmon: the shot's value, +2 where the reference knows it; 4 level 2, 5 level 3. ``says`` is the
    reference's value, +2 where it is known."""
    value = says ^ ((planes[at + X] >> bit) & _ONE)
    level = _FOUR + ((planes[at + THREE] >> bit) & _ONE)
    return level if (planes[at + LEAKED] >> bit) & _ONE else value


@_inlined
def _toss(
    listed: np.uint64, start: int, site: int, place: np.uint64, shot: np.uint64, turn: np.uint64, t: Tables, b: Block
) -> np.uint64:
    """Meet a shot of which one transmon or both are leaked: by a coin (63 random bits ``turn``) the partner's z flips,
    nothing happens, or the shot is listed; returns the new length."""
    w, bit = shot >> _SIX, shot & _BIT
    first = np.uint64(start) + _TWO * place
    at_0, at_1 = _row(t.targets[first]) + w, _row(t.targets[first + _ONE]) + w
    code = _code(at_0, bit, np.uint64(t.values[first]), b.planes)
    row = _SIX * code + _code(at_1, bit, np.uint64(t.values[first + _ONE]), b.planes)
    coin = np.uint64(72 * site) + _TWO * row
    partner = at_1 if code >= _FOUR else at_0
    b.planes[partner + Z] ^= _below(turn, t.site_coin[coin]) << bit
    b.noted[_noting(place, w)] |= _ONE << bit
    b.visits[listed] = _visit_of(place, row, shot)
    return listed + _ONE - _below(turn, t.site_coin[coin + _ONE])


@_inlined
def _toss_calm(
    listed: np.uint64, start: int, site: int, entry: np.uint64, exists: np.uint64, turn: np.uint64, t: Tables,
    b: Block,
) -> np.uint64:  # fmt: skip
    """``_toss`` for an ``entry`` of ``met``, if it exists and is not noted; if not, its partner is computational."""
    w, bit, leads = (entry >> _SIX) & _IN_BLOCK, entry & _BIT, entry >> np.uint64(_LOG_SHOTS)
    partner = leads ^ _ONE
    at_leads, at_partner = (
        _row(t.targets[np.uint64(start) + leads]) + w,
        _row(t.targets[np.uint64(start) + partner]) + w,
    )
    level = _FOUR + ((b.planes[at_leads + THREE] >> bit) & _ONE)
    code = np.uint64(t.values[np.uint64(start) + partner]) ^ ((b.planes[at_partner + X] >> bit) & _ONE)
    row = level * (_SIX - _FIVE * (leads & _ONE)) + code * (_ONE + _FIVE * (leads & _ONE))
    coin, noting = np.uint64(72 * site) + _TWO * row, _noting(leads >> _ONE, w)
    noted = b.noted[noting]
    b.noted[noting] = noted | (exists << bit)
    fresh = ~(noted >> bit) & exists
    b.planes[at_partner + Z] ^= (fresh & _below(turn, t.site_coin[coin])) << bit
    b.visits[listed] = _visit_of(leads >> _ONE, row, entry)
    return listed + (fresh & ~_below(turn, t.site_coin[coin + _ONE]))


@_inlined
def _wild(leaked: Row, three: Row, site: int, side: int, t: Tables) -> Row:
    """Shots that are not calm if a transmon leads."""
    shots = row_of(_ZERO)
    if t.site_default[site, side, 0] & WILD:
        shots = leaked & ~three
    if t.site_default[site, side, 1] & WILD:
        shots = shots | three
    return shots


@_inlined
def _copy_list(met: U32, at: np.uint64, q: np.uint64, leads: int, b: Block) -> np.uint64:
    """Add a qubit's leaked shots to ``met``, marked with the operation's target ``leads``; returns the new length."""
    first, n, tag = q * np.uint64(LIST), np.uint64(b.population[q]), np.uint64(leads) << np.uint64(_LOG_SHOTS)
    copy_chunk(met, at, b.leaked_shots, first, tag)
    for chunk in range(CHUNK, n, CHUNK):
        copy_chunk(met, at + np.uint64(chunk), b.leaked_shots, first + np.uint64(chunk), tag)
    return at + n


@_inlined
def _list_wild(start: int, first: int, last: int, site: int, t: Tables, b: Block) -> tuple[np.uint64, np.uint64]:
    """Meet the shots that are not calm, and list all leaked ones in ``met``; returns the lengths of both lists."""
    listed, leaked = _ZERO, _ZERO
    state, step = b.rng[0], b.rng[1]
    for k in range(first, last, 2):
        q_0, q_1 = np.uint64(t.targets[start + k]), np.uint64(t.targets[start + k + 1])
        leaked = _copy_list(b.met, leaked, q_0, k, b)
        leaked = _copy_list(b.met, leaked, q_1, k + 1, b)
        leaked_0, leaked_1 = load_row(b.planes, q_0 * ROW + LEAKED), load_row(b.planes, q_1 * ROW + LEAKED)
        wild = leaked_0 & leaked_1
        wild = wild | _wild(leaked_0, load_row(b.planes, q_0 * ROW + THREE), site, 0, t)
        wild = wild | _wild(leaked_1, load_row(b.planes, q_1 * ROW + THREE), site, 1, t)
        words = words_set(wild)
        if words:
            store_row(b.words, _ZERO, wild)
        while words:
            w = _lowest(words)
            words &= words - _ONE
            shots = b.words[w]
            while shots:
                shot = (w << _SIX) | _lowest(shots)
                shots &= shots - _ONE
                state += step
                listed = _toss(listed, start, site, np.uint64(k >> 1), shot, _mix(state) >> _ONE, t, b)
    b.rng[0] = state
    return listed, leaked


@_inlined
def _list_calm(listed: np.uint64, leaked: np.uint64, start: int, site: int, t: Tables, b: Block) -> np.uint64:
    """Meet calm shots by Poisson events; others, which are in ``met`` too, have been noted. Returns the new length."""
    events, among = _met_of(np.int64(leaked), site, t, b.rng)
    state, step = b.rng[0], b.rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = _draw(drawn, state, step, b.words)
        for i in range(drawn):
            k, turn = _chosen(b.words[np.uint64(i)], np.uint64(among))
            exists = _below(k, leaked)
            listed = _toss_calm(listed, start, site, np.uint64(b.met[k * exists]), exists, turn, t, b)
        events -= drawn
    b.rng[0] = state
    return listed


@_inlined
def _flip_by_default(shots: Row, flips: int, randomises: int, coins: Row, plane: np.uint64, planes: U64) -> None:
    if flips:
        store_row(planes, plane, load_row(planes, plane) ^ shots)
    elif randomises:
        store_row(planes, plane, load_row(planes, plane) ^ (shots & coins))


@_inlined
def _do_defaults(start: int, first: int, last: int, site: int, t: Tables, b: Block) -> None:
    """What happens by default to the partners of calm shots that are not noted."""
    defaults, planes = t.site_default[site], b.planes
    randomises = (defaults[0, 0] | defaults[0, 1] | defaults[1, 0] | defaults[1, 1]) & (RANDOM_X | RANDOM_Z)
    coins_x, coins_z = row_of(_ZERO), row_of(_ZERO)
    for k in range(first >> 1, last >> 1):
        if randomises:  # one coin for a shot, whichever transmon leads
            coins_x, coins_z = _random_row(b.rng), _random_row(b.rng)
        for side in range(2):
            leads, partner = _row(t.targets[start + 2 * k + side]), _row(t.targets[start + 2 * k + 1 - side])
            for level in range(2):
                default = defaults[side, level]
                if default and not default & WILD:
                    three = load_row(planes, leads + THREE)
                    shots = three if level == 1 else load_row(planes, leads + LEAKED) & ~three
                    shots = shots & ~(load_row(planes, partner + LEAKED) | load_row(b.noted, np.uint64(k) * _W))
                    _flip_by_default(shots, default & FLIP_X, default & RANDOM_X, coins_x, partner + X, planes)
                    _flip_by_default(shots, default & FLIP_Z, default & RANDOM_Z, coins_z, partner + Z, planes)


@_kernel
def _meet_leaked_2(start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """Two-transmon channel on the shots that arrive with one of them leaked, or both. Where a default is nearly all
    that happens, shots are calm: those that Poisson events choose are met one by one, the others as rows."""
    for first in range(0, count, 2 * PAIRS):
        last = min(first + 2 * PAIRS, count)
        listed, leaked = _list_wild(start, first, last, site, t, b)
        if leaked:
            listed = _list_calm(listed, leaked, start, site, t, b)
            _do_defaults(start, first, last, site, t, b)
        _make_visits(listed, 2, start, _rows(site, LEAKED_CLASS), t, b)


# Shots that arrive computational.


@_inlined
def _list_visit(
    listed: np.uint64, arity: int, start: int, rows: np.uint64, place: np.uint64, shot: np.uint64, t: Tables, b: Block
) -> np.uint64:
    """List the visit of a shot, and note it, unless it is noted or leaked or nothing happens in its row; returns the
    new length."""
    w, bit = (shot >> _SIX) & _IN_BLOCK, shot & _BIT
    first, noting = np.uint64(start) + np.uint64(arity) * place, _noting(place, w)
    at = _row(t.targets[first]) + w
    row = np.uint64(t.values[first]) ^ ((b.planes[at + X] >> bit) & _ONE)
    barred = b.planes[at + LEAKED] | b.noted[noting]
    if arity == 2:
        at = _row(t.targets[first + _ONE]) + w
        row = _SIX * row + (np.uint64(t.values[first + _ONE]) ^ ((b.planes[at + X] >> bit) & _ONE))
        barred |= b.planes[at + LEAKED]
    fresh = ~(barred >> bit) & np.uint64(t.site_acts[rows + row])
    b.noted[noting] |= fresh << bit
    b.visits[listed] = _visit_of(place, row, shot)
    return listed + fresh


@_kernel
def _meet_flipped(arity: int, start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """A channel on every shot that arrives with a known value flipped against the reference."""
    rows, listed = _rows(site, FLIPPED), _ZERO
    for k in range(count // arity):
        first = start + arity * k
        last = first + arity - 1
        at_0, at_1 = _row(t.targets[first]), _row(t.targets[last])
        known_0, known_1 = _all_if(t.values[first] >> 1), _all_if(t.values[last] >> 1)
        words = words_set((load_row(b.planes, at_0 + X) & known_0) | (load_row(b.planes, at_1 + X) & known_1))
        while words:
            w = _lowest(words)
            words &= words - _ONE
            left = (b.planes[at_0 + X + w] & known_0) | (b.planes[at_1 + X + w] & known_1)
            left &= ~(b.planes[at_0 + LEAKED + w] | b.planes[at_1 + LEAKED + w])
            while left:
                shot = (w << _SIX) | _lowest(left)
                left &= left - _ONE
                listed = _list_visit(listed, arity, start, rows, np.uint64(k), shot, t, b)
    _make_visits(listed, arity, start, rows, t, b)


@_kernel
def _meet_usual(arity: int, events: int, start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """A channel on the shots that are left. They are visited by Poisson events of which the first one counts: a shot
    has one with probability 1 - exp(-rate). ``events`` -1: each is visited."""
    rows, step, places = _rows(site, USUAL), b.rng[1], count // arity
    left = places * BLOCK_SHOTS if events < 0 else events
    while left > 0:
        listed, drawn = _ZERO, min(left, DRAWN)
        left -= drawn
        if events >= 0:
            b.rng[0] = _draw(drawn, b.rng[0], step, b.words)
        for i in range(drawn):
            if events >= 0:
                shot = b.words[np.uint64(i)]
                place = ((shot >> _HALF) * np.uint64(places)) >> _HALF
            else:
                shot = np.uint64(left + drawn - 1 - i)
                place = shot >> np.uint64(_LOG_SHOTS)
            listed = _list_visit(listed, arity, start, rows, place, shot, t, b)
        _make_visits(listed, arity, start, rows, t, b)


@_inlined
def _channel(arity: int, events: int, start: int, count: int, site: int, t: Tables, b: Block) -> None:
    """A leakage channel on every place of an operation; places have no qubit in common."""
    for place in range(count // arity):
        store_row(b.noted, np.uint64(place) * _W, row_of(_ZERO))
    if arity == 2:
        _meet_leaked_2(start, count, site, t, b)
    elif t.site_leaked[site] > 0.0:
        _meet_leaked_1(start, count, site, t, b)
    if t.site_flipped[site]:
        _meet_flipped(arity, start, count, site, t, b)
    if t.site_rate[site] > 0.0:
        _meet_usual(arity, events, start, count, site, t, b)


# ---- measurement and reset -----------------------------------------------------------------------------------------


@_kernel
def _reset(
    targets: I32, start: int, count: int, table: int, cum: F64, planes: U64, population: I64, leaked_shots: U16,
    rng: U64,
) -> None:  # fmt: skip
    """x := 0 and z random; levels as far as the table says (cumulative probabilities of leaving in 1, 2, 3)."""
    for k in range(start, start + count):
        q, row, first = targets[k], _row(targets[k]), np.int64(targets[k]) * LIST
        store_row(planes, row + Z, _random_row(rng))
        store_row(planes, row + X, row_of(_ZERO))
        arrived = population[q]
        population[q] = 0
        for i in range(arrived):
            shot = np.uint64(leaked_shots[first + i])
            at, mask = row + (shot >> _SIX), _ONE << (shot & _BIT)
            level = 1 if planes[at + THREE] & mask else 0
            planes[at + LEAKED] &= ~mask
            planes[at + THREE] &= ~mask
            if table < 0:
                continue
            u = _uniform(_random_word(rng))
            if u < cum[table, level, 0]:
                planes[at + X] |= mask
            elif u < cum[table, level, 2]:
                planes[at + LEAKED] |= mask
                leaked_shots[first + population[q]] = shot
                population[q] += 1
                if u >= cum[table, level, 1]:
                    planes[at + THREE] |= mask


@_inlined
def _read_ones(probability: float, shots: Row, words: U64, rng: U64) -> Row:
    """Those of ``shots`` that read 1."""
    if probability >= 1.0:
        return shots
    if probability <= 0.0:
        return row_of(_ZERO)
    store_row(words, _ZERO, shots)
    for w in range(WORDS):
        left = words[w]
        while left:
            bit = _lowest(left)
            left &= left - _ONE
            if _uniform(_random_word(rng)) >= probability:
                words[w] ^= _ONE << bit
    return load_row(words, _ZERO)


@_kernel
def _measure(
    targets: I32, values: I8, start: int, count: int, first_record: int, one_given_2: float, one_given_3: float,
    planes: U64, population: I64, ring: U64, words: U64, rng: U64,
) -> None:  # fmt: skip
    """Record flips; the conjugate frame bit becomes random. A leaked qubit reports the bit of its readout: as a real
    outcome, which re-anchors its frame on the reference, or (value & 2) on top of its frozen frame."""
    for k in range(count):
        q, value = targets[start + k], values[start + k]
        row, r = _row(q), _record(ring, first_record + k)
        store_row(planes, row + Z, _random_row(rng))
        reads = row_of(_ZERO)
        leaked, reference = load_row(planes, row + LEAKED), _all_if(value & 1)
        if population[q]:
            three = load_row(planes, row + THREE)
            reads = _read_ones(one_given_2, leaked & ~three, words, rng)
            reads = reads | _read_ones(one_given_3, three, words, rng)
        flips = load_row(planes, row + X)
        if value & 2:
            store_row(ring, r, flips ^ reads)
        else:
            store_row(ring, r, (flips & ~leaked) | ((reads ^ reference) & leaked))
            store_row(planes, row + X, (flips & ~leaked) | (leaked & reference))


@_kernel
def _assignment_events(
    events: int, targets: I32, start: int, count: int, first_record: int, planes: U64, ring: U64, words: U64, rng: U64
) -> None:
    """Flips of computational records that do not depend on their value, as Poisson events."""
    state, step = rng[0], rng[1]
    while events > 0:
        drawn = min(events, DRAWN)
        state = _draw(drawn, state, step, words)
        for i in range(drawn):
            word = words[np.uint64(i)]
            k = ((word >> _HALF) * np.uint64(count)) >> _HALF
            w, mask = (word >> _SIX) & _IN_BLOCK, _ONE << (word & _BIT)
            at = _row(targets[np.uint64(start) + k]) + w
            ring[_record(ring, first_record + np.int64(k)) + w] ^= mask & ~planes[at + LEAKED]
        events -= drawn
    rng[0] = state


@_kernel
def _assignment_errors(
    targets: I32, values: I8, start: int, count: int, first_record: int, of_zero: float, of_one: float, planes: U64,
    ring: U64, rng: U64,
) -> None:  # fmt: skip
    """Flips of computational records by their real value."""
    largest = max(of_zero, of_one)
    if largest <= 0.0:
        return
    inverse_log = 1.0 / math.log1p(-largest) if largest < 1.0 else 0.0
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> _LOG_SHOTS, np.uint64(hit & (BLOCK_SHOTS - 1))
        at, mask = _row(targets[start + k]) + (shot >> _SIX), _ONE << (shot & _BIT)
        if not planes[at + LEAKED] & mask:
            real = (values[start + k] & 1) ^ (1 if planes[at + X] & mask else 0)
            state += step
            if _uniform(_mix(state)) * largest < (of_one if real else of_zero):
                ring[_record(ring, first_record + k) + (shot >> _SIX)] ^= mask
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _measure_pauli(
    targets: I32, start: int, count: int, record: int, inverse_log: float, planes: U64, ring: U64, rng: U64
) -> None:
    """Product measurement with flip noise (``inverse_log`` of it); the back-action is the product itself, at random."""
    r = _record(ring, record)
    for v in range(WORDS):
        w = np.uint64(v)
        ring[r + w] = _anticommutes(planes, targets, start, count, w)
        back_action = _random_word(rng)
        for k in range(start, start + count):
            _flip_pauli(planes, targets[k], w, back_action)
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        ring[r + (np.uint64(hit) >> _SIX)] ^= _ONE << (np.uint64(hit) & _BIT)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _keep_outcomes(values: I8, start: int, count: int, first_record: int, ring: U64, measurements: U64) -> None:
    """Copy real outcomes out of the ring: record flips against bit 2 of the values."""
    for k in range(count):
        r, kept = _record(ring, first_record + k), np.uint64(first_record + k) * _W
        reference = _all_if((values[start + k] >> 2) & 1)
        store_row(measurements, kept, load_row(ring, r) ^ reference)


@_kernel
def _keep_levels(targets: I32, start: int, count: int, first_record: int, planes: U64, heralds: U64) -> None:
    """Copy the level planes of measured qubits: rows 2 r and 2 r + 1 of record r."""
    for k in range(count):
        row, kept = _row(targets[start + k]), np.uint64(2 * (first_record + k)) * _W
        store_row(heralds, kept, load_row(planes, row + LEAKED))
        store_row(heralds, kept + _W, load_row(planes, row + THREE))


@_inlined
def _parity(targets: I32, start: int, count: int, records: int, ring: U64) -> Row:
    """The parity of records."""
    row = row_of(_ZERO)
    for k in range(start, start + count):
        row = row ^ load_row(ring, _record(ring, records - targets[k]))
    return row


@_kernel
def _count_levels(planes: U64, valid: U64, counts: I64, snapshot: int) -> None:
    shots = load_row(valid, _ZERO)
    for q in range(counts.shape[1]):
        leaked, three = load_row(planes, _row(q) + LEAKED) & shots, load_row(planes, _row(q) + THREE) & shots
        threes = np.int64(count_bits(three))
        counts[snapshot, q, 0] += np.int64(count_bits(leaked)) - threes
        counts[snapshot, q, 1] += threes


# ---- outputs -------------------------------------------------------------------------------------------------------


@_kernel
def _transpose(tiles: U64, first: np.uint64) -> None:
    """Transpose 64 x 64 bits of each column of a tile (64 rows of WORDS words) in place (Hacker's Delight 7-3, least
    significant bit first)."""
    width = np.uint64(32)
    mask = np.uint64(0x00000000FFFFFFFF)
    while width:
        k = _ZERO
        while k < np.uint64(64):
            for j in range(k, k + width):
                low, high = first + np.uint64(j) * _W, first + (np.uint64(j) + width) * _W
                upper, lower = load_row(tiles, low), load_row(tiles, high)
                swapped = ((upper >> width) ^ lower) & mask
                store_row(tiles, low, upper ^ (swapped << width))
                store_row(tiles, high, lower ^ swapped)
            k += width + width
        width >>= _ONE
        mask ^= mask << width


@_inlined
def _turn(planes: U64, first: int, last: int, tiles: U64, tile: int) -> None:
    """Words first..last-1 of planes, 64 rows at most -> a tile: a word for each shot; other bits 0."""
    begin, given = np.uint64(tile * TILE), min(TILE, last - first)
    for k in range(TILE):
        tiles[begin + np.uint64(k)] = planes[first + k] if k < given else _ZERO
    _transpose(tiles, begin)


@_inlined
def _byte(word: np.uint64, k: int) -> np.uint8:
    return np.uint8((word >> np.uint64(8 * k)) & np.uint64(0xFF))


@_kernel
def _write_rows(tiles: U64, size: int, low: int, high: int, first_row: int, first_byte: int, out: U8) -> None:
    """The first ``size`` bytes in ``tiles`` of shots low..high-1 -> their rows of ``out``, from first_byte on."""
    for shot in range(low, high):
        at, row = np.uint64((shot & 63) * WORDS + (shot >> 6)), np.uint64(first_row + shot - low)
        byte = np.uint64(first_byte)
        for tile in range(size >> 3):
            word = tiles[np.uint64(tile * TILE) + at]
            for k in range(8):  # unrolled, one store
                out[row, byte + np.uint64(k)] = _byte(word, k)
            byte += np.uint64(8)
        for k in range(size & 7):
            out[row, byte + np.uint64(k)] = _byte(tiles[np.uint64((size >> 3) * TILE) + at], k)


@_kernel
def pack_shots(planes: U64, low: int, high: int, first_row: int, tiles: U64, out: U8) -> None:
    """Planes (n rows of WORDS words) -> rows ``first_row``... of ``out`` (rows, ceil(n / 8)), little-endian bits, of
    shots low..high-1; ``tiles`` uint64 (TILES * TILE,) is scratch space."""
    for first_byte in range(0, out.shape[1], 8 * TILES):
        size = min(8 * TILES, out.shape[1] - first_byte)
        for tile in range((size + 7) >> 3):
            _turn(planes, (8 * first_byte + 64 * tile) * WORDS, planes.shape[0], tiles, tile)
        _write_rows(tiles, size, low, high, first_row, first_byte, out)


@_kernel
def _write_detectors(
    detectors: U64, first: int, last: int, flip: int, flips: I32, sweep: U64, low: int, high: int, first_row: int,
    tiles: U64, out: U8,
) -> int:  # fmt: skip
    """Take in detectors first..last-1, at most 64, without what sweep bits do to them (``flips`` from ``flip`` on), and
    write out all tiles if they are full or these are the last; returns the flip that is next."""
    while flip < flips.shape[0] and flips[flip, 1] < last:
        source, target = np.uint64(flips[flip, 0]) * _W, np.uint64(flips[flip, 1] & 63) * _W
        _xor_into(detectors, target, sweep, source)
        flip += 1
    tile, first_byte, end = (first >> 6) % TILES, first // (64 * TILES) * (8 * TILES), (last + 7) >> 3
    _turn(detectors, 0, (last - first) * WORDS, tiles, tile)
    if tile == TILES - 1 or end == out.shape[1]:
        _write_rows(tiles, end - first_byte, low, high, first_row, first_byte, out)
    return flip


@_kernel
def _write_levels(levels: U64, low: int, high: int, first_row: int, out: U8) -> None:
    """Level planes 2 m (leaked) and 2 m + 1 (three) -> column m of ``out``: 0, 2 or 3."""
    for m in range(out.shape[1]):
        leaked, third = np.uint64(2 * m) * _W, np.uint64(2 * m + 1) * _W
        for shot in range(low, high):
            w, bit = np.uint64(shot >> 6), np.uint64(shot) & _BIT
            level = _TWO * ((levels[leaked + w] >> bit) & _ONE) + ((levels[third + w] >> bit) & _ONE)
            out[first_row + shot - low, m] = np.uint8(level)


@_kernel
def _set_sweep(given: U8, low: int, high: int, first_row: int, rng: U64, sweep: U64) -> None:
    """Sweep bits of a block: as given, or at random."""
    for bit in range(sweep.shape[0] // WORDS):
        first = np.uint64(bit) * _W
        if given.shape[0] == 0:
            store_row(sweep, first, _random_row(rng))
            continue
        for w in range(WORDS):
            sweep[first + np.uint64(w)] = _ZERO
        for shot in range(low, high):
            value = (given[first_row + shot - low, bit >> 3] >> (bit & 7)) & 1
            sweep[first + np.uint64(shot >> 6)] |= np.uint64(value) << (np.uint64(shot) & _BIT)


@_kernel
def _take_out_sweep(flips: I32, sweep: U64, out: U64) -> None:
    """Take what sweep bits do to noiseless records out of observables, as Stim's converter does."""
    for k in range(flips.shape[0]):
        source, target = np.uint64(flips[k, 0]) * _W, np.uint64(flips[k, 1]) * _W
        _xor_into(out, target, sweep, source)


# ---- a block -------------------------------------------------------------------------------------------------------


@_inlined
def _start(b: Block) -> None:
    """All qubits in |0>: x frame 0, z frame random."""
    for k in range(b.planes.shape[0]):
        b.planes[k] = _ZERO
    for k in range(b.observables.shape[0]):
        b.observables[k] = _ZERO
    b.population[:] = 0
    for q in range(b.population.shape[0]):
        store_row(b.planes, _row(q) + Z, _random_row(b.rng))


@_inlined
def _noise(op: int, events: int, start: int, count: int, param: int, t: Tables, b: Block, records: int) -> None:
    """Noise that is not leakage."""
    if op in (_PAULI_1, _PAULI_2):
        _pauli_layer(
            1 if op == _PAULI_1 else 2, events, t.layer_start[param], t.layer_size[param], t.event, b.planes,
            t.can_leak, b.words, b.rng,
        )  # fmt: skip
    elif op in (_BERNOULLI_1, _BERNOULLI_2):
        _bernoulli_noise(
            t.targets, start, count, 1 if op == _BERNOULLI_1 else 2, param, t.noise_log[param], t.noise_size[param],
            t.noise_share, t.noise_alias, t.noise_outcome, b.planes, b.rng,
        )  # fmt: skip
    elif op == _HERALDED:
        _heralded_noise(
            t.targets, start, count, param, t.noise_log[param], t.noise_size[param], t.noise_share, t.noise_alias,
            t.noise_outcome, b.planes, b.records, records, b.rng,
        )  # fmt: skip
    else:
        otherwise = op == _ELSE_CORRELATED
        _correlated_noise(t.targets, start, count, otherwise, t.noise_log[param], b.planes, b.happened, b.rng)


@_inlined
def _measurements(events: int, start: int, count: int, readout: int, t: Tables, b: Block, records: int) -> None:
    """Measurements of single qubits with their readout. ``events``: how many records flip, -1: by their values."""
    targets, values, ring, rng = t.targets, t.values, b.records, b.rng
    of_zero, of_one, of_two, of_three = (
        t.readout[readout, 0], t.readout[readout, 1], t.readout[readout, 2], t.readout[readout, 3]
    )  # fmt: skip
    _measure(targets, values, start, count, records, of_two, of_three, b.planes, b.population, ring, b.words, rng)
    if events >= 0:
        _assignment_events(events, targets, start, count, records, b.planes, ring, b.words, rng)
    else:
        _assignment_errors(targets, values, start, count, records, of_zero, of_one, b.planes, ring, rng)
    if b.heralds.shape[0]:
        _keep_levels(targets, start, count, records, b.planes, b.heralds)


@_inlined
def _frames(op: int, start: int, count: int, t: Tables, b: Block, records: int) -> None:
    """What moves frames without noise: gates, classical control, anchors."""
    targets, planes = t.targets, b.planes
    if op <= _CZ:
        _gates(op, targets, start, count, planes, b.population)
    elif op == _SWAP:
        _swaps(targets, start, count, planes, b.population, b.leaked_shots)
    elif op == _PAULI_ROTATION:
        _pauli_rotation(targets, start, count, planes)
    elif op == _FEEDBACK:
        _controlled(targets, start, count, b.records, records, planes)
    elif op == _SWEEP:
        _controlled(targets, start, count, b.sweep, -1, planes)
    elif op == _ANCHOR:
        _anchor(targets, t.values, start, count, planes)
    else:
        for k in range(start, start + count):
            _xor(planes, _row(targets[k]) + LEAKED, _row(targets[k]) + X)


@_kernel
def _run_block(t: Tables, b: Block, out: Outputs, low: int, high: int, row: int, snapshots: int) -> None:
    """Run the program once on a block; detectors of shots low..high-1 go to ``out`` from ``row`` on. ``snapshots``: 0
    none, 1 at tagged TICKs, 2 at every TICK."""
    ops, targets, values, ring = t.ops, t.targets, t.values, b.records
    _start(b)
    records, detectors, flip, taken = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    depth, i = np.int64(0), np.int64(0)
    while i < ops.shape[0]:
        op, start, count, param = ops[i, 0], ops[i, 1], ops[i, 2], ops[i, 3]
        events = _how_many(t.count_row[i], t, _random_word(b.rng)) if t.count_row[i] >= 0 else np.int64(-1)
        i += 1
        measured = 0
        if op == _LOOP_BEGIN:
            b.loop_stack[depth] = t.loop_counts[param]
            depth += 1
        elif op == _LOOP_END:
            b.loop_stack[depth - 1] -= 1
            if b.loop_stack[depth - 1] > 0:
                i -= count + 1
            else:
                depth -= 1
        elif op in (_CHANNEL_1, _CHANNEL_2):
            _channel(1 if op == _CHANNEL_1 else 2, events, start, count, param, t, b)
        elif op in (_PAULI_1, _PAULI_2, _BERNOULLI_1, _BERNOULLI_2, _CORRELATED, _ELSE_CORRELATED, _HERALDED):
            if op == _HERALDED:
                measured = count
            _noise(op, events, start, count, param, t, b, records)
        elif op == _RESET:
            _reset(targets, start, count, param, t.reset_cum, b.planes, b.population, b.leaked_shots, b.rng)
        elif op == _MEASURE:
            measured = count
            _measurements(events, start, count, param, t, b, records)
        elif op == _MEASURE_PAULI:
            measured = 1
            inverse_log = t.noise_log[param] if param >= 0 else -1e300
            _measure_pauli(targets, start, count, records, inverse_log, b.planes, ring, b.rng)
        elif op == _DETECTOR:
            store_row(b.detectors, np.uint64(detectors & 63) * _W, _parity(targets, start, count, records, ring))
            detectors += 1
            if detectors & 63 == 0:
                flip = _write_detectors(
                    b.detectors, detectors - 64, detectors, flip, out.flipped_detectors, b.sweep, low, high, row,
                    b.tiles, out.detectors,
                )  # fmt: skip
        elif op == _OBSERVABLE:
            first = np.uint64(param) * _W
            parity = load_row(b.observables, first) ^ _parity(targets, start, count, records, ring)
            store_row(b.observables, first, parity)
        elif op == _SNAPSHOT:
            if snapshots == 2 or (snapshots == 1 and param == 1):
                _count_levels(b.planes, b.valid, b.counts, taken)
                taken += 1
        elif op == _PAD:
            measured = count
            _clear_records(ring, records, count)
        else:
            _frames(op, start, count, t, b, records)
        if measured and b.measurements.shape[0]:
            _keep_outcomes(values, start, measured, records, ring, b.measurements)
        records += measured
    if detectors & 63:
        _write_detectors(
            b.detectors, detectors - (detectors & 63), detectors, flip, out.flipped_detectors, b.sweep, low, high, row,
            b.tiles, out.detectors,
        )  # fmt: skip


@_kernel
def run_blocks(
    t: Tables, b: Block, out: Outputs, states: U64, blocks: I64, first_shot: int, last_shot: int, snapshots: int
) -> None:
    """Run ``blocks`` (indices) and write those of their shots that are in first_shot..last_shot-1 into rows of ``out``.

    states: uint64 (blocks, 2, 2): generators (state, step) of each block, for its shots and for its sweep bits.
    """
    for k in range(blocks.shape[0]):
        start = blocks[k] * BLOCK_SHOTS
        low, high = max(first_shot - start, 0), min(last_shot - start, BLOCK_SHOTS)
        row = start + low - first_shot
        for w in range(WORDS):
            b.valid[w] = _ZERO
        for shot in range(low, high):
            b.valid[shot >> 6] |= _ONE << (np.uint64(shot) & _BIT)
        b.rng[0], b.rng[1] = states[k, 1, 0], states[k, 1, 1]
        _set_sweep(out.given, low, high, row, b.rng, b.sweep)
        b.rng[0], b.rng[1] = states[k, 0, 0], states[k, 0, 1]
        _run_block(t, b, out, low, high, row, snapshots)
        _take_out_sweep(out.flipped_observables, b.sweep, b.observables)
        pack_shots(b.observables, low, high, row, b.tiles, out.observables)
        pack_shots(b.sweep, low, high, row, b.tiles, out.sweep)
        if b.measurements.shape[0]:
            pack_shots(b.measurements, low, high, row, b.tiles, out.measurements)
        if b.heralds.shape[0]:
            _write_levels(b.heralds, low, high, row, out.heralds)
