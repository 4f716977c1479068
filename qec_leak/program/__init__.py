"""The circuit as flat arrays."""

from qec_leak.program.compiler import compile_program
from qec_leak.program.layers import QUBIT_WORDS, SHARE_BITS
from qec_leak.program.program import Op, Program
from qec_leak.program.sites import FLIPPED, LEAKED_CLASS, USUAL

__all__ = ["FLIPPED", "LEAKED_CLASS", "QUBIT_WORDS", "SHARE_BITS", "USUAL", "Op", "Program", "compile_program"]
