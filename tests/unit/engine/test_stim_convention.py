"""Detection events are what Stim's converter makes of the measurements, detectors that are random without noise too."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.validate.random_circuits import random_circuit
from qec_leak.validate.random_leakage import random_leaky_circuit

SHOTS = 70


def with_any_detectors(circuit: stim.Circuit, seed: int) -> stim.Circuit:
    """Detectors and observables of random records at the end, most of them random without noise."""
    rng = np.random.default_rng(seed)
    out = circuit.copy()
    for _ in range(11):
        records = rng.permutation(circuit.num_measurements)[: int(rng.integers(0, 4))]
        out.append("DETECTOR", [stim.target_rec(-1 - int(r)) for r in records])
    for k in range(3):
        out.append("OBSERVABLE_INCLUDE", [stim.target_rec(-1 - int(rng.integers(circuit.num_measurements)))], k)
    return out


def agree(circuit: stim.Circuit, engine: str = "frames") -> bool:
    sampler = ql.compile_sampler(circuit, seed=5, engine=engine)  # type: ignore[arg-type]
    batch = sampler.sample(SHOTS, measurements=True)
    assert batch.measurements is not None
    events, flips = circuit.compile_m2d_converter().convert(
        measurements=batch.measurements, sweep_bits=batch.sweep_bits, separate_observables=True
    )
    return np.array_equal(batch.detection_events, events) and np.array_equal(batch.observable_flips, flips)


@pytest.mark.filterwarnings("ignore::qec_leak.InexactFramesWarning")
@pytest.mark.parametrize("group", range(4))
def test_events_are_those_of_stims_converter(group: int) -> None:
    assert all(agree(with_any_detectors(random_circuit(seed), seed)) for seed in range(group, 120, 4))
    assert all(agree(with_any_detectors(random_leaky_circuit(seed), seed)) for seed in range(group, 120, 4))


LEAK = "I_ERROR[LEAKAGE_TRANSITION_1: (0.3, U-->2)] 0\n"


@pytest.mark.parametrize("engine", ["frames", "tableau"])
@pytest.mark.parametrize(
    "text",
    [
        "R 0\nX 0\nH 0\nM 0\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-1]",
        "MX 0\nREPEAT 5 {\n M 0 !0\n MX 0\n DETECTOR rec[-1]\n DETECTOR rec[-2] rec[-4]\n DETECTOR rec[-3]\n}",
        "MPP !X0*X1\nDETECTOR rec[-1]\nMPAD 1\nHERALDED_ERASE(0.5) 0\nM 0\nDETECTOR rec[-3] rec[-1] rec[-2]",
        "H 0\nM 0\nCX sweep[0] 1 rec[-1] 1\nM 1\nDETECTOR rec[-1]\nDETECTOR rec[-2] rec[-1]",
        f"RX 0\n{LEAK}M 0\nMPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0] 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]",
        f"REPEAT 3 {{\nRX 0\nM 0\nREPEAT 2 {{\n{LEAK}MX 0\nDETECTOR rec[-1]\n}}\nDETECTOR rec[-3]\n}}",
    ],
)
def test_by_hand(text: str, engine: str) -> None:
    assert agree(stim.Circuit(text), engine)


def test_paulis_of_observables_keep_the_reference_of_frames() -> None:
    """A random record and the Pauli that it measured are alike in every shot."""
    text = "H 0\nX 1\nCX 0 1\nMX 1\nM 0\nOBSERVABLE_INCLUDE(0) rec[-1] Z0\nOBSERVABLE_INCLUDE(1) X1 rec[-2]"
    assert not ql.compile_sampler(text, seed=1).sample(500).observable_flips.any()
    with pytest.raises(ValueError, match=r"^line 6: `OBSERVABLE_INCLUDE\(0\) rec\[-1\] Z0` must include records only"):
        ql.compile_sampler(text, engine="tableau")


def test_lookbacks_before_the_first_record_are_refused() -> None:
    for engine in ("frames", "tableau"):
        for text in (
            "DETECTOR rec[-2]",
            "OBSERVABLE_INCLUDE(0) rec[-2]",
            "CX rec[-2] 1",
            "REPEAT 2 {\nDETECTOR rec[-2]\nM 0\n}",
        ):
            line = 3 if "REPEAT" in text else 2
            with pytest.raises(ValueError, match=rf"^line {line}: .*rec\[-2\]"):
                ql.compile_sampler(f"M 0\n{text}", engine=engine)  # type: ignore[arg-type]
    ql.compile_sampler("REPEAT 1000 {\nM 0\n}\nDETECTOR rec[-900]\nCX rec[-1000] 0", seed=1).sample(1)
