"""A row of WORDS words as one value that kernels compute with, in vector registers.

LLVM does not turn loops over the words of a row into vector instructions: it cannot know that two rows of one array do
not overlap. Here a row is loaded, combined by ``^ & | ~ << >> + - *`` with rows or with a word that counts for all, and
stored, as ``<WORDS x i64>`` of LLVM, whatever registers the machine has. The functions are what Python runs without
JIT, with NumPy arrays as rows; what follows them tells Numba the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

U64 = npt.NDArray[np.uint64]
Row: TypeAlias = npt.NDArray[np.uint64]

WORDS = 16
"""Words of a row: 64 shots each, the shots of a block."""

_COUNTED = np.arange(1, WORDS + 1, dtype=np.uint64)
_PLACES = np.uint64(1) << np.arange(WORDS, dtype=np.uint64)


def load_row(words: U64, first: np.uint64) -> Row:
    """The row that begins at index ``first``."""
    return words[int(first) : int(first) + WORDS].copy()


def store_row(words: U64, first: np.uint64, row: Row) -> None:
    """Write ``row`` to the words from index ``first`` on."""
    words[int(first) : int(first) + WORDS] = row


def gather(words: U64, at: Row) -> Row:
    """The words at the indices ``at``."""
    return words[at.astype(np.int64)]


def row_of(word: np.uint64) -> Row:
    """A row with ``word`` everywhere."""
    return np.full(WORDS, word)


def row_of_steps(start: np.uint64, step: np.uint64) -> Row:
    """start + step, start + 2 step, ..."""
    return start + _COUNTED * step


def words_set(row: Row) -> np.uint64:
    """Bit w: word w of the row is not zero."""
    return np.uint64(_PLACES[row != 0].sum())


def count_bits(row: Row) -> np.uint64:
    """How many bits are set."""
    return np.uint64(sum(word.bit_count() for word in row.tolist()))


# ---- for Numba -----------------------------------------------------------------------------------------------------


class _RowType(types.Type):
    def __init__(self) -> None:
        super().__init__("Row")


_ROW, _WORD = _RowType(), types.uint64
_VECTOR = ir.VectorType(ir.IntType(64), WORDS)
_Build: TypeAlias = Callable[..., Any]


@register_model(_RowType)
class _RowModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, _VECTOR)  # type: ignore[no-untyped-call]


def lowered(function: Callable[..., Any], result: Any, *arguments: Any) -> Callable[[_Build], None]:
    """Decorates what builds the instructions of ``function(*arguments)``: (builder, context, types, args) -> value."""

    def fits(given: Any, wanted: Any) -> bool:
        return isinstance(given, wanted) if isinstance(wanted, type) else bool(given == wanted)

    @infer_global(function)  # type: ignore[no-untyped-call]
    class Template(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            same = len(args) == len(arguments) and all(map(fits, args, arguments))
            return signature(result, *args) if same else None  # type: ignore[no-untyped-call]

    def decorate(build: _Build) -> None:
        @lower_builtin(function, *arguments)  # type: ignore[untyped-decorator, no-untyped-call]
        def lowered(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return build(builder, context, signature.args, args)

    return decorate


def _everywhere(builder: Any, word: Any) -> Any:
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), WORDS), [0] * WORDS))


def _pointer(builder: Any, context: Any, array_type: Any, array: Any, first: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [first]), _VECTOR.as_pointer())


def intrinsic(builder: Any, name: str, result: Any, arguments: Any) -> Any:
    """An intrinsic function of LLVM, declared once in a module."""
    declared = builder.module.globals.get(name)
    return declared or ir.Function(builder.module, ir.FunctionType(result, arguments), name)


@lowered(load_row, _ROW, types.Array, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return builder.load(_pointer(builder, context, given[0], *args), align=8)


@lowered(store_row, types.none, types.Array, _WORD, _ROW)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    builder.store(args[2], _pointer(builder, context, given[0], args[0], args[1]), align=8)
    return context.get_dummy_value()


@lowered(gather, _ROW, types.Array, _ROW)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    first = context.make_array(given[0])(context, builder, args[0]).data
    address = builder.ptrtoint(first, ir.IntType(64))
    bytes_ = builder.shl(args[1], ir.Constant(_VECTOR, [3] * WORDS))
    pointers = ir.VectorType(ir.IntType(64).as_pointer(), WORDS)
    wanted = ir.VectorType(ir.IntType(1), WORDS)
    name = f"llvm.masked.gather.v{WORDS}i64.v{WORDS}p0"
    masked_gather = intrinsic(builder, name, _VECTOR, [pointers, ir.IntType(32), wanted, _VECTOR])
    at = builder.inttoptr(builder.add(_everywhere(builder, address), bytes_), pointers)
    all_of_them, otherwise = ir.Constant(wanted, [1] * WORDS), ir.Constant(_VECTOR, ir.Undefined)
    return builder.call(masked_gather, [at, ir.IntType(32)(8), all_of_them, otherwise])


@lowered(row_of, _ROW, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return _everywhere(builder, args[0])


@lowered(row_of_steps, _ROW, _WORD, _WORD)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    steps = builder.mul(_everywhere(builder, args[1]), ir.Constant(_VECTOR, _COUNTED.tolist()))
    return builder.add(_everywhere(builder, args[0]), steps)


@lowered(words_set, _WORD, _ROW)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    is_set = builder.icmp_unsigned("!=", args[0], ir.Constant(_VECTOR, [0] * WORDS))
    return builder.zext(builder.bitcast(is_set, ir.IntType(WORDS)), ir.IntType(64))


@lowered(count_bits, _WORD, _ROW)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    counts = builder.call(intrinsic(builder, f"llvm.ctpop.v{WORDS}i64", _VECTOR, [_VECTOR]), args)
    total = intrinsic(builder, f"llvm.vector.reduce.add.v{WORDS}i64", ir.IntType(64), [_VECTOR])
    return builder.call(total, [counts])


@lowered(operator.invert, _ROW, _ROW)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    return builder.not_(args[0])


def _operator(function: Callable[..., Any], name: str) -> None:
    @lowered(function, _ROW, _ROW, _ROW)
    def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
        return getattr(builder, name)(*args)

    @lowered(function, _ROW, _ROW, _WORD)
    def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
        return getattr(builder, name)(args[0], _everywhere(builder, args[1]))


_operator(operator.xor, "xor")
_operator(operator.and_, "and_")
_operator(operator.or_, "or_")
_operator(operator.add, "add")
_operator(operator.sub, "sub")
_operator(operator.mul, "mul")
_operator(operator.lshift, "shl")
_operator(operator.rshift, "lshr")
