"""Parameters of one transmon and of one coupled pair: frozen and validated; names end in the unit of the value.

Times are in ``_ns``, frequencies (not angular) in ``_mhz``, rates in ``_per_us``. Everything else is a probability per
operation unless it says otherwise. The presets give the sources of values; equations are in ``qec_leak.channels``.
"""

from __future__ import annotations

from dataclasses import dataclass

from qec_leak._checks import (
    broken_rule,
    check_choice,
    check_non_negative,
    check_number,
    check_positive,
    check_probability,
)

CZ_MODELS = ("hamiltonian", "given")
HIGH_CHOICES = ("data", "measure", "direction", "first", "second")
DIRECTIONS = ("NE", "NW", "SE", "SW", "E", "W")
CZ_MODEL_KEYS = {
    "hamiltonian": ("anharmonicity_mhz", "pulse_ns", "ramp_ns"),
    "given": ("transport_30_12", "transport_31_22", "leakage_phase_low", "leakage_phase_high"),
}
"""Keys of ``CzParameters`` that belong to one model only."""

# The largest depolarizing probabilities: all non-identity Paulis, and the identity, equally likely.
_MAX_DEPOLARIZE1 = 3 / 4
_MAX_DEPOLARIZE2 = 15 / 16


def _set(instance: object, **values: object) -> None:
    """Store checked values in a frozen dataclass that is being made."""
    for name, value in values.items():
        object.__setattr__(instance, name, value)


@dataclass(frozen=True, kw_only=True)
class GateParameters:
    """A one-qubit gate.

    Attributes:
        duration_ns: length of the gate's moment.
        error: total probability of a Pauli error; X, Y and Z are equally likely.
        leakage: L1 per gate, averaged over computational states. Only |1> leaks, so it is at most 1/2.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").gate.duration_ns
        25.0
    """

    duration_ns: float
    error: float
    leakage: float

    def __post_init__(self) -> None:
        _set(
            self,
            duration_ns=check_positive("duration_ns", self.duration_ns),
            error=check_probability("error", self.error, maximum=_MAX_DEPOLARIZE1),
            leakage=check_probability("leakage", self.leakage, maximum=0.5),
        )


@dataclass(frozen=True, kw_only=True)
class IdleParameters:
    """What time does to a transmon.

    Attributes:
        t1_ns: relaxation time of |1>; level n decays at n/T1. ``inf`` switches it off.
        t2_ns: coherence time, T2 <= 2 T1. ``inf`` switches dephasing off.
        heating_per_us: rate of 1 -> 2.
        dd_error_per_us: depolarizing probability per us beyond T1 and T2, while the qubit idles through measurements
            and resets under dynamical decoupling.
        measurement_error: depolarizing probability of waiting while coupled qubits are measured, whatever the time.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").idle.t1_ns
        20000.0
    """

    t1_ns: float
    t2_ns: float
    heating_per_us: float
    dd_error_per_us: float
    measurement_error: float = 0.0

    def __post_init__(self) -> None:
        t1_ns = check_positive("t1_ns", self.t1_ns, allow_infinite=True)
        t2_ns = check_positive("t2_ns", self.t2_ns, allow_infinite=True)
        if t2_ns > 2 * t1_ns:
            rule = f"be at most 2 t1_ns = {2 * t1_ns!r}"
            raise ValueError(broken_rule("t2_ns", rule, self.t2_ns, "lower t2_ns or raise t1_ns"))
        _set(
            self,
            t1_ns=t1_ns,
            t2_ns=t2_ns,
            heating_per_us=check_non_negative("heating_per_us", self.heating_per_us),
            dd_error_per_us=check_non_negative("dd_error_per_us", self.dd_error_per_us),
            measurement_error=check_probability("measurement_error", self.measurement_error, maximum=_MAX_DEPOLARIZE1),
        )


@dataclass(frozen=True, kw_only=True)
class ReadoutParameters:
    """A measurement.

    Attributes:
        duration_ns: length of the measurement.
        error: probability that 0 is reported as 1, and 1 as 0.
        leakage: probability that the measurement excites 0 or 1 to |2>.
        one_given_2: probability that a transmon in |2> reads 1. With 1 it reads as |1> does, with 0.5 as a coin.
        one_given_3: probability that a transmon in |3> reads 1.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").readout.one_given_2
        1.0
    """

    duration_ns: float
    error: float
    leakage: float
    one_given_2: float
    one_given_3: float

    def __post_init__(self) -> None:
        _set(self, duration_ns=check_positive("duration_ns", self.duration_ns))
        for name in ("error", "leakage", "one_given_2", "one_given_3"):
            _set(self, **{name: check_probability(name, getattr(self, name))})


