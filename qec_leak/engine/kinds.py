"""What all samplers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from qec_leak import _checks

Populations = Literal["rounds", "moments"] | None
"""Where levels are counted: at each ``TICK[LEAKAGE_POPULATION]``, at each TICK, nowhere."""

Engine = Literal["auto", "frames", "tableau"]
"""frames: fast. tableau: for every circuit. auto: frames where they are exact, else the tableau."""


def in_batches(shots: int, batch_shots: int) -> Iterator[int]:
    """Sizes of batches of ``batch_shots`` that are ``shots`` in all."""
    shots = _checks.check_int("shots", shots, minimum=1)
    batch_shots = _checks.check_int("batch_shots", batch_shots, minimum=1)
    while shots > 0:
        yield min(shots, batch_shots)
        shots -= batch_shots
