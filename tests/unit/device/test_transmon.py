"""Each parameter's rule: values at its bounds pass, values beyond are refused with a message that names the fix."""

import dataclasses
import math

import pytest

from qec_leak.device import (
    CzParameters,
    DqlrParameters,
    GateParameters,
    IdleParameters,
    QubitParameters,
    ReadoutParameters,
    ResetParameters,
)

VALID = {
    GateParameters: {"duration_ns": 25, "error": 1e-3, "leakage": 1e-4},
    IdleParameters: {"t1_ns": 20e3, "t2_ns": 30e3, "heating_per_us": 1e-3, "dd_error_per_us": 8e-3},
    ReadoutParameters: {"duration_ns": 500, "error": 0.02, "leakage": 0, "one_given_2": 1, "one_given_3": 0.5},
    ResetParameters: {
        "mlr_ns": 160,
        "error": 2e-3,
        "one_given_2": 0.25,
        "one_given_3": 0.25,
        "leaked_given_2": 0.75,
        "leaked_given_3": 0.75,
    },
    CzParameters: {
        "duration_ns": 34,
        "error": 5e-3,
        "crosstalk": 1e-3,
        "leakage": 1e-3,
        "model": "hamiltonian",
        "high": "direction",
        "data_high_in": ("NE", "SW"),
        "anharmonicity_mhz": 220,
        "pulse_ns": 30,
        "ramp_ns": 6,
    },
    DqlrParameters: {"iswap_ns": 12, "ramp_ns": 2, "anharmonicity_mhz": 240, "error": 2e-3, "efficiency": 0.99},
}
GIVEN_CZ = {
    **{k: v for k, v in VALID[CzParameters].items() if k not in ("anharmonicity_mhz", "pulse_ns", "ramp_ns")},
    "model": "given",
    "transport_30_12": 0.18,
    "transport_31_22": 0.61,
    "leakage_phase_low": 0.65,
    "leakage_phase_high": -0.3,
}


@pytest.mark.parametrize("kind", VALID)
def test_values_become_floats_and_stay(kind):
    parameters = kind(**VALID[kind])
    for name, value in VALID[kind].items():
        stored = getattr(parameters, name)
        assert stored == value
        assert isinstance(stored, float if isinstance(value, (int, float)) else type(value))
    assert parameters == kind(**VALID[kind]) and hash(parameters) == hash(kind(**VALID[kind]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(parameters, next(iter(VALID[kind])), 1.0)
    with pytest.raises(TypeError, match="positional"):
        kind(*VALID[kind].values())


@pytest.mark.parametrize(
    ("kind", "key", "largest"),
    [
        (GateParameters, "error", 0.75),
        (GateParameters, "leakage", 0.5),
        (ReadoutParameters, "error", 1.0),
        (ReadoutParameters, "leakage", 1.0),
        (ReadoutParameters, "one_given_2", 1.0),
        (ReadoutParameters, "one_given_3", 1.0),
        (ResetParameters, "error", 1.0),
        (CzParameters, "error", 0.9375),
        (CzParameters, "crosstalk", 0.75),
        (CzParameters, "leakage", 0.25),
        (DqlrParameters, "error", 0.9375),
        (DqlrParameters, "efficiency", 1.0),
    ],
)
def test_probabilities_are_bounded(kind, key, largest):
    for good in (0, largest):
        assert getattr(kind(**{**VALID[kind], key: good}), key) == good
    for bad in (-1e-9, largest + 1e-9):
        with pytest.raises(ValueError, match=rf"`{key}` must be in \[0, {largest:g}\], but is {bad!r}; give"):
            kind(**{**VALID[kind], key: bad})


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (GateParameters, "duration_ns"),
        (IdleParameters, "t1_ns"),
        (IdleParameters, "t2_ns"),
        (ReadoutParameters, "duration_ns"),
        (CzParameters, "duration_ns"),
        (CzParameters, "anharmonicity_mhz"),
        (CzParameters, "pulse_ns"),
        (DqlrParameters, "iswap_ns"),
        (DqlrParameters, "anharmonicity_mhz"),
    ],
)
def test_times_and_frequencies_are_positive_numbers(kind, key):
    with pytest.raises(ValueError, match=f"`{key}` must be positive, but is 0"):
        kind(**{**VALID[kind], key: 0})
    with pytest.raises(TypeError, match=f"`{key}` must be a number, but is '20 us'"):
        kind(**{**VALID[kind], key: "20 us"})


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (IdleParameters, "heating_per_us"),
        (IdleParameters, "dd_error_per_us"),
        (ResetParameters, "mlr_ns"),
        (CzParameters, "ramp_ns"),
        (DqlrParameters, "ramp_ns"),
    ],
)
def test_rates_and_ramps_are_not_negative(kind, key):
    assert getattr(kind(**{**VALID[kind], key: 0}), key) == 0.0
    with pytest.raises(ValueError, match=f"`{key}` must be at least 0, but is -1"):
        kind(**{**VALID[kind], key: -1})


