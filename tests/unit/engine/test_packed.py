"""Packed tables hold what the Program's do."""

from dataclasses import replace

import numpy as np
import pytest

import qec_leak as ql
from qec_leak.engine.packed import QUBIT_BITS, QUBIT_WORDS, packed_tables
from qec_leak.program import SHARE_BITS, Program, compile_program


def memory() -> Program:
    device = ql.Device.preset("miao2023")
    return compile_program(ql.memory_experiment(distance=3, rounds=3, strategy="DQLR", device=device).circuit)


def test_packed_tables_are_the_programs() -> None:
    program = memory()
    packed = packed_tables(program)
    assert all(table.ndim == 1 and table.dtype == (np.int64 if name == "layer_start" else np.uint64)
               for name, table in packed.items())  # fmt: skip

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


def test_events() -> None:
    program = memory()
    packed = packed_tables(program)
    assert set(program.layer_arity.tolist()) == {1, 2}
    for layer, arity in enumerate(program.layer_arity.tolist()):
        for k in range(int(program.layer_size[layer])):
            share, own, alias = (int(word) for word in program.event[program.layer_start[layer] + k])
            at = int(packed["layer_start"][layer]) + arity * k
            word = int(packed["event"][at])
            other = word >> SHARE_BITS + 2 + QUBIT_BITS if arity == 1 else int(packed["event"][at + 1])
            code = word >> SHARE_BITS & (1 << (2 + QUBIT_BITS if arity == 1 else 42)) - 1
            read = [(c & 4**arity - 1, c >> 2 * arity & (1 << QUBIT_BITS) - 1, c >> 2 * arity + QUBIT_BITS)
                    for c in (code, other)]  # fmt: skip
            says = [(c & 15, c >> 4 & 0xFFFFFFF, c >> 32) for c in (own, alias)]
            whole = share == 1 << SHARE_BITS
            assert word & (1 << SHARE_BITS) - 1 == share - whole
            assert read == ([says[0], says[0]] if whole else says)


def test_more_qubits_than_codes_tell_apart_are_refused() -> None:
    packed_tables(replace(memory(), qubits=np.arange(1 << QUBIT_BITS)))
    with pytest.raises(ValueError, match="must act on at most 524,288 qubits, but acts on 524,289;"):
        packed_tables(replace(memory(), qubits=np.arange((1 << QUBIT_BITS) + 1)))
