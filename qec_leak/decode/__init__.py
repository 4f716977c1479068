"""Detection events to predicted observable flips: matching on Stim's leakage-free detector error model, while the
next shots are sampled.

``qec_leak.decode`` is this package and also the function of the same name: see ``_CallablePackage``.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from qec_leak.decode.matching import Decoder, count_logical_errors, decode, ignored_by_matching, matching_error_model
from qec_leak.decode.pipeline import decoded_batches, prefetched

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "Decoder",
    "count_logical_errors",
    "decode",
    "decoded_batches",
    "ignored_by_matching",
    "matching_error_model",
    "prefetched",
]


class _CallablePackage(types.ModuleType):
    """Calling the package calls its function ``decode``.

    Python binds a package to its name in the parent as soon as anything imports it, so ``qec_leak.decode(circuit,
    batch)`` would work only until somebody writes ``from qec_leak.decode import Decoder``.
    """

    def __call__(self, *args: Any, **options: Any) -> npt.NDArray[np.bool_]:
        return decode(*args, **options)


sys.modules[__name__].__class__ = _CallablePackage
