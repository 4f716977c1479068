# Numba gives integers of its own types to arguments annotated int, which NumPy's stubs tell apart.
# mypy: disable-error-code="arg-type, assignment, return-value, no-any-return, untyped-decorator"
"""Kernels of the certificate: a circuit with leaked qubits in both descriptions, symbolically.

A *vector* is uint64 (words,): bit 0 the constant 1, bit s the random symbol s. Records and values are such vectors.
Both functions go through operations first..last - 1, int32 (operations, 4), with the events, int32 (events, 3):
position (the operation before which it happens), LEAVE or RETURN, and qubit, in order of position.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]

CLIFFORD, CZ, SWAP, MEASURE, RESET, FEEDBACK, SWEEP, PAD = range(8)
"""Column 0 of operations. The others: qubit, row of the table of Cliffords | qubits of CZ and SWAP | qubit, record,
1 if inverted | qubit, 0, 1 if a leaked qubit can stay leaked | qubit, record or sweep bit, Pauli |
0, record, value."""
LEAVE, RETURN = 0, 1

_ONE = np.uint64(1)
_ZERO = np.uint64(0)


class Outputs(NamedTuple):
    """records: vectors (records, words); events: vectors (events, words), the value with which a qubit left or came
    back; leaked: uint8 (qubits,); next: int64 (1,), the first symbol that is free."""

    records: U64
    events: U64
    leaked: U8
    next: I64


class Frames(NamedTuple):
    """x, z: vectors (qubits, words)."""

    x: U64
    z: U64


class Tableau(NamedTuple):
    """x, z: uint64 (qubits, row words), a bit for each row: destabilisers 0..n-1, stabilisers n..2n-1.
    sign: vectors (2n, words); scratch: uint64 (5, row words); product: uint8 (qubits, 2)."""

    x: U64
    z: U64
    sign: U64
    scratch: U64
    product: U8


@njit(cache=True)
def _fresh(vector: U64, out: Outputs) -> None:
    """``vector`` becomes a new symbol."""
    vector[:] = _ZERO
    _flip_symbol(vector, out.next[0])
    out.next[0] += 1


@njit(cache=True)
def _flip_symbol(vector: U64, symbol: int) -> None:
    vector[symbol >> 6] ^= _ONE << np.uint64(symbol & 63)


@njit(cache=True)
def run_frames(
    operations: I32, first: int, last: int, events: I32, cliffords: U8, values: U8, outcomes: U8, readout: int,
    state: Frames, out: Outputs,
) -> None:  # fmt: skip
    """The rule of frames. values: uint8 (operations + 1, qubits), the reference's r before each operation; outcomes:
    uint8 (records,), its records; readout: what a leaked qubit reads. Symbols: 1.. those of sweep bits, then one an
    event (its value on return), then free."""
    x, z, leaked = state.x, state.z, out.leaked
    sweeps, event = 1 + np.int64(0), 0
    while event < len(events) and events[event, 0] < first:
        event += 1
    first_event = out.next[1]
    for k in range(first, last + 1):
        while event < len(events) and events[event, 0] == k and (k < last or last == len(operations)):
            q = events[event, 2]
            value = out.events[event]
            value[:] = _ZERO
            if events[event, 1] == LEAVE:
                value[:] = x[q]
                value[0] ^= np.uint64(values[k, q])
                leaked[q] = 1
            else:
                _flip_symbol(value, first_event + event)
                x[q] = value
                x[q, 0] ^= np.uint64(values[k, q])
                _fresh(z[q], out)
                leaked[q] = 0
            event += 1
        if k == last:
            break
        code, a, b, c = operations[k]
        if code == CLIFFORD:
            if not leaked[a]:
                for w in range(x.shape[1]):
                    old_x, old_z = x[a, w], z[a, w]
                    x[a, w] = old_x * cliffords[b, 0] ^ old_z * cliffords[b, 2]
                    z[a, w] = old_x * cliffords[b, 1] ^ old_z * cliffords[b, 3]
        elif code == CZ:
            if leaked[a] or leaked[b]:
                if not leaked[b]:
                    z[b, 0] ^= np.uint64(values[k, a])
                elif not leaked[a]:
                    z[a, 0] ^= np.uint64(values[k, b])
            else:
                for w in range(x.shape[1]):
                    z[a, w] ^= x[b, w]
                    z[b, w] ^= x[a, w]
        elif code == SWAP:
            for w in range(x.shape[1]):
                x[a, w], x[b, w] = x[b, w], x[a, w]
                z[a, w], z[b, w] = z[b, w], z[a, w]
            leaked[a], leaked[b] = leaked[b], leaked[a]
        elif code == MEASURE:
            record = out.records[b]
            if leaked[a]:
                record[:] = _ZERO
                record[0] = np.uint64(readout ^ c)
            else:
                record[:] = x[a]
                record[0] ^= np.uint64(outcomes[b])
                _flip_symbol(z[a], out.next[0])
                out.next[0] += 1
        elif code == RESET:
            if not (leaked[a] and c):
                x[a, :] = _ZERO
                _fresh(z[a], out)
                leaked[a] = 0
        elif code == PAD:
            out.records[b, :] = _ZERO
            out.records[b, 0] = np.uint64(c)
        elif not leaked[a]:
            if code == SWEEP:
                if c != 3:
                    _flip_symbol(x[a], sweeps + b)
                if c != 1:
                    _flip_symbol(z[a], sweeps + b)
            else:
                for w in range(x.shape[1]):
                    flips = out.records[b, w] ^ (np.uint64(outcomes[b]) if w == 0 else _ZERO)
                    if c != 3:
                        x[a, w] ^= flips
                    if c != 1:
                        z[a, w] ^= flips


@njit(cache=True)
def _bit(column: U64, row: int) -> np.uint64:
    return (column[row >> 6] >> np.uint64(row & 63)) & _ONE


@njit(cache=True)
def _set_bit(column: U64, row: int, value: np.uint64) -> None:
    w, at = row >> 6, np.uint64(row & 63)
    column[w] = (column[w] & ~(_ONE << at)) | (value << at)


@njit(cache=True)
def _flip_signs(rows: U64, sign: U64, vector: U64) -> None:
    """XOR ``vector`` into the signs of ``rows`` (bits of rows)."""
    for w in range(len(rows)):
        left, row = rows[w], 64 * w
        while left:
            if left & _ONE:
                for v in range(len(vector)):
                    sign[row, v] ^= vector[v]
            left >>= _ONE
            row += 1


@njit(cache=True)
def _measure(q: int, t: Tableau, out: Outputs, result: U64) -> None:
    """Z of qubit ``q`` is measured; ``result`` becomes the outcome, a new symbol if it is random."""
    x, z, sign, n = t.x, t.z, t.sign, t.x.shape[0]
    pivot = -1
    for row in range(n, 2 * n):
        if _bit(x[q], row):
            pivot = row
            break
    if pivot < 0:
        _decided(q, t, result)
        return
    rows, low, high = t.scratch[0], t.scratch[1], t.scratch[2]
    rows[:] = x[q]
    _set_bit(rows, pivot, _ZERO)
    _set_bit(rows, pivot - n, _ZERO)
    low[:], high[:] = _ZERO, _ZERO
    for j in range(n):  # all rows times the pivot's, with the power of i in bit planes
        px, pz = _bit(x[j], pivot), _bit(z[j], pivot)
        if not (px or pz):
            continue
        for w in range(len(rows)):
            bx, bz = x[j, w], z[j, w]
            if px and pz:
                plus, minus = bz & ~bx, bx & ~bz
            elif px:
                plus, minus = bx & bz, bz & ~bx
            else:
                plus, minus = bx & ~bz, bx & bz
            high[w] ^= low[w] & plus
            low[w] ^= plus
            high[w] ^= ~low[w] & minus
            low[w] ^= minus
            x[j, w] ^= rows[w] * px
            z[j, w] ^= rows[w] * pz
    result[:] = sign[pivot]
    _flip_signs(rows, sign, result)
    result[:] = _ZERO
    result[0] = _ONE
    high &= rows
    _flip_signs(high, sign, result)
    for j in range(n):
        for column in (x[j], z[j]):
            _set_bit(column, pivot - n, _bit(column, pivot))
            _set_bit(column, pivot, _ZERO)
    sign[pivot - n] = sign[pivot]
    _set_bit(z[q], pivot, _ONE)
    _fresh(result, out)
    sign[pivot] = result


@njit(cache=True)
def _decided(q: int, t: Tableau, result: U64) -> None:
    """The outcome of Z of ``q`` where it is decided: the sign of a product of stabilisers."""
    x, z, n, product = t.x, t.z, t.x.shape[0], t.product
    product[:] = 0
    result[:] = _ZERO
    power = 0
    for row in range(n):
        if not _bit(x[q], row):
            continue
        result ^= t.sign[row + n]
        for j in range(n):
            px, pz = np.int64(_bit(x[j], row + n)), np.int64(_bit(z[j], row + n))
            bx, bz = np.int64(product[j, 0]), np.int64(product[j, 1])
            if px and pz:
                power += bz - bx
            elif px:
                power += bz * (2 * bx - 1)
            elif pz:
                power += bx * (1 - 2 * bz)
            product[j, 0] ^= px
            product[j, 1] ^= pz
    result[0] ^= np.uint64((power >> 1) & 1)


@njit(cache=True)
def _pauli(q: int, pauli: int, vector: U64, t: Tableau) -> None:
    """Apply X (1), Y (2) or Z (3) to the power ``vector``."""
    rows = t.scratch[3]
    rows[:] = _ZERO
    if pauli != 3:
        rows ^= t.z[q]
    if pauli != 1:
        rows ^= t.x[q]
    _flip_signs(rows, t.sign, vector)


@njit(cache=True)
def _flip_constant(rows: U64, sign: U64) -> None:
    for w in range(len(rows)):
        left, row = rows[w], 64 * w
        while left:
            sign[row, 0] ^= left & _ONE
            left >>= _ONE
            row += 1


@njit(cache=True)
def run_tableau(
    operations: I32, first: int, last: int, events: I32, cliffords: U8, readout: int, t: Tableau, out: Outputs,
    vector: U64,
) -> None:  # fmt: skip
    """The circuit without the gates of leaked qubits. Symbols as in ``run_frames``; vector: scratch (words,)."""
    x, z, leaked = t.x, t.z, out.leaked
    rows = t.scratch[4]
    event = 0
    while event < len(events) and events[event, 0] < first:
        event += 1
    first_event = out.next[1]
    for k in range(first, last + 1):
        while event < len(events) and events[event, 0] == k and (k < last or last == len(operations)):
            q = events[event, 2]
            value = out.events[event]
            if events[event, 1] == LEAVE:
                _measure(q, t, out, value)
                leaked[q] = 1
            else:
                _measure(q, t, out, vector)
                _pauli(q, 1, vector, t)
                value[:] = _ZERO
                _flip_symbol(value, first_event + event)
                _pauli(q, 1, value, t)
                leaked[q] = 0
            event += 1
        if k == last:
            break
        code, a, b, c = operations[k]
        if code == CLIFFORD:
            if not leaked[a]:
                for w in range(x.shape[1]):
                    old_x, old_z = x[a, w], z[a, w]
                    rows[w] = (old_x & ~old_z) * cliffords[b, 4] ^ (old_z & ~old_x) * cliffords[b, 5]
                    rows[w] ^= (old_x & old_z) * cliffords[b, 6]
                    x[a, w] = old_x * cliffords[b, 0] ^ old_z * cliffords[b, 2]
                    z[a, w] = old_x * cliffords[b, 1] ^ old_z * cliffords[b, 3]
                _flip_constant(rows, t.sign)
        elif code == CZ:
            if not (leaked[a] or leaked[b]):
                for w in range(x.shape[1]):
                    rows[w] = x[a, w] & x[b, w] & (z[a, w] ^ z[b, w])
                    z[a, w] ^= x[b, w]
                    z[b, w] ^= x[a, w]
                _flip_constant(rows, t.sign)
        elif code == SWAP:
            for w in range(x.shape[1]):
                x[a, w], x[b, w] = x[b, w], x[a, w]
                z[a, w], z[b, w] = z[b, w], z[a, w]
            leaked[a], leaked[b] = leaked[b], leaked[a]
        elif code == MEASURE:
            record = out.records[b]
            if leaked[a]:
                record[:] = _ZERO
                record[0] = np.uint64(readout ^ c)
            else:
                _measure(a, t, out, record)
                record[0] ^= np.uint64(c)
        elif code == RESET:
            if not (leaked[a] and c):
                _measure(a, t, out, vector)
                _pauli(a, 1, vector, t)
                leaked[a] = 0
        elif code == PAD:
            out.records[b, :] = _ZERO
            out.records[b, 0] = np.uint64(c)
        elif not leaked[a]:
            vector[:] = _ZERO
            if code == SWEEP:
                _flip_symbol(vector, 1 + b)
            else:
                vector[:] = out.records[b]
            _pauli(a, c, vector, t)
