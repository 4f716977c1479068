"""Noise-free memory circuits: exact text, moments, determinism, distance, sweep bits, refusals."""

import dataclasses
import itertools
import time

import numpy as np
import pytest
import stim

from qec_leak.circuits.ideal import _Plan, ideal_memory_circuit
from qec_leak.circuits.patches import repetition_patch, surface_patch
from qec_leak.circuits.round_end import detector_lookback
from qec_leak.circuits.strategies import find_strategy, strategy_names
from qec_leak.circuits.tags import parse_tag

SURFACE = list(itertools.product(strategy_names(), "XZ", ("CSS", "XZZX")))


def with_uniform_noise(circuit: stim.Circuit, p: float = 1e-3) -> stim.Circuit:
    """Depolarizing noise after each gate, flips after each reset and before each measurement."""
    noisy = stim.Circuit()
    for instruction in circuit:
        if isinstance(instruction, stim.CircuitRepeatBlock):
            body = with_uniform_noise(instruction.body_copy(), p)
            noisy.append(stim.CircuitRepeatBlock(instruction.repeat_count, body))
            continue
        targets = instruction.targets_copy()
        if instruction.name == "M":
            noisy.append("X_ERROR", targets, p)
        noisy.append(instruction)
        if instruction.name in ("H", "I"):
            noisy.append("DEPOLARIZE1", targets, p)
        elif instruction.name == "CZ":
            noisy.append("DEPOLARIZE2", targets, p)
        elif instruction.name == "R":
            noisy.append("X_ERROR", targets, p)
    return noisy


def moments(circuit: stim.Circuit) -> list[list[stim.CircuitInstruction]]:
    """The unrolled circuit, cut at its TICKs; annotations and noise left out."""
    found: list[list[stim.CircuitInstruction]] = [[]]
    for instruction in circuit.flattened():
        if instruction.name == "TICK":
            found.append([])
        elif instruction.name in ("H", "CZ", "CX", "R", "M", "II"):
            found[-1].append(instruction)
    return found


def graphlike_distance(circuit: stim.Circuit) -> int:
    return len(with_uniform_noise(circuit).shortest_graphlike_error())


def test_exact_text_of_a_small_circuit():
    assert ideal_memory_circuit(repetition_patch(3), "MLR", 4, "Z", inject_pauli=0.25) == stim.Circuit("""
        QUBIT_COORDS[role:data](0, 0) 0
        QUBIT_COORDS[role:data](2, 0) 1
        QUBIT_COORDS[role:data](4, 0) 2
        QUBIT_COORDS[role:measure](1, 0) 3
        QUBIT_COORDS[role:measure](3, 0) 4
        R 0 1 2 3 4
        TICK
        CX sweep[0] 0 sweep[1] 1 sweep[2] 2
        TICK
        H 3 4
        X_ERROR[inject](0.25) 0 1 2
        Z_ERROR[inject](0.25) 3 4
        TICK
        CZ 3 0 4 1
        TICK
        CZ 3 1 4 2
        TICK
        H 3 4
        TICK
        M 3 4
        DETECTOR(1, 0) rec[-2]
        DETECTOR(3, 0) rec[-1]
        SHIFT_COORDS(0, 1)
        TICK
        R 3 4
        TICK[LEAKAGE_POPULATION]
        REPEAT 3 {
            H 3 4
            X_ERROR[inject](0.25) 0 1 2
        Z_ERROR[inject](0.25) 3 4
            TICK
            CZ 3 0 4 1
            TICK
            CZ 3 1 4 2
            TICK
            H 3 4
            TICK
            M 3 4
            DETECTOR(1, 0) rec[-2] rec[-4]
            DETECTOR(3, 0) rec[-1] rec[-3]
            SHIFT_COORDS(0, 1)
            TICK
            R 3 4
            TICK[LEAKAGE_POPULATION]
        }
        M 0 1 2
        DETECTOR(1, 0) rec[-3] rec[-2] rec[-5]
        DETECTOR(3, 0) rec[-2] rec[-1] rec[-4]
        OBSERVABLE_INCLUDE(0) rec[-3]
        TICK
    """)


