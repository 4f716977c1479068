"""The engine's kernels: Pauli frames and level planes of a block of shots, advanced through a Program.

Planes of a block of W words, bit b of word w is shot 64 w + b:

    x[q, w], z[q, w]      frame of qubit q; while q is leaked, its offset from the circuit with q acting as |0>
    leaked[q, w]          level >= 2
    three[q, w]           level == 3 (then leaked is set too)
    records[r & mask, w]  ring of record flips (against the reference outcome), r counts records
    detectors[d, w], observables[o, w]

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

from qec_leak.program.program import Op

U64 = npt.NDArray[np.uint64]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
Flags = npt.NDArray[np.bool_]

WORDS = 16
"""Words in a block; a block is the unit of randomness, so this number is part of what a seed means."""
BLOCK_SHOTS = 64 * WORDS
_LOG_SHOTS = BLOCK_SHOTS.bit_length() - 1

_LOOP_BEGIN, _LOOP_END = int(Op.LOOP_BEGIN), int(Op.LOOP_END)
_H, _S, _SQRT_X, _C_XYZ, _C_ZYX = int(Op.H), int(Op.S), int(Op.SQRT_X), int(Op.C_XYZ), int(Op.C_ZYX)
_CZ, _SWAP = int(Op.CZ), int(Op.SWAP)
_PAULI_1, _PAULI_2 = int(Op.PAULI_1), int(Op.PAULI_2)
_CORRELATED, _ELSE_CORRELATED = int(Op.CORRELATED), int(Op.ELSE_CORRELATED)
_CHANNEL_1, _CHANNEL_2 = int(Op.CHANNEL_1), int(Op.CHANNEL_2)
_RESET, _MEASURE, _MEASURE_PAULI = int(Op.RESET), int(Op.MEASURE), int(Op.MEASURE_PAULI)
_PAULI_ROTATION, _FEEDBACK, _SWEEP = int(Op.PAULI_ROTATION), int(Op.FEEDBACK), int(Op.SWEEP)
_DETECTOR, _OBSERVABLE, _SNAPSHOT = int(Op.DETECTOR), int(Op.OBSERVABLE), int(Op.SNAPSHOT)
_PAD, _HERALDED = int(Op.PAD), int(Op.HERALDED)
_ANCHOR, _FLIP_LEAKED = int(Op.ANCHOR), int(Op.FLIP_LEAKED)

_ZERO, _ONE = np.uint64(0), np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BIT = np.uint64(63)
_NEVER = np.int64(1) << np.int64(62)
_TURN = np.uint64((1 << 22) - 1)


class Tables(NamedTuple):
    """The arrays of a Program that kernels read."""

    ops: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    values: npt.NDArray[np.int8]
    loop_counts: npt.NDArray[np.int64]
    noise_log: npt.NDArray[np.float64]
    noise_rate: npt.NDArray[np.float64]
    noise_share: npt.NDArray[np.float64]
    noise_alias: npt.NDArray[np.uint8]
    noise_outcome: npt.NDArray[np.uint8]
    noise_size: npt.NDArray[np.int32]
    site_max: npt.NDArray[np.float64]
    site_log: npt.NDArray[np.float64]
    site_row: npt.NDArray[np.int32]
    site_size: npt.NDArray[np.int32]
    branch_share: npt.NDArray[np.float64]
    branch_action: npt.NDArray[np.uint16]
    reset_cum: npt.NDArray[np.float64]
    readout: npt.NDArray[np.float64]
    can_leak: npt.NDArray[np.bool_]


class Planes(NamedTuple):
    """State and outputs of one block. Optional outputs have zero rows when not asked for."""

    x: U64
    z: U64
    leaked: U64
    three: U64
    records: U64
    detectors: U64
    observables: U64
    sweep: U64
    measurements: U64
    heralds: U64
    counts: npt.NDArray[np.int64]
    scratch: U64
    valid: U64
    rng: U64
    loop_stack: npt.NDArray[np.int64]


# Kernels allocate nothing. Numba would still count references to every array passed from one to the next, which costs
# more than most of them take; _nrt=False leaves that out (and refuses kernels that do allocate).
_kernel = njit(nogil=True, cache=True, _nrt=False)  # type: ignore[call-overload]
# An array is nine machine words as an argument, so what runs for every event is inlined.
_inlined = njit(nogil=True, cache=True, _nrt=False, forceinline=True)  # type: ignore[call-overload]


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
def _fill_random(plane: U64, q: int, rng: U64) -> None:
    """WORDS random words into a row."""
    state, step = rng[0], rng[1]
    for w in range(WORDS):
        plane[q, w] = _mix(state + np.uint64(w + 1) * step)
    rng[0] = state + np.uint64(WORDS) * step


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
def _poisson(mean: float, state: np.uint64, step: np.uint64) -> tuple[int, np.uint64]:
    """A Poisson variate and the new state: below 16 by counting exponential gaps, above by transformed rejection (PTRS,
    Hoermann, Insurance: Math. Econ. 12, 39 (1993))."""
    count = np.int64(0)
    if mean < 16.0:
        passed, state = _exponential(state, step)
        while passed < mean:
            count += 1
            gap, state = _exponential(state, step)
            passed += gap
        return count, state
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    while True:
        state += step
        u = _uniform(_mix(state)) - 0.5
        state += step
        v = 1.0 - _uniform(_mix(state))
        us = 0.5 - abs(u)
        if us <= 0.0:
            continue
        count = np.int64(math.floor((2.0 * a / us + b) * u + mean + 0.43))
        if us >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2.0):
            return count, state
        if count < 0 or (us < 0.013 and v > us):
            continue
        accept = math.log(v) + math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (us * us) + b)
        if accept <= count * math.log(mean) - mean - math.lgamma(count + 1.0):
            return count, state


# ---- bits ----------------------------------------------------------------------------------------------------------


@_inlined
def _popcount(v: np.uint64) -> np.uint64:
    v = v - ((v >> _ONE) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (v * np.uint64(0x0101010101010101)) >> np.uint64(56)


@_inlined
def _nth_set_bit(v: np.uint64, n: int) -> np.uint64:
    """Mask of the n-th (from 0) set bit of v."""
    for _ in range(n):
        v &= v - _ONE
    return v & (~v + _ONE)


@_inlined
def _all_if(condition: int) -> np.uint64:
    """All ones for 1, zero for 0."""
    return _ZERO - np.uint64(condition)


# ---- frames --------------------------------------------------------------------------------------------------------
# Arrays are passed one by one: tuples of arrays, and views of rows, cost more to pass than these loops take.


@_inlined
def _h(x: U64, z: U64, q: int) -> None:
    for w in range(WORDS):
        x[q, w], z[q, w] = z[q, w], x[q, w]


@_inlined
def _xor_into(source: U64, target: U64, q: int) -> None:
    for w in range(WORDS):
        target[q, w] ^= source[q, w]


@_inlined
def _cz(x: U64, z: U64, leaked: U64, a: int, b: int) -> None:
    for w in range(WORDS):
        z[a, w] ^= x[b, w] & ~leaked[a, w]
        z[b, w] ^= x[a, w] & ~leaked[b, w]


@_inlined
def _cz_plain(x: U64, z: U64, a: int, b: int) -> None:
    for w in range(WORDS):
        z[a, w] ^= x[b, w]
        z[b, w] ^= x[a, w]


@_inlined
def _swap(plane: U64, a: int, b: int) -> None:
    for w in range(WORDS):
        plane[a, w], plane[b, w] = plane[b, w], plane[a, w]


@_kernel
def _gates(op: int, targets: I32, start: int, count: int, can_leak: Flags, x: U64, z: U64, leaked: U64) -> None:
    if op == _CZ:
        for k in range(start, start + count, 2):
            a, b = targets[k], targets[k + 1]
            if can_leak[a] or can_leak[b]:
                _cz(x, z, leaked, a, b)
            else:
                _cz_plain(x, z, a, b)
        return
    for k in range(start, start + count):
        q = targets[k]
        if op == _H:
            _h(x, z, q)
        elif op == _S:
            _xor_into(x, z, q)
        elif op == _SQRT_X:
            _xor_into(z, x, q)
        elif op == _C_XYZ:  # X -> Y -> Z -> X
            _xor_into(x, z, q)
            _h(x, z, q)
        else:
            _h(x, z, q)
            _xor_into(x, z, q)


@_kernel
def _anchor(targets: I32, values: I8, start: int, count: int, x: U64, leaked: U64) -> None:
    """Set the x of leaked qubits to the reference's Z value."""
    for k in range(start, start + count):
        q, reference = targets[k], _all_if(values[k])
        for w in range(WORDS):
            x[q, w] = (x[q, w] & ~leaked[q, w]) | (reference & leaked[q, w])


