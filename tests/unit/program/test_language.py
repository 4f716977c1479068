"""The whole of Stim's language: what Stim samples is sampled here with the same statistics, what it refuses is refused
with its line, for every instruction, number of arguments and kind of target; and every tag on every instruction."""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.circuits import tags
from qec_leak.program import compile_program
from qec_leak.validate.compare import covariance_deviations, family_limit, mean_deviations

TARGETS = {
    "none": "",
    "one qubit": "0",
    "qubits": "0 1",
    "repeated": "0 1 1 2",
    "inverted": "!0 1",
    "both inverted": "!1 !0",
    "records": "rec[-1] rec[-2]",
    "record, qubit": "rec[-1] 0",
    "qubit, record": "0 rec[-1]",
    "sweep, qubit": "sweep[0] 1",
    "qubit, sweep": "1 sweep[1]",
    "sweeps": "sweep[0] sweep[1]",
    "record, sweep": "rec[-2] sweep[0]",
    "bits among qubits": "rec[-2] 1 0 1 sweep[0] 2",
    "Paulis": "X0 Z1",
    "inverted Pauli": "!Y0 Z1",
    "records and Paulis": "rec[-1] X0 Z1",
    "product": "X0*Z1 Y2",
    "inverted product": "!X0*Z1 !Y2*!Z0",
    "repeated Pauli": "X0 X0 Z1",
    "repeated factor": "X0*X0*Z1",
    "identity": "!X0*X0 Y1*Y1",
    "sign of a product": "X0*Y0*Z0*X1*Y1*Z1*Z2",
    "no observable": "X0*Z0",
}
ARGUMENTS = {
    0: "",
    1: "(0.125)",
    2: "(0.0625, 0.25)",
    3: "(0.03125, 0.125, 0.25)",
    4: "(0.25, 0.125, 0.0625, 0.03125)",
    15: "(" + ", ".join(str(k / 256) for k in range(15)) + ")",
}
BEFORE = "R 0 1\nRX 2\nX 1\nX_ERROR(0.25) 0 1\nZ_ERROR(0.125) 2\nE(0.25) X3 Z2\nM 3 4\nE(0.25) X0\n"
SHOTS = 4000
NAMES = sorted({*stim.gate_data()} - {"REPEAT"})


def lines_of(name: str) -> list[str]:
    """The instruction with every number of arguments and kind of target that Stim reads."""
    found = []
    for number, arguments in ARGUMENTS.items():
        arguments = "(1)" if name == "OBSERVABLE_INCLUDE" and number == 1 else arguments
        for targets in TARGETS.values():
            line = f"{name}{arguments} {targets}"
            try:
                stim.Circuit(BEFORE + line)
            except ValueError:
                continue
            found.append(line)
    return found


def whole(line: str, basis: str) -> stim.Circuit:
    """The line between preparations and measurements, each record in a detector."""
    circuit = stim.Circuit(f"{BEFORE}{line}\n{basis} 0 1 2")
    for k in range(circuit.num_measurements):
        circuit.append("DETECTOR", [stim.target_rec(-1 - k)])
    return circuit


def test_there_is_something_of_every_instruction() -> None:
    count = {name: len(lines_of(name)) for name in NAMES}
    assert min(count.values()) >= 1
    assert sum(count.values()) > 300


@pytest.mark.parametrize("name", NAMES)
def test_what_stim_samples_is_sampled_alike_and_what_it_refuses_is_refused(name: str) -> None:
    lines = lines_of(name)
    failures = []
    for line in lines:
        for basis in ("M", "MX", "MY"):
            circuit = whole(line, basis)
            try:
                records = circuit.compile_sampler(seed=1).sample(SHOTS)
                events, flips = circuit.compile_detector_sampler(seed=2).sample(SHOTS, separate_observables=True)
            except ValueError:
                with pytest.raises(ValueError, match=f"^line {BEFORE.count(chr(10)) + 1}: "):
                    compile_program(circuit)
                continue
            batch = ql.compile_sampler(circuit, seed=3).sample(
                SHOTS, measurements=True, sweep_bits=np.zeros(circuit.num_sweep_bits, dtype=bool)
            )
            assert batch.measurements is not None
            ours = np.hstack([batch.measurements, batch.detection_events, batch.observable_flips])
            theirs = np.hstack([records, events, flips])
            n = ours.shape[1]
            limit = family_limit(3000 * n * n)  # of all instructions
            means = mean_deviations(ours, theirs)
            pairs = covariance_deviations(batch.measurements, records)
            worst = max(float(means.max(initial=0)), float(pairs.max(initial=0)))
            if worst > limit:
                failures.append(f"{line}, {basis}: {worst:.1f} sigma")
    assert not failures


