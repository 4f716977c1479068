"""The certificate's tableau against Stim: circuits as they are, and with gates of leaked qubits removed by hand."""

import numpy as np
import pytest
import stim

from qec_leak.certificate.cases import Cases
from qec_leak.certificate.cliffords import clifford_table, images_before, two_qubit_parts
from qec_leak.certificate.comparison import Comparison
from qec_leak.certificate.operations import operations_of
from qec_leak.certificate.reference import reference_of
from qec_leak.certificate.spaces import differing_parity, equal_spaces

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (1.0, U-->2)]"
PAIRS = [n for n, g in stim.gate_data().items() if g.is_unitary and g.is_two_qubit_gate]


def maps(text):
    """Maps of frames and of the tableau of a circuit's only case, outputs being records and then the case's values."""
    operations = operations_of(stim.Circuit(text), "records")
    (case,) = Cases(operations).one()
    return Comparison(operations, reference_of(operations)).maps(case)


def sampled(text, order):
    """A map with the distribution of Stim's records (in ``order``), its random bits being differences of samples."""
    circuit = stim.Circuit(text)
    shots = circuit.num_measurements + 65
    records = circuit.compile_sampler(seed=3).sample(shots)[:, order]
    span = np.vstack([records[0], records[1:] ^ records[0]]).T
    padded = np.zeros((span.shape[0], -(-shots // 64) * 64), dtype=bool)
    padded[:, :shots] = span
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


@pytest.mark.parametrize("name", PAIRS)
def test_parts_of_two_qubit_gates(name):
    parts = stim.Circuit("I 0 1")
    for step, gate in two_qubit_parts(name):
        parts.append(gate or step, [int(step) - 1] if gate else [0, 1])
    assert parts.to_tableau() == stim.gate_data(name).tableau


def test_every_one_qubit_gate():
    table, numbers = clifford_table()
    assert table.shape == (24, 7)
    for name, number in numbers.items():
        same, before, signs = images_before(number)
        assert stim.gate_data(same).tableau == stim.gate_data(name).tableau
        back = stim.gate_data(name).tableau.inverse()
        assert [before[p] for p in (1, 2, 3)] == [back.x_output(0)[0], back.y_output(0)[0], back.z_output(0)[0]]
        assert not signs[0]


def random_text(seed):
    """Everything that is executed, on qubits 0 to 4."""
    rng = np.random.default_rng(seed)
    ones = [n for n, g in stim.gate_data().items() if g.is_unitary and g.is_single_qubit_gate]
    ends = ["M", "MX", "MY", "MR", "MRX", "MRY", "R", "RX", "RY"]
    lines = ["MPAD 1"]
    for _ in range(40):
        a, b, c = (int(q) for q in rng.permutation(5)[:3])
        p = rng.choice(list("XYZ"), size=3)
        no = rng.choice(["", "!"])
        lines.append(
            str(
                rng.choice(
                    [
                        f"{rng.choice(ones)} {a}",
                        f"{rng.choice(PAIRS)} {a} {b}",
                        f"{rng.choice(PAIRS)} {a} {b}",
                        f"{rng.choice(ends[:6])} {no}{a}",
                        f"{rng.choice(ends)} {a}",
                        f"MPP {no}{p[0]}{a}*{p[1]}{b}*{p[2]}{c}",
                        f"{rng.choice(['MXX', 'MYY', 'MZZ'])} {no}{a} {b}",
                        f"{rng.choice(['SPP', 'SPP_DAG'])} {no}{p[0]}{a}*{p[1]}{b}",
                        f"{rng.choice(['CX', 'CY', 'CZ'])} rec[-1] {a}",
                    ]
                )
            )
        )
    return "\n".join([*lines, "TICK", "M 0 1 2 3 4", "M 5"])


@pytest.mark.parametrize("seed", range(40))
def test_without_leakage_both_are_stim(seed):
    text = random_text(seed)
    frames, tableau = maps(text.replace("M 5", f"{LEAK} 5"))  # which no gate touches
    assert tableau.shape[0] > 6
    expected = sampled(text, slice(None))
    assert differing_parity(tableau, expected) == []
    assert equal_spaces(tableau, expected) and equal_spaces(expected, tableau)
    assert equal_spaces(frames, expected)


def test_gates_removed_by_hand():
    text = f"""
        H 0 3
        CX 0 1
        S 1
        CY 1 2
        {LEAK} 1
        H 1
        CX 1 3
        CZ 2 1
        M 1
        CX rec[-1] 2
        SWAP 1 4
        X 4
        XCY 4 3
        H 1
        CX 1 0
        MX 0 3
        M 1 2
        R 4
        CX 2 4
        M 4
    """
    # Qubit 1 stays in level 2, then qubit 4 up to its reset; the record of the leaked qubit is 1.
    removed = """
        H 0 3
        CX 0 1
        S 1
        CY 1 2
        M 1
        MPAD 1
        X 2
        SWAP 1 4
        H 1
        CX 1 0
        MX 0 3
        M 1 2
        R 4
        CX 2 4
        M 4
    """
    _, tableau = maps(text)
    order = [1, 2, 3, 4, 5, 6, 0]  # the value with which it left comes last
    assert equal_spaces(tableau, sampled(removed, order))
    assert not equal_spaces(tableau, sampled(removed.replace("X 2\n", "Y 2\nX 2\n"), order))
    assert not equal_spaces(tableau, sampled(removed.replace("SWAP 1 4", "SWAP 1 4\nXCY 4 3"), order))
