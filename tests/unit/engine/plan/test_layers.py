"""Layers of Pauli noise: what is merged, and that the events are the noise."""

import math

import numpy as np
import pytest
import stim

from qec_leak.engine.plan import Plan, plan_of
from qec_leak.engine.plan.codes import LAYER_1, LAYER_2
from qec_leak.engine.plan.formats import BLOCK_SHOTS, QUBIT_BITS, SHARE_BITS
from qec_leak.engine.plan.layers import poisson_rates
from qec_leak.program import Op, Program, compile_program

X, Z, Y = 1, 2, 3
NAMES = {LAYER_1: "LAYER_1", LAYER_2: "LAYER_2", **{op: op.name for op in Op}}


def compiled(text: str) -> Program:
    return compile_program(stim.Circuit(text))


def names(plan: Plan) -> list[str]:
    return [NAMES[op] for op in plan.tables.ops[:, 0].tolist()]


def ops(text: str) -> list[str]:
    return names(plan_of(compiled(text)))


def layers_of(plan: Plan) -> list[tuple[int, float]]:
    """Of each layer on how many qubits its events are, and their rate a shot."""
    ops = zip(plan.tables.ops.tolist(), plan.expected / BLOCK_SHOTS, strict=True)
    of = {op[3]: (1 if op[0] == LAYER_1 else 2, rate) for op, rate in ops if op[0] in (LAYER_1, LAYER_2)}
    return [of[layer] for layer in range(len(plan.tables.layer_size))]


def events(program: Program, layer: int) -> dict[tuple[int, int, int], float]:
    """Rates of a layer by (bits, first qubit, second qubit), read off its alias table."""
    plan = plan_of(program)
    tables, (arity, rate) = plan.tables, layers_of(plan)[layer]
    first, size = int(tables.layer_start[layer]), int(tables.layer_size[layer])
    rates: dict[tuple[int, int, int], float] = {}
    for k in range(size):
        word = int(tables.event[first + arity * k])
        other = word >> SHARE_BITS + 2 + QUBIT_BITS if arity == 1 else int(tables.event[first + arity * k + 1])
        own = word >> SHARE_BITS & (1 << (2 + QUBIT_BITS if arity == 1 else 64)) - 1
        share = (word & (1 << SHARE_BITS) - 1) / 2**SHARE_BITS
        for code, part in zip((own, other), (share, 1 - share), strict=True):
            first_qubit = int(program.qubits[code >> 2 * arity & (1 << QUBIT_BITS) - 1])
            second_qubit = int(program.qubits[code >> 2 * arity + QUBIT_BITS]) if arity == 2 else 0
            bits_of = code & 4**arity - 1
            paulis = [bits_of] if bits_of else list(range(1, 4**arity))
            for bits in paulis:
                key = (bits, first_qubit, second_qubit)
                rates[key] = rates.get(key, 0.0) + part / size * rate / len(paulis)
    return {key: rate for key, rate in rates.items() if rate > 1e-12}


def test_neighbouring_noise_is_one_layer_of_each_arity() -> None:
    text = "X_ERROR(0.1) 0\nDEPOLARIZE2(0.1) 0 1\nTICK\nDEPOLARIZE1(0.1) 1 2\nM 0\nDETECTOR rec[-1]\nZ_ERROR(0.1) 0"
    assert ops(text) == ["LAYER_1", "LAYER_2", "SNAPSHOT", "MEASURE", "LAYER_1", "DETECTOR"]


@pytest.mark.parametrize("between", ["H 5", "R 5", "M 5", "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 5", "E(0.1) X5"])
def test_noise_is_not_moved_past_what_reads_or_changes_frames(between: str) -> None:
    assert ops(f"X_ERROR(0.1) 0\n{between}\nX_ERROR(0.1) 0").count("LAYER_1") == 2


def test_loops_know_their_new_lengths() -> None:
    inner = "REPEAT 7 {\nY_ERROR(0.1) 0\nX_ERROR(0.1) 1\nS 0\n}"
    plan = plan_of(compiled(f"REPEAT 5 {{\nX_ERROR(0.1) 0\nZ_ERROR(0.1) 0\n{inner}\n}}"))
    found = names(plan)
    ends = [i for i, name in enumerate(found) if name == "LOOP_END"]
    for end in ends:
        assert found[end - plan.tables.ops[end, 2] - 1] == "LOOP_BEGIN"
    assert found.count("LAYER_1") == found.count("LOOP_BEGIN")  # one a body


def test_rates_of_a_place_add_up() -> None:
    program = compiled("X_ERROR(0.1) 3\nDEPOLARIZE1(0.06) 3\nX_ERROR(0.2) 4")
    assert len(layers_of(plan_of(program))) == 1
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
    assert [arity for arity, _ in layers_of(plan_of(program))] == [1, 2]
    assert events(program, 0) == events(program, 1)


def test_what_depolarizes_is_one_event_of_any_pauli() -> None:
    only_xx = "PAULI_CHANNEL_2(0,0,0,0,0.01,0,0,0,0,0,0,0,0,0,0) 4 5"
    program = compiled(f"DEPOLARIZE2(0.1) 0 1 2 3 4 5\n{only_xx}")
    assert plan_of(program).tables.layer_size.tolist() == [4]
    found = events(program, 0)
    assert len(found) == 45
    mixed = -math.log(1 - 16 / 15 * 0.1) / 16
    for (bits, first, _), rate in found.items():
        extra = -0.5 * math.log(1 - 0.02) if bits == X | X << 2 and first == 4 else 0.0
        assert rate == pytest.approx(mixed + extra, rel=1e-5)


@pytest.mark.parametrize("outcomes", [[(1, 0.1), (3, 0.1)], [(1, 0.6)], [(1, 0.5)], [(1, 0.5), (2, 0.5)]])
def test_what_has_no_rates_is_drawn_by_probability(outcomes: list[tuple[int, float]]) -> None:
    """X and Y without Z, and flips more likely than not, are no Poisson events."""
    assert poisson_rates(tuple(outcomes), 1) == ()


def test_rates_give_back_the_probabilities() -> None:
    outcomes = [(bits, 0.002 * (bits + 5)) for bits in range(1, 16)]
    rates = dict(poisson_rates(tuple(outcomes), 2))
    # Composition of Poisson events: exp of the generator, by repeated convolution over the group of bits.
    distribution, term = np.zeros(16), np.zeros(16)
    distribution[0] = term[0] = 1.0
    for n in range(1, 40):
        term = np.array([sum(term[b ^ a] * rate for a, rate in rates.items()) / n for b in range(16)])
        distribution += term
    distribution *= math.exp(-math.fsum(rates.values()))
    assert np.allclose(distribution[1:], [p for _, p in outcomes], atol=1e-13)
