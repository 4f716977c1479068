"""A leaked qubit's last measurement is on top of its frozen frame, also right after a loop that ends with one."""

from __future__ import annotations

import pytest

from qec_leak.circuits.memory import memory_experiment
from qec_leak.program import compile_program
from qec_leak.program.program import Op


def _last_measurement(circuit) -> list[int]:
    program = compile_program(circuit)
    _, start, count, _ = program.ops[program.ops[:, 0] == Op.MEASURE][-1]
    return program.values[start : start + count].tolist()


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR"])
def test_data_qubits_are_frozen(strategy):
    circuit = memory_experiment(distance=3, rounds=6, strategy=strategy, device="miao2023").circuit
    assert "REPEAT" in str(circuit)
    values = _last_measurement(circuit)
    assert len(values) == 9 and all(value & 2 for value in values)
    assert values == _last_measurement(circuit.flattened())