@dataclass(frozen=True, kw_only=True)
class ResetParameters:
    """Multi-level reset.

    Attributes:
        mlr_ns: length of the reset.
        error: probability of |1> after the reset of a computational state.
        one_given_2: probability of |1> after the reset of |2>.
        one_given_3: probability of |1> after the reset of |3>.
        leaked_given_2: probability that |2> is still there after the reset.
        leaked_given_3: probability that |3> is still there after the reset.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").reset.mlr_ns
        160.0
    """

    mlr_ns: float
    error: float
    one_given_2: float
    one_given_3: float
    leaked_given_2: float
    leaked_given_3: float

    def __post_init__(self) -> None:
        _set(self, mlr_ns=check_non_negative("mlr_ns", self.mlr_ns))
        for name in ("error", "one_given_2", "one_given_3", "leaked_given_2", "leaked_given_3"):
            _set(self, **{name: check_probability(name, getattr(self, name))})
        for level, one, leaked in (
            (2, self.one_given_2, self.leaked_given_2),
            (3, self.one_given_3, self.leaked_given_3),
        ):
            if one + leaked > 1.0:
                rule = f"be at most 1 - one_given_{level} = {1 - one!r}"
                raise ValueError(broken_rule(f"leaked_given_{level}", rule, leaked, "lower one of the two"))


@dataclass(frozen=True, kw_only=True)
class CzParameters:
    """A diabatic CZ of two transmons, one of them at the higher frequency.

    With the model "hamiltonian", transport and phases follow from ``anharmonicity_mhz``, ``pulse_ns`` and ``ramp_ns``.
    With the model "given", they are ``transport_30_12``, ``transport_31_22``, ``leakage_phase_low`` and
    ``leakage_phase_high``. The keys of the other model are refused.

    Attributes:
        duration_ns: length of the gate's moment.
        error: total probability of the 15 two-qubit Paulis; all are equally likely.
        crosstalk: total probability, per CZ, of a one-qubit Pauli on one of the coupled neighbours of the pair.
        leakage: L1 averaged over computational states. Only |11> leaks, P(11 -> 20) = 4 L1, so it is at most 1/4.
        model: where transport and phases come from.
        high: the qubit of a pair with the higher frequency: the "data" or the "measure" qubit, the "first" or the
            "second" by index (the first has the lower one), or, with "direction", the data qubit where the direction
            from data to measure qubit is in ``data_high_in``.
        data_high_in: directions in which the data qubit is the higher one.
        anharmonicity_mhz: anharmonicity of both transmons.
        pulse_ns: length of the pulse, its two ramps included.
        ramp_ns: length of a ramp.
        transport_30_12: probability of |30> <-> |12>, the higher qubit first.
        transport_31_22: probability of |31> <-> |22>, the higher qubit first.
        leakage_phase_low: phase of the low qubit when its partner is in |2>.
        leakage_phase_high: phase of the high qubit when its partner is in |2>.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").cz.model
        'hamiltonian'
    """

    duration_ns: float
    error: float
    crosstalk: float
    leakage: float
    model: str
    high: str
    data_high_in: tuple[str, ...] = ()
    anharmonicity_mhz: float | None = None
    pulse_ns: float | None = None
    ramp_ns: float | None = None
    transport_30_12: float | None = None
    transport_31_22: float | None = None
    leakage_phase_low: float | None = None
    leakage_phase_high: float | None = None

    def __post_init__(self) -> None:
        _set(
            self,
            duration_ns=check_positive("duration_ns", self.duration_ns),
            error=check_probability("error", self.error, maximum=_MAX_DEPOLARIZE2),
            crosstalk=check_probability("crosstalk", self.crosstalk, maximum=_MAX_DEPOLARIZE1),
            leakage=check_probability("leakage", self.leakage, maximum=0.25),
            model=check_choice("model", self.model, CZ_MODELS),
            high=check_choice("high", self.high, HIGH_CHOICES),
            data_high_in=_directions(self.data_high_in),
        )
        if self.high == "direction" and not self.data_high_in:
            fix = "list the directions, or set high to 'measure'"
            raise ValueError(broken_rule("data_high_in", "name directions when high is 'direction'", (), fix))
        self._check_model_keys()
        if self.model == "hamiltonian":
            self._check_pulse()
        else:
            for name in ("transport_30_12", "transport_31_22"):
                _set(self, **{name: check_probability(name, getattr(self, name))})
            for name in ("leakage_phase_low", "leakage_phase_high"):
                _set(self, **{name: _phase(name, getattr(self, name))})

    def _check_model_keys(self) -> None:
        for model, names in CZ_MODEL_KEYS.items():
            for name in names:
                value = getattr(self, name)
                if model == self.model and value is None:
                    fix = f"add it, or choose the other of {', '.join(CZ_MODELS)}"
                    raise ValueError(broken_rule(name, f"be given when model is {self.model!r}", value, fix))
                if model != self.model and value is not None:
                    fix = f"remove it, or set model to {model!r}"
                    raise ValueError(broken_rule(name, f"be absent when model is {self.model!r}", value, fix))

    def _check_pulse(self) -> None:
        pulse_ns = check_positive("pulse_ns", self.pulse_ns)
        ramp_ns = check_ramp("ramp_ns", self.ramp_ns, "pulse_ns", pulse_ns)
        if pulse_ns > self.duration_ns:
            rule = f"be at most duration_ns = {self.duration_ns!r}"
            raise ValueError(broken_rule("pulse_ns", rule, pulse_ns, "shorten the pulse or lengthen the gate"))
        anharmonicity_mhz = check_positive("anharmonicity_mhz", self.anharmonicity_mhz)
        _set(self, anharmonicity_mhz=anharmonicity_mhz, pulse_ns=pulse_ns, ramp_ns=ramp_ns)


