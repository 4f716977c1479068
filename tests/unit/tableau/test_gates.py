"""Gates: steps of two-qubit gates and tables of one-qubit gates against Stim's tableaus; every instruction of Stim."""

import numpy as np
import pytest
import stim

from qec_leak.tableau import compile_tableau
from qec_leak.tableau.gates import ONE_QUBIT_GATES, gate_table, steps_of

TWO_QUBIT_GATES = [n for n, g in stim.gate_data().items() if g.is_unitary and g.is_two_qubit_gate and n != "II"]


@pytest.mark.parametrize("name", TWO_QUBIT_GATES)
def test_steps_make_the_gate(name: str) -> None:
    circuit = stim.Circuit()
    for gate, place in steps_of(name):
        circuit.append(gate, [0, 1] if place < 0 else [place])
    assert circuit.to_tableau() == stim.gate_data(name).tableau


def test_gates_that_keep_z() -> None:
    table = gate_table()
    assert len(ONE_QUBIT_GATES) == 24
    keep = {name for code, name in enumerate(ONE_QUBIT_GATES) if table.keeps_z[code]}
    assert keep == {"I", "X", "Y", "Z", "S", "S_DAG", "H_XY", "H_NXY"}


MADE_OF = {
    "MPP": "X0*Y1*Z2",
    "SPP": "X0*Y1",
    "SPP_DAG": "!X0*Z2",
    "E": "X0 Y1",
    "ELSE_CORRELATED_ERROR": "X0",
    "DETECTOR": "",
    "OBSERVABLE_INCLUDE": "",
    "TICK": "",
    "SHIFT_COORDS": "",
    "MPAD": "0 1",
}


@pytest.mark.parametrize("name", [n for n in stim.gate_data() if n != "REPEAT"])
def test_every_instruction_of_stim_has_its_deterministic_records(name: str) -> None:
    """On every instruction without noise, all parities of records that are the same in each shot are those of Stim."""
    data = stim.gate_data(name)
    count = min(data.num_parens_arguments_range)
    args = f"({', '.join(['0'] * count)})" if count else ""
    targets = MADE_OF.get(name, "0 1" if data.is_two_qubit_gate else "0 1 2")
    circuit = stim.Circuit(f"H 0\nCX 0 1\nS 1\n{name}{args} {targets}\nMX 0 1\nMY 1 2\nM 0 1 2")
    records = compile_tableau(circuit).sample(0, 300, seed=2).measurements
    theirs = circuit.compile_sampler(seed=3).sample(300)
    assert span(records) == span(theirs)


def test_repeat_is_a_loop() -> None:
    circuit = stim.Circuit("REPEAT 3 {\n X 0\n REPEAT 5 {\n M 0\n CX rec[-1] 1\n M 1\n }\n}")
    records = compile_tableau(circuit).sample(0, 2, seed=2).measurements
    assert np.array_equal(records, circuit.compile_sampler().sample(2))


def span(records: np.ndarray) -> list[int]:
    """The affine space of the records: its reduced basis, and the smallest member."""
    rows = [int("".join(map(str, row.astype(int))) or "0", 2) for row in records]
    basis: list[int] = []
    for row in rows[1:]:
        difference = row ^ rows[0]
        for b in basis:
            difference = min(difference, difference ^ b)
        if difference:
            basis = sorted([min(b, b ^ difference) for b in basis] + [difference], reverse=True)
    offset = rows[0]
    for b in basis:
        offset = min(offset, offset ^ b)
    return [*basis, offset]


def test_spans_tell_spaces_apart() -> None:
    both = np.array([[0, 0], [1, 1]], dtype=bool)
    assert span(both) == span(both[::-1]) != span(np.array([[0, 1], [1, 0]], dtype=bool))
    assert span(both) != span(np.array([[0, 0], [0, 1], [1, 0]], dtype=bool))
