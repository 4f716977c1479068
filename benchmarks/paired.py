"""Logical errors of decoders on the same shots, beside those of one of them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]


def paired_counts(wrong: Bools, reference: Bools) -> dict[str, int]:
    """Errors, and those that only this decoder, or only the reference, makes. Both: bool (shots,)."""
    return {
        "errors": int(wrong.sum()),
        "only_here": int((wrong & ~reference).sum()),
        "only_reference": int((reference & ~wrong).sum()),
    }


def paired_ratio(of: dict[str, int], reference: int) -> tuple[float, float]:
    """Errors of a decoder over those of the reference, and one sigma of the ratio on the same shots."""
    ratio = of["errors"] / reference
    both = of["errors"] - of["only_here"]
    variance = of["only_here"] + ratio**2 * of["only_reference"] + (1 - ratio) ** 2 * both
    return ratio, math.sqrt(variance) / reference