@_kernel
def _swaps(targets: I32, start: int, count: int, x: U64, z: U64, leaked: U64, three: U64) -> None:
    for k in range(start, start + count, 2):
        a, b = targets[k], targets[k + 1]
        _swap(x, a, b)
        _swap(z, a, b)
        _swap(leaked, a, b)
        _swap(three, a, b)


@_inlined
def _flip_pauli(x: U64, z: U64, leaked: U64, coded: int, w: int, mask: np.uint64) -> None:
    """Multiply the Pauli ``coded`` (4*qubit + Pauli) into the frame where ``mask`` and not leaked."""
    q, pauli = coded >> 2, coded & 3
    m = mask & ~leaked[q, w]
    if pauli != 3:
        x[q, w] ^= m
    if pauli != 1:
        z[q, w] ^= m


@_kernel
def _anticommutes(x: U64, z: U64, targets: I32, start: int, count: int, w: int) -> np.uint64:
    """Shots whose frame anticommutes with the product of the Paulis ``targets`` (4*qubit + Pauli)."""
    out = _ZERO
    for k in range(start, start + count):
        q, pauli = targets[k] >> 2, targets[k] & 3
        if pauli != 1:
            out ^= x[q, w]
        if pauli != 3:
            out ^= z[q, w]
    return out


