"""Dressing: exact circuits from a device whose probabilities are distinct powers of two, so that each is traceable."""

import itertools
import math
import re

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.channels import operations
from qec_leak.channels.rounding import rounded
from qec_leak.circuits import tags
from qec_leak.circuits.moments import Moment, has_bits, split_moments
from qec_leak.device import Device

DYADIC = Device.from_toml_text("""
name = "dyadic"
description = "every probability another power of two, no relaxation"
[gate]
duration_ns = 16.0
error = 0.25
leakage = 0.0
[idle]
t1_ns = inf
t2_ns = inf
heating_per_us = 0.0
dd_error_per_us = 0.5
[readout]
duration_ns = 500.0
error = 0.125
leakage = 0.0
one_given_2 = 1.0
one_given_3 = 0.5
[reset]
mlr_ns = 250.0
error = 0.0625
one_given_2 = 0.03125
one_given_3 = 0.0
leaked_given_2 = 0.375
leaked_given_3 = 0.5
[cz]
duration_ns = 32.0
error = 0.015625
crosstalk = 0.0078125
leakage = 0.00390625
model = "given"
transport_30_12 = 0.25
transport_31_22 = 0.0
leakage_phase_low = 0.5
leakage_phase_high = 0.0
high = "data"
[dqlr]
iswap_ns = 12.0
ramp_ns = 2.0
anharmonicity_mhz = 240.0
error = 0.001953125
efficiency = 1.0
""")
RESET = "[reset|LEAKAGE_RESET: (0.375, 2-->2) (0.03125, 2-->1) (0.5, 3-->3)]"
READOUT = "[readout|LEAKAGE_PROJECTION_Z: (1.0, 2) (0.5, 3)]"


def dressed(text: str, device: Device = DYADIC, **roles: str) -> list[str]:
    """Lines of the dressed circuit; the tables of two-transmon channels shortened to their label."""
    circuit = ql.dress(stim.Circuit(text), device, roles={int(q[1:]): role for q, role in roles.items()})
    assert stim.Circuit(str(circuit)) is not None
    short = re.sub(r"\[(\w+)\|LEAKAGE_TRANSITION_2: [^\]]*\]", r"[\1|...]", str(circuit))
    return [line.strip() for line in short.splitlines()]


def test_one_qubit_gates_idle_and_resets() -> None:
    assert dressed("R 0 1\nTICK\nH 0\nTICK\nS 1\nX 0") == [
        f"R{RESET} 0 1",
        "X_ERROR[reset](0.0625) 0 1",
        "TICK",
        "H 0",
        "DEPOLARIZE1[gate](0.25) 0",
        "TICK",
        "S 1",
        "DEPOLARIZE1[gate](0.25) 1",
        "X 0",
        "DEPOLARIZE1[gate](0.25) 0",
    ]


@pytest.mark.parametrize(("reset", "flip"), [("R", "X_ERROR"), ("RX", "Z_ERROR"), ("RY", "X_ERROR")])
def test_resets_err_in_their_own_basis(reset: str, flip: str) -> None:
    assert dressed(f"{reset} 0") == [f"{reset}{RESET} 0", f"{flip}[reset](0.0625) 0"]


def test_cz_is_tagged_high_qubit_first_and_its_neighbours_share_the_crosstalk() -> None:
    lines = dressed("CZ 1 0\nTICK\nCZ 1 2\nTICK\nM 1\nTICK\nCZ 0 1", q1="measure")
    assert lines[:5] == [
        "CZ 1 0",
        "II_ERROR[cz|...] 0 1",
        "DEPOLARIZE2[cz](0.015625) 1 0",
        "DEPOLARIZE1[crosstalk](0.0078125) 2",
        "TICK",
    ]
    assert lines[5:8] == ["CZ 1 2", "II_ERROR[cz|...] 2 1", "DEPOLARIZE2[cz](0.015625) 1 2"]
    shared = dressed("CZ 0 1 2 3\nTICK\nCZ 1 2 3 4\nTICK\nCZ 0 5")
    # Of CZ 0 1 the neighbours are 2 and 5; of CZ 2 3 they are 1 and 4.
    assert shared[3] == "DEPOLARIZE1[crosstalk](0.00390625) 1 2 4 5"


@pytest.mark.parametrize(("high", "pair"), [("data", "0 1"), ("measure", "1 0"), ("first", "0 1"), ("second", "1 0")])
def test_which_transmon_is_high(high: str, pair: str) -> None:
    device = DYADIC.replace({"cz.high": high})
    for gate in ("CZ 0 1", "CZ 1 0"):
        assert f"II_ERROR[cz|...] {pair}" in dressed(gate, device, q0="data", q1="measure")


