"""Which Pauli noise strikes with: all of them are told apart by Bell pairs, and counted."""

import numpy as np
import pytest
import stim

import qec_leak as ql

SHOTS = 1 << 20
BELL = "H 0 1\nCX 0 2 1 3\n"
UNDO = "CX 0 2 1 3\nH 0 1\nM 2 0 3 1\n"
"""x0 z0 x1 z1 of the Pauli on qubits 0 and 1."""

UNEQUAL = [0.002 * (k % 5 + 5) for k in range(15)]
NOISE = {
    "uniform": "DEPOLARIZE2(0.3) 0 1",
    "uniform and more": "DEPOLARIZE2(0.2) 0 1\nPAULI_CHANNEL_2(0,0,0,0,0.03,0,0,0,0,0,0,0,0,0,0.05) 0 1",
    "all unequal": f"PAULI_CHANNEL_2({','.join(map(str, UNEQUAL))}) 0 1",
    "among others": "DEPOLARIZE2(0.1) 4 5\nDEPOLARIZE2(0.3) 0 1\nPAULI_CHANNEL_2(0,0,0.01,0,0,0,0,0,0,0,0,0,0,0,0) 5 6",
    "one qubit each": "DEPOLARIZE1(0.2) 0\nDEPOLARIZE1(0.3) 1\nPAULI_CHANNEL_1(0.03, 0.03, 0.1) 1\nZ_ERROR(0.1) 0",
}


def counts(noise: str) -> np.ndarray:
    """How often each of the 16 Paulis x0 + 2 z0 + 4 x1 + 8 z1 came."""
    circuit = stim.Circuit(BELL + noise + "\n" + UNDO)
    records = ql.compile_sampler(circuit, seed=3).sample(SHOTS, measurements=True).measurements
    return np.bincount(records @ np.array([1, 2, 4, 8]), minlength=16)


def probabilities(noise: str) -> np.ndarray:
    """Exact, by convolution over the group of Paulis."""
    paulis, total = [0, 1, 3, 2], np.eye(16)[0]
    for instruction in stim.Circuit(noise):
        for group in instruction.target_groups():
            qubits = [t.value for t in group]
            if not set(qubits) <= {0, 1}:
                continue
            args, size = instruction.gate_args_copy(), 4 ** len(qubits)
            if instruction.name.startswith("DEPOLARIZE"):
                args = [args[0] / (size - 1)] * (size - 1)
            if instruction.name == "Z_ERROR":
                args = [0.0, 0.0, args[0]]
            channel = np.zeros(16)
            for k, p in enumerate(args, start=1):
                bits = paulis[k // 4] | paulis[k % 4] << 2 if size == 16 else paulis[k] << 2 * qubits[0]
                channel[bits] += p
            channel[0] = 1 - channel.sum()
            total = np.array([sum(total[a ^ b] * channel[b] for b in range(16)) for a in range(16)])
    return total


def deviation(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest, in standard deviations."""
    return float(np.abs((found - SHOTS * expected) / np.sqrt(SHOTS * expected * (1 - expected))).max())


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
def test_each_pauli_comes_as_often_as_it_should(noise: str) -> None:
    assert deviation(counts(noise), probabilities(noise)) < 5


def test_a_pauli_too_few_is_seen() -> None:
    """Planted: a table of one Pauli 5 % rarer than the others."""
    wrong = probabilities(NOISE["uniform"])
    wrong[7] *= 0.95
    assert deviation(counts(NOISE["uniform"]), wrong) > 5
