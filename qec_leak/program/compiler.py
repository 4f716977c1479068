"""Tagged stim.Circuit -> Program: the walk through the circuit, then passes. A circuit is checked here and in what this
calls; the engine trusts what it is given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.program.build import Build, Numbers
from qec_leak.program.knowledge import with_sure_values
from qec_leak.program.leakable import leakable_qubits
from qec_leak.program.offsets import reference_events
from qec_leak.program.passes import check_computational, without_idle
from qec_leak.program.program import Program
from qec_leak.program.shared import Shared
from qec_leak.program.totals import count_snapshots, sweep_flips
from qec_leak.program.walk import compiled_circuit


def compile_program(circuit: stim.Circuit) -> Program:
    """Compile a circuit whose leakage is in tags (grammar: ``qec_leak.circuits.tags``).

    All of Stim's Clifford gates, resets, measurements (MPP and pair measurements where no participant can be leaked),
    Pauli noise, correlated errors and annotations. REPEAT blocks stay loops.
    Raises ValueError naming the instruction and its line in ``str(circuit)`` for anything else, and for tags that do
    not parse or do not belong on their instruction.
    """
    b = Build.of(circuit)
    ops = compiled_circuit(b)
    names = np.array(b.labels.names, dtype=np.int64)
    can_leak = leakable_qubits(len(names), b.moves, b.swaps)
    check_computational(b.computational, can_leak, b.labels.names)
    ops = with_sure_values(ops, b.targets, b.values, b.channels.all(), len(names))
    ops = without_idle(ops, b.targets, b.values, b.channels.all(), can_leak)
    num_qubits = max(circuit.num_qubits, 1)
    by_name = np.zeros(num_qubits, dtype=bool)
    by_name[names[can_leak]] = True
    fired = reference_events(circuit, ops, b.values, b.loop_counts)
    sweep = sweep_flips(b.labels.relabelled(circuit))
    moments, snapshots = count_snapshots(circuit)
    return Program(
        num_qubits=num_qubits,
        num_detectors=circuit.num_detectors,
        num_observables=circuit.num_observables,
        num_measurements=circuit.num_measurements,
        num_sweep_bits=circuit.num_sweep_bits,
        num_snapshots=snapshots,
        num_moments=moments,
        ops=np.array(ops, dtype=np.int32).reshape(-1, 4),
        targets=np.array(b.targets, dtype=np.int32),
        values=np.array(b.values, dtype=np.int8),
        loop_counts=np.array(b.loop_counts, dtype=np.int64),
        noise=b.noise.all(),
        channels=b.channels.all(),
        resets=_numbers(b.resets, 2, 3),
        readouts=_numbers(b.readouts, 4),
        level_readouts=_numbers(b.level_readouts, 4),
        reference_detectors=fired[0],
        reference_observables=fired[1],
        sweep_detectors=sweep[0],
        sweep_observables=sweep[1],
        qubits=names,
        can_leak=by_name,
        conflicts=tuple(c for c in b.conflicts if any(by_name[q] for q in c.qubits)),
    )


def _numbers(rows: Shared[Numbers], *shape: int) -> npt.NDArray[np.float64]:
    """float64 (rows, *shape)."""
    return np.array(rows.all(), dtype=float).reshape(-1, *shape)
