"""A block of shots through a Program, operation by operation; and many blocks."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import planes_of
from qec_leak.engine.kernels.channels import apply_channel
from qec_leak.engine.kernels.frames import anchor, apply_gates, controlled_paulis, pauli_rotation, swaps
from qec_leak.engine.kernels.layout import BIT, ONE, ZERO, Outputs, Shots, W, Z
from qec_leak.engine.kernels.measurement import (
    assignment_errors,
    assignment_events,
    count_levels,
    flip_observable,
    keep_levels,
    keep_outcomes,
    measure_levels,
    measure_pauli,
    measure_qubits,
    parity_of,
    reset_qubits,
)
from qec_leak.engine.kernels.outputs import (
    pack_shots,
    set_sweep,
    take_out_sweep,
    write_detectors,
    write_levels,
    write_snapshot,
)
from qec_leak.engine.kernels.pauli_noise import (
    correlated_noise,
    drawn_noise,
    heralded_noise,
    pad_records,
    pauli_layer,
)
from qec_leak.engine.kernels.random_numbers import how_many, random_vector, random_word
from qec_leak.engine.plan.codes import LAYER_1, LAYER_2
from qec_leak.engine.plan.formats import BLOCK_SHOTS
from qec_leak.engine.plan.tables import I64, U64, PlanTables
from qec_leak.engine.simd.jit import entry, section
from qec_leak.engine.simd.vectors import load_vector, store_vector, vector_of
from qec_leak.program import Op

_LOOP_BEGIN, _LOOP_END = int(Op.LOOP_BEGIN), int(Op.LOOP_END)
_CZ, _SWAP = int(Op.CZ), int(Op.SWAP)
_LAYER_1, _LAYER_2 = int(LAYER_1), int(LAYER_2)
_PAULI_1, _PAULI_2 = int(Op.PAULI_1), int(Op.PAULI_2)
_CORRELATED, _ELSE_CORRELATED = int(Op.CORRELATED), int(Op.ELSE_CORRELATED)
_CHANNEL_1, _CHANNEL_2 = int(Op.CHANNEL_1), int(Op.CHANNEL_2)
_RESET, _MEASURE, _MEASURE_PAULI = int(Op.RESET), int(Op.MEASURE), int(Op.MEASURE_PAULI)
_PAULI_ROTATION, _FEEDBACK, _SWEEP = int(Op.PAULI_ROTATION), int(Op.FEEDBACK), int(Op.SWEEP)
_DETECTOR, _OBSERVABLE, _SNAPSHOT = int(Op.DETECTOR), int(Op.OBSERVABLE), int(Op.SNAPSHOT)
_MEASURE_LEVEL, _OBSERVABLE_PAULI = int(Op.MEASURE_LEVEL), int(Op.OBSERVABLE_PAULI)
_PAD, _HERALDED = int(Op.PAD), int(Op.HERALDED)


@section
def _start(b: Shots) -> None:
    """All qubits in |0>: x frame 0, z frame random."""
    for k in range(b.planes.shape[0]):
        b.planes[k] = ZERO
    for k in range(b.observables.shape[0]):
        b.observables[k] = ZERO
    store_vector(b.happened, ZERO, vector_of(ZERO))
    b.population[:] = 0
    for q in range(b.population.shape[0]):
        store_vector(b.planes, planes_of(q) + Z, random_vector(b.rng))


@section
def _noise(op: int, events: int, start: int, count: int, param: int, t: PlanTables, b: Shots, records: int) -> None:
    """Noise that is not leakage."""
    if op >= _LAYER_1:
        pauli_layer(1 if op == _LAYER_1 else 2, events, param, t, b)
    elif op <= _PAULI_2:
        drawn_noise(1 if op == _PAULI_1 else 2, start, count, param, t, b)
    elif op == _HERALDED:
        heralded_noise(start, count, param, records, t, b)
    else:
        correlated_noise(op == _ELSE_CORRELATED, start, count, param, t, b)


@section
def _measurements(events: int, start: int, count: int, readout: int, t: PlanTables, b: Shots, records: int) -> None:
    """Measurements of single qubits with their readout. ``events``: how many records flip; -1: by their values."""
    measure_qubits(start, count, readout, records, t, b)
    if events >= 0:
        assignment_events(events, start, count, records, t, b)
    else:
        assignment_errors(start, count, readout, records, t, b)
    if b.heralds.shape[0]:
        keep_levels(start, count, records, t, b)


@section
def _levels(start: int, count: int, readout: int, t: PlanTables, b: Shots, records: int) -> None:
    """Records of levels."""
    measure_levels(start, count, readout, records, t, b)
    if b.heralds.shape[0]:
        keep_levels(start, count, records, t, b)


@section
def _frames(op: int, start: int, count: int, t: PlanTables, b: Shots, records: int) -> None:
    """What moves frames without noise: gates, classical control, anchors."""
    if op <= _CZ:
        apply_gates(op, start, count, t, b)
    elif op == _SWAP:
        swaps(start, count, t, b)
    elif op == _PAULI_ROTATION:
        pauli_rotation(start, count, t, b)
    elif op == _FEEDBACK:
        controlled_paulis(t.targets, start, count, b.records, records, b.planes)
    elif op == _SWEEP:
        controlled_paulis(t.targets, start, count, b.sweep, -1, b.planes)
    else:
        anchor(start, count, t, b)


@section
def _run_block(
    t: PlanTables, b: Shots, out: Outputs, low: int, high: int, row: int, snapshots: int, levels: int
) -> None:
    """Run the program once on a block; detectors of shots low..high-1 go to ``out`` from ``row`` on. ``snapshots``
    says where levels are counted, ``levels`` where they are written out: 0 nowhere, 1 at tagged TICKs, 2 at all."""
    ops = t.ops
    _start(b)
    records, detectors, flip = np.int64(0), np.int64(0), np.int64(0)
    taken, written = np.int64(0), np.int64(0)
    depth, i = np.int64(0), np.int64(0)
    while i < ops.shape[0]:
        op, start, count, param = ops[i, 0], ops[i, 1], ops[i, 2], ops[i, 3]
        events = how_many(t.count_row[i], t, random_word(b.rng)) if t.count_row[i] >= 0 else np.int64(-1)
        i += 1
        measured = 0
        if op == _LOOP_BEGIN:
            b.loop_stack[depth] = t.loop_counts[param]
            depth += 1
        elif op == _LOOP_END:
            b.loop_stack[depth - 1] -= 1
            if b.loop_stack[depth - 1] > 0:
                i -= count + 1
            else:
                depth -= 1
        elif _CHANNEL_1 <= op <= _CHANNEL_2:
            apply_channel(1 if op == _CHANNEL_1 else 2, events, start, count, param, t, b)
        elif op >= _PAULI_1:
            if op == _HERALDED:
                measured = count
            _noise(op, events, start, count, param, t, b, records)
        elif op == _RESET:
            reset_qubits(start, count, param, t, b)
        elif op == _MEASURE:
            measured = count
            _measurements(events, start, count, param, t, b, records)
        elif op == _MEASURE_PAULI:
            measured = 1
            measure_pauli(start, count, param, records, t, b)
        elif op == _DETECTOR:
            store_vector(b.detectors, np.uint64(detectors & 63) * W, parity_of(start, count, records, t, b))
            detectors += 1
            if detectors & 63 == 0:
                flip = write_detectors(
                    b.detectors, detectors - 64, detectors, flip, out.flipped_detectors, b.sweep, low, high, row,
                    b.tiles, out.detectors,
                )  # fmt: skip
        elif op == _OBSERVABLE:
            first = np.uint64(param) * W
            parity = load_vector(b.observables, first) ^ parity_of(start, count, records, t, b)
            store_vector(b.observables, first, parity)
        elif op == _SNAPSHOT:
            if snapshots == 2 or (snapshots == 1 and param == 1):
                count_levels(taken, b)
                taken += 1
            if levels == 2 or (levels == 1 and param == 1):
                write_snapshot(written, b, out, low, high, row)
                written += 1
        elif op == _PAD:
            measured = count
            pad_records(count, param, records, t, b)
        elif op == _MEASURE_LEVEL:
            measured = count
            _levels(start, count, param, t, b, records)
        elif op == _OBSERVABLE_PAULI:
            flip_observable(param, start, count, t, b)
        else:
            _frames(op, start, count, t, b, records)
        if measured and b.measurements.shape[0]:
            keep_outcomes(start, measured, records, t, b)
        records += measured
    if detectors & 63:
        write_detectors(
            b.detectors, detectors - (detectors & 63), detectors, flip, out.flipped_detectors, b.sweep, low, high, row,
            b.tiles, out.detectors,
        )  # fmt: skip


@entry
def sample_blocks(
    t: PlanTables,
    b: Shots,
    out: Outputs,
    states: U64,
    blocks: I64,
    first_shot: int,
    last_shot: int,
    snapshots: int,
    levels: int,
) -> None:
    """Run ``blocks`` (indices), and write their shots from first_shot to last_shot-1 into rows of ``out``.

    states: uint64 (blocks, 2, 2): two generators (state, step) for each block: of its shots, and of its sweep bits.
    snapshots, levels: where levels are counted, and where they are written out.
    """
    for k in range(blocks.shape[0]):
        start = blocks[k] * BLOCK_SHOTS
        low, high = max(first_shot - start, 0), min(last_shot - start, BLOCK_SHOTS)
        row = start + low - first_shot
        store_vector(b.valid, ZERO, vector_of(ZERO))
        for shot in range(low, high):
            b.valid[shot >> 6] |= ONE << (np.uint64(shot) & BIT)
        b.rng[0], b.rng[1] = states[k, 1, 0], states[k, 1, 1]
        set_sweep(out.given, low, high, row, b.rng, b.sweep)
        b.rng[0], b.rng[1] = states[k, 0, 0], states[k, 0, 1]
        _run_block(t, b, out, low, high, row, snapshots, levels)
        take_out_sweep(out.flipped_observables, b.sweep, b.observables)
        pack_shots(b.observables, low, high, row, b.tiles, out.observables)
        pack_shots(b.sweep, low, high, row, b.tiles, out.sweep)
        if b.measurements.shape[0]:
            pack_shots(b.measurements, low, high, row, b.tiles, out.measurements)
        if b.heralds.shape[0]:
            write_levels(b.heralds, low, high, row, out.heralds)
