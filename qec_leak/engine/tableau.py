"""Shots of the tableau simulator as batches: the engine for circuits that frames are not exact for."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak._limits import MAX_SEED, check_batch, check_threads
from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.kinds import Populations, in_batches
from qec_leak.tableau import TableauCircuit, TableauShots, compile_tableau

DEFAULT_BATCH_SHOTS = 1024


class TableauSampler:
    """Samples shots one by one on a tableau that skips the gates of leaked qubits, in every circuit, and some hundred
    times slower than frames. Each call goes on where the last one ended; shot k depends on (seed, k) alone."""

    def __init__(self, circuit: stim.Circuit, *, seed: int | None = None, threads: int = 1) -> None:
        self.circuit = circuit
        self.seed = (
            secrets.randbits(63) if seed is None else _checks.check_int("seed", seed, minimum=0, maximum=MAX_SEED)
        )
        self.threads = _checks.check_int("threads", threads, minimum=1)
        check_threads("threads", self.threads)
        _refuse_pauli_observables(circuit, 1)
        self._tableau: TableauCircuit = compile_tableau(circuit)
        self._converter = circuit.compile_m2d_converter()
        self._next_shot = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        c = self.circuit
        return (
            f"TableauSampler({c.num_qubits} qubits, {c.num_detectors} detectors, {c.num_observables} observables, "
            f"seed={self.seed})"
        )

    def sample(
        self,
        shots: int,
        *,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
        sweep_bits: npt.ArrayLike | None = None,
    ) -> ShotBatch:
        """The next ``shots`` shots; arguments as of ``LeakageSampler.sample``, measurements are real outcomes."""
        shots = _checks.check_int("shots", shots, minimum=1)
        check_batch(shots, 8 * self.circuit.num_measurements * (1 + heralds) + self.circuit.num_detectors)
        given = None if sweep_bits is None else np.broadcast_to(sweep_bits, (shots, self.circuit.num_sweep_bits))
        with self._lock:
            first = self._next_shot
            self._next_shot += shots
        edges = np.linspace(0, shots, min(self.threads, shots) + 1).astype(int).tolist()

        def part(low: int, high: int) -> TableauShots:
            return self._tableau.sample(
                first + low,
                high - low,
                seed=self.seed,
                heralds=heralds,
                snapshots=populations,
                sweep_bits=None if given is None else given[low:high],
            )

        with ThreadPoolExecutor(len(edges) - 1) as pool:
            parts = list(pool.map(part, edges[:-1], edges[1:]))
        return ShotBatch.concatenate([self._batch(p, first, measurements) for p in parts])

    def batches(
        self,
        shots: int,
        *,
        batch_shots: int = DEFAULT_BATCH_SHOTS,
        populations: Populations = "rounds",
        heralds: bool = False,
        measurements: bool = False,
    ) -> Iterator[ShotBatch]:
        """The next ``shots`` shots as batches of ``batch_shots``."""
        for take in in_batches(shots, batch_shots):
            yield self.sample(take, populations=populations, heralds=heralds, measurements=measurements)

    def _batch(self, shots: TableauShots, first: int, measurements: bool) -> ShotBatch:
        c = self.circuit
        events, flips = self._converter.convert(
            measurements=shots.measurements, sweep_bits=shots.sweep_bits, separate_observables=True
        )
        return ShotBatch(
            shots=len(shots.measurements),
            first_shot=first,
            num_qubits=max(c.num_qubits, 1),
            num_detectors=c.num_detectors,
            num_observables=c.num_observables,
            num_measurements=c.num_measurements,
            num_sweep_bits=c.num_sweep_bits,
            detection_events_b8=_packed(events),
            observable_flips_b8=_packed(flips),
            sweep_bits_b8=_packed(shots.sweep_bits),
            measurements_b8=_packed(shots.measurements) if measurements else None,
            heralds=shots.levels,
            population_counts=shots.population_counts,
        )


def _refuse_pauli_observables(circuit: stim.Circuit, line: int) -> int:
    """Paulis of the state are not in the records, of which detectors and observables are made. Returns the line behind
    the block."""
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


def _packed(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.packbits(bits, axis=1, bitorder="little")
