"""The tableau simulator and the frame engine read one language: what one samples the other does, as often, and what one
refuses the other refuses, for every instruction, number of arguments, kind of target and tag."""

import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import stim

import qec_leak as ql
from qec_leak.circuits import tags
from qec_leak.tableau import compile_tableau
from qec_leak.validate.compare import covariance_deviations, family_limit, mean_deviations

SPEC = importlib.util.spec_from_file_location("language", Path(__file__).parent.parent / "program" / "test_language.py")
assert SPEC is not None and SPEC.loader is not None
language = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(language)

SHOTS = 3000


def refusal(circuit: stim.Circuit, engine: str) -> str | None:
    """Why an engine refuses a circuit, None if it does not."""
    try:
        ql.compile_sampler(circuit, seed=1, engine=engine)  # type: ignore[arg-type]
    except ValueError as error:
        return str(error)
    return None


def sampled(circuit: stim.Circuit, engine: str, shots: int) -> npt.NDArray[np.bool_]:
    """Records, and whether each is of a leaked qubit."""
    sampler = ql.compile_sampler(circuit, seed=3, engine=engine)  # type: ignore[arg-type]
    batch = sampler.sample(shots, measurements=True, heralds=True, populations=None)
    assert batch.measurements is not None and batch.heralds is not None
    return np.hstack([batch.measurements, batch.heralds == 2, batch.heralds == 3])


def disagree(circuit: stim.Circuit, shots: int = SHOTS, families: int = 1000) -> float:
    """The largest deviation between the engines as a part of the limit."""
    ours, theirs = (sampled(circuit, engine, shots) for engine in ("tableau", "frames"))
    worst = max(
        float(mean_deviations(ours, theirs).max(initial=0)), float(covariance_deviations(ours, theirs).max(initial=0))
    )
    return worst / family_limit(families * ours.shape[1] ** 2)


@pytest.mark.parametrize("name", language.NAMES)
def test_both_accept_or_both_refuse(name: str) -> None:
    for line in language.lines_of(name):
        circuit = language.whole(line, "M")
        frames, tableau = refusal(circuit, "frames"), refusal(circuit, "tableau")
        if name == "OBSERVABLE_INCLUDE" and any(letter in line for letter in ("X0", "Y0")):
            assert frames is None and tableau is not None and "must include records only" in tableau
            continue
        assert (frames is None) == (tableau is None), (line, frames, tableau)
        if frames is not None and tableau is not None:
            assert frames.split(":")[0] == tableau.split(":")[0], (line, frames, tableau)


@pytest.mark.parametrize("name", language.NAMES)
def test_both_obey_or_both_refuse_every_tag(name: str) -> None:
    for text in (*language.EXAMPLES.values(), *tags.INSTEAD, "LEAKAGE_UNHEARD_OF: (0.1, U-->2)", "a label"):
        circuit = language.tagged(name, text)
        frames, tableau = refusal(circuit, "frames"), refusal(circuit, "tableau")
        if name == "OBSERVABLE_INCLUDE" and text == "a label":
            continue  # of Paulis
        assert (frames is None) == (tableau is None), (name, text, frames, tableau)
        if frames is not None and tableau is not None:
            assert frames.split(":")[0] == tableau.split(":")[0], (name, text, frames, tableau)