@pytest.mark.parametrize(("strategy", "basis", "form"), SURFACE)
@pytest.mark.parametrize("rounds", [1, 2, 3, 7])
def test_surface_is_deterministic(strategy, basis, form, rounds):
    circuit = ideal_memory_circuit(surface_patch(3), strategy, rounds, basis, form=form)
    circuit.detector_error_model()  # raises if a detector or the observable is not deterministic
    assert circuit.num_detectors == 8 * rounds
    assert circuit.num_observables == 1
    assert circuit.num_measurements == 8 * rounds + 9
    events, flips = circuit.compile_detector_sampler(seed=1).sample(50, separate_observables=True)
    assert not events.any()
    assert not flips.any()


@pytest.mark.parametrize(("strategy", "basis", "form"), SURFACE)
@pytest.mark.parametrize("distance", [3, 5])
def test_surface_keeps_its_distance(strategy, basis, form, distance):
    circuit = ideal_memory_circuit(surface_patch(distance), strategy, distance + 1, basis, form=form)
    assert graphlike_distance(circuit) == distance


@pytest.mark.parametrize("basis", ["X", "Z"])
def test_swapped_cz_order_would_not_keep_the_distance(basis):
    """The test above sees hook errors: with the middle CZ layers of each check exchanged they run along logicals."""
    patch = surface_patch(5)
    swapped = tuple(
        dataclasses.replace(check, data_qubits=tuple(check.data_qubits[layer] for layer in (0, 2, 1, 3)))
        for check in patch.stabilizers
    )
    circuit = ideal_memory_circuit(dataclasses.replace(patch, stabilizers=swapped), "MLR", 6, basis)
    assert graphlike_distance(circuit) == 3


@pytest.mark.parametrize("strategy", strategy_names())
@pytest.mark.parametrize("distance", [3, 5])
def test_repetition_keeps_its_distance(strategy, distance):
    assert graphlike_distance(ideal_memory_circuit(repetition_patch(distance), strategy, 6, "Z")) == distance


@pytest.mark.parametrize("strategy", strategy_names())
@pytest.mark.parametrize("rounds", [1, 2, 6])
def test_random_sweep_bits_leave_no_detection_events(strategy, rounds):
    distance, shots = 5, 200
    circuit = ideal_memory_circuit(repetition_patch(distance), strategy, rounds, "Z")
    assert circuit.num_sweep_bits == distance
    sweep = np.random.default_rng(5).integers(0, 2, (shots, distance)).astype(bool)
    records = np.array([_records_with_sweep_bits(circuit, bits) for bits in sweep])
    assert np.array_equal(records[:, -distance:], sweep)
    events, flips = circuit.compile_m2d_converter().convert(
        measurements=records, sweep_bits=sweep, separate_observables=True
    )
    assert not events.any()
    assert not flips.any()


def _records_with_sweep_bits(circuit: stim.Circuit, bits: np.ndarray) -> np.ndarray:
    flipped = [str(qubit) for qubit in np.flatnonzero(bits)]
    text = str(circuit).splitlines()
    position = next(number for number, line in enumerate(text) if "sweep" in line)
    text[position] = "X " + " ".join(flipped)
    return stim.Circuit("\n".join(text)).compile_sampler(seed=2).sample(1)[0]


