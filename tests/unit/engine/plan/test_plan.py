"""What a plan must have room for, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
import stim

from qec_leak.engine.plan import Plan, plan_of
from qec_leak.engine.plan.formats import QUBIT_BITS, QUBIT_WORDS
from qec_leak.engine.plan.tables import PlanTables
from qec_leak.program import Op, Program, compile_program


def compiled(text: str) -> Program:
    return compile_program(stim.Circuit(text))


def planned(text: str) -> Plan:
    return plan_of(compiled(text))


@pytest.mark.parametrize(("back", "size"), [(1, 2), (2, 4), (3, 4), (4, 8), (100, 128)])
def test_ring_holds_the_largest_lookback(back: int, size: int) -> None:
    assert planned(f"REPEAT {back} {{\n    M 0\n}}\nDETECTOR rec[-{back}]").ring_size == size
    assert planned("M " + " ".join(map(str, range(40)))).ring_size == 64


def test_loops_are_counted_by_depth() -> None:
    nested = "REPEAT 3 {\nREPEAT 5 {\nTICK\nM 0\n}\nREPEAT 2 {\nTICK\n}\n}"
    assert planned(nested).loop_depth == 2
    assert planned("M 0").loop_depth == 0


def test_planes_of_targets_of_channels() -> None:
    plan = planned("X 1\nI_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2)] 0 1 2")
    (start, count) = next(op[1:3] for op in plan.tables.ops.tolist() if op[0] == Op.CHANNEL_1)
    transmon = plan.tables.transmon[start : start + count]
    assert (transmon >> 2).tolist() == [0, QUBIT_WORDS, 2 * QUBIT_WORDS]
    assert (transmon & 3).tolist() == [2, 3, 2]


def test_equal_programs_have_equal_plans_and_a_program_one() -> None:
    text = "H 0\nX_ERROR(0.1) 0\nI_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2)] 0\nM(0.1) 0"
    first, second = compiled(text), compiled(text)
    assert plan_of(first) is plan_of(first) and plan_of(first) is not plan_of(second)
    for name, a, b in zip(PlanTables._fields, plan_of(first).tables, plan_of(second).tables, strict=True):
        assert np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"), name


def test_tables_are_read_only_and_of_the_types_that_kernels_are_compiled_for() -> None:
    tables = planned("M 0").tables
    other = planned("X_ERROR(0.1) 0\nE(0.1) X0\nI_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2)] 0\nM(0.1) 0").tables
    for name, a, b in zip(PlanTables._fields, tables, other, strict=True):
        if name != "can_leak":
            assert (a.dtype, a.ndim) == (b.dtype, b.ndim), name
            assert not a.flags.writeable and not b.flags.writeable


def test_more_qubits_than_codes_tell_apart_are_refused() -> None:
    program = compiled("M 0")
    plan_of(replace(program, qubits=np.arange(1 << QUBIT_BITS)))
    with pytest.raises(ValueError, match="must act on at most 524,288 qubits, but acts on 524,289;"):
        plan_of(replace(program, qubits=np.arange((1 << QUBIT_BITS) + 1)))