@_kernel
def _pauli_rotation(targets: I32, start: int, count: int, x: U64, z: U64, leaked: U64) -> None:
    for w in range(WORDS):
        anti = _anticommutes(x, z, targets, start, count, w)
        for k in range(start, start + count):
            _flip_pauli(x, z, leaked, targets[k], w, anti)


@_kernel
def _controlled(targets: I32, start: int, count: int, control: U64, base: int, x: U64, z: U64, leaked: U64) -> None:
    """Paulis controlled by rows of ``control``: row base - target of a ring of records, or row target (base 0)."""
    for k in range(start, start + count, 2):
        row = (base - targets[k]) & (control.shape[0] - 1) if base else targets[k]
        for w in range(WORDS):
            _flip_pauli(x, z, leaked, targets[k + 1], w, control[row, w])


# ---- Pauli noise ---------------------------------------------------------------------------------------------------


@_inlined
def _draw_outcome(word: np.uint64, size: int, share: F64, alias: U8, noise: int) -> int:
    """An outcome in one step: entry k keeps ``share`` of its turns and hands the rest to ``alias``."""
    turn = _uniform(word) * size
    k = np.int64(turn)
    return k if turn - k < share[noise, k] else np.int64(alias[noise, k])


@_inlined
def _apply_outcome(bits: int, q: int, w: int, mask: np.uint64, x: U64, z: U64, leaked: U64) -> None:
    hit = mask & ~leaked[q, w]
    x[q, w] ^= hit & (_ZERO - np.uint64(bits & 1))
    z[q, w] ^= hit & (_ZERO - np.uint64((bits >> 1) & 1))


