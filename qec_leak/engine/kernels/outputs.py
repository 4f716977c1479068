"""What leaves a block: detectors, observables, measurements, heralds and levels as rows of shots; sweep bits in and
out."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import planes_of
from qec_leak.engine.kernels.frames import xor_into
from qec_leak.engine.kernels.layout import (
    BIT,
    LEAKED,
    ONE,
    THREE,
    TILE,
    TILE_STEP,
    TILES,
    TWO,
    U8,
    ZERO,
    Outputs,
    Shots,
    W,
)
from qec_leak.engine.kernels.random_numbers import random_vector
from qec_leak.engine.plan.tables import I32, I64, U64
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.prefetch import will_write
from qec_leak.engine.simd.vectors import WORDS, load_vector, store_vector, vector_of

_AHEAD = np.uint64(64)
"""How many rows of ``out`` ahead of the written one cache lines are fetched."""


@kernel
def _transpose(tiles: U64, first: np.uint64) -> None:
    """Transpose 64 x 64 bits of each column of a tile (64 rows of WORDS words) in place (Hacker's Delight 7-3, least
    significant bit first)."""
    width = np.uint64(32)
    mask = np.uint64(0x00000000FFFFFFFF)
    while width:
        k = ZERO
        while k < np.uint64(64):
            for j in range(k, k + width):
                low, high = first + np.uint64(j) * W, first + (np.uint64(j) + width) * W
                upper, lower = load_vector(tiles, low), load_vector(tiles, high)
                swapped = ((upper >> width) ^ lower) & mask
                store_vector(tiles, low, upper ^ (swapped << width))
                store_vector(tiles, high, lower ^ swapped)
            k += width + width
        width >>= ONE
        mask ^= mask << width


@inlined
def _turn(planes: U64, first: int, last: int, tiles: U64, tile: int) -> None:
    """Words first..last-1 of planes, 64 rows at most -> a tile: a word for each shot; other bits 0."""
    begin, given = np.uint64(tile * TILE_STEP), min(TILE, last - first)
    for k in range(TILE):
        tiles[begin + np.uint64(k)] = planes[first + k] if k < given else ZERO
    _transpose(tiles, begin)


@inlined
def _byte(word: np.uint64, k: int) -> np.uint8:
    return np.uint8((word >> np.uint64(8 * k)) & np.uint64(0xFF))


@kernel
def _write_rows(tiles: U64, size: int, low: int, high: int, first_row: int, first_byte: int, out: U8) -> None:
    """The first ``size`` bytes in ``tiles`` of shots low..high-1 -> their rows of ``out``, from first_byte on."""
    for shot in range(low, high):
        at, row = np.uint64((shot & 63) * WORDS + (shot >> 6)), np.uint64(first_row + shot - low)
        byte = np.uint64(first_byte)
        ahead = (row + _AHEAD) * np.uint64(out.shape[1]) + byte
        will_write(out, ahead)
        will_write(out, ahead + np.uint64(63))
        for tile in range(size >> 3):
            word = tiles[np.uint64(tile * TILE_STEP) + at]
            for k in range(8):  # unrolled, one store
                out[row, byte + np.uint64(k)] = _byte(word, k)
            byte += np.uint64(8)
        for k in range(size & 7):
            out[row, byte + np.uint64(k)] = _byte(tiles[np.uint64((size >> 3) * TILE_STEP) + at], k)


@kernel
def pack_shots(planes: U64, low: int, high: int, first_row: int, tiles: U64, out: U8) -> None:
    """Planes (n rows of WORDS words) -> rows ``first_row``... of ``out`` (rows, ceil(n / 8)), little-endian bits, of
    shots low..high-1; ``tiles`` uint64 (TILES * TILE_STEP,) is scratch space."""
    for first_byte in range(0, out.shape[1], 8 * TILES):
        size = min(8 * TILES, out.shape[1] - first_byte)
        for tile in range((size + 7) >> 3):
            _turn(planes, (8 * first_byte + 64 * tile) * WORDS, planes.shape[0], tiles, tile)
        _write_rows(tiles, size, low, high, first_row, first_byte, out)


@kernel
def write_detectors(
    detectors: U64,
    first: int,
    last: int,
    flip: int,
    flips: I32,
    sweep: U64,
    low: int,
    high: int,
    first_row: int,
    tiles: U64,
    out: U8,
) -> int:
    """Take in detectors first..last-1, at most 64, without what sweep bits do to them (``flips`` from ``flip`` on).
    Write out all tiles if they are full or these detectors are the last. Returns the index of the next flip."""
    while flip < flips.shape[0] and flips[flip, 1] < last:
        source, target = np.uint64(flips[flip, 0]) * W, np.uint64(flips[flip, 1] & 63) * W
        xor_into(detectors, target, sweep, source)
        flip += 1
    tile, first_byte, end = (first >> 6) % TILES, first // (64 * TILES) * (8 * TILES), (last + 7) >> 3
    _turn(detectors, 0, (last - first) * WORDS, tiles, tile)
    if tile == TILES - 1 or end == out.shape[1]:
        _write_rows(tiles, end - first_byte, low, high, first_row, first_byte, out)
    return flip


@kernel
def write_levels(levels: U64, low: int, high: int, first_row: int, out: U8) -> None:
    """Level planes 2 m (leaked) and 2 m + 1 (three) -> column m of ``out``: 0, 2 or 3."""
    for m in range(out.shape[1]):
        leaked, third = np.uint64(2 * m) * W, np.uint64(2 * m + 1) * W
        for shot in range(low, high):
            w, bit = np.uint64(shot >> 6), np.uint64(shot) & BIT
            level = TWO * ((levels[leaked + w] >> bit) & ONE) + ((levels[third + w] >> bit) & ONE)
            out[first_row + shot - low, m] = np.uint8(level)


@kernel
def _write_plane(
    snapshot: int, plane: np.uint64, b: Shots, places: I64, low: int, high: int, first_row: int, out: U8
) -> None:
    """One plane of all qubits, a bit each -> rows of ``out``, from the first byte of the snapshot on."""
    tiles, size = b.level_tiles, (places.shape[0] + 7) >> 3
    for first_byte in range(0, size, 8 * TILES):
        given = min(8 * TILES, size - first_byte)
        for tile in range((given + 7) >> 3):
            begin, first = np.uint64(tile * TILE_STEP), 8 * first_byte + 64 * tile
            for k in range(64):
                place = places[first + k] if first + k < places.shape[0] else -1
                bits = load_vector(b.planes, planes_of(place) + plane) if place >= 0 else vector_of(ZERO)
                store_vector(tiles, begin + np.uint64(k) * W, bits)
            _transpose(tiles, begin)
        _write_rows(tiles, given, low, high, first_row, size * snapshot + first_byte, out)


@kernel
def write_snapshot(snapshot: int, b: Shots, out: Outputs, low: int, high: int, first_row: int) -> None:
    """The levels of all qubits at a snapshot -> rows of ``out.leaked`` and ``out.three``."""
    _write_plane(snapshot, LEAKED, b, out.places, low, high, first_row, out.leaked)
    _write_plane(snapshot, THREE, b, out.places, low, high, first_row, out.three)


@kernel
def set_sweep(given: U8, low: int, high: int, first_row: int, rng: U64, sweep: U64) -> None:
    """Sweep bits of a block: as given, or at random."""
    for bit in range(sweep.shape[0] // WORDS):
        first = np.uint64(bit) * W
        if given.shape[0] == 0:
            store_vector(sweep, first, random_vector(rng))
            continue
        for w in range(WORDS):
            sweep[first + np.uint64(w)] = ZERO
        for shot in range(low, high):
            value = (given[first_row + shot - low, bit >> 3] >> (bit & 7)) & 1
            sweep[first + np.uint64(shot >> 6)] |= np.uint64(value) << (np.uint64(shot) & BIT)


@kernel
def take_out_sweep(flips: I32, sweep: U64, out: U64) -> None:
    """Take what sweep bits do to noiseless records out of observables, as Stim's converter does."""
    for k in range(flips.shape[0]):
        source, target = np.uint64(flips[k, 0]) * W, np.uint64(flips[k, 1]) * W
        xor_into(out, target, sweep, source)
