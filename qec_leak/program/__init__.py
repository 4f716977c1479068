"""The circuit and what its reference knows, as flat arrays."""

from qec_leak.program.compiler import compile_program
from qec_leak.program.conflict import Conflict
from qec_leak.program.program import Instruction, Op, Outcomes, Program

__all__ = ["Conflict", "Instruction", "Op", "Outcomes", "Program", "compile_program"]