@_kernel
def _pauli_noise(
    targets: I32, start: int, count: int, arity: int, noise: int, inverse_log: float, size: int, share: F64,
    alias: U8, outcome: U8, x: U64, z: U64, leaked: U64, rng: U64,
) -> None:  # fmt: skip
    total = np.int64(count // arity) * BLOCK_SHOTS
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < total:
        k, shot = hit >> _LOG_SHOTS, hit & (BLOCK_SHOTS - 1)
        w, mask = shot >> 6, _ONE << (np.uint64(shot) & _BIT)
        state += step
        bits = outcome[noise, _draw_outcome(_mix(state), size, share, alias, noise)]
        first = start + arity * k
        _apply_outcome(bits, targets[first], w, mask, x, z, leaked)
        if arity == 2:
            _apply_outcome(bits >> 2, targets[first + 1], w, mask, x, z, leaked)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _poisson_noise(
    targets: I32, start: int, count: int, arity: int, noise: int, rate: float, size: int, share: F64, alias: U8,
    outcome: U8, x: U64, z: U64, leaked: U64, rng: U64,
) -> None:  # fmt: skip
    """Pauli noise as Poisson events: how many there are, then each at a place of its own. A place may be met twice,
    which the rates allow for; events do not wait for each other, as gaps would. One word serves an event: 32 bits for
    the location, 22 for the outcome, 10 for the shot."""
    locations = np.uint64(count // arity)
    step = rng[1]
    events, state = _poisson(rate * (count // arity) * BLOCK_SHOTS, rng[0], step)
    for _ in range(events):
        state += step
        word = _mix(state)
        first = start + arity * np.int64(((word >> np.uint64(32)) * locations) >> np.uint64(32))
        turn = ((word >> np.uint64(10)) & _TURN) * np.uint64(size)
        k = np.int64(turn >> np.uint64(22))
        if np.float64(np.int64(turn & _TURN)) >= share[noise, k] * 4194304.0:
            k = np.int64(alias[noise, k])
        bits = outcome[noise, k]
        w, mask = np.int64((word >> np.uint64(6)) & np.uint64(WORDS - 1)), _ONE << (word & _BIT)
        _apply_outcome(bits, targets[first], w, mask, x, z, leaked)
        if arity == 2:
            _apply_outcome(bits >> 2, targets[first + 1], w, mask, x, z, leaked)
    rng[0] = state


@_kernel
def _heralded_noise(
    targets: I32, start: int, count: int, noise: int, inverse_log: float, size: int, share: F64, alias: U8,
    outcome: U8, x: U64, z: U64, leaked: U64, ring: U64, first_record: int, rng: U64,
) -> None:  # fmt: skip
    _clear_records(ring, first_record, count)
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> _LOG_SHOTS, hit & (BLOCK_SHOTS - 1)
        w, mask = shot >> 6, _ONE << (np.uint64(shot) & _BIT)
        ring[(first_record + k) & (ring.shape[0] - 1), w] |= mask
        state += step
        bits = outcome[noise, _draw_outcome(_mix(state), size, share, alias, noise)]
        _apply_outcome(bits, targets[start + k], w, mask, x, z, leaked)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _clear_records(ring: U64, first_record: int, count: int) -> None:
    for k in range(count):
        for w in range(WORDS):
            ring[(first_record + k) & (ring.shape[0] - 1), w] = _ZERO


@_kernel
def _correlated_noise(
    targets: I32, start: int, count: int, otherwise: bool, inverse_log: float, x: U64, z: U64, leaked: U64,
    scratch: U64, rng: U64,
) -> None:  # fmt: skip
    """scratch[3] holds the shots in which an error of this E / ELSE chain has already happened."""
    if not otherwise:
        for w in range(WORDS):
            scratch[3, w] = _ZERO
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        w, mask = hit >> 6, _ONE << (np.uint64(hit) & _BIT)
        if not scratch[3, w] & mask:
            scratch[3, w] |= mask
            for k in range(start, start + count):
                _flip_pauli(x, z, leaked, targets[k], w, mask)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


# ---- leakage channels ----------------------------------------------------------------------------------------------
# Classes of shots at a site, and their rows of scratch: 0 as the reference says, 1 a known value flipped, 2 leaked.

_USUAL, _FLIPPED, _LEAKED = 0, 1, 2


@_inlined
def _act(action: int, q: int, w: int, mask: np.uint64, coin: int, x: U64, z: U64, leaked: U64, three: U64) -> None:
    """Apply one transmon's byte of an action; without branches, which would be mispredicted."""
    x[q, w] ^= mask & _all_if(action & 1)
    z[q, w] ^= mask & _all_if(((action >> 1) ^ ((action >> 2) & coin)) & 1)
    leaked[q, w] ^= mask & _all_if((action >> 3) & 1)
    three[q, w] ^= mask & _all_if((action >> 4) & 1)


@_inlined
def _code(q: int, w: int, mask: np.uint64, says: int, x: U64, leaked: U64, three: U64) -> int:
    """Row code of a transmon: the shot's value, +2 where the reference knows it; 4 level 2, 5 level 3. ``says`` is the
    reference's value, +2 where it is known."""
    if leaked[q, w] & mask:
        return 5 if three[q, w] & mask else 4
    return says ^ np.int64((x[q, w] & mask) != _ZERO)


@_inlined
def _visit(
    kind: int, site: int, arity: int, a: int, b: int, says_a: int, says_b: int, w: int, mask: np.uint64,
    site_row: I32, site_size: I32, share: F64, action: U16, x: U64, z: U64, leaked: U64, three: U64, word: np.uint64,
) -> None:  # fmt: skip
    """Draw what a channel does to one shot, from the alias table of its row, with one random word."""
    row = _code(a, w, mask, says_a, x, leaked, three)
    if arity == 2:
        row = 6 * row + _code(b, w, mask, says_b, x, leaked, three)
    turn = _uniform(word) * site_size[site, kind, row]
    entry = np.int64(turn)
    k = site_row[site, kind, row] + entry
    does = np.int64(action[k, 0] if turn - entry < share[k] else action[k, 1])
    coins = np.int64(word & np.uint64(3))
    _act(does & 255, a, w, mask, coins & 1, x, z, leaked, three)
    if arity == 2:
        _act(does >> 8, b, w, mask, coins >> 1, x, z, leaked, three)


@_inlined
def _scan(
    kind: int, skip: int, inverse_log: float, site: int, arity: int, a: int, b: int, says_a: int, says_b: int,
    site_row: I32, site_size: I32, share: F64, action: U16, x: U64, z: U64, leaked: U64, three: U64, scratch: U64,
    state: np.uint64, step: np.uint64,
) -> tuple[int, np.uint64]:  # fmt: skip
    """Visit set bits of scratch[kind], leaving out the next ``skip``; returns what is left to skip, and the state."""
    for w in range(WORDS):
        left = scratch[kind, w]
        if left == _ZERO:
            continue
        bits = np.int64(_popcount(left))
        while skip < bits:
            mask = _nth_set_bit(left, skip)
            state += step
            _visit(
                kind, site, arity, a, b, says_a, says_b, w, mask, site_row, site_size, share, action, x, z, leaked,
                three, _mix(state),
            )  # fmt: skip
            left &= ~(mask | (mask - _ONE))
            bits -= skip + 1
            skip, state = _gap(state, step, inverse_log)
        skip -= bits
    return skip, state


@_inlined
def _sort_shots(a: int, b: int, says_a: int, says_b: int, x: U64, leaked: U64, scratch: U64) -> tuple[int, int]:
    """Note who arrives flipped and who leaked in scratch; returns how many they are."""
    flipped_count, leaked_count = _ZERO, _ZERO
    flips_a, flips_b = _all_if(says_a >> 1), _all_if(says_b >> 1)
    for w in range(WORDS):
        arrived = leaked[a, w] | leaked[b, w]
        flipped = ((x[a, w] & flips_a) | (x[b, w] & flips_b)) & ~arrived
        scratch[_LEAKED, w] = arrived
        scratch[_FLIPPED, w] = flipped
        leaked_count += _popcount(arrived)
        flipped_count += _popcount(flipped)
    return np.int64(flipped_count), np.int64(leaked_count)


@_kernel
def _channel(
    arity: int, targets: I32, values: I8, start: int, count: int, site: int, site_max: F64, site_log: F64,
    site_row: I32, site_size: I32, share: F64, action: U16, x: U64, z: U64, leaked: U64, three: U64, scratch: U64,
    rng: U64,
) -> None:  # fmt: skip
    """A leakage channel on every target. Which shots it may do something to is drawn by geometric skipping, with the
    largest probability of any row of their class: over all shots for the usual class, over set bits for the others.
    Who arrives how is noted first, so that each shot meets the channel once."""
    usual_log, flipped_log, leaked_log = site_log[site, 0], site_log[site, 1], site_log[site, 2]
    state, step = rng[0], rng[1]
    hit, skip_flipped, skip_leaked = _NEVER, _NEVER, _NEVER
    if site_max[site, 0] > 0.0:
        hit, state = _gap(state, step, usual_log)
    if site_max[site, 1] > 0.0:
        skip_flipped, state = _gap(state, step, flipped_log)
    if site_max[site, 2] > 0.0:
        skip_leaked, state = _gap(state, step, leaked_log)
    for k in range(count // arity):
        first = start + arity * k
        last = first + arity - 1
        a, b, says_a, says_b = targets[first], targets[last], values[first], values[last]
        flipped_count, leaked_count = _sort_shots(a, b, says_a, says_b, x, leaked, scratch)
        end = np.int64(k + 1) * BLOCK_SHOTS
        while hit < end:
            shot = hit & (BLOCK_SHOTS - 1)
            w, mask = shot >> 6, _ONE << (np.uint64(shot) & _BIT)
            if not (scratch[_FLIPPED, w] | scratch[_LEAKED, w]) & mask:
                state += step
                _visit(
                    _USUAL, site, arity, a, b, says_a, says_b, w, mask, site_row, site_size, share, action, x, z,
                    leaked, three, _mix(state),
                )  # fmt: skip
            gap, state = _gap(state, step, usual_log)
            hit += 1 + gap
        if skip_flipped < flipped_count:
            skip_flipped, state = _scan(
                _FLIPPED, skip_flipped, flipped_log, site, arity, a, b, says_a, says_b, site_row, site_size, share,
                action, x, z, leaked, three, scratch, state, step,
            )  # fmt: skip
        else:
            skip_flipped -= flipped_count
        if skip_leaked < leaked_count:
            skip_leaked, state = _scan(
                _LEAKED, skip_leaked, leaked_log, site, arity, a, b, says_a, says_b, site_row, site_size, share,
                action, x, z, leaked, three, scratch, state, step,
            )  # fmt: skip
        else:
            skip_leaked -= leaked_count
    rng[0] = state


# ---- measurement and reset -----------------------------------------------------------------------------------------


@_kernel
def _bernoulli_bits(rng: U64, among: np.uint64, probability: float) -> np.uint64:
    """Each set bit of ``among`` kept with ``probability``."""
    if probability >= 1.0 or among == _ZERO:
        return among
    out = _ZERO
    if probability <= 0.0:
        return out
    while among:
        mask = among & (~among + _ONE)
        if _uniform(_random_word(rng)) < probability:
            out |= mask
        among ^= mask
    return out


@_kernel
def _reset(
    targets: I32, start: int, count: int, table: int, cum: F64, can_leak: Flags, x: U64, z: U64, leaked: U64,
    three: U64, rng: U64,
) -> None:  # fmt: skip
    """x := 0 and z random; levels as far as the table says (cumulative probabilities of leaving in 1, 2, 3)."""
    for k in range(start, start + count):
        q = targets[k]
        _fill_random(z, q, rng)
        for w in range(WORDS):
            x[q, w] = _ZERO
        if not can_leak[q]:
            continue
        for w in range(WORDS):
            among, third = leaked[q, w], three[q, w]
            leaked[q, w] = _ZERO
            three[q, w] = _ZERO
            if table < 0:
                continue
            while among:
                mask = among & (~among + _ONE)
                among ^= mask
                level = 1 if third & mask else 0
                u = _uniform(_random_word(rng))
                if u < cum[table, level, 0]:
                    x[q, w] |= mask
                elif u < cum[table, level, 2]:
                    leaked[q, w] |= mask
                    if u >= cum[table, level, 1]:
                        three[q, w] |= mask


@_kernel
def _measure(
    targets: I32, values: I8, start: int, count: int, first_record: int, one_given_2: float, one_given_3: float,
    can_leak: Flags, x: U64, z: U64, leaked: U64, three: U64, ring: U64, rng: U64,
) -> None:  # fmt: skip
    """Record flips; the conjugate frame bit becomes random. A leaked qubit reports the bit of its readout: as a real
    outcome, which re-anchors its frame on the reference, or (value & 2) on top of its frozen frame."""
    for k in range(count):
        q, value = targets[start + k], values[start + k]
        r = (first_record + k) & (ring.shape[0] - 1)
        _fill_random(z, q, rng)
        for w in range(WORDS):
            ring[r, w] = x[q, w]
        if not can_leak[q]:
            continue
        reference = _ZERO - np.uint64(value & 1)
        for w in range(WORDS):
            among = leaked[q, w]
            if among == _ZERO:
                continue
            third = three[q, w]
            ones = _bernoulli_bits(rng, among & ~third, one_given_2)
            ones |= _bernoulli_bits(rng, among & third, one_given_3)
            if value & 2:
                ring[r, w] ^= ones
            else:
                ring[r, w] = (ring[r, w] & ~among) | ((ones ^ reference) & among)
                x[q, w] = (x[q, w] & ~among) | (reference & among)


@_kernel
def _assignment_errors(
    targets: I32, values: I8, start: int, count: int, first_record: int, of_zero: float, of_one: float, x: U64,
    leaked: U64, ring: U64, rng: U64,
) -> None:  # fmt: skip
    """Flips of computational records, by their real value where 0 and 1 are read with different errors."""
    largest = max(of_zero, of_one)
    if largest <= 0.0:
        return
    inverse_log = 1.0 / math.log1p(-largest) if largest < 1.0 else 0.0
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < count * BLOCK_SHOTS:
        k, shot = hit >> _LOG_SHOTS, hit & (BLOCK_SHOTS - 1)
        w, mask = shot >> 6, _ONE << (np.uint64(shot) & _BIT)
        q, value = targets[start + k], values[start + k]
        if not leaked[q, w] & mask:
            flip = True
            if of_zero != of_one:
                real = (value & 1) ^ (1 if x[q, w] & mask else 0)
                state += step
                flip = _uniform(_mix(state)) * largest < (of_one if real else of_zero)
            if flip:
                ring[(first_record + k) & (ring.shape[0] - 1), w] ^= mask
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _measure_pauli(
    targets: I32, start: int, count: int, record: int, inverse_log: float, x: U64, z: U64, leaked: U64, ring: U64,
    rng: U64,
) -> None:  # fmt: skip
    """Product measurement with flip noise (``inverse_log`` of it); the back-action is the product itself, at random."""
    r = record & (ring.shape[0] - 1)
    for w in range(WORDS):
        ring[r, w] = _anticommutes(x, z, targets, start, count, w)
        back_action = _random_word(rng)
        for k in range(start, start + count):
            _flip_pauli(x, z, leaked, targets[k], w, back_action)
    step = rng[1]
    hit, state = _gap(rng[0], step, inverse_log)
    while hit < BLOCK_SHOTS:
        ring[r, hit >> 6] ^= _ONE << (np.uint64(hit) & _BIT)
        skip, state = _gap(state, step, inverse_log)
        hit += 1 + skip
    rng[0] = state


@_kernel
def _keep_outcomes(values: I8, start: int, count: int, first_record: int, ring: U64, measurements: U64) -> None:
    """Copy real outcomes out of the ring: record flips against bit 2 of the values."""
    for k in range(count):
        r = first_record + k
        reference = _ZERO - np.uint64((values[start + k] >> 2) & 1)
        for w in range(WORDS):
            measurements[r, w] = ring[r & (ring.shape[0] - 1), w] ^ reference


@_kernel
def _keep_levels(
    targets: I32, start: int, count: int, first_record: int, leaked: U64, three: U64, heralds: U64
) -> None:
    """Copy the level planes of measured qubits: rows 2 r and 2 r + 1 of record r."""
    for k in range(count):
        r, q = first_record + k, targets[start + k]
        for w in range(WORDS):
            heralds[2 * r, w] = leaked[q, w]
            heralds[2 * r + 1, w] = three[q, w]


@_kernel
def _xor_records(targets: I32, start: int, count: int, records: int, ring: U64, out: U64, row: int) -> None:
    for k in range(start, start + count):
        r = (records - targets[k]) & (ring.shape[0] - 1)
        for w in range(WORDS):
            out[row, w] ^= ring[r, w]


@_kernel
def _count_levels(leaked: U64, three: U64, valid: U64, counts: I64, snapshot: int) -> None:
    for q in range(leaked.shape[0]):
        twos, threes = np.int64(0), np.int64(0)
        for w in range(WORDS):
            third = three[q, w] & valid[w]
            threes += np.int64(_popcount(third))
            twos += np.int64(_popcount((leaked[q, w] & valid[w]) ^ third))
        counts[snapshot, q, 0] += twos
        counts[snapshot, q, 1] += threes


# ---- a block -------------------------------------------------------------------------------------------------------


@_kernel
def run_block(t: Tables, p: Planes, snapshots: int) -> None:
    """Run the program once on a block, from |0> on all qubits (x frame 0, z frame random).

    ``snapshots``: 0 none, 1 at tagged TICKs, 2 at every TICK.
    """
    ops, targets, values, can_leak = t.ops, t.targets, t.values, t.can_leak
    noise_log, noise_outcome, noise_size = t.noise_log, t.noise_outcome, t.noise_size
    noise_rate, noise_share, noise_alias = t.noise_rate, t.noise_share, t.noise_alias
    site_row, site_size, share, action = t.site_row, t.site_size, t.branch_share, t.branch_action
    readout = t.readout
    x, z, leaked, three, ring, rng, scratch = p.x, p.z, p.leaked, p.three, p.records, p.rng, p.scratch
    measurements, heralds = p.measurements, p.heralds
    for plane in (x, leaked, three, p.detectors, p.observables):
        plane[:] = _ZERO
    for q in range(z.shape[0]):
        _fill_random(z, q, rng)
    records, detectors, taken, depth, i = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    while i < ops.shape[0]:
        op, start, count, param = ops[i, 0], ops[i, 1], ops[i, 2], ops[i, 3]
        i += 1
        measured = 0
        if op == _LOOP_BEGIN:
            p.loop_stack[depth] = t.loop_counts[param]
            depth += 1
        elif op == _LOOP_END:
            p.loop_stack[depth - 1] -= 1
            if p.loop_stack[depth - 1] > 0:
                i -= count + 1
            else:
                depth -= 1
        elif op <= _CZ:
            _gates(op, targets, start, count, can_leak, x, z, leaked)
        elif op == _SWAP:
            _swaps(targets, start, count, x, z, leaked, three)
        elif op in (_PAULI_1, _PAULI_2):
            arity = 1 if op == _PAULI_1 else 2
            if noise_rate[param] > 0.0:
                _poisson_noise(
                    targets, start, count, arity, param, noise_rate[param], noise_size[param], noise_share, noise_alias,
                    noise_outcome, x, z, leaked, rng,
                )  # fmt: skip
            else:
                _pauli_noise(
                    targets, start, count, arity, param, noise_log[param], noise_size[param], noise_share, noise_alias,
                    noise_outcome, x, z, leaked, rng,
                )  # fmt: skip
        elif op in (_CORRELATED, _ELSE_CORRELATED):
            otherwise = op == _ELSE_CORRELATED
            _correlated_noise(targets, start, count, otherwise, noise_log[param], x, z, leaked, scratch, rng)
        elif op in (_CHANNEL_1, _CHANNEL_2):
            _channel(
                1 if op == _CHANNEL_1 else 2, targets, values, start, count, param, t.site_max, t.site_log, site_row,
                site_size, share, action, x, z, leaked, three, scratch, rng,
            )  # fmt: skip
        elif op == _RESET:
            _reset(targets, start, count, param, t.reset_cum, can_leak, x, z, leaked, three, rng)
        elif op == _MEASURE:
            measured = count
            of_zero, of_one, of_two, of_three = (
                readout[param, 0],
                readout[param, 1],
                readout[param, 2],
                readout[param, 3],
            )
            _measure(targets, values, start, count, records, of_two, of_three, can_leak, x, z, leaked, three, ring, rng)
            _assignment_errors(targets, values, start, count, records, of_zero, of_one, x, leaked, ring, rng)
            if heralds.shape[0]:
                _keep_levels(targets, start, count, records, leaked, three, heralds)
        elif op == _MEASURE_PAULI:
            measured = 1
            inverse_log = noise_log[param] if param >= 0 else -1e300
            _measure_pauli(targets, start, count, records, inverse_log, x, z, leaked, ring, rng)
        elif op == _PAULI_ROTATION:
            _pauli_rotation(targets, start, count, x, z, leaked)
        elif op == _FEEDBACK:
            _controlled(targets, start, count, ring, records, x, z, leaked)
        elif op == _SWEEP:
            _controlled(targets, start, count, p.sweep, 0, x, z, leaked)
        elif op == _DETECTOR:
            _xor_records(targets, start, count, records, ring, p.detectors, detectors)
            detectors += 1
        elif op == _OBSERVABLE:
            _xor_records(targets, start, count, records, ring, p.observables, param)
        elif op == _SNAPSHOT:
            if snapshots == 2 or (snapshots == 1 and param == 1):
                _count_levels(leaked, three, p.valid, p.counts, taken)
                taken += 1
        elif op == _ANCHOR:
            _anchor(targets, values, start, count, x, leaked)
        elif op == _FLIP_LEAKED:
            for k in range(start, start + count):
                _xor_into(leaked, x, targets[k])
        elif op == _HERALDED:
            measured = count
            _heralded_noise(
                targets, start, count, param, noise_log[param], noise_size[param], noise_share, noise_alias,
                noise_outcome, x, z, leaked, ring, records, rng,
            )  # fmt: skip
        else:
            measured = count
            _clear_records(ring, records, count)
        if measured and measurements.shape[0]:
            _keep_outcomes(values, start, measured, records, ring, measurements)
        records += measured


# ---- outputs -------------------------------------------------------------------------------------------------------


@_kernel
def _transpose_64(tile: U64) -> None:
    """Transpose 64 x 64 bits in place (Hacker's Delight 7-3, least significant bit first)."""
    width = np.uint64(32)
    mask = np.uint64(0x00000000FFFFFFFF)
    while width:
        step = np.int64(width)
        k = 0
        while k < 64:
            for j in range(k, k + step):
                swapped = ((tile[j] >> width) ^ tile[j + step]) & mask
                tile[j] ^= swapped << width
                tile[j + step] ^= swapped
            k += 2 * step
        width >>= _ONE
        mask ^= mask << width


@_kernel
def pack_shots(planes: U64, first_shot: int, last_shot: int, tile: U64, out: U8) -> None:
    """Planes (n, WORDS) -> rows of ``out`` (last - first, ceil(n / 8)), little-endian bits, of shots first..last-1;
    ``tile`` uint64 (64,) is scratch space."""
    n, row_bytes = planes.shape[0], out.shape[1]
    for base in range(0, n, 64):
        rows = min(64, n - base)
        used = min(8, row_bytes - base // 8)
        for w in range(first_shot >> 6, (last_shot + 63) >> 6):
            for j in range(64):
                tile[j] = planes[base + j, w] if j < rows else _ZERO
            _transpose_64(tile)
            for bit in range(64):
                shot = 64 * w + bit
                if first_shot <= shot < last_shot:
                    word = tile[bit]
                    for byte in range(used):
                        out[shot - first_shot, base // 8 + byte] = np.uint8(
                            (word >> np.uint64(8 * byte)) & np.uint64(0xFF)
                        )