@pytest.mark.parametrize(("directions", "pair"), [(["NE"], "0 1"), (["SW", "NW"], "1 0")])
def test_which_transmon_is_high_by_direction(directions: list[str], pair: str) -> None:
    device = DYADIC.replace({"cz.high": "direction", "cz.data_high_in": tuple(directions)})
    where = "QUBIT_COORDS(1, 1) 0\nQUBIT_COORDS(2, {}) 1\n"
    found = {y: dressed(where.format(y) + "CZ 0 1", device, q0="data", q1="measure") for y in (0, 2)}
    # The compass of the drawing decides which y is north: exactly one of the two is the direction NE or SE.
    lines = [any(f"II_ERROR[cz|...] {pair}" in line for line in found[y]) for y in (0, 2)]
    assert any(lines)
    if directions == ["NE"]:
        assert lines.count(True) == 1
    with pytest.raises(ValueError, match="must have QUBIT_COORDS of qubits 0 and 1"):
        dressed("CZ 0 1", device, q0="data", q1="measure")


def test_tags_hold_the_channels_of_the_device() -> None:
    circuit = ql.dress(stim.Circuit("CZ 0 1\nTICK\nII[LEAKAGE_ISWAP] 0 1"), DYADIC, roles={1: "measure"})
    found = {item.tag.split("|")[0]: tags.parse_tag(item.tag) for item in circuit if item.name == "II_ERROR"}
    expected = {
        "cz": operations.cz_channel(DYADIC.cz),
        "leakage_iswap": operations.leakage_iswap_channel(DYADIC.dqlr),
    }
    assert set(found) == set(expected)
    for label, channel in expected.items():
        tag = found[label]
        assert tag is not None and tag.channel is not None
        for row, transitions in channel.rows.items():
            parsed = {(t.outgoing, t.pauli, t.left_with, t.returned_with): t.probability for t in tag.channel.rows[row]}
            for t in transitions:
                if t.probability > 1e-6:
                    key = (t.outgoing, t.pauli, t.left_with, t.returned_with)
                    assert parsed[key] == pytest.approx(t.probability, abs=1e-7), (label, row, key)


def test_cx_is_h_cz_h_and_takes_their_time() -> None:
    assert dressed("CX 0 1\nTICK") == [
        "H 1",
        "DEPOLARIZE1[gate](0.25) 1",
        "CZ 0 1",
        "II_ERROR[cz|...] 0 1",
        "DEPOLARIZE2[cz](0.015625) 0 1",
        "H 1",
        "DEPOLARIZE1[gate](0.25) 1",
        "TICK",
    ]


def test_mr_is_m_then_r_in_moments_of_their_own() -> None:
    assert dressed("H 1\nTICK\nMR !0\nTICK") == [
        "H 1",
        "DEPOLARIZE1[gate](0.25) 1",
        "TICK",
        f"M{READOUT}(0.125) !0",
        "DEPOLARIZE1[decoupling](0.25) 1",
        f"R{RESET} 0",
        "X_ERROR[reset](0.0625) 0",
        "DEPOLARIZE1[decoupling](0.125) 1",
        "TICK",
    ]


def test_annotations_noise_feedback_and_repeat_are_kept() -> None:
    lines = dressed(
        "QUBIT_COORDS(1, 2) 0\nREPEAT 3 {\n    M 0\n    TICK[LEAKAGE_POPULATION]\n    DETECTOR(1) rec[-1]\n"
        "    SHIFT_COORDS(1)\n}\nX_ERROR(0.5) 0\nCX rec[-1] 0 sweep[2] 0\nOBSERVABLE_INCLUDE(0) rec[-1]\nMPAD 1"
    )
    assert lines == [
        "QUBIT_COORDS(1, 2) 0",
        "REPEAT 3 {",
        f"M{READOUT}(0.125) 0",
        "TICK[LEAKAGE_POPULATION]",
        "DETECTOR(1) rec[-1]",
        "SHIFT_COORDS(1)",
        "}",
        "X_ERROR(0.5) 0",
        "CX rec[-1] 0 sweep[2] 0",
        "OBSERVABLE_INCLUDE(0) rec[-1]",
        "MPAD 1",
    ]


