"""Gates of leaked qubits do not happen: records of small circuits that say so in every shot."""

import numpy as np
import pytest
import stim

from qec_leak.tableau import compile_tableau

SHOTS = 400
LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (1.0, U-->2)] 0\n"


def records(text: str, shots: int = SHOTS, **arguments: object) -> np.ndarray:
    return compile_tableau(stim.Circuit(text)).sample(0, shots, seed=5, **arguments).measurements  # type: ignore


def events(text: str) -> np.ndarray:
    """Detection events, relative to Stim's noiseless reference."""
    circuit = stim.Circuit(text)
    measured = compile_tableau(circuit).sample(0, SHOTS, seed=5).measurements
    return circuit.compile_m2d_converter().convert(measurements=measured, append_observables=False)


CHECK = f"R 0 1 2\n{LEAK}H 0 1 2\nCZ 2 0\nCZ 2 1\nH 2\nM 2\n"
PARITY = "DETECTOR rec[-1] rec[-2] rec[-3]\n"
XCZ = f"{LEAK}H 3\nXCZ 0 3\nH 3\nM 3\nTICK\n"
YCZ = f"H 4\nYCZ 0 4\nH 4\nM 4\nTICK\nH 4\nS 0\n{LEAK}S_DAG 0\nCY 4 0\nH 4\n"
YCZ_END = "H 4\nYCZ 0 4\nH 4\nM 4\nDETECTOR rec[-2] rec[-1]"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (f"{CHECK}M 0 1\n{PARITY}", 1),
        (f"{CHECK}M 0 1\n{PARITY}R 0 1", 1),
        (f"{CHECK}MR 0 1\n{PARITY}", 1),
        (f"RX 0 1\n{LEAK}RX 2\nCX 2 0\nCX 2 1\nMX 2\nDETECTOR rec[-1]", 0),
        (f"{XCZ}MX 0\nDETECTOR rec[-1] rec[-2]", 1),
        (f"{XCZ}SWAP 5 6\nMX 0\nDETECTOR rec[-1] rec[-2]", 1),
        (YCZ + YCZ_END, 0),
        (f"{YCZ}C_XYZ 0\nC_ZYX 0\n{YCZ_END}", 0),
    ],
)
def test_detectors(text: str, event: int) -> None:
    assert (events(text) == event).all()


def test_partner_of_a_leaked_control() -> None:
    assert not records(f"R 0 1\n{LEAK}H 0\nCX 0 1\nM 1").any()
    both = records(f"R 0 1\n{LEAK}H 0\nCX 0 1\nM 0 1")
    assert (both[:, 0] ^ both[:, 1]).all()


@pytest.mark.parametrize("gate", ["CX", "CY", "CZ", "XCX", "XCY", "XCZ", "YCX", "YCY", "YCZ"])
@pytest.mark.parametrize("pair", ["0 1", "1 0"])
def test_no_controlled_pauli_happens(gate: str, pair: str) -> None:
    """Read after its three axes: nothing happened to the partner, and what is read of the leaked qubit is its level."""
    for prepare, read in (("R", "M"), ("RX", "MX"), ("RY", "MY")):
        out = records(f"{prepare} 1\n{LEAK}{gate} {pair}\n{read} 1\nM 0")
        assert not out[:, 0].any()
        assert out[:, 1].all()


@pytest.mark.parametrize(
    ("gate", "other"),
    [("SWAP", "I"), ("CXSWAP", "I"), ("SWAPCX", "I"), ("CZSWAP", "I"), ("ISWAP", "S"), ("ISWAP_DAG", "S_DAG")],
)
@pytest.mark.parametrize("pair", ["0 1", "1 0"])
def test_exchanges_take_the_level_along(gate: str, other: str, pair: str) -> None:
    """The leaked qubit is at 1 then, what was there at 0, with the one-qubit part of an ISWAP."""
    for prepare, read in (("R", "M"), ("RX", "MX"), ("RY", "MY")):
        circuit = stim.Circuit(f"{prepare} 1\n{LEAK}{gate} {pair}\n{stim.gate_data(other).inverse.name} 0")
        circuit += stim.Circuit(f"{read} 0\nM 1")
        shots = compile_tableau(circuit).sample(0, SHOTS, seed=5, heralds=True)
        assert not shots.measurements[:, 0].any()
        assert shots.measurements[:, 1].all()
        assert shots.levels is not None
        assert (shots.levels == [0, 2]).all()


def test_what_does_nothing_to_a_leaked_qubit() -> None:
    """Gates, noise, feedback and sweep bits in between leave the level, and the |0> it comes back as, alone."""
    nothing = "H 0\nX 0\nX_ERROR(1) 0\nDEPOLARIZE2(0.5) 0 2\nE(1) X0\nM 3\nX 3\nM 3\nCX rec[-1] 0\nCX sweep[0] 0\nS 0\n"
    back = "I[LEAKAGE_TRANSITION_1: (1, 2-->{})] 0\nM 0"
    for value in (0, 1):
        out = records(f"R 3\n{LEAK}{nothing}{back.format(value)}", sweep_bits=[True])
        assert (out[:, -1] == value).all()


@pytest.mark.parametrize(("reset", "read"), [("R", "M"), ("RX", "MX"), ("RY", "MY"), ("MR", "M"), ("MRX", "MX")])
def test_resets(reset: str, read: str) -> None:
    assert not records(f"{LEAK}{reset} 0\n{read} 0")[:, -1].any()
    tagged = f"{LEAK}{reset}[LEAKAGE_RESET: (1, 2-->3)] 0\nTICK[LEAKAGE_POPULATION]\nM 0"
    shots = compile_tableau(stim.Circuit(tagged)).sample(0, SHOTS, seed=5, heralds=True, snapshots="rounds")
    assert shots.levels is not None and shots.population_counts is not None
    assert (shots.levels[:, -1] == 3).all()
    assert shots.population_counts.tolist() == [[[0, SHOTS]]]


