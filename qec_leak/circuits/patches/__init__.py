"""The built-in patches, one code a file, and how patches are found."""

from qec_leak.circuits.patches.named_patches import choose_patch, code_names, find_patch, make_patch
from qec_leak.circuits.patches.repetition import repetition_patch
from qec_leak.circuits.patches.surface import surface_patch
from qec_leak.circuits.patches.unrotated import unrotated_surface_patch

__all__ = [
    "choose_patch",
    "code_names",
    "find_patch",
    "make_patch",
    "repetition_patch",
    "surface_patch",
    "unrotated_surface_patch",
]