def leaking(device: Device, text: str) -> list[tuple[str, list[int], float]]:
    """(label, qubits, leakage rate) of each one-qubit leakage tag."""
    out = []
    for item in ql.dress(stim.Circuit(text), device):
        tag = tags.parse_tag(item.tag) if item.name == "I_ERROR" else None
        if tag is not None and tag.channel is not None:
            out.append((tag.label, [t.value for t in item.targets_copy()], round(tag.channel.leakage_rate, 9)))
    return out


def test_leakage_of_gates_readout_and_heating() -> None:
    device = DYADIC.replace({"gate.leakage": 0.0078125, "readout.leakage": 0.03125})
    assert leaking(device, "H 0\nTICK\nM 0 1") == [("gate", [0], 0.0078125), ("readout", [0, 1], 0.03125)]
    assert leaking(DYADIC, "H 0\nTICK\nM 0 1\nTICK\nR 0") == []


def test_heating_acts_in_every_moment_but_on_qubits_being_reset() -> None:
    device = DYADIC.replace({"idle.heating_per_us": 0.5})
    expected = {ns: round(rounded((1 - math.exp(-0.5 * ns * 1e-3)) / 2), 9) for ns in (16, 500, 250)}
    found = leaking(device, "H 0 1\nTICK\nM 0\nTICK\nR 0")
    assert {(label, rate) for label, _, rate in found} == {("idle", rate) for rate in expected.values()}
    who = {ns: sorted(q for _, qubits, r in found if r == rate for q in qubits) for ns, rate in expected.items()}
    assert who == {16: [0, 1], 500: [0, 1], 250: [1]}


def test_injection_and_iswap_become_noise() -> None:
    lines = dressed("I[INJECT_LEAKAGE(0.25)] 0 1\nTICK\nII[LEAKAGE_ISWAP] 0 1", q1="measure")
    assert lines[0].startswith("I_ERROR[inject|LEAKAGE_TRANSITION_1: (0.25")
    assert lines[0].endswith(" 0 1")
    assert lines[1].startswith("Z_ERROR[inject](")
    assert lines[2:5] == ["TICK", "II_ERROR[leakage_iswap|...] 0 1", "DEPOLARIZE2[leakage_iswap](0.00195312) 0 1"]


def test_overrides_reach_their_qubit_and_pair() -> None:
    device = DYADIC.replace({"qubits.1.gate.error": 0.5, "roles.measure.gate.error": 0.75})
    assert dressed("H 0 1 2", device, q2="measure")[1:] == [
        "DEPOLARIZE1[gate](0.25) 0",
        "DEPOLARIZE1[gate](0.5) 1",
        "DEPOLARIZE1[gate](0.75) 2",
    ]
    assert "DEPOLARIZE2[cz](0.03125) 1 0" in dressed("CZ 1 0", device.replace({"pairs.0-1.cz.error": 0.03125}))


def test_records_keep_their_order_when_readouts_differ() -> None:
    device = DYADIC.replace({"qubits.1.readout.error": 0.5})
    circuit = ql.dress(stim.Circuit("M 0 1 !2 3 1"), device)
    assert [t.value for item in circuit if item.name == "M" for t in item.targets_copy()][:4] == [0, 1, 2, 3]
    assert [item.gate_args_copy() for item in circuit if item.name == "M"][:3] == [[0.125], [0.5], [0.125]]


@pytest.mark.parametrize(
    "text",
    [
        "H 0\nCX 0 1\nCX 1 2\nCX 2 0",  # fused by Stim
        "X 0\nCZ 0 1 1 2\nH 1\nCX 1 0 0 2 2 1",
        "M 0\nX 1\nCX rec[-1] 0 1 2 2 0 sweep[0] 1",
        "H 0 0 1 0\nS 0 0\nMR 0 0 1",
    ],
)
def test_fused_instructions_keep_their_order(text: str) -> None:
    """The circuit is the same without noise, and no qubit is in two operations of a moment."""
    circuit = stim.Circuit(text + "\nM 0 1 2")
    bare = ql.dress(circuit, DYADIC).without_noise()
    first, second = (c.compile_sampler(seed=1).sample(2000) for c in (circuit, bare))
    assert abs(first.mean(axis=0) - second.mean(axis=0)).max() < 5 * np.sqrt(0.5 / 2000)
    for block in split_moments(circuit):
        assert isinstance(block, Moment)
        used = [q for i in block.instructions for q in (t.value for t in i.targets_copy() if t.is_qubit_target)]
        if not any(map(has_bits, block.instructions)):
            assert len(used) == len(set(used))


