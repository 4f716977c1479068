"""Layers of Pauli noise: what is merged, and that the events are the noise."""

import math

import numpy as np
import pytest
import stim

from qec_leak.program import SHARE_BITS, Op, Program, compile_program
from qec_leak.program.layers import poisson_rates

X, Z, Y = 1, 2, 3
NOISE = (Op.PAULI_1, Op.PAULI_2)


def compiled(text: str) -> Program:
    return compile_program(stim.Circuit(text))


def ops(text: str) -> list[str]:
    return [Op(op).name for op in compiled(text).ops[:, 0]]


def events(program: Program, layer: int) -> dict[tuple[int, int, int], float]:
    """Rates of a layer by (bits, first qubit, second qubit), read off its alias table."""
    arity = int(program.layer_arity[layer])
    assert all(arity == NOISE.index(op) + 1 for op, _, _, param in program.ops if op in NOISE and param == layer)
    first, size = int(program.layer_start[layer]), int(program.layer_size[layer])
    rates: dict[tuple[int, int, int], float] = {}
    for k in range(first, first + size):
        share = int(program.event[k, 0]) / 2**SHARE_BITS
        for code, part in zip(program.event[k, 1:].tolist(), (share, 1 - share), strict=True):
            first_qubit = int(program.qubits[code >> 4 & 0xFFFFFFF])
            second_qubit = int(program.qubits[code >> 32]) if arity == 2 else 0
            paulis = [code & 15] if code & 15 else list(range(1, 16 if arity == 2 else 4))
            for bits in paulis:
                key = (bits, first_qubit, second_qubit)
                rates[key] = rates.get(key, 0.0) + part / size * program.layer_rate[layer] / len(paulis)
    return {key: rate for key, rate in rates.items() if rate > 1e-12}


def test_neighbouring_noise_is_one_layer_of_each_arity() -> None:
    text = "X_ERROR(0.1) 0\nDEPOLARIZE2(0.1) 0 1\nTICK\nDEPOLARIZE1(0.1) 1 2\nM 0\nDETECTOR rec[-1]\nZ_ERROR(0.1) 0"
    assert ops(text) == ["PAULI_1", "PAULI_2", "SNAPSHOT", "MEASURE", "PAULI_1", "DETECTOR"]


@pytest.mark.parametrize("between", ["H 5", "R 5", "M 5", "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 5", "E(0.1) X5"])
def test_noise_is_not_moved_past_what_reads_or_changes_frames(between: str) -> None:
    assert ops(f"X_ERROR(0.1) 0\n{between}\nX_ERROR(0.1) 0").count("PAULI_1") == 2


def test_loops_know_their_new_lengths() -> None:
    inner = "REPEAT 7 {\nY_ERROR(0.1) 0\nX_ERROR(0.1) 1\nS 0\n}"
    program = compiled(f"REPEAT 5 {{\nX_ERROR(0.1) 0\nZ_ERROR(0.1) 0\n{inner}\n}}")
    names = [Op(op).name for op in program.ops[:, 0]]
    ends = [i for i, name in enumerate(names) if name == "LOOP_END"]
    for end in ends:
        assert names[end - program.ops[end, 2] - 1] == "LOOP_BEGIN"
    assert names.count("PAULI_1") == names.count("LOOP_BEGIN")  # one a body


def test_rates_of_a_place_add_up() -> None:
    program = compiled("X_ERROR(0.1) 3\nDEPOLARIZE1(0.06) 3\nX_ERROR(0.2) 4")
    assert len(program.layer_rate) == 1
    flip, other = (-0.5 * math.log(1 - 2 * p) for p in (0.1, 0.2))
    mixed = -0.25 * math.log(1 - 4 / 3 * 0.06)
    expected = {(X, 3, 0): flip + mixed, (Z, 3, 0): mixed, (Y, 3, 0): mixed, (X, 4, 0): other}
    found = events(program, 0)
    assert found.keys() == expected.keys()
    for key, rate in expected.items():
        assert found[key] == pytest.approx(rate, rel=1e-5)


def test_two_qubit_events_name_both_qubits() -> None:
    found = events(compiled("PAULI_CHANNEL_2(0,0,0,0,0,0,0,0,0,0,0.01,0,0,0,0) 7 2"), 0)  # YZ
    assert found == {(Y | Z << 2, 7, 2): pytest.approx(-0.5 * math.log(1 - 0.02), rel=1e-9)}


def test_layers_of_one_and_of_two_qubits_are_not_shared() -> None:
    """Even if what happens is the same: a phase flip of qubit 3, alone or in a pair with qubit 0."""
    program = compiled("Z_ERROR(0.1) 3\nH 0\nPAULI_CHANNEL_2(0,0,0,0,0,0,0,0,0,0,0,0.1,0,0,0) 3 0")
    assert program.layer_arity.tolist() == [1, 2]
    assert events(program, 0) == events(program, 1)


def test_what_depolarizes_is_one_event_of_any_pauli() -> None:
    only_xx = "PAULI_CHANNEL_2(0,0,0,0,0.01,0,0,0,0,0,0,0,0,0,0) 4 5"
    program = compiled(f"DEPOLARIZE2(0.1) 0 1 2 3 4 5\n{only_xx}")
    assert program.layer_size.tolist() == [4]
    found = events(program, 0)
    assert len(found) == 45
    mixed = -math.log(1 - 16 / 15 * 0.1) / 16
    for (bits, first, _), rate in found.items():
        extra = -0.5 * math.log(1 - 0.02) if bits == X | X << 2 and first == 4 else 0.0
        assert rate == pytest.approx(mixed + extra, rel=1e-5)


@pytest.mark.parametrize("outcomes", [[(1, 0.1), (3, 0.1)], [(1, 0.6)], [(1, 0.5)], [(1, 0.5), (2, 0.5)]])
def test_what_has_no_rates_is_drawn_by_probability(outcomes: list[tuple[int, float]]) -> None:
    """X and Y without Z, and flips more likely than not, are no Poisson events."""
    assert poisson_rates(tuple(outcomes)) == ()


def test_rates_give_back_the_probabilities() -> None:
    outcomes = [(bits, 0.002 * (bits + 5)) for bits in range(1, 16)]
    rates = dict(poisson_rates(tuple(outcomes)))
    # Composition of Poisson events: exp of the generator, by repeated convolution over the group of bits.
    distribution, term = np.zeros(16), np.zeros(16)
    distribution[0] = term[0] = 1.0
    for n in range(1, 40):
        term = np.array([sum(term[b ^ a] * rate for a, rate in rates.items()) / n for b in range(16)])
        distribution += term
    distribution *= math.exp(-math.fsum(rates.values()))
    assert np.allclose(distribution[1:], [p for _, p in outcomes], atol=1e-13)
