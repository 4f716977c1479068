"""Wrong rules of frames are found out, and so are circuits for which the right one is not exact."""

from dataclasses import replace

import numpy as np
import stim

import qec_leak as ql
from qec_leak.certificate import certify, first_order
from qec_leak.certificate.cases import Cases
from qec_leak.certificate.comparison import Comparison
from qec_leak.certificate.operations import operations_of
from qec_leak.certificate.reference import reference_of
from qec_leak.certificate.spaces import differing_parity, equal_spaces

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (1.0, U-->2)]"
TWO_PARTNERS = stim.Circuit(f"""
    R 0 1 2
    {LEAK} 0
    H 0 1 2
    CZ 2 0
    CZ 2 1
    H 2
    M 2
    M 0 1
    DETECTOR rec[-1] rec[-2] rec[-3]
""")
TURNED_BY_PAULI = stim.Circuit(f"""
    R 0 1
    {LEAK} 0
    H 0
    Z 0
    H 0
    CX 0 1
    M 1
    DETECTOR rec[-1]
""")


def planted(monkeypatch, change):
    """``change`` the reference's values (operations + 1, qubits)."""
    right = certify.reference_of
    monkeypatch.setattr(certify, "reference_of", lambda of: replace(right(of), values=change(right(of).values.copy())))


class TestWrongRules:
    def test_right_rule(self):
        assert first_order(TWO_PARTNERS).failures == ()
        assert first_order(TURNED_BY_PAULI).failures == ()

    def test_frozen(self, monkeypatch):
        planted(monkeypatch, lambda values: np.broadcast_to(values[0], values.shape).copy())
        assert first_order(TWO_PARTNERS).failures == ()  # the values never change there
        (failure,) = first_order(TURNED_BY_PAULI).failures
        assert (failure.line, failure.qubit, failure.returns_at) == (2, 0, None)
        assert failure.instruction == "I_ERROR 0"
        assert (failure.detectors, failure.observables, failure.values) == ((0,), (), False)

    def test_opposite(self, monkeypatch):
        planted(monkeypatch, lambda values: values ^ (np.arange(len(values)) > 0)[:, None])
        (failure,) = first_order(TWO_PARTNERS).failures
        assert failure.detectors == (0,)

    def test_random(self):
        # Frame random after the Hadamard: either value of the reference, by one more random bit.
        operations = operations_of(TWO_PARTNERS, "detectors")
        right = reference_of(operations)
        wrong = replace(right, values=right.values ^ np.uint8(1))
        (case,) = Cases(operations).one()
        frames, tableau = Comparison(operations, right).maps(case)
        others, _ = Comparison(operations, wrong).maps(case)
        assert equal_spaces(frames, tableau)
        mixed = np.hstack([frames, (frames ^ others) << np.uint64(1)])
        assert not equal_spaces(mixed, tableau)
        assert differing_parity(mixed, tableau) == [0]

    def test_memory(self, monkeypatch):
        circuit = ql.memory_experiment(
            code="surface", distance=3, rounds=8, basis="Z", strategy="MLR", device="miao2023"
        ).circuit
        rng = np.random.default_rng(5)
        planted(monkeypatch, lambda values: values ^ (rng.random(values.shape) < 0.01))
        report = first_order(circuit)
        assert 0.001 < len(report.failures) / report.places_checked < 0.5


class TestNotExact:
    def test_smallest_found(self):
        # After the two CX, qubit 2 is tied to 1 in two ways that no values of single Paulis fit together with.
        report = first_order(stim.Circuit(f"H 1\nCX 1 2\nH 2\nCX 1 2\n{LEAK} 2\nH 1\nCX 1 0\nM 0"), outputs="records")
        (failure,) = report.failures
        assert (failure.line, failure.qubit, failure.detectors, failure.values) == (5, 2, (0,), True)

    def test_without_leakage_nothing_is_checked(self):
        assert first_order(stim.Circuit("H 0\nCX 0 1\nM 0 1\nDETECTOR rec[-1] rec[-2]")).places_checked == 0
