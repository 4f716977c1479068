"""The circuit as flat arrays."""

from qec_leak.program.compiler import compile_program
from qec_leak.program.conflict import Conflict
from qec_leak.program.layers import SHARE_BITS
from qec_leak.program.program import Op, Program
from qec_leak.program.sites import CLASSES, FLIP_X, FLIP_Z, FLIPPED, LEAKED_CLASS, RANDOM_X, RANDOM_Z, USUAL, WILD
from qec_leak.program.unread import UNREAD

__all__ = [
    "CLASSES",
    "FLIPPED",
    "FLIP_X",
    "FLIP_Z",
    "LEAKED_CLASS",
    "RANDOM_X",
    "RANDOM_Z",
    "SHARE_BITS",
    "UNREAD",
    "USUAL",
    "WILD",
    "Conflict",
    "Op",
    "Program",
    "compile_program",
]
