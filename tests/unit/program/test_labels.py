"""Qubits are known by their place: names may have gaps and be large, nothing but the size of tables depends on it."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.program import compile_program

TEXT = """
R {0} {1} {2}
X {1}
H {2}
CX {1} {0} {2} {1}
I_ERROR[LEAKAGE_TRANSITION_1: (0.25, U-->2)] {0} {2}
E(0.125) X{0} Z{2}
MPP !Z{1}
REPEAT 3 {{
    II_ERROR[LEAKAGE_TRANSITION_2: (0.5, 2_U-->U_2)] {0} {2}
    SWAP {0} {2}
    TICK[LEAKAGE_POPULATION]
}}
MPAD[LEAKAGE_MEASUREMENT: (1, 2) : {2} {0}] 0 1
MR !{0} {1} {2}
CX rec[-1] {0} sweep[0] {1}
M {0} {1}
DETECTOR rec[-1]
"""


def circuit(a: int, b: int, c: int) -> stim.Circuit:
    return stim.Circuit("QUBIT_COORDS(1, 2) 5\n" + TEXT.format(a, b, c))


@pytest.mark.parametrize("names", [(3, 7, 9), (5, 300, 70_000), (0, 12, 16_777_214)])
def test_gaps_in_names_change_nothing(names: tuple[int, int, int]) -> None:
    small, large = (ql.compile_sampler(circuit(*q), seed=1) for q in ((0, 1, 2), names))
    assert large.program.qubits.tolist() == list(names)
    counted: dict = {"populations": "rounds" if names[2] < 10**6 else None}
    a = small.sample(3000, measurements=True, heralds=True)
    b = large.sample(3000, measurements=True, heralds=True, **counted)
    assert a.measurements is not None and np.array_equal(a.measurements, b.measurements)
    assert np.array_equal(a.heralds, b.heralds) and np.array_equal(a.detection_events, b.detection_events)
    if b.population_counts is not None:
        assert b.population_counts.shape == (3, names[2] + 1, 2)
        assert a.population_counts is not None
        assert np.array_equal(a.population_counts[:, :3], b.population_counts[:, list(names)])
        assert a.population_counts.sum() == b.population_counts.sum() > 0


def test_too_many_populations_are_refused() -> None:
    with pytest.raises(
        ValueError, match="`populations` must have at most 67,108,864 entries, but 6 snapshots of qubits"
    ):
        ql.compile_sampler(circuit(0, 1, 16_777_214) * 2, seed=1).sample(1)


def test_messages_and_tables_name_qubits_as_the_circuit_does() -> None:
    leaky = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 40\n"
    with pytest.raises(
        ValueError, match=r"^line 2: `MXX 70 40` must act on qubits that cannot be .* but qubit 40 can;"
    ):
        compile_program(stim.Circuit(leaky + "MXX 70 40"))
    with pytest.raises(ValueError, match=r"^line 2: .* known Z value, but qubit 40 has none;"):
        compile_program(stim.Circuit("H 40\nI[LEAKAGE_TRANSITION_Z: (0.1, 1-->2)] 40"))
    program = compile_program(stim.Circuit(leaky + "H 40\nCZ 40 70\nS 40\nH 40\nCX 40 70"))
    assert np.flatnonzero(program.can_leak).tolist() == [40]
    assert program.qubits.tolist() == [40, 70]
    assert program.conflicts and program.conflicts[0].qubits == {40, 70}