def test_readout_of_leaked_qubits() -> None:
    """Inverted targets invert, argument noise is none; the tag's levels are its own."""
    assert records(f"{LEAK}M 0").all()
    assert records(f"{LEAK}M(1) 0").all()
    assert not records(f"{LEAK}M !0").any()
    assert not records(f"{LEAK}M[LEAKAGE_PROJECTION_Z: (0, 2)] 0").any()
    assert records(f"{LEAK}MR[LEAKAGE_PROJECTION_Z: (0, 2)] !0").all()
    assert records("X 0\nM[LEAKAGE_PROJECTION_Z: (1, 0)] 0 1").all()
    assert not records("X 0\nM[LEAKAGE_PROJECTION_Z: (0, 1)] 0").any()


def test_readout_and_feedback_frequencies() -> None:
    text = (
        "R 0\nI[LEAKAGE_TRANSITION_1: (0.3, U-->2)] 0\nH 0\nM[LEAKAGE_PROJECTION_Z: (0, 0) (0, 1) (1, 2)] 0\n"
        "CX rec[-1] 1\nM 1\nMPAD(0.1) 0 1"
    )
    out = records(text, 40_000)
    assert np.array_equal(out[:, 0], out[:, 1])
    for mean, p in zip(out.mean(axis=0), (0.3, 0.3, 0.1, 0.9), strict=True):
        assert abs(mean - p) < 5 * np.sqrt(p * (1 - p) / len(out))


def test_populations_at_all_ticks_and_with_far_ids() -> None:
    circuit = stim.Circuit(
        "QUBIT_COORDS(1) 70000\nR 5 70000\nTICK\nI[LEAKAGE_TRANSITION_1: (1, U-->3)] 70000\nTICK[LEAKAGE_POPULATION]\n"
        "REPEAT 2 {\n SWAP 5 70000\n TICK\n}\nM 5 70000"
    )
    tableau = compile_tableau(circuit)
    shots = tableau.sample(0, 10, seed=1, snapshots="moments")
    counts = shots.population_counts
    assert counts is not None and counts.shape == (4, 70001, 2)
    assert [counts[:, q, 1].tolist() for q in (5, 70000)] == [[0, 0, 10, 0], [0, 10, 0, 10]]
    assert counts.sum() == 30
    assert tableau.sample(0, 10, seed=1, snapshots="rounds").population_counts.shape == (1, 70001, 2)  # type: ignore
    assert shots.measurements.all(axis=0).tolist() == [False, True]


def test_shots_are_functions_of_seed_and_index() -> None:
    circuit = stim.Circuit("H 0\nCX sweep[0] 1\nDEPOLARIZE1(0.3) 0 1 2\nHERALDED_ERASE(0.2) 0\nM 0 1 2 0")
    tableau = compile_tableau(circuit)
    whole = tableau.sample(0, 50, seed=3)
    parts = [tableau.sample(first, count, seed=3) for first, count in ((0, 7), (7, 1), (8, 42))]
    assert np.array_equal(whole.measurements, np.vstack([part.measurements for part in parts]))
    assert np.array_equal(whole.sweep_bits, np.vstack([part.sweep_bits for part in parts]))
    assert not np.array_equal(whole.measurements, tableau.sample(0, 50, seed=4).measurements)
    assert 10 < whole.sweep_bits.sum() < 40
    given = tableau.sample(0, 50, seed=3, sweep_bits=[True])
    assert given.sweep_bits.all()


def test_more_than_a_word_of_qubits() -> None:
    """A GHZ state of 150 qubits, one of which leaks: all others have its value."""
    chain = "H 0\n" + "\n".join(f"CX {q} {q + 1}" for q in range(149))
    everyone = " ".join(map(str, range(150)))
    plain = records(f"{chain}\nM {everyone}")
    assert (plain == plain[:, :1]).all()
    assert 0.35 < plain.mean() < 0.65
    leak = "I[LEAKAGE_TRANSITION_1: (0.5, U-->2, 1)] 75"
    leaked = records(f"{chain}\n{leak}\nM[LEAKAGE_PROJECTION_Z: (1, 2)] {everyone}")
    assert (leaked == leaked[:, :1]).all()


def test_parities_of_more_than_a_word_of_qubits() -> None:
    """Records whose parity is the same in every shot have Stim's parity, signs across words included."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        circuit = stim.Circuit("R " + " ".join(map(str, range(140))))
        for _ in range(4):
            order = rng.permutation(140)
            for gate in ("CX", "CZ", "YCX"):
                circuit.append(gate, order[: 2 * int(rng.integers(1, 70))])
            circuit.append(str(rng.choice(["H", "S", "H_YZ", "C_XYZ"])), order[: int(rng.integers(1, 140))])
        simulator = stim.TableauSimulator()
        simulator.do(circuit)
        for stabilizer in simulator.canonical_stabilizers()[seed::12]:
            axes = {p: " ".join(map(str, stabilizer.pauli_indices(p))) for p in "XYZ"}
            text = str(circuit) + "".join(f"\nM{p} {qubits}" for p, qubits in axes.items() if qubits)
            out = compile_tableau(stim.Circuit(text)).sample(0, 2, seed=seed).measurements
            assert (out.sum(axis=1) % 2 == (stabilizer.sign == -1)).all()
