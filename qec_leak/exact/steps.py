"""Steps of a circuit as matrices on levels. Trajectories and density matrices both execute a list of steps.

Matrices act on ``levels`` levels a transmon, complex128 (levels**k, levels**k), the first qubit most significant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Channel:
    """Kraus operators on one or two qubits, sum K^dagger K = 1; a unitary is a single operator.

    Each K^dagger K must be diagonal: the probability of a branch then follows from populations alone, which holds for
    every process here (ladders, level maps, mixtures of unitaries).
    """

    qubits: tuple[int, ...]
    kraus: tuple[Matrix, ...]


@dataclass(frozen=True, eq=False)
class Scramble:
    """A random sign on each leaked level of a transmon, drawn independently: no coherence between computational states
    and any leaked level, or between leaked levels, survives on average, just as with phases uniform in [0, 2 pi)."""

    qubit: int


@dataclass(frozen=True, eq=False)
class Measure:
    """Projection on a level; level n is recorded as 1 with probability ``one_given[n]``, float64 (levels,)."""

    qubit: int
    one_given: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Controlled:
    """A unitary on one qubit, done if a bit is 1: an earlier record, counted from 0, or a sweep bit."""

    qubit: int
    unitary: Matrix
    bit: int
    source: str
    """"record" or "sweep"."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Populations are noted here. ``tagged``: at a TICK[LEAKAGE_POPULATION], or else at any other TICK."""

    tagged: bool


Step = Channel | Scramble | Measure | Controlled | Snapshot
