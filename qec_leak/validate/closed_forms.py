"""Twirled channels against closed forms, completeness of every row, and leakysim's twirl."""

from __future__ import annotations

import itertools
import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qec_leak.channels import (
    LeakageChannel,
    compose,
    cz_propagator,
    dephasing,
    heating,
    leakage_iswap_propagator,
    relaxation,
    rotation_12,
    twirl,
)
from qec_leak.channels.channel import Label
from qec_leak.channels.kraus import Kraus
from qec_leak.channels.operations import (
    cz_channel,
    gate_channel,
    ideal_cz,
    idle_channel,
    injection_channel,
    leakage_iswap_channel,
    readout_channel,
)
from qec_leak.device import Device
from qec_leak.validate.check import Check, Result, Settings, absolute, skipped
from qec_leak.validate.oracle import missing_oracle, run_oracle

_STATUS: dict[Label, int] = {"C": 0, 2: 1, 3: 2}  # labels of leakysim
_Weights = dict[tuple[tuple[int, ...], tuple[int, ...], str], float]


def run(settings: Settings) -> Result:
    """All checks of this topic."""
    return Result((_rotation(), _relaxation(), _idle_of_table_s1(), _rows_are_complete(), *_leakysim(settings)))


def _branch(channel: LeakageChannel, row: Label, after: Label, pauli: str = "I") -> float:
    return math.fsum(t.probability for t in channel.transitions((row,)) if t.outgoing == (after,) and t.pauli == pauli)


def _rotation() -> Check:
    errors = []
    for theta in np.linspace(0.1, 3.1, 16):
        c, s = math.cos(theta / 2), math.sin(theta / 2)
        channel = twirl(rotation_12(float(theta)), 1)
        found = [_branch(channel, "C", "C", p) for p in "IZXY"]
        found += [_branch(channel, "C", 2), _branch(channel, 2, "C"), _branch(channel, 2, 2)]
        expected = [((1 + c) / 2) ** 2, ((1 - c) / 2) ** 2, 0, 0, s**2 / 2, s**2, c**2]
        errors += np.abs(np.subtract(found, expected)).tolist()
    return absolute(
        "rotation between 1 and 2",
        "twirl at 16 angles with ((1+c)/2)², ((1-c)/2)², s²/2, s², c²",
        max(errors),
        1e-12,
        comparisons=len(errors),
    )


def _relaxation() -> Check:
    errors = []
    for t1, t2, time in itertools.product((20e3, 75e3), (18e3, 30e3), (25.0, 500.0, 4000.0)):
        channel = twirl(compose(relaxation(t1, time), dephasing(t1, t2, time)), 1)
        flip = (1 - math.exp(-time / t1)) / 4
        paulis = channel.pauli_probabilities()
        expected = {"X": flip, "Y": flip, "Z": (1 - math.exp(-time / t2)) / 2 - flip}
        errors += [abs(paulis.get(p, 0.0) - v) for p, v in expected.items()]
        eta = math.exp(-time / t1)
        errors.append(abs(_branch(channel, 2, 2) - eta**2))  # level n decays at n/T1
        errors.append(abs(_branch(channel, 3, 3) - eta**3))
        errors.append(abs(_branch(channel, 3, 2) - 3 * eta**2 * (1 - eta)))
    heated = twirl(heating(1e-3, 900.0), 1)
    errors.append(abs(_branch(heated, "C", 2) - (1 - math.exp(-0.9e-3)) / 2))
    return absolute(
        "relaxation, dephasing, heating",
        "Pauli twirl, decay of levels 2 and 3, heating with exponentials",
        max(errors),
        1e-12,
        comparisons=len(errors),
    )


def _idle_of_table_s1() -> Check:
    paulis = twirl(compose(relaxation(75e3, 300.0), dephasing(75e3, 75e3, 300.0)), 1).pauli_probabilities()
    total = sum(p for name, p in paulis.items() if name != "I")
    return absolute(
        "idle error of Miao's Table S1",
        "75 µs over 300 ns, total Pauli error, with 2.99e-3 (printed as 3e-3)",
        abs(total - 2.99e-3),
        3e-5,
        note=f"{total:.4g}",
    )


