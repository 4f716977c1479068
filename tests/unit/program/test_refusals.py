"""What the compiler refuses: one line, with the line of ``str(circuit)`` even inside nested REPEATs."""

import pytest
import stim

from qec_leak.program import compile_program

TAG = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U->2)] 0"
NESTED = """H 0
REPEAT 3 {
    M 0
    REPEAT 2 {
        TICK
        %s
    }
    M 1
}
REPEAT 2 {
    TICK
}
%s
M 0"""


@pytest.mark.parametrize(("places", "line"), [((TAG, "X 0"), 6), (("X 0", TAG), 13)])
def test_bad_tags_are_named_with_their_line(places: tuple[str, str], line: int) -> None:
    circuit = stim.Circuit(NESTED % places)
    with pytest.raises(ValueError, match=f"^line {line}: `I_ERROR` has a bad tag: tag ") as error:
        compile_program(circuit)
    assert "U->2" in str(circuit).splitlines()[line - 1]
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "X[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0",
            "LEAKAGE_TRANSITION_1 must be a tag of I, I_ERROR, II, II_ERROR, but is one of X",
        ),
        ("I_ERROR[LEAKAGE_TRANSITION_2: (0.1, U_U-->2_U)] 0", "LEAKAGE_TRANSITION_2 must be a tag of II, II_ERROR"),
        ("R[LEAKAGE_PROJECTION_Z: (0.1, 2)] 0", "LEAKAGE_PROJECTION_Z must be a tag of M, "),
        ("M[LEAKAGE_RESET: (0.1, 2-->2)] 0", "LEAKAGE_RESET must be a tag of R, "),
        ("I[LEAKAGE_POPULATION] 0", "LEAKAGE_POPULATION must be a tag of TICK"),
        ("H[CONDITIONED_ON_PAIR: (U, U)] 0", "CONDITIONED_ON_PAIR must be a tag of CX"),
        ("II[LEAKAGE_ISWAP] 0 1", "LEAKAGE_ISWAP must be dressed before sampling, but is not; use qec_leak.dress"),
        ("I[INJECT_LEAKAGE(0.1)] 0", "INJECT_LEAKAGE must be dressed before sampling, but is not; use qec_leak.dress"),
        ("M(0.1)[LEAKAGE_PROJECTION_Z: (0.1, 0)] 0", "must have its assignment error in argument or tag, not both"),
        ("R[LEAKAGE_TRANSITION_Z: (0.1, 2-->1)] 0", "but is one of R; write LEAKAGE_RESET, or put it on an I_ERROR"),
        ("DETECTOR[LEAKAGE_TRANSITION_1: (0.1, U-->2)]", "but is one of DETECTOR; put it on an I_ERROR"),
        ("M[LEAKAGE_MEASUREMENT: (1, 2) : 0] 0", "LEAKAGE_MEASUREMENT must be a tag of MPAD, but is one of M"),
        ("ISWAP[LEAKAGE_SWAP] 0 1", "LEAKAGE_SWAP must be a tag of SWAP, but is one of ISWAP"),
        ("MPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0] 0 1", "must have a target for each qubit of its tag, but has 2 for 1"),
        ("MPAD[LEAKAGE_MEASUREMENT: (1, 2) : 7] 0", "must read qubits of the circuit, but qubit 7 is none"),
        ("I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)](0.1) 0", "must have its probabilities in the tag"),
        ("MPP X0*Z0", "must have products that are observables"),
        ("SPP X0*Z0", "must have products that are observables"),
        ("CX 0 rec[-1]", "must act on a qubit, but acts on a bit; the bit must be the control"),
        ("XCZ rec[-1] 0", "must act on a qubit, but acts on a bit"),
        ("CY sweep[0] rec[-1]", "must act on a qubit, but acts on a bit"),
        ("OBSERVABLE_INCLUDE(0) X0\n    CX sweep[0] 0", "must stand in a circuit without sweep bits"),
        ("REPEAT[LEAKAGE_SWAP] 2 {\n    H 0\n}", "`REPEAT 2` must have no leakage tag"),
    ],
)
def test_refusals_name_line_and_fix(line: str, message: str) -> None:
    line = line.replace("M(0.1)[LEAKAGE_PROJECTION_Z: (0.1, 0)]", "M[LEAKAGE_PROJECTION_Z: (0.1, 0)](0.1)")
    circuit = stim.Circuit("M 0\nREPEAT 2 {\n    TICK\n    " + line + "\n}")
    with pytest.raises(ValueError, match=f"^line 4: .*{message}") as error:
        compile_program(circuit)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["M", "MX", "MR", "R", "RY", "MRY"])
def test_repeated_targets_are_as_good_as_two_lines(name: str) -> None:
    """Stim fuses equal neighbouring lines, so that two of them become one with a repeated target."""
    circuit = stim.Circuit(f"{name} 0 1\n{name} 0")
    assert len(circuit) == 1
    assert compile_program(circuit).num_measurements == circuit.num_measurements
