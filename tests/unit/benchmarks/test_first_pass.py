"""The benchmark of first passes: its circuits leak as they say, and a row has both ways of both kinds of shots."""

import qec_leak as ql
from benchmarks import first_pass
from benchmarks.leaking_cx import leaking_cx


def test_each_qubit_of_a_gate_leaks():
    circuit = leaking_cx(3, 0.0, 0.1)
    batch = ql.compile_sampler(circuit, seed=1).sample(4000, heralds=True)
    center = 4  # of 9 data qubits, in 4 gates a round, 3 rounds
    leaked = (batch.heralds[:, -9:][:, center] > 0).mean()
    assert abs(leaked - (1 - 0.9**12)) < 5 * (0.25 / 4000) ** 0.5


def test_a_row(monkeypatch):
    monkeypatch.setitem(first_pass.SETTINGS, "small", first_pass.cx(3, 0.003, 0.002, 300))
    cells = first_pass.row("small", 1).strip("| ").split(" | ")
    assert cells[:2] == ["small", "300"] and float(cells[2]) > 1 and all("%" in cell for cell in cells[3:])
    assert len(cells) == 5