def _channels_of(device: Device) -> list[LeakageChannel]:
    one = [gate_channel(device.gate), readout_channel(device.readout), injection_channel(0.01)]
    idle = [idle_channel(device.idle, time) for time in (device.gate.duration_ns, device.readout.duration_ns)]
    return [cz_channel(device.cz), leakage_iswap_channel(device.dqlr), *one, *idle]


def _rows_are_complete() -> Check:
    channels = [c for name in Device.presets() for c in _channels_of(Device.preset(name))]
    errors = [abs(math.fsum(t.probability for t in ts) - 1) for c in channels for ts in c.rows.values()]
    return absolute(
        "rows are complete",
        f"sums of all rows of {len(channels)} channels of the presets with 1",
        max(errors),
        1e-9,
        comparisons=len(errors),
    )


# ---- leakysim ------------------------------------------------------------------------------------------------------


def _both(first: Kraus, second: Kraus) -> Kraus:
    return [np.asarray(np.kron(a, b), dtype=complex) for a in first for b in second]


def _random_unitary(size: int, seed: int) -> npt.NDArray[np.complex128]:
    rng = np.random.default_rng(seed)
    unitary = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))[0]
    return np.asarray(unitary, dtype=complex)


def _cases() -> Mapping[str, tuple[Kraus, int]]:
    cz = cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5)
    idle = compose(heating(0.3, 900.0), relaxation(20e3, 900.0), dephasing(20e3, 25e3, 900.0))
    return {
        "rotation": (rotation_12(0.7), 1),
        "idle with heating": (idle, 1),
        "random one-transmon unitary": ([_random_unitary(4, 5)], 1),
        "CZ": ([np.asarray(cz @ ideal_cz(5))], 2),
        "Leakage iSWAP": ([leakage_iswap_propagator(anharmonicity_mhz=240, gate_ns=12)], 2),
        "rotation and relaxation": (_both(rotation_12(0.7), relaxation(10e3, 900.0)), 2),
        "random two-transmon unitary": ([_random_unitary(16, 6)], 2),
    }


def _leakysim(settings: Settings) -> list[Check]:
    about = "every weight of the twirl with leakysim's generalized_pauli_twirling"
    reason = missing_oracle(settings.oracle)
    checks = []
    for name, (kraus, num_qubits) in _cases().items():
        title = f"twirl of {name}"
        if reason:
            checks.append(skipped(title, about, reason))
            continue
        assert settings.oracle is not None
        mine, theirs = _our_weights(kraus, num_qubits), _leakysim_weights(settings.oracle, kraus, num_qubits)
        errors = [abs(mine.get(k, 0.0) - theirs.get(k, 0.0)) for k in mine.keys() | theirs.keys()]
        checks.append(absolute(title, about, max(errors), 1e-9, comparisons=len(errors)))
    return checks


def _our_weights(kraus: Kraus, num_qubits: int) -> _Weights:
    channel = twirl(kraus, num_qubits)
    out: _Weights = {}
    for row in itertools.product(_STATUS, repeat=num_qubits):
        for t in channel.transitions(row):
            key = (tuple(_STATUS[x] for x in row), tuple(_STATUS[x] for x in t.outgoing), t.pauli)
            out[key] = out.get(key, 0.0) + t.probability
    return out


def _leakysim_weights(python: str, kraus: Kraus, num_qubits: int) -> _Weights:
    """The same of leakysim; its outgoing level 4 is counted as 3, as ours is."""
    levels = round(len(kraus[0]) ** (1 / num_qubits))
    keys = [
        (before, after, "".join(pauli))
        for before in itertools.product(range(3), repeat=num_qubits)
        for after in itertools.product(range(levels - 1), repeat=num_qubits)
        for pauli in itertools.product(*("IXYZ" if b == a == 0 else "I" for b, a in zip(before, after, strict=True)))
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "job.npz", kraus=np.array(kraus))
        job = {"task": "twirl", "num_qubits": num_qubits, "levels": levels, "rows": json.loads(json.dumps(keys))}
        probabilities = run_oracle(python, job, folder)["probabilities"]
    out: _Weights = {}
    for (before, after, paulis), probability in zip(keys, probabilities.tolist(), strict=True):
        key = (before, tuple(min(a, 2) for a in after), paulis)
        out[key] = out.get(key, 0.0) + float(probability)
    return out
