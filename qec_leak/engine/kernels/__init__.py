"""The engine's kernels: Pauli frames and levels of blocks of shots, advanced through a plan. docs/engine.md has the
rules of frames, by number, and the words that are used here.

``layout`` draws how a block lies in memory. ``block`` goes through the operations. What each does is in ``frames``,
``pauli_noise``, ``channels`` (with ``visits``, ``leaked_singles`` and ``leaked_pairs``), ``measurement`` and
``outputs``. A channel is a table; no kernel knows a process.

Indices are unsigned where speed counts: Numba checks whether signed ones are negative, as Python allows.
"""

from qec_leak.engine.kernels.block import sample_blocks
from qec_leak.engine.kernels.layout import Outputs, Shots, empty_block, keeping
from qec_leak.engine.plan.formats import BLOCK_SHOTS

__all__ = ["BLOCK_SHOTS", "Outputs", "Shots", "empty_block", "keeping", "sample_blocks"]
