"""Packed tables hold what the Program's do."""

import numpy as np

import qec_leak as ql
from qec_leak.engine.packed import packed_tables
from qec_leak.program import QUBIT_WORDS, compile_program


def test_packed_tables_are_the_programs():
    device = ql.Device.preset("miao2023")
    circuit = ql.memory_experiment(distance=3, rounds=3, strategy="DQLR", device=device).circuit
    program = compile_program(circuit)
    packed = packed_tables(program)
    assert all(table.dtype == np.uint64 and table.ndim == 1 for table in packed.values())

    qubits = program.targets >= 0
    assert (packed["transmon"][qubits] >> 2 == program.targets[qubits] * QUBIT_WORDS).all()
    assert (packed["transmon"][qubits] & 3 == program.values[qubits] & 3).all()

    table = packed["site_table"].reshape(program.site_row.shape)
    assert (table & 0xFFFFFFFF == program.site_row).all()
    assert (table >> 32 == program.site_size).all()
    assert program.site_size.max() > 1
    acts = packed["site_acts"].reshape(program.site_acts.shape[:2])
    for row in range(program.site_acts.shape[2]):
        assert (acts >> row & 1 == program.site_acts[:, :, row]).all()
    assert 0 < program.site_acts.sum() < program.site_acts.size

    assert (packed["branch_does"] & 0xFFFF == program.branch_action[:, 0]).all()
    assert (packed["branch_does"] >> 16 == program.branch_action[:, 1]).all()
    assert (packed["event"].reshape(program.event.shape) == program.event).all()
