"""compile_exact_sampler(memory, ...).sample(shots): trajectories of a dressed circuit, exact in the levels."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak._limits import check_batch
from qec_leak.circuits.dress import tick_durations_ns
from qec_leak.circuits.memory import MemoryExperiment
from qec_leak.circuits.moments import split_moments, walk_moments
from qec_leak.circuits.process import Chip
from qec_leak.circuits.processes.named_processes import AnyProcess, find_processes
from qec_leak.circuits.roles import qubit_roles
from qec_leak.device import Device
from qec_leak.engine.batch import ShotBatch
from qec_leak.engine.kinds import Kept, ShotSampler, batch_of_records
from qec_leak.exact.kernels import run_shots
from qec_leak.exact.processes import Walk
from qec_leak.exact.steps import Snapshot, Step
from qec_leak.exact.tables import make_state, make_tables

Mode = Literal["coherent", "phase_randomised"]
Idle = Literal["kraus", "pauli"]

MODES = ("coherent", "phase_randomised")
IDLES = ("kraus", "pauli")
_CHUNK_SHOTS = 64
_SNAPSHOTS = {None: 0, "rounds": 1, "moments": 2}


def circuit_steps(
    memory: MemoryExperiment | stim.Circuit,
    device: Device | None = None,
    *,
    roles: Mapping[int, str] | None = None,
    processes: Iterable[AnyProcess] | None = None,
    levels: int = 5,
    mode: Mode = "coherent",
    idle: Idle = "kraus",
) -> tuple[stim.Circuit, list[Step]]:
    """The dressed circuit, and what its transmons go through; arguments as in ``compile_exact_sampler``."""
    if _checks.check_int("levels", levels, minimum=4) > 5:
        raise ValueError(_checks.broken_rule("levels", "be 4 or 5", levels, "use 5"))
    _checks.check_choice("mode", mode, MODES)
    _checks.check_choice("idle", idle, IDLES)
    if isinstance(memory, MemoryExperiment):
        circuit, ideal = memory.circuit, memory.ideal_circuit
        device = memory.device if device is None else device
        processes = memory.processes if processes is None else processes
    else:
        circuit, ideal = memory, None
    if device is None:
        raise TypeError(_checks.broken_rule("device", "be given with a circuit", None, "pass the one that dressed it"))
    added = find_processes(processes or ())
    executed = circuit if ideal is None else ideal
    known = {**qubit_roles(executed), **(roles or {})}
    walk = Walk(
        chip=_chip(executed, device, known),
        processes=added,
        tick_durations_ns=None if ideal is None else tick_durations_ns(ideal, device, known, added),
        levels=levels,
        scramble=mode == "phase_randomised",
        pauli_idle=idle == "pauli",
    )
    return circuit, walk.run(circuit)


def _chip(circuit: stim.Circuit, device: Device, roles: Mapping[int, str]) -> Chip:
    coordinates = circuit.get_final_qubit_coordinates()
    return Chip(device, roles, coordinates, lambda: walk_moments(split_moments(circuit)))


def compile_exact_sampler(
    memory: MemoryExperiment | stim.Circuit,
    device: Device | None = None,
    *,
    roles: Mapping[int, str] | None = None,
    processes: Iterable[AnyProcess] | None = None,
    levels: int = 5,
    mode: Mode = "coherent",
    idle: Idle = "kraus",
    seed: int | None = None,
) -> ExactSampler:
    """A sampler of state-vector trajectories: pure Kraus branches of the device's own operators, no twirl.

    Other Pauli noise of the circuit is drawn as written. Paulis act on levels 0 and 1, and not on a leaked transmon. A
    qubit that is busy while others wait has the Pauli errors of its operation instead of relaxation and dephasing. Its
    leaked levels decay, and it is heated (``channels.operations.busy_idle_kraus``).

    Args:
        memory: a memory experiment, or a circuit that ``dress`` made.
        device: the device that dressed it; that of a memory experiment if None.
        roles: "data", "measure" or "removal" by qubit, as they were given to ``dress``, above what the circuit says.
        processes: those that were given to ``dress``; None: those of the memory experiment.
        levels: levels of a transmon, 4 or 5.
        seed: integer >= 0. None: a fresh one.
        mode: "coherent": every CZ is the same unitary, and amplitudes of leaked levels interfere from gate to gate.
            "phase_randomised": these amplitudes get random relative phases before each operation that could let them
            interfere, as by unknown detunings. Then only populations of leaked levels matter.
        idle: what waiting does to computational states. "kraus": relaxation and dephasing as they are. "pauli": their
            Pauli twirl, as written in the circuit. In both, leaked levels decay and 1 is heated.

    Raises:
        ValueError: something cannot be simulated; the message names it.
        TypeError: an argument is of the wrong type.
    """
    circuit, steps = circuit_steps(
        memory, device, roles=roles, processes=processes, levels=levels, mode=mode, idle=idle
    )
    return ExactSampler(circuit, steps, levels=levels, seed=seed)


class ExactSampler(ShotSampler):
    """Samples trajectories. Each call gives the next shots, and shot k depends on (seed, k) alone.

    Threads may share a sampler; their calls run one after the other. Population counts use levels that are drawn from
    the populations of a trajectory's state, without back-action. All measurements are real outcomes.
    """

    BATCH_SHOTS = 1024

    def __init__(self, circuit: stim.Circuit, steps: list[Step], *, levels: int, seed: int | None = None) -> None:
        about = f"{circuit.num_qubits} transmons, {levels} levels"
        super().__init__(about, num_sweep_bits=circuit.num_sweep_bits, seed=seed)
        self.circuit = circuit
        self.levels = levels
        self._tables = make_tables(steps, circuit.num_qubits, levels)
        tagged = [step.tagged for step in steps if isinstance(step, Snapshot)]
        self._num_snapshots = {None: 0, "rounds": sum(tagged), "moments": len(tagged)}
        self._state = make_state(self._tables)
        self._running = threading.Lock()  # of the one state that all shots evolve
        self._converter = circuit.compile_m2d_converter()

    def _check_size(self, shots: int, kept: Kept) -> None:
        if kept.levels is not None:
            raise ValueError(
                f"`levels` must be None for exact trajectories, but is {kept.levels!r}: a transmon has no level of "
                "its own between measurements; ask for populations or heralds"
            )
        check_batch(shots, 8 * self.circuit.num_measurements * 2 + self.circuit.num_detectors)

    def _sample(self, first: int, shots: int, kept: Kept, sweep_bits: npt.NDArray[np.bool_] | None) -> ShotBatch:
        circuit = self.circuit
        sweep = np.zeros((shots, circuit.num_sweep_bits), dtype=np.uint8)
        if sweep_bits is not None:
            sweep[:] = sweep_bits
        records = np.zeros((shots, circuit.num_measurements), dtype=np.uint8)
        levels = np.zeros_like(records)
        counts = np.zeros((self._num_snapshots[kept.populations], circuit.num_qubits, 2), dtype=np.int64)
        with self._running, np.errstate(over="ignore"):  # random numbers without JIT are modulo 2^64
            for start in range(0, shots, _CHUNK_SHOTS):  # so that Ctrl-C is heard
                rows = slice(start, min(start + _CHUNK_SHOTS, shots))
                run_shots(
                    self._tables, self._state, _SNAPSHOTS[kept.populations], np.uint64(self.seed % 2**64),
                    first + start, sweep_bits is None, sweep[rows], records[rows], levels[rows], counts,
                    np.zeros((0, 0, 0)),
                )  # fmt: skip
        return batch_of_records(
            circuit,
            self._converter,
            first,
            records.astype(bool),
            sweep.astype(bool),
            measurements=kept.measurements,
            heralds=levels if kept.heralds else None,
            population_counts=None if kept.populations is None else counts,
        )
