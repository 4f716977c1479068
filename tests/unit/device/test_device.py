"""Lookups, overrides, replacement by dotted key, value semantics, and leakage switched off."""

import copy
import pickle

import pytest

from qec_leak.device import Device, GateParameters

BASE = Device.preset("miao2023")
OVERRIDDEN = BASE.replace(
    {
        "roles.data.idle.t1_ns": 25e3,
        "roles.data.gate.leakage": 1e-5,
        "qubits.5.idle.t1_ns": 18e3,
        "qubits.5.readout.leakage": 1e-3,
        "pairs.3-12.cz.leakage": 2e-3,
        "pairs.3-12.dqlr.efficiency": 0.5,
    }
)


def test_lookup_order_is_default_role_qubit():
    assert OVERRIDDEN.qubit(4, "measure").idle == BASE.idle
    assert OVERRIDDEN.qubit(4, "data").idle.t1_ns == 25e3
    assert OVERRIDDEN.qubit(4, "data").idle.t2_ns == BASE.idle.t2_ns
    assert OVERRIDDEN.qubit(5, "data").idle.t1_ns == 18e3
    assert OVERRIDDEN.qubit(5, "data").gate.leakage == 1e-5
    assert OVERRIDDEN.qubit(5, "measure").gate.leakage == 0.0
    assert BASE.qubit(5, "data").reset is BASE.reset


def test_pairs_are_symmetric():
    assert OVERRIDDEN.pair(3, 12) == OVERRIDDEN.pair(12, 3)
    assert OVERRIDDEN.pair(3, 12).cz.leakage == 2e-3
    assert OVERRIDDEN.pair(3, 12).dqlr.efficiency == 0.5
    assert OVERRIDDEN.pair(3, 11).cz is OVERRIDDEN.cz


def test_lookup_refuses_unknown_roles_and_indices():
    with pytest.raises(ValueError, match="`role` must be one of 'data', 'measure', 'removal', but is 'dta'; did you"):
        BASE.qubit(0, "dta")
    with pytest.raises(ValueError, match="`index` must be at least 0"):
        BASE.qubit(-1, "data")
    with pytest.raises(TypeError, match="`b` must be an integer"):
        BASE.pair(0, 1.0)


def test_devices_are_values():
    again = pickle.loads(pickle.dumps(OVERRIDDEN))
    assert again == OVERRIDDEN and hash(again) == hash(OVERRIDDEN) and again is not OVERRIDDEN
    assert copy.deepcopy(OVERRIDDEN) == OVERRIDDEN
    assert BASE != OVERRIDDEN and len({BASE, OVERRIDDEN, again}) == 2
    with pytest.raises(TypeError):
        OVERRIDDEN.roles["data"]["idle"]["t1_ns"] = 1.0


def test_overrides_are_copied():
    inner = {"idle": {"t1_ns": 30_000}}
    device = BASE.replace(name="mine")
    device = Device(
        name="mine",
        roles={"data": inner},
        **{s: getattr(device, s) for s in ("gate", "idle", "readout", "reset", "cz", "dqlr")},
    )
    inner["idle"]["t1_ns"] = 1.0
    assert device.qubit(0, "data").idle.t1_ns == 30e3


def test_replace():
    assert BASE.replace({"cz.leakage": 1e-2}).cz.leakage == 1e-2
    assert BASE.replace(**{"reset.mlr_ns": 0}).reset.mlr_ns == 0.0
    assert BASE.replace(name="other").name == "other"
    gate = GateParameters(duration_ns=20, error=0, leakage=0)
    assert BASE.replace(gate=gate).gate == gate
    assert BASE.replace() == BASE and BASE.replace({}) == BASE
    back = OVERRIDDEN.replace({"qubits.5.idle.t1_ns": None, "qubits.5.readout.leakage": None})
    assert 5 not in back.qubits and back.roles == OVERRIDDEN.roles


def test_replacing_the_cz_model_drops_the_keys_of_the_old_one():
    given = BASE.replace(
        {
            "cz.model": "given",
            "cz.transport_30_12": 0.18,
            "cz.transport_31_22": 0.61,
            "cz.leakage_phase_low": 0.65,
            "cz.leakage_phase_high": 0.0,
        }
    )
    assert given.cz.transport_31_22 == 0.61 and given.cz.pulse_ns is None
    assert Device.from_toml_text(given.to_toml()) == given
    pulse = {"cz.model": "hamiltonian", "cz.anharmonicity_mhz": 220, "cz.pulse_ns": 30, "cz.ramp_ns": 6}
    assert given.replace(pulse) == BASE


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("cz.leakge", "did you mean 'cz.leakage'?"),
        ("t1_ns", "did you mean 'idle.t1_ns'?"),
        ("roles.data.idle.t1_us", "did you mean 'roles.data.idle.t1_ns'?"),
        ("roles.data.cz.leakage", "did you mean 'roles.data.gate.leakage'?"),
        ("pairs.3-12.idle.t1_ns", "did you mean 'pairs.3-12."),
        ("qubits.5.t1_ns", "write section.key, roles.ROLE.section.key"),
        ("cz", "write section.key"),
        ("", "write section.key"),
        ("quux.x.y.z.w", "write section.key"),
    ],
)
def test_replace_refuses_unknown_keys(key, fix):
    with pytest.raises(ValueError) as caught:
        BASE.replace({key: 1.0})
    message = str(caught.value)
    assert message.startswith(f"`{key}` must be a key of a device, but is not; ")
    assert fix in message