def test_t2_is_at_most_twice_t1():
    valid = VALID[IdleParameters]
    assert IdleParameters(**{**valid, "t2_ns": 40e3}).t2_ns == 40e3
    with pytest.raises(ValueError, match=r"`t2_ns` must be at most 2 t1_ns = 40000.0, but is 40001.0; lower t2_ns"):
        IdleParameters(**{**valid, "t2_ns": 40_001.0})
    assert IdleParameters(**{**valid, "t1_ns": math.inf, "t2_ns": math.inf}).t2_ns == math.inf


@pytest.mark.parametrize("level", [2, 3])
def test_reset_residuals_sum_to_at_most_one(level):
    with pytest.raises(ValueError, match=rf"`leaked_given_{level}` must be at most 1 - one_given_{level} = 0.75"):
        ResetParameters(**{**VALID[ResetParameters], f"leaked_given_{level}": 0.76})


def test_cz_model_wants_its_own_keys_and_refuses_the_others():
    assert CzParameters(**GIVEN_CZ).anharmonicity_mhz is None
    with pytest.raises(ValueError, match=r"`pulse_ns` must be absent when model is 'given', but is 30\.0; remove it"):
        CzParameters(**GIVEN_CZ, pulse_ns=30.0)
    with pytest.raises(ValueError, match="`leakage_phase_low` must be given when model is 'given', but is None; add"):
        CzParameters(**{**GIVEN_CZ, "leakage_phase_low": None})
    with pytest.raises(ValueError, match="`transport_30_12` must be absent when model is 'hamiltonian'"):
        CzParameters(**VALID[CzParameters], transport_30_12=0.1)
    with pytest.raises(ValueError, match=r"`leakage_phase_low` must be in .*-2, 2.*; give it in units of pi"):
        CzParameters(**{**GIVEN_CZ, "leakage_phase_low": 180.0})
    with pytest.raises(ValueError, match="`transport_31_22` must be in"):
        CzParameters(**{**GIVEN_CZ, "transport_31_22": 1.2})


def test_pulses_fit():
    valid = VALID[CzParameters]
    with pytest.raises(ValueError, match=r"`pulse_ns` must be at most duration_ns = 34.0, but is 35.0"):
        CzParameters(**{**valid, "pulse_ns": 35})
    with pytest.raises(ValueError, match=r"`ramp_ns` must be below half of pulse_ns = 30.0, but is 15.0"):
        CzParameters(**{**valid, "ramp_ns": 15})
    with pytest.raises(ValueError, match=r"`ramp_ns` must be below half of iswap_ns = 12.0, but is 6.0"):
        DqlrParameters(**{**VALID[DqlrParameters], "ramp_ns": 6})


def test_high_qubit():
    valid = VALID[CzParameters]
    assert CzParameters(**{**valid, "data_high_in": ["E"]}).data_high_in == ("E",)
    assert CzParameters(**{**valid, "high": "measure", "data_high_in": ()}).high == "measure"
    with pytest.raises(ValueError, match=r"`high` must be one of .*; did you mean 'measure'\?"):
        CzParameters(**{**valid, "high": "measur"})
    with pytest.raises(ValueError, match="`data_high_in` must be one of 'NE'"):
        CzParameters(**{**valid, "data_high_in": ["N"]})
    with pytest.raises(ValueError, match="`data_high_in` must name directions when high is 'direction'"):
        CzParameters(**{**valid, "data_high_in": []})
    with pytest.raises(ValueError, match="each direction once"):
        CzParameters(**{**valid, "data_high_in": ["NE", "NE"]})
    with pytest.raises(TypeError, match="be a list of directions, but is 'NE'"):
        CzParameters(**{**valid, "data_high_in": "NE"})


def qubit(**idle):
    parts = {kind: kind(**VALID[kind]) for kind in (GateParameters, ReadoutParameters, ResetParameters)}
    return QubitParameters(
        gate=parts[GateParameters],
        idle=IdleParameters(**{**VALID[IdleParameters], **idle}),
        readout=parts[ReadoutParameters],
        reset=parts[ResetParameters],
    )


def test_times_that_look_like_microseconds_are_refused():
    with pytest.raises(ValueError, match=r"`idle.t1_ns` must be longer than readout.duration_ns = 500.0, but is 20.0"):
        qubit(t1_ns=20, t2_ns=30)
    with pytest.raises(ValueError, match=r"`idle.t2_ns` must be longer .*; give it in ns"):
        qubit(t2_ns=30)
    with pytest.raises(ValueError, match=r"`idle.dd_error_per_us` must give at most 0.75 during readout"):
        qubit(dd_error_per_us=2.0)
