"""The compiler: every Stim instruction, loops and their periods, known values, leakable qubits, what it refuses."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.program import Op, Program, compile_program

TARGETS = {
    "E": "X0 Y1",
    "ELSE_CORRELATED_ERROR": "X0 Y1",
    "MPP": "X0*Z1",
    "SPP": "X0*Z1",
    "SPP_DAG": "X0*Z1",
    "MPAD": "0 1",
}
OTHER = {
    "DETECTOR": "M 0\nDETECTOR rec[-1]",
    "OBSERVABLE_INCLUDE": "M 0\nOBSERVABLE_INCLUDE(0) rec[-1]",
    "REPEAT": "REPEAT 3 {\n    M 0\n}",
    "QUBIT_COORDS": "QUBIT_COORDS(1, 2) 0",
    "SHIFT_COORDS": "SHIFT_COORDS(1, 2)",
    "TICK": "TICK",
}
ARGUMENTS = {"PAULI_CHANNEL_1": 3, "PAULI_CHANNEL_2": 15, "HERALDED_PAULI_CHANNEL_1": 4}


def text_of(name: str) -> str:
    """A circuit with one instruction of the name."""
    if name in OTHER:
        return OTHER[name]
    gate = stim.gate_data(name)
    needs_argument = gate.num_parens_arguments_range.start > 0
    number = ARGUMENTS.get(name, 1)
    args = f"({', '.join(['0.0625'] * number)})" if needs_argument else ""
    return f"{name}{args} {TARGETS.get(name, '0 1')}"


def compiled(text: str) -> Program:
    return compile_program(stim.Circuit(text))


def ops(text: str) -> list[Op]:
    return [Op(op) for op in compiled(text).ops[:, 0]]


@pytest.mark.parametrize("name", sorted({*stim.gate_data(), "REPEAT"}))
def test_every_instruction_of_stim_compiles_and_samples(name: str) -> None:
    circuit = stim.Circuit(text_of(name))
    batch = ql.compile_sampler(circuit, seed=1).sample(10, measurements=True)
    assert batch.num_measurements == circuit.num_measurements
    assert batch.num_detectors == circuit.num_detectors


LEAKY = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0\n"
NOT_WITH_LEAKAGE = ["MPP X0*Z1", "MXX 0 1", "MYY 0 1", "MZZ 0 1", "SPP X0*Z1", "SPP_DAG X0", "SQRT_XX 0 1"]


@pytest.mark.parametrize("line", [*NOT_WITH_LEAKAGE, "SQRT_YY_DAG 1 0"])
def test_what_has_no_meaning_for_a_leaked_qubit_is_refused_with_its_line(line: str) -> None:
    compiled("H 0\nTICK\n" + line)
    with pytest.raises(
        ValueError, match=r"^line 4: `.*` must act on qubits that cannot be leaked, but qubit 0 can; "
    ) as e:
        compiled("H 0\nTICK\n" + LEAKY + line)
    assert line.split()[0] in str(e.value)
    compiled(LEAKY + "H 0\nTICK\n" + line.replace("0", "5"))


@pytest.mark.parametrize(
    "name",
    [
        "CX",
        "CY",
        "CZ",
        "XCX",
        "XCY",
        "XCZ",
        "YCX",
        "YCY",
        "YCZ",
        "SWAP",
        "ISWAP",
        "ISWAP_DAG",
        "CXSWAP",
        "SWAPCX",
        "CZSWAP",
        "H",
        "M",
        "MRX",
        "R",
    ],
)
def test_what_has_a_meaning_for_a_leaked_qubit_is_not(name: str) -> None:
    assert compiled(LEAKY + f"{name} 0 1").can_leak[0]


@pytest.mark.parametrize(
    ("text", "leakable"),
    [
        ("X 0 1 2", []),
        (LEAKY + "CX 0 1 1 2", [0]),
        (LEAKY + "SWAP 0 2\nX 1", [0, 2]),
        ("SWAP 0 2\nX 1\n" + LEAKY, [0, 2]),  # loops bring what is written before after what is written later
        ("II_ERROR[LEAKAGE_TRANSITION_2: (1, 2_U-->U_2)] 0 1", []),
        (LEAKY + "II_ERROR[LEAKAGE_TRANSITION_2: (1, 2_U-->U_2)] 0 1", [0, 1]),
        (LEAKY + "II_ERROR[LEAKAGE_TRANSITION_2: (1, U_2-->2_U)] 0 1", [0]),
        (LEAKY + "II_ERROR[LEAKAGE_TRANSITION_2: (1, 3_U-->U_2)] 0 1", [0]),
        (
            LEAKY + "I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->3)] 0\nII_ERROR[LEAKAGE_TRANSITION_2: (1, 3_U-->U_2)] 0 1",
            [0, 1],
        ),
        (LEAKY + "II_ERROR[LEAKAGE_TRANSITION_2: (1, 2_U-->U_2)] 0 1 1 2", [0, 1, 2]),
        ("I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->0)] 0", []),
        ("R[LEAKAGE_RESET: (1, 2-->2)] 0", []),
    ],
)
def test_leakable_qubits(text: str, leakable: list[int]) -> None:
    assert np.flatnonzero(compiled(text + "\nI 2").can_leak).tolist() == leakable


def loop(count: int, body: str = "H 1\nCX 0 1\nM 1\nDETECTOR rec[-1]") -> str:
    indented = "\n".join("    " + line for line in body.splitlines())
    return f"R 0 1\nREPEAT {count} {{\n{indented}\n}}"


BODIES = {
    "period 1": "CX 0 1\nM 1\nR 1",
    "period 2": "X 0\nM 0",
    "period 2 by feedback": "M 0\nCX rec[-1] 0\nX 0",
    "period 4": "M 1\nCX 0 1\nX 0",
    "random": "H 1\nCX 0 1\nM 1",
    "nested": "REPEAT 1000 {\n    X 0\n    M 0\n}\nM 1",
    "three of a cycle": "SWAP 0 1\nSWAP 1 2\nM 0",
    "lookback of feedback": "M 0\nX 0\nM 0\nCX rec[-2] 1\nM 1",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_million_iterations_compile_like_ten(name: str) -> None:
    """The reference state comes back, so that the body is compiled a few times whatever the count."""
    start = "X 2\n"
    few, many = (len(compiled(start + loop(count, BODIES[name])).ops) for count in (24, 1_000_008))
    assert many == few


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("name", BODIES)
def test_a_loop_is_what_it_unrolls_to(name: str, count: int) -> None:
    circuit = stim.Circuit("X 2\n" + loop(count, BODIES[name].replace("1000", "3")) + "\nM 0 1 2\nX 0\nM 0 1 2")
    flat = circuit.flattened()
    looped, unrolled = (
        ql.compile_sampler(c, seed=1).sample(300, measurements=True).measurements for c in (circuit, flat)
    )
    assert looped is not None and unrolled is not None
    constant = (unrolled == unrolled[0]).all(axis=0)
    assert np.array_equal(looped[:, constant], unrolled[:, constant])
    assert constant.any() and (looped.mean(axis=0)[~constant] > 0.3).all()
    if name != "random":
        reference = circuit.reference_sample()
        assert np.array_equal(looped[0], reference)
    assert compiled(str(circuit)).num_measurements == flat.num_measurements


def test_nested_loops_run_as_often_as_told() -> None:
    text = "REPEAT 3 {\nREPEAT 5 {\nTICK\nM 0\n}\nREPEAT 2 {\nTICK[LEAKAGE_POPULATION]\n}\n}"
    program = compiled(text)
    assert (program.num_moments, program.num_snapshots, program.num_measurements) == (21, 6, 15)
    batch = ql.compile_sampler(text, seed=1).sample(10, populations="moments", measurements=True)
    assert batch.population_counts is not None and batch.population_counts.shape == (21, 1, 2)
    assert batch.measurements is not None and not batch.measurements.any()


def test_a_loop_that_does_not_come_back_is_refused_with_its_line() -> None:
    """A shift register with feedback x^13 + x^4 + x^3 + x + 1 takes 8191 iterations to come back."""
    shift = "\n".join(f"SWAP {q} {q - 1}" for q in range(12, 0, -1))
    body = f"{shift}\nCX 0 1 0 3 0 4"
    with pytest.raises(
        ValueError, match=r"^line 4: `REPEAT 9000` must come back to an earlier noiseless state"
    ) as error:
        compiled("X 0\nM 20\n" + loop(9000, body).replace("R 0 1", "R 20"))
    assert "\n" not in str(error.value)
    assert len(compiled("X 0\n" + loop(1500, body).replace("R 0 1", "R 20")).ops) > 1500


def test_sweep_bits_that_flip_detectors_by_themselves() -> None:
    program = compiled(
        "CX sweep[0] 0 sweep[2] 1\nCX 0 1\nM 0 1\n"
        "DETECTOR rec[-1] rec[-2]\nDETECTOR rec[-2]\nOBSERVABLE_INCLUDE(1) rec[-1]"
    )
    assert program.sweep_detectors.tolist() == [[False, True], [False, False], [True, False]]
    assert program.sweep_observables.tolist() == [[False, True], [False, False], [False, True]]


def test_known_z_values_follow_the_reference() -> None:
    """Value-resolved rows apply where the reference knows the value, and the shot's own frame decides."""
    tag = "I_ERROR[LEAKAGE_TRANSITION_1: (0.5, 1-->2)]"
    program = compiled(f"X 1\nH 2\n{tag} 0 1 2\nM 2\nCX 1 0\n{tag} 0 2")
    sites = program.ops[program.ops[:, 0] == Op.CHANNEL_1]
    known = [program.values[start : start + count].tolist() for _, start, count, _ in sites]
    assert known == [[2, 3, 0], [3, 2]]  # the value, +2 where it is known


def test_arrays_are_read_only() -> None:
    program = compiled("X_ERROR(0.1) 0\nM 0")
    assert not any(v.flags.writeable for v in vars(program).values() if isinstance(v, np.ndarray))


def test_gates_that_only_change_signs_cost_nothing() -> None:
    assert ops("X 0\nY 1\nZ 2\nI 3") == []
    assert ops("S 0\nS_DAG 1\nSQRT_X 0\nH_YZ 1") == [Op.S, Op.S, Op.SQRT_X, Op.SQRT_X]
