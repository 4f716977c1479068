"""The generalised Pauli twirl against leakysim's ``generalized_pauli_twirling``, every weight to 1e-9."""

import itertools
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from oracle_python import ORACLE_PYTHON

from qec_leak.channels import (
    compose,
    cz_propagator,
    dephasing,
    heating,
    leakage_iswap_propagator,
    level_map,
    relaxation,
    rotation_12,
    twirl,
)
from qec_leak.channels.channel import Label
from qec_leak.validate.oracle import run_oracle

pytestmark = pytest.mark.skipif(not Path(ORACLE_PYTHON).exists(), reason=f"no leakysim at {ORACLE_PYTHON}; make test")

STATUS: dict[Label, int] = {"C": 0, 2: 1, 3: 2}


def ideal_cz(levels: int) -> npt.NDArray[np.complex128]:
    diagonal = np.ones(levels**2, dtype=complex)
    diagonal[levels + 1] = -1
    return np.diag(diagonal)


def random_unitary(size: int, seed: int) -> npt.NDArray[np.complex128]:
    rng = np.random.default_rng(seed)
    return np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))[0]


def idle() -> list[npt.NDArray[np.complex128]]:
    return compose(heating(0.3, 900.0), relaxation(20_000.0, 900.0), dephasing(20_000.0, 25_000.0, 900.0))


def both(first: list[npt.NDArray[np.complex128]], second: list[npt.NDArray[np.complex128]]) -> list[npt.NDArray]:
    return [np.kron(a, b) for a in first for b in second]


CASES = {
    "rotation": (lambda: rotation_12(0.7), 1),
    "relaxation": (lambda: relaxation(10_000.0, 900.0), 1),
    "idle": (idle, 1),
    "random unitary": (lambda: [random_unitary(4, 5)], 1),
    "reset": (lambda: level_map([[0.99, 0.99, 0.9, 0.8], [0.01, 0.01, 0.06, 0.1], [0, 0, 0.04, 0], [0, 0, 0, 0.1]]), 1),
    "CZ": (lambda: [cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5, levels=4) @ ideal_cz(4)], 2),
    "CZ of 5 levels": (lambda: [cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5) @ ideal_cz(5)], 2),
    "Leakage iSWAP": (lambda: [leakage_iswap_propagator(anharmonicity_mhz=240, gate_ns=12)], 2),
    "rotation and relaxation": (lambda: both(rotation_12(0.7), relaxation(10_000.0, 900.0)), 2),
    "random unitary of two": (lambda: [random_unitary(16, 6)], 2),
}


def ours(kraus: list[npt.NDArray[np.complex128]], num_qubits: int) -> dict[tuple, float]:
    """Weights by (incoming, outgoing, Pauli) labels of leakysim; values on leaving and returning summed."""
    channel = twirl(kraus, num_qubits)
    out: dict[tuple, float] = {}
    for row in itertools.product(STATUS, repeat=num_qubits):
        for t in channel.transitions(row):
            key = (tuple(STATUS[x] for x in row), tuple(STATUS[x] for x in t.outgoing), t.pauli)
            out[key] = out.get(key, 0.0) + t.probability
    return out


def theirs(kraus: list[npt.NDArray[np.complex128]], num_qubits: int, folder: Path) -> dict[tuple, float]:
    """The same of leakysim; outgoing level 4 counted as 3."""
    levels = round(len(kraus[0]) ** (1 / num_qubits))
    rows = [
        [list(before), list(after), "".join(pauli)]
        for before in itertools.product(range(3), repeat=num_qubits)
        for after in itertools.product(range(levels - 1), repeat=num_qubits)
        for pauli in itertools.product(*("IXYZ" if b == a == 0 else "I" for b, a in zip(before, after, strict=True)))
    ]
    np.savez(folder / "job.npz", kraus=np.array(kraus))
    result = run_oracle(
        ORACLE_PYTHON, {"task": "twirl", "num_qubits": num_qubits, "levels": levels, "rows": rows}, folder
    )
    out: dict[tuple, float] = {}
    for (before, after, pauli), probability in zip(rows, result["probabilities"], strict=True):
        key = (tuple(before), tuple(min(a, 2) for a in after), pauli)
        out[key] = out.get(key, 0.0) + float(probability)
    return out


def worst(first: dict[tuple, float], second: dict[tuple, float]) -> float:
    return max(abs(first.get(k, 0.0) - second.get(k, 0.0)) for k in first.keys() | second.keys())


@pytest.mark.parametrize("name", CASES)
def test_every_weight_agrees(name: str, tmp_path: Path) -> None:
    make, num_qubits = CASES[name]
    kraus = make()
    expected = theirs(kraus, num_qubits, tmp_path)
    assert sum(expected.values()) == pytest.approx(3**num_qubits, abs=1e-6), json.dumps(str(expected))[:200]
    assert worst(ours(kraus, num_qubits), expected) < 1e-9


def test_a_gate_left_in_is_told(tmp_path: Path) -> None:
    """The CZ with its ideal gate not stripped is another channel."""
    u = cz_propagator(anharmonicity_mhz=240, gate_ns=25, ramp_ns=5, levels=4)
    assert worst(ours([u], 2), theirs([u @ ideal_cz(4)], 2, tmp_path)) > 0.1
