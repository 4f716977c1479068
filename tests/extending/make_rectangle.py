"""Makes rectangle_exact.npz: exact trajectories of the 2 x 3 rectangle, twelve transmons of four levels, which take
seconds a shot. Run it when the patch or its device is meant to change: python tests/extending/make_rectangle.py

Arrays, for each basis B: ``B.measurements`` uint8 (shots, ceil(measurements/8)), bit-packed; ``B.populations`` int64
(rounds, qubits, 2), shots in levels 2 and 3.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from against_exact import DEVICE
from rectangle import RECTANGLE

import qec_leak as ql
from qec_leak.exact import compile_exact_sampler

STORED = Path(__file__).with_name("rectangle_exact.npz")
SHOTS = 160
LEAKED = 4
"""This data qubit, of three checks, starts in level 2, so that few shots tell much."""


def memory(basis: str, patch: ql.Patch | str = RECTANGLE) -> ql.MemoryExperiment:
    """A round of DQLR with one leaked data qubit."""
    return ql.memory_experiment(patch=patch, rounds=1, basis=basis, strategy="DQLR", device=DEVICE, leak_qubit=LEAKED)


def exact(basis: str, shots: int) -> tuple[np.ndarray, np.ndarray]:
    """Measurements and populations of the first shots."""
    sampler = compile_exact_sampler(memory(basis), mode="phase_randomised", idle="pauli", levels=4, seed=3)
    batch = sampler.sample(shots, measurements=True)
    assert batch.measurements_b8 is not None and batch.population_counts is not None
    return batch.measurements_b8, batch.population_counts


def main() -> None:
    arrays = {}
    for basis in "ZX":
        arrays[f"{basis}.measurements"], arrays[f"{basis}.populations"] = exact(basis, SHOTS)
        np.savez_compressed(STORED, **arrays)


if __name__ == "__main__":
    main()
