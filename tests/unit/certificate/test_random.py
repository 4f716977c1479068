"""Random circuits: those whose stabilizers are of two kinds are certified, and of others some are not."""

import pytest
from random_leaking import clifford_circuit, css_circuit

from qec_leak.certificate import first_order
from qec_leak.program.css import css_conflicts
from qec_leak.program.labels import Labels


@pytest.mark.parametrize("seed", range(20))
def test_two_kinds_of_stabilizers(seed):
    circuit = css_circuit(seed)
    assert not css_conflicts(circuit, Labels.of(circuit))
    report = first_order(circuit, outputs="records", second_order=seed < 5)
    assert report.places_checked > 50
    assert not report.failures


GATES = [
    (("H",), ("CZ",)),
    (("H", "S"), ("CZ",)),
    (("H",), ("CX",)),
    (("C_XYZ",), ("CZ",)),
    (("H", "S"), ("CY", "XCZ")),
]


@pytest.mark.parametrize(("one", "pairs"), GATES)
def test_without_conflicts(one, pairs):
    """What ``css_conflicts`` finds no fault with is certified, two leaked qubits included."""
    certified = 0
    for seed in range(40):
        circuit = clifford_circuit(seed, num_qubits=4, length=10, one=one, pairs=pairs)
        if not css_conflicts(circuit, Labels.of(circuit)):
            assert not first_order(circuit, outputs="records", second_order=True).failures
            certified += 1
    assert certified > 2


def test_others_fail_at_times():
    failing = [bool(first_order(clifford_circuit(seed), outputs="records").failures) for seed in range(20)]
    assert 5 < sum(failing) < 20