def test_signs_and_noise_of_what_was_once_ignored() -> None:
    """Known probabilities, not only Stim's: MPAD's argument, and Paulis in observables."""
    batch = ql.compile_sampler("MPAD(0.125) 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]", seed=1).sample(100_000)
    sigma = np.sqrt(0.125 * 0.875 / 100_000)
    assert batch.detection_events.mean(axis=0) == pytest.approx([0.125, 0.125], abs=5 * sigma)
    text = "R 0\nRX 1\nX_ERROR(0.125) 0\nZ_ERROR(0.125) 1\nOBSERVABLE_INCLUDE(1) Z0\nOBSERVABLE_INCLUDE(2) Z0 X1"
    flips = ql.compile_sampler(text, seed=1).sample(100_000).observable_flips.mean(axis=0)
    assert flips == pytest.approx([0, 0.125, 2 * 0.125 * 0.875], abs=5 * np.sqrt(0.25 / 100_000))


@pytest.mark.parametrize("first_call", [1, 1000])
def test_a_chain_that_starts_with_else_knows_nothing_of_shots_before(first_call: int) -> None:
    """Shots of a later block, or a later call, do not see the chain with which an earlier one ended."""
    sampler = ql.compile_sampler("ELSE_CORRELATED_ERROR(1) X0\nM 0\nE(1) X1\nM 1", seed=1)
    sampler.sample(first_call)
    records = sampler.sample(5000, measurements=True).measurements
    assert records is not None and records.all()


def test_a_chain_goes_on_across_other_instructions() -> None:
    text = (
        "E(0.25) X0\nM 5\nH 3\nTICK\nELSE_CORRELATED_ERROR(0.5) X1\nREPEAT 2 {\nELSE_CORRELATED_ERROR(1) X2\n}\nM 0 1 2"
    )
    records = ql.compile_sampler(text, seed=1).sample(40_000, measurements=True).measurements
    assert records is not None
    assert (records[:, 1:].sum(axis=1) == 1).all()
    assert records[:, 1:].mean(axis=0) == pytest.approx([0.25, 0.375, 0.375], abs=5 * np.sqrt(0.25 / 40_000))


EXAMPLES = {
    tags.TRANSITION_1: "LEAKAGE_TRANSITION_1: (0.1, U-->2)",
    tags.TRANSITION_2: "LEAKAGE_TRANSITION_2: (0.1, U_U-->2_U)",
    tags.TRANSITION_Z: "LEAKAGE_TRANSITION_Z: (0.1, 1-->2)",
    tags.CONTROLLED_ERROR: "LEAKAGE_CONTROLLED_ERROR: (0.1, 2-->X)",
    tags.PROJECTION_Z: "LEAKAGE_PROJECTION_Z: (0.1, 2)",
    tags.MEASUREMENT: "LEAKAGE_MEASUREMENT: (0.1, 2) : 0 1",
    tags.SWAP: "LEAKAGE_SWAP",
    tags.RESET: "LEAKAGE_RESET: (0.1, 2-->2)",
    tags.DEPOLARIZE_1: "LEAKAGE_DEPOLARIZE_1",
    tags.POPULATION: "LEAKAGE_POPULATION",
    tags.ISWAP: "LEAKAGE_ISWAP",
    tags.INJECT: "INJECT_LEAKAGE(0.1)",
    tags.IDLE: "IDLE_NS(100)",
    tags.CONDITIONED_ON_PAIR: "CONDITIONED_ON_PAIR: (U, U)",
}
ONE_LINE = {name: next((x for x in lines_of(name) if "0 1" in x or "Z1" in x), lines_of(name)[0]) for name in NAMES}


def tagged(name: str, tag: str) -> stim.Circuit:
    return stim.Circuit(f"R 0 1 2 3\nM 2 3\nTICK\n{name}[{tag}]{ONE_LINE[name][len(name) :]}\nTICK\nM 0 1")


def test_there_is_an_example_of_every_family() -> None:
    assert EXAMPLES.keys() == tags.ALLOWED_GATES.keys()
    assert all(tags.parse_tag(text) is not None for text in EXAMPLES.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_tag_on_every_instruction_is_obeyed_or_refused(name: str) -> None:
    for family, text in EXAMPLES.items():
        circuit = tagged(name, text)
        if name not in tags.ALLOWED_GATES[family]:
            with pytest.raises(ValueError, match=f"^line 4: {family} must be a tag of .*, but is one of {name};"):
                compile_program(circuit)
        elif family in (tags.ISWAP, tags.INJECT):
            with pytest.raises(ValueError, match=f"^line 4: {family} must be dressed"):
                compile_program(circuit)
        else:
            compile_program(circuit)
    for text in (*tags.INSTEAD, "LEAKAGE_UNHEARD_OF: (0.1, U-->2)"):
        with pytest.raises(ValueError, match=f"^line 4: `{name}` has a bad tag: .*{text.split(':')[0]}"):
            compile_program(tagged(name, text))


@pytest.mark.parametrize("name", NAMES)
def test_other_tags_change_nothing(name: str) -> None:
    given, plain = (vars(compile_program(tagged(name, text))) for text in ("a label", ""))
    for field, value in plain.items():
        assert np.array_equal(given[field], value) if isinstance(value, np.ndarray) else given[field] == value
