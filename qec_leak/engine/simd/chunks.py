"""Lists of shots (uint16) are copied and searched CHUNK shots at a time in vector registers, without a loop of
unpredictable length. A list is read to the end of its last chunk, so there must be room behind it.

Without JIT, Python runs these functions. The code below them tells Numba how to compile them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from qec_leak.engine.simd.lowering import everywhere, lowered, vector_pointer

U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

CHUNK = 32
"""Shots that are taken at once."""


def copy_chunk(entries: U32, at: np.uint64, shots: U16, first: np.uint64, tag: np.uint64) -> None:
    """Write ``tag`` | shot to ``entries`` from index ``at`` on, for CHUNK shots of the list from index ``first`` on."""
    chunk = shots[int(first) : int(first) + CHUNK].astype(np.uint32)
    entries[int(at) : int(at) + CHUNK] = chunk | np.uint32(tag)


def find_in_chunk(shots: U16, first: np.uint64, shot: np.uint64) -> np.uint64:
    """Where ``shot`` stands first among CHUNK shots from index ``first`` on, counted from there; CHUNK: nowhere."""
    places = np.flatnonzero(shots[int(first) : int(first) + CHUNK] == shot)
    return np.uint64(places[0] if len(places) else CHUNK)


# ---- for Numba -----------------------------------------------------------------------------------------------------

_WORD = types.uint64
_SHORTS, _LONGS = (ir.VectorType(ir.IntType(bits), CHUNK) for bits in (16, 32))


@lowered(copy_chunk, types.none, types.Array, _WORD, types.Array, _WORD, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    entries, at, shots, first, tag = args
    chunk = builder.load(vector_pointer(builder, context, given[2], shots, first, _SHORTS), align=2)
    tagged = builder.or_(builder.zext(chunk, _LONGS), everywhere(builder, builder.trunc(tag, _LONGS.element), _LONGS))
    builder.store(tagged, vector_pointer(builder, context, given[0], entries, at, _LONGS), align=4)
    return context.get_dummy_value()


@lowered(find_in_chunk, _WORD, types.Array, _WORD, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    shots, first, shot = args
    chunk = builder.load(vector_pointer(builder, context, given[0], shots, first, _SHORTS), align=2)
    same = builder.icmp_unsigned("==", chunk, everywhere(builder, builder.trunc(shot, _SHORTS.element), _SHORTS))
    place = builder.cttz(builder.bitcast(same, ir.IntType(CHUNK)), ir.Constant(ir.IntType(1), 0))
    return builder.zext(place, ir.IntType(64))
