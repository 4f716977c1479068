"""The engine's kernels: Pauli frames and levels of blocks of shots, advanced through a Program.

``layout`` draws how a block lies in memory. ``block`` goes through the operations of a Program; what each does is in
``frames``, ``pauli_noise``, ``channels`` (with ``visits``, ``leaked_singles`` and ``leaked_pairs``), ``measurement``
and ``outputs``.

A leaked qubit acts as |0> (docs/model.md): its x is the reference's value, which moves from it to its partners; nothing
moves into it. Leaving and returning are rows of a channel's table (``Program``), nothing here knows a process.
Indices are unsigned where it counts: signed ones are looked at for being negative, as Python's may be.
"""

from qec_leak.engine.kernels.block import sample_blocks
from qec_leak.engine.kernels.layout import Outputs, Shots, empty_block, keeping
from qec_leak.engine.plan.formats import BLOCK_SHOTS

__all__ = ["BLOCK_SHOTS", "Outputs", "Shots", "empty_block", "keeping", "sample_blocks"]
