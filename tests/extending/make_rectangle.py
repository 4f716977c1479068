"""Makes rectangle_exact.npz: exact trajectories of the 2 x 3 rectangle, twelve transmons of four levels, which take
seconds a shot. Run it when the patch or its device is meant to change: python tests/extending/make_rectangle.py

rectangle_pairs_exact.npz is made with it: what DQLR leaves of the leakage of each data qubit.

Arrays of rectangle_exact.npz, for each basis B: ``B.measurements`` uint8 (shots, ceil(measurements/8)), bit-packed;
``B.populations`` int64 (rounds, qubits, 2), shots in levels 2 and 3.
Array of rectangle_pairs_exact.npz: ``leaked`` int64 (data qubits, qubits), shots in which a qubit is leaked after the
round, by the data qubit that was leaked before it.
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


PAIRS_STORED = Path(__file__).with_name("rectangle_pairs_exact.npz")
PAIRS_SHOTS = 30


def memory(basis: str, patch: ql.Patch | str = RECTANGLE) -> ql.MemoryExperiment:
    """A round of DQLR with one leaked data qubit."""
    return ql.memory_experiment(patch=patch, rounds=1, basis=basis, strategy="DQLR", device=DEVICE, leak_qubit=LEAKED)


def exact(basis: str, shots: int) -> tuple[np.ndarray, np.ndarray]:
    """Measurements and populations of the first shots."""
    sampler = compile_exact_sampler(memory(basis), mode="phase_randomised", idle="pauli", levels=4, seed=3)
    batch = sampler.sample(shots, measurements=True)
    assert batch.measurements_b8 is not None and batch.population_counts is not None
    return batch.measurements_b8, batch.population_counts


def pairs_memory(leaked: int, patch: ql.Patch = RECTANGLE) -> ql.MemoryExperiment:
    """A round of DQLR with this data qubit leaked. Leakage leaves a data qubit with its partner in the rectangle only:
    the Leakage iSWAP of other pairs seldom acts."""
    good = {f"pairs.{a}-{b}.dqlr.efficiency": 0.95 for a, b in patch.dqlr_pairs if (a, b) in RECTANGLE.dqlr_pairs}
    device = DEVICE.replace({"dqlr.efficiency": 0.1, **good})
    return ql.memory_experiment(patch=patch, rounds=1, strategy="DQLR", device=device, leak_qubit=leaked)


def exact_pairs(leaked: int, shots: int) -> np.ndarray:
    """Of the first shots, in how many each qubit is leaked after the round: int64 (qubits,)."""
    sampler = compile_exact_sampler(pairs_memory(leaked), mode="phase_randomised", idle="pauli", levels=4, seed=3)
    counts = sampler.sample(shots).population_counts
    assert counts is not None
    return counts[0].sum(axis=1)


def main() -> None:
    leaked = [exact_pairs(qubit, PAIRS_SHOTS) for qubit in RECTANGLE.data_qubits]
    np.savez_compressed(PAIRS_STORED, leaked=np.array(leaked))
    arrays = {}
    for basis in "ZX":
        arrays[f"{basis}.measurements"], arrays[f"{basis}.populations"] = exact(basis, SHOTS)
        np.savez_compressed(STORED, **arrays)


if __name__ == "__main__":
    main()
