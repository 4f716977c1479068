"""Operation codes of a plan: those of ``program.Op``, and layers."""

from __future__ import annotations

from qec_leak.program import Op

LAYER_1 = max(Op) + 1
"""Poisson events on one qubit. param: layer; no targets."""
LAYER_2 = LAYER_1 + 1
"""Poisson events on two qubits."""
UNREAD = 8
"""Bit of ``values`` of targets of MEASURE and RESET: their z is overwritten before a gate can read it."""
