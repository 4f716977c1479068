"""A NamedTuple of arrays as one machine word: the address of where they are.

Numba passes each array of a tuple as seven words. Kernels that take all of a block's arrays would copy hundreds of
words at every call, and would take correspondingly long to compile. A pointer is the address of words that say where
the arrays are. Nothing changes these words, so compiled kernels read them when needed, and keep what they have read.
Without JIT a pointer is the tuple itself. The code below ``pointer_to`` tells Numba how to compile it.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import config, typeof, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, lower_getattr_generic, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array

_config: Any = config  # Any: its names are made when it is imported

T = TypeVar("T")


def pointer_to(arrays: T) -> T:
    """The pointer that kernels take for ``arrays``, a NamedTuple of C-contiguous arrays and bools; it keeps them alive.
    Raises TypeError for other fields."""
    return arrays if _config.DISABLE_JIT else cast(T, _Pointer(arrays))


# ---- for Numba -----------------------------------------------------------------------------------------------------


_types: dict[tuple[Any, ...], _PointerType] = {}
"""Types are kept, since Numba takes longer to find the type of sixty arrays than a small sample takes."""


class _Pointer:
    """``address`` points to int64 words, field by field: an array's address and shape, or a bool."""

    def __init__(self, arrays: Any) -> None:
        words: list[int] = []
        kinds: list[Any] = [type(arrays)]
        for name, field in zip(arrays._fields, arrays, strict=True):
            if isinstance(field, np.ndarray) and field.flags.c_contiguous:
                words += [field.ctypes.data, *field.shape]
                kinds.append((field.dtype, field.ndim, field.flags.writeable))
            elif isinstance(field, bool):
                words.append(field)
                kinds.append(bool)
            else:
                raise TypeError(f"`{name}` must be a C-contiguous array or a bool, but is {type(field).__name__}")
        if tuple(kinds) not in _types:
            _types[tuple(kinds)] = _PointerType(typeof(arrays))  # type: ignore[no-untyped-call]
        self.numba_type = _types[tuple(kinds)]
        self._arrays, self._words = arrays, np.array(words, dtype=np.int64)
        self.address = self._words.ctypes.data

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has arrays of its own, elsewhere."""
        return _Pointer, (self._arrays,)


class _PointerType(types.Type):
    def __init__(self, to: Any) -> None:
        self.to = to
        super().__init__(f"Pointer({to})")

    def field(self, name: str) -> tuple[int, Any]:
        """Its first word, and its type."""
        index = self.to.fields.index(name)
        before = self.to.types[:index]
        return sum(1 + getattr(type_, "ndim", 0) for type_ in before), self.to.types[index]


_WORD = ir.IntType(64)


@register_model(_PointerType)
class _PointerModel(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: Any) -> None:
        super().__init__(manager, type_, _WORD.as_pointer())  # type: ignore[no-untyped-call]


@typeof_impl.register(_Pointer)
def _(pointer: _Pointer, context: Any) -> _PointerType:
    return pointer.numba_type


@unbox(_PointerType)  # type: ignore[untyped-decorator, no-untyped-call]
def _(type_: Any, pointer: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(pointer, "address")
    word = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(word, _WORD.as_pointer()))  # type: ignore[no-untyped-call]


@infer_getattr
class _Attributes(AttributeTemplate):
    key = _PointerType

    def generic_resolve(self, pointer: Any, attr: Any) -> Any:  # type: ignore[override]
        return pointer.field(attr)[1] if attr in pointer.to.fields else None


@lower_getattr_generic(_PointerType)  # type: ignore[untyped-decorator, no-untyped-call]
def _(context: Any, builder: Any, type_: Any, value: Any, attr: Any) -> Any:
    first, field = type_.field(attr)
    words = []
    for k in range(first, first + 1 + getattr(field, "ndim", 0)):
        word = builder.load(builder.gep(value, [_WORD(k)]))
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        words.append(word)
    if not isinstance(field, types.Array):
        return builder.trunc(words[0], ir.IntType(1))
    itemtype = context.get_data_type(field.dtype)
    itemsize = context.get_abi_sizeof(itemtype)
    strides = [_WORD(itemsize)]
    for size in words[:1:-1]:
        strides.insert(0, builder.mul(strides[0], size))
    array = make_array(field)(context, builder)  # type: ignore[no-untyped-call]
    data = builder.inttoptr(words[0], itemtype.as_pointer())
    populate_array(array, data, words[1:], strides, itemsize, None)  # type: ignore[no-untyped-call]
    return array._getvalue()