@pytest.mark.parametrize("basis", ["X", "Z"])
@pytest.mark.parametrize("form", ["CSS", "XZZX"])
def test_state_after_a_round_is_the_logical_state_of_the_basis(basis, form):
    """Every check has a definite value and the logical operator is +1, with X and Z exchanged on conjugated qubits."""
    patch = surface_patch(3)
    conjugated = patch.xzzx_qubits if form == "XZZX" else ()
    assert len(patch.xzzx_qubits) == 4
    circuit = ideal_memory_circuit(patch, "NO_RESET", 1, basis, form=form)
    end = next(n for n, instruction in enumerate(circuit) if instruction.tag == "LEAKAGE_POPULATION")
    simulator = stim.TableauSimulator(seed=3)
    simulator.do(circuit[: end + 1])

    def expectation(kind, qubits):
        pauli = stim.PauliString(len(patch.coordinates))
        for qubit in qubits:
            pauli[qubit] = kind if qubit not in conjugated else {"X": "Z", "Z": "X"}[kind]
        return simulator.peek_observable_expectation(pauli)

    assert expectation(basis, patch.logical_operators(basis)[0]) == 1
    assert all(expectation(basis, check.support) == 1 for check in patch.stabilizers if check.basis == basis)
    assert all(abs(expectation(check.basis, check.support)) == 1 for check in patch.stabilizers)


def test_xzzx_form_needs_data_hadamards_in_the_middle_only():
    patch = surface_patch(5)
    counts = {}
    for form in ("CSS", "XZZX"):
        circuit = ideal_memory_circuit(patch, "MLR", 3, "Z", form=form)
        body = next(instruction for instruction in circuit if instruction.name == "REPEAT").body_copy()
        layers = [
            [target.value for target in instruction.targets_copy()] for instruction in body if instruction.name == "H"
        ]
        counts[form] = sum(map(len, layers))
        if form == "XZZX":
            assert [set(layer) for layer in layers] == [
                set(patch.measure_qubits),
                set(patch.data_qubits),
                set(patch.data_qubits),
                set(patch.measure_qubits),
            ]
    assert counts["XZZX"] < counts["CSS"]


@pytest.mark.parametrize(("strategy", "basis", "form"), SURFACE)
def test_moments(strategy, basis, form):
    rounds = 4
    circuit = ideal_memory_circuit(surface_patch(5), strategy, rounds, basis, form=form)
    cut = moments(circuit)
    assert cut.pop() == []  # the last moment, too, is closed by a TICK
    for moment in cut:
        qubits = [target.value for instruction in moment for target in instruction.targets_copy()]
        assert len(instruction_names(moment)) == 1
        assert len(qubits) == len(set(qubits))
    one_round = ["H", "CZ", "H", "CZ", "CZ", "H", "CZ", "H", "M"]
    one_round += {"NO_RESET": [], "MLR": ["R"], "DQLR": ["R", "II", "R"]}[strategy]
    hadamard = ["H"] if form == "XZZX" or basis == "X" else []
    names = [moment[0].name for moment in cut]
    assert names == ["R", *hadamard, *one_round * rounds, *hadamard, "M"]
    tagged = [i for i in circuit.flattened() if i.name == "TICK" and i.tag == "LEAKAGE_POPULATION"]
    assert len(tagged) == rounds


def instruction_names(moment):
    return {instruction.name for instruction in moment}


def test_removal_qubits_are_in_dqlr_circuits_only():
    patch = surface_patch(3)
    assert ideal_memory_circuit(patch, "MLR", 3, "Z").num_qubits == 17
    assert ideal_memory_circuit(patch, "DQLR", 3, "Z").num_qubits == 18
    assert patch.removal_qubits == (17,)


def test_detector_coordinates():
    patch = surface_patch(3)
    circuit = ideal_memory_circuit(patch, "MLR", 4, "X")
    coordinates = list(circuit.get_detector_coordinates().values())
    sites = [patch.coordinates[check.measure_qubit] for check in patch.stabilizers]
    sites_x = [patch.coordinates[check.measure_qubit] for check in patch.stabilizers if check.basis == "X"]
    expected = [[*site, 0] for site in sites_x]
    expected += [[*site, t] for t in (1, 2, 3) for site in sites]
    expected += [[*site, 4] for site in sites_x]
    assert coordinates == expected
    line = ideal_memory_circuit(repetition_patch(3), "NO_RESET", 2, "Z")
    assert list(line.get_detector_coordinates().values()) == [[x, t] for t in (0, 1, 2) for x in (1, 3)]