def test_replace_refuses_bad_values_and_names():
    with pytest.raises(ValueError, match=r"^\[cz\] `leakage` must be in \[0, 0.25\], but is 0.3"):
        BASE.replace({"cz.leakage": 0.3})
    with pytest.raises(ValueError, match=r"^\[pairs.\"3-12\".cz\] `leakage` must be in \[0, 0.25\], but is 0.3"):
        BASE.replace({"pairs.3-12.cz.leakage": 0.3})
    with pytest.raises(ValueError, match=r"^\[qubits.5.idle\] `t2_ns` must be at most 2 t1_ns"):
        BASE.replace({"qubits.5.idle.t1_ns": 1e3})
    with pytest.raises(ValueError, match="`roles` must be one of 'data', 'measure', 'removal', but is 'dat'; did you"):
        BASE.replace({"roles.dat.idle.t1_ns": 25e3})
    with pytest.raises(
        ValueError, match=r'\[pairs\] `12-3` must have its lower index first, but has not; write "3-12"'
    ):
        BASE.replace({"pairs.12-3.cz.leakage": 1e-3})
    with pytest.raises(ValueError, match=r"\[pairs\] `3_12` must be two qubit indices"):
        BASE.replace({"pairs.3_12.cz.leakage": 1e-3})
    with pytest.raises(ValueError, match=r"\[qubits\] `q5` must be a qubit index"):
        BASE.replace({"qubits.q5.idle.t1_ns": 25e3})
    with pytest.raises(ValueError, match=r"\[cz\] `error` must be given, but is missing"):
        BASE.replace({"cz.error": None})
    with pytest.raises(TypeError, match="`name` must be a string, but is 3"):
        BASE.replace(name=3)


def test_an_override_valid_in_one_role_only_is_accepted_and_refused_in_the_other():
    device = BASE.replace({"roles.data.idle.t1_ns": 30e3, "qubits.5.idle.t2_ns": 55e3})
    assert device.qubit(5, "data").idle.t2_ns == 55e3
    with pytest.raises(
        ValueError, match=r"\[qubits.5.idle\] `t2_ns` must be at most 2 t1_ns = 40000.0, but is 55000.0"
    ):
        device.qubit(5, "measure")


def test_without_leakage_is_zero_everywhere():
    clean = OVERRIDDEN.without_leakage()
    for role in ("data", "measure", "removal"):
        for index in (4, 5):
            qubit = clean.qubit(index, role)
            assert qubit.gate.leakage == qubit.readout.leakage == qubit.idle.heating_per_us == 0.0
    assert clean.pair(3, 12).cz.leakage == clean.pair(0, 1).cz.leakage == 0.0
    # and nothing else changes
    assert clean.qubit(5, "data").idle.t1_ns == 18e3
    assert clean.pair(3, 12).dqlr.efficiency == 0.5
    assert clean.replace({"cz.leakage": BASE.cz.leakage, "idle.heating_per_us": BASE.idle.heating_per_us}).cz == BASE.cz


def test_sections_must_be_parameters():
    with pytest.raises(TypeError, match="`gate` must be GateParameters"):
        Device(
            name="x",
            gate={"error": 0},
            **{s: getattr(BASE, s) for s in ("idle", "readout", "reset", "cz", "dqlr")},
        )


def test_t2_as_a_part_of_t1():
    device = Device.preset("sycamore")
    assert device.replace({"idle.t2_over_t1": 1.5}).idle.t2_ns == 1.5 * device.idle.t1_ns
    changed = device.replace({"idle.t1_ns": 3e3, "idle.t2_over_t1": 0.5})
    assert (changed.idle.t1_ns, changed.idle.t2_ns) == (3e3, 1.5e3)
    # Of a role or a qubit: a part of its own T1, or of the device's.
    role = device.replace({"roles.data.idle.t1_ns": 4e3, "roles.data.idle.t2_over_t1": 2})
    assert (role.qubit(0, "data").idle.t2_ns, role.qubit(0, "measure").idle.t2_ns) == (8e3, device.idle.t2_ns)
    assert device.replace({"qubits.3.idle.t2_over_t1": 1}).qubit(3, "data").idle.t2_ns == device.idle.t1_ns
    assert role.replace({"roles.data.idle.t2_over_t1": 1}).qubit(0, "data").idle.t2_ns == 4e3
    with pytest.raises(ValueError, match=r"`idle.t2_over_t1` must not be given with `idle.t2_ns`"):
        device.replace({"idle.t2_over_t1": 1, "idle.t2_ns": 1e3})
    with pytest.raises(
        ValueError, match=r"must go with the qubit's own T1 where roles differ; give `qubits.3.idle.t1_ns`"
    ):
        role.replace({"qubits.3.idle.t2_over_t1": 1})


def test_coherence_is_scaled_everywhere():
    device = Device.preset("sycamore").replace({"qubits.3.idle.t1_ns": 25e3, "roles.measure.idle.t2_ns": 10e3})
    longer = device.scale_coherence(3)
    assert longer.qubit(3, "data").idle.t1_ns == 75e3 and longer.qubit(0, "measure").idle.t2_ns == 30e3
    assert longer.idle.t1_ns == 3 * device.idle.t1_ns and longer.idle.heating_per_us == device.idle.heating_per_us
    assert device.scale_coherence(1) == device
    for factor in (0, -1, float("nan"), "2"):
        with pytest.raises((ValueError, TypeError), match="`factor`"):
            device.scale_coherence(factor)
