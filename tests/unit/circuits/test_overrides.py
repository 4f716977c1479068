"""What a device overrides of a qubit or pair has to be in the circuit; arguments as users give them."""

import pytest
import stim

import qec_leak as ql
from qec_leak.circuits.memory import memory_experiment

WILLOW = ql.Device.preset("willow")
COORDINATES = "QUBIT_COORDS(0, 0) 0\nQUBIT_COORDS(1, 1) 1\nQUBIT_COORDS(2, 2) 2\n"
CIRCUIT = f"{COORDINATES}R 0 1 2\nTICK\nH 1\nTICK\nREPEAT 3 {{\n CZ 0 1\n TICK\n CX 2 1\n TICK\n M 1\n TICK\n}}\nM 0 2"


@pytest.mark.parametrize(
    "key",
    [
        "qubits.2.idle.t1_ns",
        "qubits.1.gate.error",
        "qubits.0.readout.error",
        "pairs.0-1.cz.error",
        "pairs.1-2.cz.error",
        "pairs.0-1.dqlr.error",  # no Leakage iSWAP anywhere: as idle as [dqlr] itself
    ],
)
def test_overrides_of_the_circuit(key):
    value = 2e5 if key.endswith("t1_ns") else 0.0123
    device = WILLOW.replace({key: value})
    changed = str(ql.dress(CIRCUIT, device)) != str(ql.dress(CIRCUIT, WILLOW))
    assert changed == ("dqlr" not in key)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            "qubits.7.gate.error",
            r"\[qubits\.7\.gate\] must be about a qubit that has a one-qubit gate in the circuit, ",
        ),
        ("qubits.0.gate.error", "has a one-qubit gate in the circuit, but is not; use one of 1$"),
        ("pairs.0-2.cz.error", "has a CZ in the circuit, but is not; qubit 0 has one with 1$"),
        ("pairs.7-8.cz.error", "has a CZ in the circuit, but is not; pairs of the circuit are 0-1, 1-2$"),
    ],
)
def test_overrides_of_another_circuit(key, message):
    with pytest.raises(ValueError, match=message):
        ql.dress(CIRCUIT, WILLOW.replace({key: 0.01}))


def test_a_section_that_the_circuit_uses_elsewhere():
    circuit = f"{COORDINATES}CZ 0 1\nTICK\nII[LEAKAGE_ISWAP] 0 2"
    ql.dress(circuit, WILLOW.replace({"pairs.0-1.cz.error": 0.01, "pairs.0-2.dqlr.error": 0.01}))
    for key in ("pairs.0-1.dqlr.error", "pairs.0-2.cz.error"):
        with pytest.raises(ValueError, match="must be about a pair that has"):
            ql.dress(circuit, WILLOW.replace({key: 0.01}))


def test_one_device_serves_all_strategies():
    """Removal qubits and their pairs are of the patch, not of every strategy's circuit."""
    device = WILLOW.replace({"qubits.17.idle.t1_ns": 2e5, "pairs.3-10.cz.error": 0.01})
    for strategy in ("NO_RESET", "MLR", "DQLR"):
        assert memory_experiment(distance=3, rounds=2, strategy=strategy, device=device).device is device
        with pytest.raises(ValueError, match=r'\[pairs\."3-12"\.cz\] must be about a pair'):
            other = device.replace({"pairs.3-12.cz.leakage": 0.01})
            memory_experiment(distance=3, rounds=2, strategy=strategy, device=other)
    with pytest.raises(ValueError, match=r"\[qubits\.17\.readout\] must be about a qubit that has a measurement"):
        memory_experiment(distance=3, rounds=2, device=WILLOW.replace({"qubits.17.readout.error": 0.01}))


def test_roles_of_nobody():
    with pytest.raises(ValueError, match="`roles` must name qubits that the circuit operates on, but is 5; drop it"):
        ql.dress("M 0", WILLOW, roles={5: "data"})
    with pytest.raises(ValueError, match=r"`roles\[0\]` must be one of 'data', 'measure', 'removal', but is 'ancilla'"):
        ql.dress("M 0", WILLOW, roles={0: "ancilla"})


def test_texts_and_names_of_presets():
    assert ql.dress(CIRCUIT, "willow") == ql.dress(stim.Circuit(CIRCUIT), WILLOW)
    with pytest.raises(ValueError, match=r"`name` must be one of .*, but is 'wilow'; did you mean 'willow'"):
        ql.dress(CIRCUIT, "wilow")
    with pytest.raises(ValueError, match="`circuit` must be a Stim circuit, but does not parse"):
        ql.dress("NONSENSE", "willow")
    for wrong in (None, 3, object()):
        with pytest.raises(TypeError, match=r"`circuit` must be a stim\.Circuit or its text"):
            ql.dress(wrong, "willow")
        with pytest.raises(TypeError, match="`device` must be a Device or the name of a preset"):
            ql.dress(CIRCUIT, wrong)
        with (
            pytest.raises(TypeError, match="`device` must be a Device or the name of a preset")
            if wrong
            else (pytest.raises(TypeError, match="but is None"))
        ):
            memory_experiment(distance=3, rounds=1, device=wrong)
    with pytest.raises(TypeError, match=r"give its \.circuit"):
        ql.dress(memory_experiment(distance=3, rounds=1), "willow")


def test_a_round_without_a_leak():
    with pytest.raises(ValueError, match="`leak_round` must come with leak_qubit, but is 1; give leak_qubit too"):
        memory_experiment(distance=3, rounds=2, leak_round=1)


def test_a_pair_is_two_qubits():
    with pytest.raises(ValueError, match="`b` must be another qubit than `a`, but is 1; name two qubits"):
        WILLOW.pair(1, 1)
