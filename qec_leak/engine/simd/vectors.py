"""A vector of WORDS words as one value that kernels compute with, in vector registers.

LLVM does not turn a loop over the words of a plane into vector instructions: it cannot know that two planes of one
array do not overlap. So here a vector is a value of LLVM's type ``<WORDS x i64>``, whatever registers the machine has.
It is loaded, combined by ``^ & | ~ << >> + - *`` with vectors or with one word for all elements, and stored. Without
JIT, Python runs these functions on NumPy arrays. The code below them tells Numba how to compile them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from qec_leak.engine.simd.lowering import everywhere, intrinsic, lowered, vector_pointer

U64 = npt.NDArray[np.uint64]
Vector: TypeAlias = npt.NDArray[np.uint64]

WORDS = 16
"""Words of a vector, 64 shots each: together the shots of a block."""

_COUNTED = np.arange(1, WORDS + 1, dtype=np.uint64)
_PLACES = np.uint64(1) << np.arange(WORDS, dtype=np.uint64)


def load_vector(words: U64, first: np.uint64) -> Vector:
    """The vector that begins at index ``first``."""
    return words[int(first) : int(first) + WORDS].copy()


def store_vector(words: U64, first: np.uint64, vector: Vector) -> None:
    """Write ``vector`` to the words from index ``first`` on."""
    words[int(first) : int(first) + WORDS] = vector


def gather(words: U64, at: Vector) -> Vector:
    """The words at the indices ``at``."""
    return words[at.astype(np.int64)]


def vector_of(word: np.uint64) -> Vector:
    """A vector with ``word`` everywhere."""
    return np.full(WORDS, word)


def vector_of_steps(start: np.uint64, step: np.uint64) -> Vector:
    """start + step, start + 2 step, ..."""
    return start + _COUNTED * step


def words_set(vector: Vector) -> np.uint64:
    """Bit w: word w of the vector is not zero."""
    return np.uint64(_PLACES[vector != 0].sum())


def count_bits(vector: Vector) -> np.uint64:
    """How many bits are set."""
    return np.uint64(sum(word.bit_count() for word in vector.tolist()))


# ---- for Numba -----------------------------------------------------------------------------------------------------


class _VectorType(types.Type):
    def __init__(self) -> None:
        super().__init__("Vector")


_VECTOR, _WORD = _VectorType(), types.uint64
_LLVM = ir.VectorType(ir.IntType(64), WORDS)


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, _LLVM)  # type: ignore[no-untyped-call]


@lowered(load_vector, _VECTOR, types.Array, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return builder.load(vector_pointer(builder, context, given[0], args[0], args[1], _LLVM), align=8)


@lowered(store_vector, types.none, types.Array, _WORD, _VECTOR)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    builder.store(args[2], vector_pointer(builder, context, given[0], args[0], args[1], _LLVM), align=8)
    return context.get_dummy_value()


@lowered(gather, _VECTOR, types.Array, _VECTOR)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    first = context.make_array(given[0])(context, builder, args[0]).data
    address = builder.ptrtoint(first, ir.IntType(64))
    bytes_ = builder.shl(args[1], ir.Constant(_LLVM, [3] * WORDS))
    pointers = ir.VectorType(ir.IntType(64).as_pointer(), WORDS)
    wanted = ir.VectorType(ir.IntType(1), WORDS)
    name = f"llvm.masked.gather.v{WORDS}i64.v{WORDS}p0"
    masked_gather = intrinsic(builder, name, _LLVM, [pointers, ir.IntType(32), wanted, _LLVM])
    at = builder.inttoptr(builder.add(everywhere(builder, address, _LLVM), bytes_), pointers)
    all_of_them, otherwise = ir.Constant(wanted, [1] * WORDS), ir.Constant(_LLVM, ir.Undefined)
    return builder.call(masked_gather, [at, ir.IntType(32)(8), all_of_them, otherwise])


@lowered(vector_of, _VECTOR, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return everywhere(builder, args[0], _LLVM)


@lowered(vector_of_steps, _VECTOR, _WORD, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    steps = builder.mul(everywhere(builder, args[1], _LLVM), ir.Constant(_LLVM, _COUNTED.tolist()))
    return builder.add(everywhere(builder, args[0], _LLVM), steps)


@lowered(words_set, _WORD, _VECTOR)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    is_set = builder.icmp_unsigned("!=", args[0], ir.Constant(_LLVM, [0] * WORDS))
    return builder.zext(builder.bitcast(is_set, ir.IntType(WORDS)), ir.IntType(64))


@lowered(count_bits, _WORD, _VECTOR)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    counts = builder.call(intrinsic(builder, f"llvm.ctpop.v{WORDS}i64", _LLVM, [_LLVM]), args)
    total = intrinsic(builder, f"llvm.vector.reduce.add.v{WORDS}i64", ir.IntType(64), [_LLVM])
    return builder.call(total, [counts])


@lowered(operator.invert, _VECTOR, _VECTOR)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return builder.not_(args[0])


def _operator(function: Callable[..., Any], name: str) -> None:
    @lowered(function, _VECTOR, _VECTOR, _VECTOR)
    def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
        return getattr(builder, name)(*args)

    @lowered(function, _VECTOR, _VECTOR, _WORD)
    def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
        return getattr(builder, name)(args[0], everywhere(builder, args[1], _LLVM))


_operator(operator.xor, "xor")
_operator(operator.and_, "and_")
_operator(operator.or_, "or_")
_operator(operator.add, "add")
_operator(operator.sub, "sub")
_operator(operator.mul, "mul")
_operator(operator.lshift, "shl")
_operator(operator.rshift, "lshr")