def test_bits_and_qubits_as_controls_of_one_instruction() -> None:
    """The quantum pair of the second line takes the time and the noise of a CZ; the pair with the bit is free."""
    lines = dressed("M 0\nTICK\nCZ rec[-1] 0 0 1\nTICK")
    assert "DEPOLARIZE2[cz](0.015625) 0 1" in lines
    assert sum(line.startswith("II_ERROR[cz|") for line in lines) == 1


def test_noise_in_the_circuit_is_kept_and_takes_no_time() -> None:
    noise = "I[LEAKAGE_TRANSITION_1: (0.25, U-->2)] 0"
    assert dressed(f"{noise}\nTICK\n{noise}") == [noise, "TICK", noise]
    lines = dressed("M(0.25) 0\nTICK")
    assert lines[0] == f"M{READOUT}(0.3125) 0"  # 0.25 and 0.125: one of the two flips
    lines = dressed("MPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0](0.25) 1\nH 0")
    assert lines[0] == "MPAD[LEAKAGE_MEASUREMENT: (1, 2) : 0](0.25) 1"


def test_conditions_of_a_gate_do_not_spread_to_its_parts() -> None:
    lines = dressed("CX[CONDITIONED_ON_PAIR: (U, U)] 0 1")
    assert lines[0] == "H 1" and "CZ[CONDITIONED_ON_PAIR: (U, U)] 0 1" in lines


@pytest.mark.parametrize(
    "line", ["M[LEAKAGE_PROJECTION_Z: (1, 2)] 0", "MR[LEAKAGE_RESET: (1, 2-->2)] 0", "R[LEAKAGE_RESET: (1, 2-->2)] 0"]
)
def test_readout_and_reset_are_the_devices(line: str) -> None:
    with pytest.raises(ValueError, match="must leave readout and reset to the device, but line 2 has LEAKAGE_"):
        dressed("H 0\n" + line)


@pytest.mark.parametrize("line", ["SWAP 0 1", "CY 0 1", "MPP X0*X1", "MXX 0 1", "ISWAP 0 1", "SPP X0", "XCX 0 1"])
def test_what_cannot_be_dressed_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"but line 4 has .*; decompose it into those") as error:
        dressed("H 0\nREPEAT 2 {\nTICK\n" + line + "\n}")
    assert line.split()[0] in str(error.value)


FORMS = [
    (code, distance, basis, strategy, form)
    for (code, distance, bases), strategy in itertools.product(
        (("surface", 3, "XZ"), ("surface", 5, "Z"), ("repetition", 5, "Z")), ("NO_RESET", "MLR", "DQLR")
    )
    for basis in bases
    for form in (("CSS", "XZZX") if code == "surface" else ("CSS",))
]


@pytest.mark.parametrize(("code", "distance", "basis", "strategy", "form"), FORMS)
def test_error_model_needs_no_flags_and_leaves_leakage_out(
    code: str, distance: int, basis: str, strategy: str, form: str
) -> None:
    options = {"code": code, "distance": distance, "rounds": 4, "basis": basis, "strategy": strategy, "form": form}
    memory = ql.memory_experiment(**options, device="miao2023")  # type: ignore[arg-type]
    model = memory.circuit.detector_error_model(decompose_errors=True)
    assert model.num_detectors == memory.ideal_circuit.num_detectors
    assert model.num_errors > 0
    assert stim.Circuit(str(memory.circuit)).num_detectors == model.num_detectors
    assert len(memory.circuit.shortest_graphlike_error()) == distance


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
def test_a_device_without_leakage_cannot_leak(strategy: str) -> None:
    clean = Device.preset("miao2023").without_leakage()
    circuit = ql.memory_experiment(distance=3, rounds=3, strategy=strategy, device=clean).circuit
    sampler = ql.compile_sampler(circuit, seed=1)
    if strategy != "DQLR":  # the Leakage iSWAP itself makes |2> of a residual 1
        assert not sampler.program.can_leak.any()
        assert sampler.sample(2000).leakage_population.max() == 0
    leaky = ql.memory_experiment(distance=3, rounds=3, strategy=strategy, device="miao2023").circuit
    assert ql.compile_sampler(leaky, seed=1).program.can_leak.all()


@pytest.mark.parametrize("strategy", ["NO_RESET", "MLR", "DQLR"])
def test_the_cycle_of_rounds_that_are_folded(strategy: str) -> None:
    memory = ql.memory_experiment(
        code="repetition", distance=3, rounds=3, strategy=strategy, device="sycamore", cycle_ns=5000.0
    )
    rounds = str(memory.ideal_circuit.flattened()).split("TICK[LEAKAGE_POPULATION]")
    assert all("IDLE_NS" in text for text in rounds[:3])