@pytest.mark.parametrize(("strategy", "plain"), [("NO_RESET", 2), ("MLR", 1), ("DQLR", 1)])
def test_equal_rounds_are_folded(strategy, plain):
    circuit = ideal_memory_circuit(surface_patch(3), strategy, 30, "Z")
    blocks = [instruction for instruction in circuit if instruction.name == "REPEAT"]
    assert [block.repeat_count for block in blocks] == [30 - plain]


def rounds_one_by_one(plan):
    """The circuit of ``plan`` with every round built and compared with the others, folded from the first on."""
    layers = plan._hadamard_layers()
    rounds = [plan._round(plan._kind(number), layers) for number in range(1, plan.rounds + 1)]
    period = plan.strategy.period
    circuit, start = stim.Circuit(), 0
    while start < len(rounds):
        block, repeats = rounds[start : start + period], 1
        while rounds[start + repeats * period : start + (repeats + 1) * period] == block:
            repeats += 1
        if repeats == 1:
            circuit += rounds[start]
            start += 1
        else:
            circuit.append(stim.CircuitRepeatBlock(repeats, sum(block, stim.Circuit())))
            start += repeats * period
    return circuit


@pytest.mark.parametrize("patch", [surface_patch(3), repetition_patch(3)])
@pytest.mark.parametrize("strategy", strategy_names())
@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_rounds_are_folded_as_if_they_were_compared(patch, strategy, every):
    value = find_strategy(strategy).removing_every(every)
    for rounds in (1, 2, 3, 4, 7, 13):
        for leak in (None, 0, 1, 2, rounds // 2, rounds - 1):
            plan = _Plan(
                patch=patch, strategy=value, rounds=rounds, basis="Z", form="CSS",
                inject_leakage=0.0, inject_pauli=0.0, leak_qubit=None if leak is None else 2, leak_round=leak or 0,
                idle_ns=(0.0,),
            )  # fmt: skip
            folded = stim.Circuit()
            plan._append_rounds(folded)
            assert folded == rounds_one_by_one(plan)


@pytest.mark.parametrize("strategy", strategy_names())
def test_a_million_rounds_are_as_easy_as_ten(strategy):
    short, long = (ideal_memory_circuit(surface_patch(3), strategy, rounds, "X") for rounds in (10, 10**6))
    lookback = detector_lookback(find_strategy(strategy), surface_patch(3), 10)
    repeated = {10: 10 - lookback, 10**6: 10**6 - lookback}
    assert str(long) == str(short).replace(f"REPEAT {repeated[10]} ", f"REPEAT {repeated[10**6]} ")
    assert long.num_detectors == 8 * 10**6


@pytest.mark.parametrize(("rounds", "every"), [(30, 3), (7, 2), (5, 10), (6, 1)])
def test_dqlr_every(rounds, every):
    circuit = ideal_memory_circuit(surface_patch(3), "DQLR", rounds, "Z", dqlr_every=every)
    names = [moment[0].name for moment in moments(circuit) if moment]
    assert names.count("II") == rounds // every
    assert names.count("R") == 1 + rounds + rounds // every
    round_of_each_iswap = [names[:n].count("M") for n, name in enumerate(names) if name == "II"]
    assert round_of_each_iswap == list(range(every, rounds + 1, every))
    assert circuit.num_detectors == 8 * rounds
    circuit.detector_error_model()
    if rounds == 30:
        assert len(circuit) < 150  # the period of three rounds is folded


def test_injection_places_and_tags():
    patch = surface_patch(3)
    circuit = ideal_memory_circuit(
        patch, "DQLR", 4, "Z", inject_leakage=1e-5, inject_pauli=0.125, leak_qubit=4, leak_round=2
    )
    flat = list(circuit.flattened())
    injected = [n for n, instruction in enumerate(flat) if instruction.tag == "INJECT_LEAKAGE(1e-05)"]
    assert len(injected) == 4
    for n in injected:
        assert [item.name for item in flat[n - 1 : n + 4]] == ["H", "I", "X_ERROR", "Z_ERROR", "TICK"]
        assert [target.value for target in flat[n].targets_copy()] == list(range(17))
        for error, qubits in ((flat[n + 1], patch.data_qubits), (flat[n + 2], patch.measure_qubits)):
            assert (error.tag, error.gate_args_copy()) == ("inject", [0.125])
            assert tuple(target.value for target in error.targets_copy()) == qubits
    (leak,) = (n for n, instruction in enumerate(flat) if instruction.name == "I_ERROR")
    assert flat[leak].tag == "inject|LEAKAGE_TRANSITION_1: (1, U-->2)"
    assert [target.value for target in flat[leak].targets_copy()] == [4]
    assert sum(instruction.tag == "LEAKAGE_POPULATION" for instruction in flat[:leak]) == 2
    assert flat[leak - 1].tag == "LEAKAGE_POPULATION"
    families = {parse_tag(instruction.tag).family for instruction in flat if parse_tag(instruction.tag) is not None}
    assert families == {"INJECT_LEAKAGE", "LEAKAGE_TRANSITION_1", "LEAKAGE_ISWAP", "LEAKAGE_POPULATION"}


def test_injected_paulis_trigger_the_checks_of_both_kinds():
    """On a data qubit of the bit-flip code an X fires both neighbours; on a measure qubit a Z flips its outcome, so
    that one round's detector and the next one's fire."""
    circuit = ideal_memory_circuit(repetition_patch(3), "MLR", 3, "Z", inject_pauli=0.125)
    model = circuit.detector_error_model()
    errors = {
        frozenset(t.val for t in e.targets_copy() if t.is_relative_detector_id()) for e in model.flattened()
        if e.type == "error"
    }  # fmt: skip
    assert {frozenset({0, 1}), frozenset({0, 2}), frozenset({1, 3}), frozenset({2, 4})} <= errors


def test_generation_is_fast():
    repetition, surface = repetition_patch(21), surface_patch(7)
    for patch, basis in ((repetition, "Z"), (surface, "X")):
        start = time.process_time()
        ideal_memory_circuit(patch, "DQLR", 60, basis)
        assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rounds", {"rounds": 0}),
        ("rounds", {"rounds": -1}),
        ("basis", {"basis": "Y"}),
        ("form", {"form": "ZXXZ"}),
        ("strategy", {"strategy": "LRU"}),
        ("dqlr_every", {"dqlr_every": 0}),
        ("inject_leakage", {"inject_leakage": -0.1}),
        ("inject_leakage", {"inject_leakage": 0.51}),
        ("inject_leakage", {"inject_leakage": float("nan")}),
        ("inject_pauli", {"inject_pauli": 1.5}),
        ("leak_qubit", {"leak_qubit": 18}),
        ("leak_qubit", {"leak_qubit": 17}),  # the removal qubit, which MLR has no use for
        ("leak_qubit", {"leak_qubit": -1}),
        ("leak_round", {"leak_qubit": 4, "leak_round": 3}),
        ("leak_round", {"leak_qubit": 4, "leak_round": -1}),
    ],
)
def test_refuses_surface_arguments(name, arguments):
    arguments = {"strategy": "MLR", "rounds": 3, "basis": "Z"} | arguments
    with pytest.raises(ValueError, match=f"^`{name}` must [^\n]*$"):
        ideal_memory_circuit(surface_patch(3), **arguments)


@pytest.mark.parametrize(("name", "basis", "form"), [("basis", "X", "CSS"), ("form", "Z", "XZZX")])
def test_refuses_what_the_repetition_code_does_not_have(name, basis, form):
    with pytest.raises(ValueError, match=f"^`{name}` must .*repetition"):
        ideal_memory_circuit(repetition_patch(3), "MLR", 3, basis, form=form)


def test_removal_qubit_can_leak_with_dqlr():
    circuit = ideal_memory_circuit(surface_patch(3), "DQLR", 3, "Z", leak_qubit=17)
    assert "I_ERROR[inject|LEAKAGE_TRANSITION_1: (1, U-->2)] 17" in str(circuit)
