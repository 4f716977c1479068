"""What compile_tableau refuses, and how."""

import numpy as np
import pytest
import stim

from qec_leak.tableau import compile_tableau

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)] 0"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (f"{LEAK}\nSQRT_XX 0 1", 2, "qubit 0 can"),
        (f"SQRT_ZZ_DAG 1 0\n{LEAK}", 1, "qubit 0 can"),
        (f"TICK\nMPP X0*X1\n{LEAK}", 2, "qubit 0 can"),
        (f"{LEAK}\nMXX 0 1", 2, "qubit 0 can"),
        (f"{LEAK}\nSPP_DAG X0*Z1", 2, "qubit 0 can"),
        (f"{LEAK}\nISWAP 0 1\nMZZ 1 2", 3, "qubit 1 can"),
        (f"{LEAK}\nREPEAT 2 {{\n H 1\n SQRT_YY 0 1\n}}", 4, "qubit 0 can"),
        (f"{LEAK}\nII[LEAKAGE_TRANSITION_2: (0.2, 2_U-->U_3)] 0 1\nMYY 1 2", 3, "qubit 1 can"),
        ("H 0\nI[INJECT_LEAKAGE: (0.1)] 0", 2, "must be dressed"),
        ("II[LEAKAGE_ISWAP] 0 1", 1, "must be dressed"),
        ("H 0\nH 1\nTICK\nX_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)](0.1) 0", 3, "move it"),
        ("I[LEAKAGE_TRANSITION_1: (0.6, U-->2, 1)] 0", 1, "at most half"),
        ("M[LEAKAGE_PROJECTION_Z: (0.1, 0)](0.1) 0", 1, "drop one"),
        ("M 0\nCX rec[-2] 1", 2, "a record made before"),
        ("MPP X0*Z0", 1, "i or -i times"),
        ("M 0\nDETECTOR rec[-2]", 2, "a record made before"),
        ("M 0\nCX 1 rec[-1]", 2, "must be the control"),
        ("I_ERROR[LEAKAGE_TRANSITION_1: (0.1, U-->2)](0.1) 0", 1, "must be in the leakage tag"),
        ("M 0\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0 1] 0", 2, "one bit"),
        ("M 0\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) : 7] 0", 2, "7 is none"),
        ("DETECTOR[LEAKAGE_DETECTOR]", 1, "names 'LEAKAGE_DETECTOR'"),
    ],
)
def test_refusals_name_line_and_reason(text: str, line: int, says: str) -> None:
    with pytest.raises(ValueError, match=f"^line {line}: `.*{says}"):
        compile_tableau(stim.Circuit(text))


def test_a_loop_bears_no_tag() -> None:
    with pytest.raises(ValueError, match=r"^line 2: `REPEAT 2`: LEAKAGE_SWAP must be a tag of SWAP"):
        compile_tableau(stim.Circuit("M 0\nREPEAT[LEAKAGE_SWAP] 2 {\n M 0\n}"))


def test_where_nothing_leaks_products_are_taken() -> None:
    compile_tableau(stim.Circuit(f"{LEAK}\nMPP X1*X2\nSQRT_XX 2 3\nSWAP 0 4"))
    compile_tableau(stim.Circuit("II[LEAKAGE_TRANSITION_2: (0.2, 2_U-->U_3)] 0 1\nMYY 1 2"))


@pytest.mark.parametrize(
    "changes",
    [
        {"shots": 0},
        {"first_shot": -1},
        {"seed": -1},
        {"snapshots": "all"},
        {"sweep_bits": np.zeros((3, 5), dtype=bool)},
    ],
)
def test_bad_arguments(changes: dict) -> None:
    circuit = compile_tableau(stim.Circuit("CX sweep[0] 0\nM 0"))
    arguments = {"first_shot": 0, "shots": 4, "seed": 1, **changes}
    with pytest.raises(ValueError, match="must"):
        circuit.sample(arguments.pop("first_shot"), arguments.pop("shots"), **arguments)
    with pytest.raises(TypeError, match="circuit"):
        compile_tableau("M 0")  # type: ignore[arg-type]
