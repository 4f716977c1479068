"""REPEAT blocks are shortened, lines are those of the whole text."""

import pytest
import stim

from qec_leak.certificate import first_order
from qec_leak.certificate.lines import shortened_lines

LOOP = stim.Circuit("""
    M 0
    REPEAT 50 {
        M 0 1
        REPEAT 9 {
            H 0
        }
        DETECTOR rec[-1] rec[-3]
    }
    X 1
    M 1
    DETECTOR rec[-1] rec[-2]
""")


def test_shortened():
    lines, longest = shortened_lines(LOOP)
    assert [line.number for line in lines] == [1, *[3, 5, 5, 5, 5, 7] * 4, 9, 10, 11]
    assert str(LOOP).splitlines()[9 - 1] == str(lines[-3].item)
    assert longest == 6


def test_short_blocks_stay():
    lines, _ = shortened_lines(stim.Circuit("REPEAT 3 {\n M 0\n}\nDETECTOR rec[-3]"))
    assert len(lines) == 4


def test_lookbacks_end_in_the_block():
    lines, _ = shortened_lines(stim.Circuit("M 1\nREPEAT 30 {\n M 0\n}\nDETECTOR rec[-9]"))
    assert len(lines) == 1 + 10 + 1


def test_as_the_whole_circuit():
    text = "R 0 1\nREPEAT {} {{\n CX 0 1\n I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0\n M 1\n}}\nM 0"
    short, longer = (first_order(stim.Circuit(text.format(n)), outputs="records") for n in (4, 400))
    assert short == longer
    assert short.places_checked == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("M 600", "`circuit` must have at most 512 qubits, but has 601; certify a smaller distance"),
        (
            "REPEAT 9999 {\nM 0\n}\nDETECTOR rec[-9999]",
            "`circuit` must have at most 8192 records with its REPEAT blocks shortened, but has 9999; certify fewer",
        ),
        ("MPP X0*X0", "line 1: `MPP X0*X0` must name each qubit once a product, but does not; simplify it"),
        ("OBSERVABLE_INCLUDE(0) X1", "line 1: `OBSERVABLE_INCLUDE\\(0\\) X1` must have only rec\\[-k\\] targets"),
        ("M[LEAKAGE_RESET: 5] 0", "line 1: `M` has a bad tag"),
        (
            "R 0 1\nI_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0\nTICK\nMXX 0 1",
            "line 4: `MXX 0 1` must act on qubits that cannot be leaked, but qubit 0 can, from line 2 on; write it",
        ),
    ],
)
def test_refused(text, message):
    with pytest.raises(ValueError, match=message.replace("*", "\\*").replace("[L", "\\[L")):
        first_order(stim.Circuit(text))


def test_outputs_by_name():
    with pytest.raises(ValueError, match="`outputs` must be one of 'detectors', 'records'"):
        first_order(LOOP, outputs="record")
