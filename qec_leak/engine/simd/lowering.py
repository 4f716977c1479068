"""Functions that become LLVM instructions: Numba is told what each returns and how to build it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

_Build: TypeAlias = Callable[..., Any]


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


def intrinsic(builder: Any, name: str, result: Any, arguments: Any) -> Any:
    """An intrinsic function of LLVM, declared once in a module."""
    declared = builder.module.globals.get(name)
    return declared or ir.Function(builder.module, ir.FunctionType(result, arguments), name)


def vector_pointer(builder: Any, context: Any, array_type: Any, array: Any, first: Any, vector: Any) -> Any:
    """A pointer to the ``vector`` that begins at index ``first`` of an array."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [first]), vector.as_pointer())


def everywhere(builder: Any, word: Any, vector: Any) -> Any:
    """A ``vector`` with ``word`` in all its elements."""
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), word, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(one, one, zeros)
