"""The frozen-frame rule shot by shot: frames move from a leaked qubit to its partner, never into it."""

import pytest

import qec_leak as ql

LEAK, BACK = "I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->2)] 0\n", "I_ERROR[LEAKAGE_TRANSITION_1: (1, 2-->{})] 0\n"


def records(text: str) -> list[int]:
    measured = ql.compile_sampler(text, seed=1).sample(1500, measurements=True).measurements
    assert measured is not None
    assert (measured == measured[0]).all()
    return [int(bit) for bit in measured[0]]


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("gate", ["CX 1 0", "XCX 0 1", "CX 1 0 1 0 1 0"])
def test_an_error_of_the_partner_never_enters(gate: str, value: int) -> None:
    """The partner's error would flip a computational target; a leaked one comes back with the value it should."""
    error = "X_ERROR(1) 1\n" if gate.startswith("CX") else "Z_ERROR(1) 1\n"
    prepare = "" if gate.startswith("CX") else "RX 1\n"
    assert records(prepare + LEAK + error + gate + "\n" + BACK.format(value) + "M 0") == [value]


def test_the_same_error_enters_a_computational_qubit() -> None:
    assert records("X_ERROR(1) 1\nCX 1 0\nM 0") == [1]


@pytest.mark.parametrize("left", [0, 1])
def test_the_partner_meets_a_leaked_qubit_as_zero_whatever_it_was(left: int) -> None:
    """An error before leaving sets the value with which it leaves; after that the control acts as 0 on the partner."""
    before = "X_ERROR(1) 0\n" if left else ""
    assert records(before + LEAK + "CX 0 1\nM 1") == [0]
    assert records(before + "CX 0 1\nM 1") == [left]


def test_errors_before_leaving_stay_with_the_partners_that_met_them() -> None:
    assert records("X_ERROR(1) 0\nCX 0 1\n" + LEAK + "CX 0 2\n" + BACK.format(0) + "CX 0 3\nM 0 1 2 3") == [0, 1, 0, 0]
    assert records(LEAK + "CX 0 1\n" + BACK.format(1) + "CX 0 2\nM 0 1 2") == [1, 0, 1]
