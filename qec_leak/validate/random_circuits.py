"""Random Clifford circuits with random noise from every instruction that is sampled, and detectors for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import stim

_DATA = {name: stim.gate_data(name) for name in stim.gate_data()}
ONE_QUBIT_GATES = tuple(n for n, g in _DATA.items() if g.is_unitary and g.is_single_qubit_gate)
TWO_QUBIT_GATES = tuple(n for n, g in _DATA.items() if g.is_unitary and g.is_two_qubit_gate)
CLASSICAL = ("CX", "CY", "CZ", "XCZ", "YCZ")
MEASUREMENTS = ("M", "MX", "MY", "MR", "MRX", "MRY")
PAIR_MEASUREMENTS = ("MXX", "MYY", "MZZ")
PRODUCTS = ("MPP", "SPP", "SPP_DAG")
RESETS = ("R", "RX", "RY")
NOISE_ARGUMENTS = {
    "X_ERROR": 1,
    "Y_ERROR": 1,
    "Z_ERROR": 1,
    "DEPOLARIZE1": 1,
    "PAULI_CHANNEL_1": 3,
    "I_ERROR": 1,
    "HERALDED_ERASE": 1,
    "HERALDED_PAULI_CHANNEL_1": 4,
    "DEPOLARIZE2": 1,
    "PAULI_CHANNEL_2": 15,
    "II_ERROR": 1,
}
TWO_QUBIT_NOISE = ("DEPOLARIZE2", "PAULI_CHANNEL_2", "II_ERROR")
ALL = (
    *ONE_QUBIT_GATES,
    *TWO_QUBIT_GATES,
    *MEASUREMENTS,
    *PAIR_MEASUREMENTS,
    *PRODUCTS,
    *RESETS,
    *NOISE_ARGUMENTS,
    "E",
    "ELSE_CORRELATED_ERROR",
    "MPAD",
    "TICK",
)


class _Builder:
    def __init__(self, rng: np.random.Generator, num_qubits: int) -> None:
        self.rng = rng
        self.num_qubits = num_qubits

    def qubits(self, count: int) -> list[int]:
        return [int(q) for q in self.rng.permutation(self.num_qubits)[:count]]

    def probability(self) -> float:
        return round(float(self.rng.choice([0.02, 0.08, 0.2, 0.35])), 3)

    def product(self, size: int) -> str:
        return "*".join(
            ("!" if self.rng.random() < 0.3 else "") + str(self.rng.choice(list("XYZ"))) + str(q)
            for q in self.qubits(size)
        )

    def line(self, name: str, records: int) -> str:
        """One random instruction; ``records``: measurements made before it in its block."""
        rng = self.rng
        if name in TWO_QUBIT_GATES:
            if name in CLASSICAL and rng.random() < 0.4:
                bit = f"rec[-{rng.integers(1, records + 1)}]" if records and rng.random() < 0.6 else "sweep[1]"
                pair = [bit, str(self.qubits(1)[0])]
                return f"{name} {' '.join(pair if name in ('CX', 'CY', 'CZ') else pair[::-1])}"
            if name in CLASSICAL and rng.random() < 0.2:
                a, b, c = self.qubits(3)
                return f"{name} {a} {b} {b} {c}"  # pairs that share a qubit
            return f"{name} {' '.join(map(str, self.qubits(2 * int(rng.integers(1, 1 + self.num_qubits // 2)))))}"
        if name in TWO_QUBIT_NOISE or name in NOISE_ARGUMENTS:
            count = 2 if name in TWO_QUBIT_NOISE else int(rng.integers(1, self.num_qubits + 1))
            number = NOISE_ARGUMENTS[name]
            args = [self.probability()] if number == 1 else list(np.round(rng.dirichlet(np.ones(number + 2)), 4)[:-2])
            return f"{name}({', '.join(map(str, args))}) {' '.join(map(str, self.qubits(count)))}"
        if name in ("E", "ELSE_CORRELATED_ERROR"):
            first = "" if name == "E" else f"E({self.probability()}) {self.error()}\n"
            return f"{first}{name}({self.probability()}) {self.error()}"
        if name in MEASUREMENTS or name in PAIR_MEASUREMENTS:
            noise = f"({self.probability()})" if rng.random() < 0.5 else ""
            count = 2 if name in PAIR_MEASUREMENTS else int(rng.integers(1, 3))
            inverted = ["!" if rng.random() < 0.3 else "" for _ in range(count)]
            return f"{name}{noise} {' '.join(i + str(q) for i, q in zip(inverted, self.qubits(count), strict=True))}"
        if name in PRODUCTS:
            noise = f"({self.probability()})" if name == "MPP" and rng.random() < 0.5 else ""
            return f"{name}{noise} {self.product(int(rng.integers(1, 4)))} {self.product(2)}"
        if name == "MPAD":
            return "MPAD 0 1"
        if name == "TICK":
            return "TICK"
        return f"{name} {' '.join(map(str, self.qubits(int(rng.integers(1, 1 + self.num_qubits)))))}"

    def error(self) -> str:
        return " ".join(f"{self.rng.choice(list('XYZ'))}{q}" for q in self.qubits(2))


def random_circuit(seed: int, *, num_qubits: int = 5, length: int = 26) -> stim.Circuit:
    """A random circuit whose detectors (and one observable) are all the parities of records that are deterministic.

    Instruction ``seed`` of the list of all, and more around, is in it, so that enough seeds hold every instruction.
    """
    rng = np.random.default_rng(seed)
    build = _Builder(rng, num_qubits)
    names = [str(n) for n in rng.choice(np.array(ALL), size=length)]
    # Unitaries alone are dull: every fifth is a measurement, and the instruction of this seed stands in the middle.
    names[::5] = [str(n) for n in rng.choice(np.array((*MEASUREMENTS, "MPP", "MXX", "MZZ")), size=len(names[::5]))]
    names[length // 2] = ALL[seed % len(ALL)]
    circuit = stim.Circuit("H 0 2\nS 2\nDEPOLARIZE1(0.1) 0 1 2 3 4\nCX sweep[0] 1\n")
    loop = int(rng.integers(0, length)) if rng.random() < 0.5 else length
    for i, name in enumerate(names):
        if i == loop:
            body = stim.Circuit()
            for inner in [*names[i : i + 4], "M"]:
                _append(body, build.line(inner, circuit.num_measurements))
            circuit.append(stim.CircuitRepeatBlock(3, body))
        _append(circuit, build.line(name, circuit.num_measurements))
    circuit.append("DEPOLARIZE1", range(num_qubits), 0.05)
    _append(circuit, "M " + " ".join(map(str, range(num_qubits))))
    for check in deterministic_parities(circuit):
        lookbacks = [stim.target_rec(int(r) - circuit.num_measurements) for r in np.flatnonzero(check)]
        circuit.append("DETECTOR", lookbacks)
        last = lookbacks
    if circuit.num_detectors:
        circuit.append("OBSERVABLE_INCLUDE", last, 1)
    return circuit


def _append(circuit: stim.Circuit, line: str) -> None:
    """Append a line, after a TICK where Stim would fuse it: measurements may name a qubit once an instruction."""
    added = stim.Circuit(line)
    if len(circuit) and circuit[-1].name == added[0].name:
        circuit.append("TICK")
    circuit += added


def deterministic_parities(circuit: stim.Circuit) -> npt.NDArray[np.bool_]:
    """bool (checks, measurements): a basis of the parities of noiseless records that are the same in every shot.

    Noiseless records are an affine space; 64 more samples than records span it but for a chance of 2^-64.
    """
    shots = circuit.num_measurements + 65
    records = circuit.without_noise().compile_sampler(seed=7).sample(shots)
    span = (records[1:] ^ records[0]).astype(bool)
    pivots: list[int] = []
    row = 0
    for column in range(span.shape[1]):
        candidates = np.flatnonzero(span[row:, column])
        if not len(candidates):
            continue
        span[[row, row + candidates[0]]] = span[[row + candidates[0], row]]
        others = span[:, column].copy()
        others[row] = False
        span[others] ^= span[row]
        pivots.append(column)
        row += 1
    free = [c for c in range(span.shape[1]) if c not in pivots]
    checks = np.zeros((len(free), span.shape[1]), dtype=bool)
    for i, column in enumerate(free):
        checks[i, column] = True
        for r, pivot in enumerate(pivots):
            checks[i, pivot] = span[r, column]
    return checks
