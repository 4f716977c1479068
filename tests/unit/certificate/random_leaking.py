"""Random Clifford circuits in which every qubit can leak and come back after every layer."""

from __future__ import annotations

import numpy as np
import stim

LEAK = "LEAKAGE_TRANSITION_1: (0.1, U-->2) (0.1, 2-->U)"
ONE = tuple(n for n, g in stim.gate_data().items() if g.is_unitary and g.is_single_qubit_gate and n != "I")
PAIRS = tuple(n for n, g in stim.gate_data().items() if g.is_unitary and g.is_two_qubit_gate and n != "II")
ENDS = ("M", "MX", "R", "RX", "MR", "MRX")


def css_circuit(seed: int, num_qubits: int = 5, length: int = 24) -> stim.Circuit:
    """Stabilisers are products of Z only and of X only but for Hadamards: CX joins qubits with as many of them, mod 2,
    and CZ others."""
    rng = np.random.default_rng(seed)
    turned = np.zeros(num_qubits, dtype=bool)
    lines = ["R " + " ".join(map(str, range(num_qubits)))]
    for _ in range(length):
        a, b = (int(q) for q in rng.permutation(num_qubits)[:2])
        kind = rng.choice(["H", "PAIR", "END", "PAULI", "SWAP", "FEEDBACK"], p=[0.25, 0.4, 0.2, 0.05, 0.05, 0.05])
        if kind == "H":
            lines.append(f"H {a}")
            turned[a] ^= True
        elif kind == "PAIR":
            lines.append(f"{rng.choice(['CZ', 'XCX']) if turned[a] != turned[b] else 'CX'} {a} {b}")
        elif kind == "SWAP":
            lines.append(f"SWAP {a} {b}")
            turned[[a, b]] = turned[[b, a]]
        elif kind == "PAULI":
            lines.append(f"{rng.choice(list('XYZ'))} {a}")
        elif kind == "END":
            lines.append(f"{rng.choice(ENDS)} {a}")
        elif any(line.startswith("M") for line in lines):
            lines.append(f"{rng.choice(['CX', 'CZ'])} rec[-1] {a}")
        lines.append(f"I_ERROR[{LEAK}] {a} {b}")
    return _finished(lines, num_qubits)


def clifford_circuit(
    seed: int, num_qubits: int = 5, length: int = 24, one: tuple[str, ...] = ONE, pairs: tuple[str, ...] = PAIRS
) -> stim.Circuit:
    """Gates of ``one`` and ``pairs``, measurements and resets."""
    rng = np.random.default_rng(seed)
    lines = ["R " + " ".join(map(str, range(num_qubits)))]
    for _ in range(length):
        a, b = (int(q) for q in rng.permutation(num_qubits)[:2])
        kind = rng.choice(["ONE", "PAIR", "END"], p=[0.35, 0.45, 0.2])
        gate = rng.choice({"ONE": one, "PAIR": pairs, "END": ENDS}[str(kind)])
        lines.append(f"{gate} {a} {b}" if kind == "PAIR" else f"{gate} {a}")
        lines.append(f"I_ERROR[{LEAK}] {a} {b}")
    return _finished(lines, num_qubits)


def _finished(lines: list[str], num_qubits: int) -> stim.Circuit:
    return stim.Circuit("\n".join([*lines, "TICK", "M " + " ".join(map(str, range(num_qubits)))]))
