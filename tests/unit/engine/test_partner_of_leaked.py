"""What a leaked transmon does to its partner, drawn as in the channel: by the default of whole planes, by visits of
single shots, or by visiting all. One half of a Bell pair is the partner, so that the Pauli can be read off."""

import numpy as np
import pytest

import qec_leak as ql

SHOTS = 200_000
PAULIS = "IXYZ"
MOSTLY = {
    "z flips": {"I": 0.2, "X": 0.01, "Y": 0.02, "Z": 0.77},
    "nothing": {"I": 0.7, "X": 0.05, "Y": 0.05, "Z": 0.2},
    "y": {"I": 0.1, "X": 0.05, "Y": 0.8, "Z": 0.05},
    "random z": {"I": 0.45, "X": 0.02, "Y": 0.02, "Z": 0.51},
    "random": {"I": 0.25, "X": 0.2, "Y": 0.3, "Z": 0.25},
}


def partner(channel: dict[str, float], *, level: int, which: int, moves: float) -> np.ndarray:
    """Fractions of I, X, Y, Z on the partner (qubit 1, tied to 2), and of shots in which the leaked one (0) returns."""
    stays, back = ("{0}_U-->{0}_U, I{1}", "{0}_U-->V_U") if which == 0 else ("U_{0}-->U_{0}, {1}I", "U_{0}-->U_V")
    parts = [f"({p * (1 - moves):.6g}, {stays.format(level, pauli)})" for pauli, p in channel.items()]
    tag = "LEAKAGE_TRANSITION_2: " + " ".join([*parts, f"({moves:.6g}, {back.format(level)})"])
    text = f"""
        I_ERROR[LEAKAGE_TRANSITION_1: (1, U-->{level})] 0
        H 1
        CX 1 2
        II_ERROR[{tag}] {"0 1" if which == 0 else "1 0"}
        CX 1 2
        H 1
        M 1 2 0
    """
    batch = ql.compile_sampler(text, seed=3).sample(SHOTS, measurements=True, heralds=True)
    assert batch.measurements is not None and batch.heralds is not None
    z, x = batch.measurements[:, 0].astype(int), batch.measurements[:, 1].astype(int)
    pauli = np.array([0, 1, 3, 2])[x + 2 * z]
    return np.append(np.bincount(pauli, minlength=4), (batch.heralds[:, 2] == 0).sum()) / SHOTS


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("name", MOSTLY)
def test_paulis_of_the_partner(name: str, level: int, which: int) -> None:
    moves = 0.15
    seen = partner(MOSTLY[name], level=level, which=which, moves=moves)
    expected = np.array([MOSTLY[name][pauli] * (1 - moves) for pauli in PAULIS] + [moves])
    expected[0] += moves  # the partner of one that returns is left alone
    sigma = np.sqrt(expected * (1 - expected) / SHOTS)
    assert (np.abs(seen - expected) < 5 * sigma).all(), (seen, expected)
    wrong = np.array([*expected[[3, 1, 2, 0]], moves])  # the test sees I and Z exchanged
    assert name == "random" or (np.abs(seen - wrong) > 5 * sigma).any()
