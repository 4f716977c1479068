"""Which random frames are not drawn, because they are overwritten before anything depends on them."""

import pytest
import stim

import qec_leak as ql
from qec_leak.engine.plan import plan_of
from qec_leak.engine.plan.codes import UNREAD
from qec_leak.engine.plan.tables import PlanTables
from qec_leak.program import Op, compile_program


def unread(text: str) -> list[tuple[str, int]]:
    """(operation, qubit) of what is marked, in order."""
    tables = plan_of(compile_program(stim.Circuit(text))).tables
    return [
        (Op(op).name, int(tables.targets[k]))
        for op, start, count, _ in tables.ops.tolist()
        if op in (Op.MEASURE, Op.RESET)
        for k in range(start, start + count)
        if tables.values[k] & UNREAD
    ]


def test_a_reset_behind_a_measurement() -> None:
    assert unread("M 0 1\nR 1\nH 1\nM 1") == [("MEASURE", 1)]
    assert unread("MR 0 1\nMR 0\nM 1") == [
        ("MEASURE", 0),
        ("MEASURE", 1),
        ("RESET", 0),
        ("RESET", 1),
        ("MEASURE", 0),
    ]


LEAKS = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0"
MOVES = "II_ERROR[LEAKAGE_TRANSITION_2: (0.4, 2_U-->U_2)] 0 1"


@pytest.mark.parametrize(
    "between", ["X_ERROR(0.1) 0", "DEPOLARIZE2(0.1) 0 1", "DETECTOR rec[-1]", "TICK", LEAKS, MOVES]
)
def test_noise_does_not_read_frames(between: str) -> None:
    assert unread(f"M 0\n{between}\nR 0") == [("MEASURE", 0)]


@pytest.mark.parametrize(
    "between", ["H 0", "S 0", "CZ 0 1", "SWAP 0 1", "MXX 0 1", "CZ rec[-1] 0", "REPEAT 2 {\nH 0\n}"]
)
def test_gates_may_read_frames(between: str) -> None:
    assert unread(f"M 0\n{between}\nR 0") == []


def marked(tables: PlanTables, op: Op) -> float:
    """The part of an operation's targets that is marked."""
    of = [k for code, start, count, _ in tables.ops.tolist() if code == op for k in range(start, start + count)]
    return sum(bool(tables.values[k] & UNREAD) for k in of) / len(of)


def test_half_of_the_random_frames_of_a_memory_are_not_drawn() -> None:
    tables = plan_of(compile_program(ql.memory_experiment(distance=5, rounds=9, strategy="DQLR").circuit)).tables
    assert marked(tables, Op.MEASURE) > 0.6  # all but the last ones, of data qubits
    assert 0.3 < marked(tables, Op.RESET) < 0.5  # the first of two a round
