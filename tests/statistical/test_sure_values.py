"""A Pauli in a tag is Stim's own Pauli error, whatever leaks elsewhere.

The reference may know a value that a shot with a leaked qubit does not have. A channel that relied on it left the Z of
its Paulis out there.
"""

import numpy as np
import pytest
import stim

import qec_leak as ql
from qec_leak.program import compile_program, compiler
from qec_leak.validate.check import family_limit
from qec_leak.validate.compare import all_deviations

SHOTS = 20_000
SEEDS = range(100)
TAG = "I_ERROR[LEAKAGE_TRANSITION_1: (0.3, U-->U, {pauli})]"
STIM = "{pauli}_ERROR(0.3)"


class RandomCircuit:
    """Four qubits, CXs between random one-qubit gates: so frames are exact (qec_leak/program/css.py)."""

    def __init__(self, seed: int, error: str) -> None:
        self.rng, self.lines = np.random.default_rng(seed), []
        self.bases = [["X", "Z"] for _ in range(4)]  # what X and Z of the CXs are now
        for q in range(4):
            self.lines.append(f"R{self.rng.choice(['X', 'Z'])} {q}")
        for leak in ("U-->2", "U-->2, 1", "2-->U"):
            self.gates(2)
            self.channel(f"I_ERROR[LEAKAGE_TRANSITION_1: (0.4, {leak})]")
            self.gates(4)
        self.channel(error.format(pauli=self.rng.choice(["X", "Y", "Z"])))
        self.gates(4)
        for q in range(4):
            self.lines.append(f"M{self.rng.choice(self.bases[q])} {q}")

    def one_qubit(self, q: int) -> None:
        gate = str(self.rng.choice(["H", "S", "SQRT_X", "C_XYZ", "C_ZYX"]))
        self.lines.append(f"{gate} {q}")
        tableau = stim.gate_data(gate).tableau
        self.bases[q] = ["_XYZ"[tableau(stim.PauliString(p))[0]] for p in self.bases[q]]

    def gates(self, count: int) -> None:
        for _ in range(count):
            a, b = (int(q) for q in self.rng.permutation(4)[:2])
            control, target = self.bases[a][1], self.bases[b][0]
            self.lines.append(f"{control}C{target} {a} {b}".replace("ZC", "C"))
            if self.rng.random() < 0.4:
                self.one_qubit(int(self.rng.integers(4)))

    def channel(self, name: str) -> None:
        q = int(self.rng.integers(4))
        while "Z" not in self.bases[q]:
            self.one_qubit(q)
        self.lines.append(f"{name} {q}")

    def circuit(self) -> stim.Circuit:
        return stim.Circuit("\n".join(self.lines))


def largest_deviation(engine: str, seeds=SEEDS) -> float:
    return max(_deviations(engine, seed).max() for seed in seeds)


def _deviations(engine: str, seed: int):
    circuits = [RandomCircuit(seed, error).circuit() for error in (TAG, STIM)]
    assert not compile_program(circuits[0]).conflicts
    samples = [
        ql.compile_sampler(circuit, engine=engine, seed=2 * seed + k).sample(SHOTS, measurements=True)
        for k, circuit in enumerate(circuits)
    ]
    return all_deviations(*(batch.measurements for batch in samples))


@pytest.mark.parametrize(("engine", "seeds"), [("frames", SEEDS), ("tableau", SEEDS[:20])], ids=["frames", "tableau"])
def test_a_pauli_in_a_tag_is_stims_own(engine, seeds):
    assert largest_deviation(engine, seeds) < family_limit(len(seeds) * 10)


def test_it_is_seen_if_channels_rely_on_the_reference(monkeypatch):
    monkeypatch.setattr(compiler, "with_sure_values", lambda ops, *_: ops)
    assert largest_deviation("frames") > 2 * family_limit(len(SEEDS) * 10)


@pytest.mark.parametrize(
    ("engine", "error"), [("frames", TAG), ("frames", STIM), ("tableau", TAG)], ids=["frames", "stim", "tableau"]
)
def test_a_value_that_hangs_on_a_leaked_qubit(engine, error):
    """Where qubit 1 has leaked, XCZ 1 2 does not happen: both MY 2 agree but for the Z. Elsewhere they are random."""
    lines = ["MY 2", "I_ERROR[LEAKAGE_TRANSITION_1: (0.5, U-->2)] 1", "XCZ 1 2", "C_ZYNX 3", "CZ 3 1", "YCY 2 3"]
    circuit = stim.Circuit("\n".join([*lines, f"{error.format(pauli='Z')} 2", "MY 2"]))
    shots = 20_000
    records = ql.compile_sampler(circuit, engine=engine, seed=1).sample(shots, measurements=True).measurements
    agree = 0.5 * (1 - 0.3) + 0.5 * 0.5
    assert abs((records[:, 0] == records[:, 1]).mean() - agree) < 5 * (agree * (1 - agree) / shots) ** 0.5


@pytest.mark.parametrize(
    ("engine", "error"), [("frames", TAG), ("frames", STIM), ("tableau", TAG)], ids=["frames", "stim", "tableau"]
)
def test_a_value_that_leakage_asked_for_before(engine, error):
    """0.72 of the shots with value 1 leave, so those that stay have value 0 more often. MY reads it, and Z flips it."""
    lines = ["C_ZYX 0", "I_ERROR[LEAKAGE_TRANSITION_1: (0.36, U-->2, 1)] 0", "C_ZYX 0", "H 0"]
    circuit = stim.Circuit("\n".join([*lines, f"{error.format(pauli='Z')} 0", "MY 0"]))
    shots = 20_000
    batch = ql.compile_sampler(circuit, engine=engine, seed=1).sample(shots, measurements=True, heralds=True)
    stay = batch.heralds[:, 0] == 0
    larger = 0.5 + (1 - 2 * 0.3) * (0.5 / 0.64 - 0.5)
    assert abs(batch.measurements[stay, 0].mean() - larger) < 5 * (larger * (1 - larger) / stay.sum()) ** 0.5
