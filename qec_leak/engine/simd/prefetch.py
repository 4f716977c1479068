"""Hints to the caches: LLVM's prefetch. Without JIT they do nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from qec_leak.engine.simd.lowering import intrinsic, lowered


def will_write(array: npt.NDArray[np.uint8], at: np.uint64) -> None:
    """Byte ``at`` of a C-contiguous array will be written soon: fetch its cache line. The byte need not exist."""


# ---- for Numba -----------------------------------------------------------------------------------------------------

_INT = ir.IntType(32)


@lowered(will_write, types.none, types.Array, types.uint64)
def _(builder: Any, context: Any, given: Any, args: Any) -> Any:
    data = context.make_array(given[0])(context, builder, args[0]).data
    prefetch = intrinsic(builder, "llvm.prefetch.p0", ir.VoidType(), [data.type, _INT, _INT, _INT])
    for_writing, near, of_data = _INT(1), _INT(3), _INT(1)
    builder.call(prefetch, [builder.gep(data, [args[1]]), for_writing, near, of_data])
    return context.get_dummy_value()
