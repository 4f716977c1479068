"""The circuit as flat arrays."""

from qec_leak.program.compiler import compile_program
from qec_leak.program.program import Op, Program

__all__ = ["Op", "Program", "compile_program"]
