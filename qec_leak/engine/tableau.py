"""Shots of the tableau simulator as batches: the engine for circuits that frames are not exact for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import stim

from qec_leak._limits import check_batch
from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.kinds import Kept, ShotSampler, batch_of_records, check_noted
from qec_leak.tableau import TableauCircuit, TableauShots, compile_tableau


class TableauSampler(ShotSampler):
    r"""Samples shots one by one on a tableau that skips the gates of leaked qubits, in every circuit.

    It is some hundred times slower than frames. Each call continues where the last one ended; shot k depends on
    (seed, k) alone.

    Args:
        circuit: a circuit whose leakage is in tags.
        seed: integer >= 0. None: a fresh one.
        threads: threads to sample on.

    Examples:
        >>> import qec_leak as ql
        >>> ql.compile_sampler("H 0\nM 0\nDETECTOR rec[-1]", seed=1, engine="tableau").sample(5).num_detectors
        1
    """

    BATCH_SHOTS = 1024

    def __init__(self, circuit: stim.Circuit, *, seed: int | None = None, threads: int = 1) -> None:
        c = circuit
        about = f"{c.num_qubits} qubits, {c.num_detectors} detectors, {c.num_observables} observables"
        super().__init__(about, num_sweep_bits=c.num_sweep_bits, seed=seed, threads=threads)
        self.circuit = circuit
        _refuse_pauli_observables(circuit, 1)
        self._tableau: TableauCircuit = compile_tableau(circuit)
        self._converter = circuit.compile_m2d_converter()

    def _check_size(self, shots: int, kept: Kept) -> None:
        c, snapshots = self.circuit, self._tableau.num_snapshots(kept.levels)
        check_noted(kept.levels, snapshots)
        levels = 2 * snapshots * 8 * ((c.num_qubits + 7) // 8 or 1)
        check_batch(shots, 8 * c.num_measurements * (1 + kept.heralds) + c.num_detectors + levels)

    def _sample(self, first: int, shots: int, kept: Kept, sweep_bits: npt.NDArray[np.bool_] | None) -> ShotBatch:
        edges = np.linspace(0, shots, min(self.threads, shots) + 1).astype(int).tolist()

        def part(low: int, high: int) -> TableauShots:
            return self._tableau.sample(
                first + low,
                high - low,
                seed=self.seed,
                heralds=kept.heralds,
                snapshots=kept.populations,
                noted=kept.levels,
                sweep_bits=None if sweep_bits is None else sweep_bits[low:high],
            )

        with ThreadPoolExecutor(len(edges) - 1) as pool:
            parts = list(pool.map(part, edges[:-1], edges[1:]))
        return ShotBatch.concatenate([self._batch(p, first, kept.measurements) for p in parts])

    def _batch(self, shots: TableauShots, first: int, measurements: bool) -> ShotBatch:
        return batch_of_records(
            self.circuit,
            self._converter,
            first,
            shots.measurements,
            shots.sweep_bits,
            measurements=measurements,
            heralds=shots.levels,
            population_counts=shots.population_counts,
            leaked_b8=shots.leaked_b8,
            three_b8=shots.three_b8,
        )


def _refuse_pauli_observables(circuit: stim.Circuit, line: int) -> int:
    """Refuse observables that include Paulis of the state: here detectors and observables are made of records alone.
    Returns the line behind the block."""
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            line = _refuse_pauli_observables(item.body_copy(), line + 1)
        elif item.name == "OBSERVABLE_INCLUDE" and any(t.pauli_type != "I" for t in item.targets_copy()):
            raise ValueError(
                f"line {line}: `{item}` must include records only where engine='tableau' samples, but includes Paulis; "
                "measure them and include their records"
            )
        line += 1
    return line