LEAKED = "I_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2) (0.2, U-->3)] 0\nX_ERROR(0.3) 1\nTICK\n"
OBEYED = [
    "MPAD[LEAKAGE_MEASUREMENT: (0.8, 2) (0.3, 3) (0.1, U) : 0 1] 0 1",
    "MPAD[LEAKAGE_MEASUREMENT: (0.8, 2) : 1 0](0.2) 1 1",
    "MPAD(0.2) 0 1",
    "SWAP[LEAKAGE_SWAP] 0 1",
    "II[LEAKAGE_TRANSITION_1: (0.4, U-->3) (0.3, 2-->1)] 0 1",
    "II_ERROR[LEAKAGE_TRANSITION_1: (0.4, 2-->3), (0.5, 3-->D)] 1 0",
    "I[LEAKAGE_TRANSITION_1: (0.4, U-->D) (0.5, 2-->D)] 0 1",
    "II[LEAKAGE_TRANSITION_2: (0.3, 2_U-->D_D) (0.4, U_U-->2_D, 1I)] 0 1",
    "II[LEAKAGE_CONTROLLED_ERROR: (0.5, 2-->X) (0.7, 3-->Y)] 0 1",
    "CX[CONDITIONED_ON_PAIR: (U, U)] 1 0 0 1",
    "M[LEAKAGE_PROJECTION_Z: (0.1, 0) (0.7, 1) (0.4, 2) (0.9, 3)] 0 !1",
    "MR[LEAKAGE_RESET: (0.5, 2-->3) (0.2, 3-->1)] 0 1",
    "I_ERROR[LEAKAGE_DEPOLARIZE_1] 0 1",
    "HERALDED_ERASE(0.3) 0 1",
]


@pytest.mark.parametrize("text", OBEYED)
def test_both_obey_alike(text: str) -> None:
    assert disagree(stim.Circuit(f"R 0 1\n{LEAKED}{text}\nM[LEAKAGE_PROJECTION_Z: (0.5, 2)] 0 1"), 20_000) < 1


@pytest.mark.parametrize("name", language.NAMES)
def test_both_obey_every_example_alike(name: str) -> None:
    for family, text in language.EXAMPLES.items():
        if name in tags.ALLOWED_GATES[family] and family not in (tags.ISWAP, tags.INJECT):
            circuit = stim.Circuit(str(language.tagged(name, text)).replace("TICK\n", f"TICK\n{LEAKED}", 1))
            assert refusal(circuit, "frames") is not None or disagree(circuit) < 1, text


KNOWN = "I_ERROR[LEAKAGE_TRANSITION_Z: (0.1, 1-->0)]"  # products are for qubits that never leak


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"X 0\n{KNOWN} 0 5", 0),
        (f"H 0\n{KNOWN} 5 0", 2),
        (f"H 0\nM 0\nX_ERROR(0.1) 0\n{KNOWN} 0", 0),
        (f"MPP X0*X900\n{KNOWN} 900", 2),
        (f"H 0\nM 0\nCX rec[-1] 1 0 2\nSWAP 1 3\nS_DAG 3\nREPEAT 1000000 {{\n {KNOWN} 3\n SQRT_X 3 3\n}}", 0),
        (f"TICK\nREPEAT 1000000 {{\n TICK\n {KNOWN} 3\n SQRT_X 3\n}}", 4),
        (f"REPEAT 3 {{\n H 3\n}}\nREPEAT 3 {{\n H 3\n {KNOWN} 3\n}}", 6),
        (f"HERALDED_ERASE(0.5) 0\nMPAD 0 1\nSPP Z0*Z1\nMXX 2 3\nMZZ 2 3\nCX 2 3\n{KNOWN} 3 0 1", 0),
        (f"HERALDED_ERASE(0.5) 0\nMPAD 0 1\nSPP !X0*Z1\n{KNOWN} 1 0", 4),
    ],
)
def test_channels_for_known_values(text: str, line: int) -> None:
    for engine in ("frames", "tableau"):
        found = refusal(stim.Circuit(text), engine)
        assert (found or "").startswith(f"line {line}: LEAKAGE_TRANSITION_Z must stand where" if line else ""), engine
        assert (found is None) == (line == 0)


def test_a_difference_is_seen() -> None:
    """By hand: another probability of a record of levels."""
    texts = [f"R 0\n{LEAKED}MPAD[LEAKAGE_MEASUREMENT: ({p}, 2) : 0] 0" for p in (0.8, 0.6)]
    ours = compile_tableau(stim.Circuit(texts[0])).sample(0, 20_000, seed=1).measurements
    limit = family_limit(1000)
    assert mean_deviations(ours, sampled(stim.Circuit(texts[1]), "frames", 20_000)[:, :1]).max() > limit
    assert mean_deviations(ours, sampled(stim.Circuit(texts[0]), "frames", 20_000)[:, :1]).max() < limit
