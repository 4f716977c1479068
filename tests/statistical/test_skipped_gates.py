"""A leaked qubit's gates do not happen, whatever the circuit around it: closed cases, each by every engine.

``LEAK`` makes qubit 0 leak in every shot. Parities of records are against a noiseless run, as detectors are.
"""

from __future__ import annotations

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.validate.compare import count_deviations, family_limit

LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (1.0, U-->2)] 0\n"
ENGINES = ("auto", "tableau")
CHECK = f"R 0 1 2\n{LEAK}H 0 1 2\nCZ 2 0\nCZ 2 1\nH 2\nM 2\n"
Y_CHECK = f"""
    H 4
    YCZ 0 4
    H 4
    M 4
    TICK
    H 4
    S 0
    {LEAK}
    S_DAG 0
    CY 4 0
    H 4
    TICK
    %s
    H 4
    YCZ 0 4
    H 4
    M 4
    DETECTOR rec[-2] rec[-1]
"""
CERTAIN = {
    "check": (CHECK + "M 0 1\nDETECTOR rec[-1] rec[-2] rec[-3]", 1),
    "check, then reset": (CHECK + "M 0 1\nDETECTOR rec[-1] rec[-2] rec[-3]\nR 0 1", 1),
    "check, measured and reset": (CHECK + "MR 0 1\nDETECTOR rec[-1] rec[-2] rec[-3]", 1),
    "X check by CX": (f"RX 0 1\n{LEAK}RX 2\nCX 2 0\nCX 2 1\nMX 2\nDETECTOR rec[-1]", 0),
    "X check by H CZ H": (f"RX 0 1\n{LEAK}RX 2\nH 0\nCZ 2 0\nH 0 1\nCZ 2 1\nH 1\nMX 2\nDETECTOR rec[-1]", 0),
    "control between bases": (f"R 0 1\n{LEAK}H 0\nCX 0 1\nM 1\nDETECTOR rec[-1]", 0),
    "control read in mid-circuit": (f"R 0 1\n{LEAK}H 0\nCX 0 1\nM 0\nM 1\nDETECTOR rec[-1] rec[-2]", 1),
    "MX": (f"{LEAK}H 3\nXCZ 0 3\nH 3\nM 3\nTICK\nMX 0\nDETECTOR rec[-1] rec[-2]", 1),
    "MX, and a SWAP elsewhere": (f"{LEAK}H 3\nXCZ 0 3\nH 3\nM 3\nTICK\nSWAP 5 6\nMX 0\nDETECTOR rec[-1] rec[-2]", 1),
    "Y check": (Y_CHECK % "", 0),
    "Y check, and an identity": (Y_CHECK % "C_XYZ 0\nC_ZYX 0", 0),
    "SWAP moves it": (f"{LEAK}SWAP 0 1\nH 1\nCX 1 2\nM 1\nM 2\nDETECTOR rec[-1]\nDETECTOR rec[-2]", (0, 1)),
    "ISWAP moves it": (f"{LEAK}ISWAP 0 1\nH 1\nCX 1 2\nM 1\nM 2\nDETECTOR rec[-1]\nDETECTOR rec[-2]", (0, 1)),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", CERTAIN)
def test_certain_detectors(name: str, engine: str) -> None:
    text, expected = CERTAIN[name]
    events = ql.compile_sampler(text, seed=5, engine=engine).sample(2048).detection_events
    assert (events == np.array(expected, dtype=bool)).all()
    assert ql.certify(text, by_rank=False).exact


@pytest.mark.parametrize("engine", ENGINES)
def test_feedback_on_a_readout_between_bases(engine: str) -> None:
    circuit = """
        R 0
        I[LEAKAGE_TRANSITION_1: (0.3, U-->2)] 0
        H 0
        M[LEAKAGE_PROJECTION_Z: (0, 0) (0, 1) (1, 2)] 0
        CX rec[-1] 1
        M 1
    """
    shots = 40_000
    records = ql.compile_sampler(circuit, seed=1, engine=engine).sample(shots, measurements=True).measurements
    assert records is not None and (records[:, 0] == records[:, 1]).all()
    assert abs(records[:, 0].mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / shots)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_padded_record_flips(engine: str) -> None:
    shots = 40_000
    events = ql.compile_sampler("MPAD(0.1) 0\nDETECTOR rec[-1]", seed=2, engine=engine).sample(shots).detection_events
    assert abs(events.mean() - 0.1) < 5 * np.sqrt(0.1 * 0.9 / shots)


def test_an_injection_reads_the_same_however_the_circuit_ends() -> None:
    """Half of the shots are in |1> after the Hadamards and half of those leak: 0.25, and the device's own errors."""
    start = "QUBIT_COORDS(0, 0) 0\nQUBIT_COORDS(2, 2) 1\nQUBIT_COORDS(1, 1) 2\n"
    moments = ("R 0 1 2", "H 0 1 2", "I[INJECT_LEAKAGE(0.5)] 0", "CZ 2 0", "CZ 2 1", "H 2", "M 2")
    start += "".join(f"{moment}\nTICK\n" for moment in moments)
    ends = ("M 0 1", "M 0 1\nTICK\nR 0 1", "MR 0 1")
    shots, hits = 40_000, {}
    for end in ends:
        measure, _, later = end.partition("\n")
        circuit = stim.Circuit(f"{start}{measure}\nDETECTOR rec[-1] rec[-2] rec[-3]\n{later}")
        noisy = ql.dress(circuit, "miao2023", roles={0: "data", 1: "data", 2: "measure"})
        for engine in ENGINES:
            batch = ql.compile_sampler(noisy, seed=3, engine=engine).sample(shots)
            hits[end, engine] = int(batch.detection_events.sum())
    for one in hits.values():
        assert count_deviations([one], shots, [hits[ends[0], "tableau"]], shots).max() < 5


def _phase_flip(gate: str, rounds: int) -> str:
    """The phase-flip code of three data qubits, 0 to 2, with 2 % leakage a round, checks on 3 and 4."""
    body = "I_ERROR[LEAKAGE_TRANSITION_1: (0.02, U-->2)] 0 1 2\nRX 3 4\n"
    for check, data in ((3, 0), (3, 1), (4, 1), (4, 2)):
        body += f"CX {check} {data}\n" if gate == "CX" else f"XCZ {data} {check}\n"
    body += "MX 3 4\n"
    text = "RX 0 1 2\n" + body + "DETECTOR rec[-2]\nDETECTOR rec[-1]\n"
    text += (body + "DETECTOR rec[-2] rec[-4]\nDETECTOR rec[-1] rec[-3]\n") * (rounds - 1)
    return text + "MX 0 1 2\nDETECTOR rec[-3] rec[-2] rec[-5]\nDETECTOR rec[-2] rec[-1] rec[-4]"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("gate", ["CX", "XCZ"])
def test_phase_flip_code(gate: str, engine: str) -> None:
    """Checks never see a leaked target; at the end it reads 1, so a detector fires if one of its two has leaked."""
    shots, rounds = 20_000, 6
    events = ql.compile_sampler(_phase_flip(gate, rounds), seed=4, engine=engine).sample(shots).detection_events
    assert not events[:, :-2].any()
    leaked = 1 - 0.98**rounds
    fires = 2 * leaked * (1 - leaked)
    assert np.abs(events[:, -2:].mean(axis=0) - fires).max() < 5 * np.sqrt(fires * (1 - fires) / shots)


def test_rotated_memory_of_stim_reads_the_same_with_a_reset_behind() -> None:
    """Stim's own circuit, leakage after every TICK; the last MX of data qubits as MX and as MRX."""
    circuit = stim.Circuit.generated("surface_code:rotated_memory_x", distance=3, rounds=6)
    qubits = " ".join(
        str(q) for q in sorted({t.value for i in circuit.flattened() if i.name == "CX" for t in i.targets_copy()})
    )
    text = str(circuit).replace("TICK\n", f"TICK\nI_ERROR[LEAKAGE_TRANSITION_1: (0.0007, U-->2)] {qubits}\n")
    assert text.count("MX ") == 1
    samples = [
        ql.compile_sampler(t, seed=7 + k, engine=engine).sample(shots).detection_events.sum(axis=0)
        for k, (t, engine, shots) in enumerate(
            [(text, "frames", 60_000), (text.replace("MX ", "MRX "), "frames", 60_000), (text, "tableau", 20_000)]
        )
    ]
    counts = np.array(samples)
    for first, second, shots in ((0, 1, (60_000, 60_000)), (0, 2, (60_000, 20_000))):
        deviations = count_deviations(counts[first], shots[0], counts[second], shots[1])
        assert deviations.max() < family_limit(2 * deviations.size)
    assert counts[0, -4:].mean() / 60_000 > 0.05