@dataclass(frozen=True, kw_only=True)
class DqlrParameters:
    """The Leakage iSWAP of DQLR, the data qubit tuned above its partner.

    Attributes:
        iswap_ns: length of the pulse, its two ramps included.
        ramp_ns: length of a ramp.
        anharmonicity_mhz: anharmonicity of both transmons.
        error: total probability of the 15 two-qubit Paulis on the pair, per Leakage iSWAP; all are equally likely.
        efficiency: probability that the pulse acts at all. If it does, it takes |20> to |11>.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").dqlr.iswap_ns
        12.0
    """

    iswap_ns: float
    ramp_ns: float
    anharmonicity_mhz: float
    error: float
    efficiency: float

    def __post_init__(self) -> None:
        iswap_ns = check_positive("iswap_ns", self.iswap_ns)
        _set(
            self,
            iswap_ns=iswap_ns,
            ramp_ns=check_ramp("ramp_ns", self.ramp_ns, "iswap_ns", iswap_ns),
            anharmonicity_mhz=check_positive("anharmonicity_mhz", self.anharmonicity_mhz),
            error=check_probability("error", self.error, maximum=_MAX_DEPOLARIZE2),
            efficiency=check_probability("efficiency", self.efficiency),
        )


@dataclass(frozen=True, kw_only=True)
class QubitParameters:
    """All that belongs to one transmon in one role.

    Attributes:
        gate: its one-qubit gates.
        idle: what time does to it.
        readout: its measurement.
        reset: its multi-level reset.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").qubit(4, "data").gate.duration_ns
        25.0
    """

    gate: GateParameters
    idle: IdleParameters
    readout: ReadoutParameters
    reset: ResetParameters

    def __post_init__(self) -> None:
        for name, duration_ns in (("readout.duration_ns", self.readout.duration_ns), ("mlr_ns", self.reset.mlr_ns)):
            # A lifetime shorter than one operation is most likely given in us: no code could work on such a qubit.
            for key in ("t1_ns", "t2_ns"):
                if getattr(self.idle, key) <= duration_ns:
                    rule = f"be longer than {name} = {duration_ns!r}"
                    fix = "give it in ns (1 us is 1000.0)"
                    raise ValueError(broken_rule(f"idle.{key}", rule, getattr(self.idle, key), fix))
            if self.idle.dd_error_per_us * duration_ns * 1e-3 > _MAX_DEPOLARIZE1:
                rule = f"give at most {_MAX_DEPOLARIZE1:g} during {name} = {duration_ns!r}"
                value = self.idle.dd_error_per_us
                raise ValueError(broken_rule("idle.dd_error_per_us", rule, value, "lower it"))


@dataclass(frozen=True, kw_only=True)
class PairParameters:
    """All that belongs to one coupled pair.

    Attributes:
        cz: its CZ.
        dqlr: its Leakage iSWAP.

    Examples:
        >>> from qec_leak import Device
        >>> Device.preset("sycamore").pair(4, 9).cz.duration_ns
        34.0
    """

    cz: CzParameters
    dqlr: DqlrParameters


def check_ramp(name: str, value: object, whole_name: str, whole_ns: float) -> float:
    """A ramp as float: a pulse must have a flat part between its two ramps."""
    ramp_ns = check_non_negative(name, value)
    if 2 * ramp_ns >= whole_ns:
        rule = f"be below half of {whole_name} = {whole_ns!r}"
        raise ValueError(broken_rule(name, rule, ramp_ns, "shorten the ramps"))
    return ramp_ns


def _phase(name: str, value: object) -> float:
    """A phase in units of pi; radians and degrees are the likely mistakes."""
    phase = check_number(name, value)
    if not -2.0 <= phase <= 2.0:
        raise ValueError(broken_rule(name, "be in [-2, 2]", value, "give it in units of pi"))
    return phase


def _directions(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (tuple, list)):
        fix = 'write ["NE", "SW"]'
        raise TypeError(broken_rule("data_high_in", "be a list of directions", value, fix))
    directions = tuple(check_choice("data_high_in", direction, DIRECTIONS) for direction in value)
    if len(set(directions)) < len(directions):
        raise ValueError(broken_rule("data_high_in", "name each direction once", value, "remove the repeated one"))
    return directions
