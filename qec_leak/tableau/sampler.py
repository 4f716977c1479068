"""compile_tableau(circuit).sample(first_shot, shots, seed=...): real outcomes, one tableau a shot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak.tableau.compiler import Compiled, compile_circuit
from qec_leak.tableau.kernels import run_shots

Snapshots = Literal["rounds", "moments"] | None
_SNAPSHOTS: dict[str | None, int] = {None: 0, "rounds": 1, "moments": 2}


@dataclass(frozen=True, eq=False)
class TableauShots:
    """What was sampled.

    measurements: bool (shots, measurements), real outcomes.   sweep_bits: bool (shots, sweep bits).
    levels: uint8 (shots, measurements), level of the qubit at each measurement: 0 (computational), 2 or 3; 0 for MPAD
        without a tag, heralds of noise and products; None if not asked for.
    population_counts: int64 (snapshots, qubits, 2): shots in which the qubit is in level 2, 3; None if not asked for.
    leaked_b8, three_b8: uint8 (shots, snapshots, ceil(qubits/8)): whether the qubit is in level 2 or 3, and in level 3,
        at byte q // 8, bit q % 8; None if not asked for.
    """

    measurements: npt.NDArray[np.bool_]
    sweep_bits: npt.NDArray[np.bool_]
    levels: npt.NDArray[np.uint8] | None
    population_counts: npt.NDArray[np.int64] | None
    leaked_b8: npt.NDArray[np.uint8] | None
    three_b8: npt.NDArray[np.uint8] | None


class TableauCircuit:
    """A compiled circuit. It has no state: shot k is a function of (seed, k) alone, and threads may share it."""

    def __init__(self, circuit: stim.Circuit, compiled: Compiled) -> None:
        self.circuit = circuit
        self.num_qubits = circuit.num_qubits
        self.num_measurements = circuit.num_measurements
        self.num_sweep_bits = circuit.num_sweep_bits
        self._compiled = compiled

    def __repr__(self) -> str:
        return f"TableauCircuit({self.num_qubits} qubits, {self.num_measurements} measurements)"

    def num_snapshots(self, where: Snapshots) -> int:
        """How many times levels are counted, or noted, in a shot."""
        return {None: 0, "rounds": self._compiled.num_rounds, "moments": self._compiled.num_moments}[where]

    def sample(
        self,
        first_shot: int,
        shots: int,
        *,
        seed: int,
        heralds: bool = False,
        snapshots: Snapshots = None,
        noted: Snapshots = None,
        sweep_bits: npt.ArrayLike | None = None,
    ) -> TableauShots:
        """Shots ``first_shot`` to ``first_shot + shots - 1``. The GIL is free while they run.

        Args:
            first_shot, seed: at least 0.   shots: at least 1.
            heralds: also return the level at each measurement.
            snapshots: count levels at each ``TICK[LEAKAGE_POPULATION]`` ("rounds"), at each TICK ("moments"), or not.
            noted: return each shot's levels at these places too.
            sweep_bits: bool (shots, sweep bits) or (sweep bits,) for all shots; None draws them at random, fair.
        Raises ValueError or TypeError for bad arguments.
        """
        first_shot = _checks.check_int("first_shot", first_shot, minimum=0)
        shots = _checks.check_int("shots", shots, minimum=1)
        seed = _checks.check_int("seed", seed, minimum=0)
        for name, where in (("snapshots", snapshots), ("noted", noted)):
            if where not in _SNAPSHOTS:
                raise ValueError(f"`{name}` must be 'rounds', 'moments' or None, but is {where!r}; choose one")
        compiled = self._compiled
        sweep = np.zeros((shots, self.num_sweep_bits), np.uint8)
        if sweep_bits is not None:
            given = np.asarray(sweep_bits, dtype=bool)
            if given.shape not in (sweep.shape, sweep.shape[1:]):
                raise ValueError(
                    f"`sweep_bits` must have shape {sweep.shape} or {sweep.shape[1:]}, but has {given.shape}"
                )
            sweep[:] = given
        records = np.zeros((shots, self.num_measurements), np.uint8)
        measured = np.zeros_like(records) if heralds else np.zeros((0, 0), np.uint8)
        taken = self.num_snapshots(snapshots)
        planes = np.zeros((2, shots, self.num_snapshots(noted), (max(self.num_qubits, 1) + 7) // 8), np.uint8)
        counts = np.zeros((taken, compiled.program.num_qubits, 2), np.int64)
        run_shots(
            compiled.program, np.uint64(seed % 2**64), first_shot, sweep_bits is None, _SNAPSHOTS[snapshots],
            _SNAPSHOTS[noted], compiled.qubits, sweep, records, measured, counts, planes,
        )  # fmt: skip
        populations = None
        if snapshots is not None:
            populations = np.zeros((taken, self.num_qubits, 2), np.int64)
            populations[:, compiled.qubits] = counts[:, : len(compiled.qubits)]
        return TableauShots(
            measurements=records.view(np.bool_),
            sweep_bits=sweep.view(np.bool_),
            levels=measured if heralds else None,
            population_counts=populations,
            leaked_b8=None if noted is None else planes[0],
            three_b8=None if noted is None else planes[1],
        )


def compile_tableau(circuit: stim.Circuit) -> TableauCircuit:
    """A sampler of a circuit whose leakage is in tags (docs/tags.md), which skips the gates of leaked qubits.

    Raises ValueError naming instruction and line of ``str(circuit)`` for what has no meaning here: gates and product
    measurements other than controlled Paulis and exchanges on qubits that can be leaked, tags that do not parse.
    """
    if not isinstance(circuit, stim.Circuit):
        raise TypeError(_checks.broken_rule("circuit", "be a stim.Circuit", circuit, "build or parse one"))
    return TableauCircuit(circuit, compile_circuit(circuit))
