"""What moves no frame: ticks, detectors, observables, padding."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build, coded
from qec_leak.program.program import Instruction, Op


def nothing(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Coordinates."""
    return []


def tick(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A snapshot of levels."""
    return [(int(Op.SNAPSHOT), 0, 0, int(tag is not None and tag.family == tags.POPULATION))]


def detector(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """The parity of records."""
    return [b.op(Op.DETECTOR, [-t.value for t in item.targets_copy()])]


def observable(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Records, and Paulis of the state that the frame flips, as in Stim's detector sampler (signs do not count)."""
    index = int(item.gate_args_copy()[0])
    records = [-t.value for t in item.targets_copy() if t.is_measurement_record_target]
    paulis = [t for t in item.targets_copy() if not t.is_measurement_record_target]
    ops = [b.op(Op.OBSERVABLE, records, index)] if records or not paulis else []
    if not paulis:
        return ops
    if b.circuit.num_sweep_bits:
        raise b.error(
            "must stand in a circuit without sweep bits, since what they flip of its Paulis is not known, but there "
            "are some; measure the Paulis and include the records"
        )
    b.stay_computational([(t.value,) for t in paulis])
    return [*ops, b.op(Op.OBSERVABLE_PAULI, map(coded, paulis), index)]


def pad(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """Records of given bits, or of levels, that flip with the probability of the argument."""
    bits = [t.value for t in item.targets_copy()]
    flips = sum(item.gate_args_copy())
    b.reference.records += [bool(v) for v in bits]
    values = [4 * v for v in bits]
    if tag is None:
        return [b.op(Op.PAD, bits, b.add_noise([(0, flips)]), values)]
    if len(tag.qubits) != len(bits):
        raise b.error(
            f"must have a target for each qubit of its tag, but has {len(bits)} for {len(tag.qubits)}; write one bit a "
            "qubit"
        )
    if max(tag.qubits) >= b.circuit.num_qubits:
        raise b.error(f"must read qubits of the circuit, but qubit {max(tag.qubits)} is none; correct its tag")
    given = dict(tag.one_given)
    row = b.level_readouts.add((given[0], given[2], given[3], flips))
    return [b.op(Op.MEASURE_LEVEL, [b.labels.place[q] for q in tag.qubits], row, values)]
