"""Shots in which nothing leaked, although it would have from one value: the tableau against exact branching.

The exact map (``qec_leak.tableau.kernels``): a qubit leaks from 1 with probability p, p P rho P, or does not,
rho - p (P rho + rho P) / 2, with P = |1><1|.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
import stim
from comparison import family_limit

from qec_leak.tableau import compile_tableau
from qec_leak.tableau.gates import ONE_QUBIT_GATES

Rho = npt.NDArray[np.complex128]
Outcome = tuple[tuple[int, ...], tuple[int, ...]]
"""Records and levels at measurements."""
TWO = ("CX", "CZ", "YCX", "XCX", "YCY", "CY", "XCY")
SHOTS = 4000


def leak(qubit: int, p: float) -> stim.CircuitInstruction:
    """From 1 with probability p: half of it from an unknown value."""
    return stim.CircuitInstruction("I", [qubit], tag=f"LEAKAGE_TRANSITION_1: ({p / 2}, U-->2, 1)")


def random_circuit(seed: int, qubits: int, leaks: int, p: float, depth: int = 12) -> stim.Circuit:
    rng = np.random.default_rng(seed)
    circuit = stim.Circuit()
    places = set(rng.choice(np.arange(2, depth), leaks, replace=False).tolist())
    for q in range(qubits):
        circuit.append(str(rng.choice(["H", "H_YZ"])), [q])
    for step in range(depth):
        if step in places:
            circuit.append(leak(int(rng.integers(qubits)), p))
        circuit.append(str(rng.choice(ONE_QUBIT_GATES)), [int(rng.integers(qubits))])
        circuit.append(str(rng.choice(TWO)), rng.permutation(qubits)[:2].tolist())
        if rng.random() < 0.15:
            circuit.append("M", [int(rng.integers(qubits))])
    circuit.append("M", range(qubits))
    return circuit


def acted(rho: Rho, left: Rho | None, right: Rho | None, qubits: list[int]) -> Rho:
    """left rho right^dagger; ``rho``: of shape (2,) * 2n, rows first; ``qubits``: least significant first."""
    n, k = rho.ndim // 2, len(qubits)
    for matrix, offset in ((left, 0), (None if right is None else right.conj(), n)):
        if matrix is not None:
            axes = [q + offset for q in reversed(qubits)]
            rho = np.moveaxis(np.tensordot(matrix.reshape((2,) * 2 * k), rho, (range(k, 2 * k), axes)), range(k), axes)
    return rho


def distribution(circuit: stim.Circuit) -> dict[Outcome, float]:
    """P(records, levels), by following every branch. Qubits that are reset must not be leaked."""
    n = circuit.num_qubits
    start = np.zeros((2,) * (2 * n), complex)
    start[(0,) * 2 * n] = 1
    branches: list[tuple[Rho, frozenset[int], Outcome]] = [(start, frozenset(), ((), ()))]
    projectors = [np.diag([1.0, 0.0]).astype(complex), np.diag([0.0, 1.0]).astype(complex)]
    for item in circuit:
        for group in item.target_groups():
            qubits = [t.value for t in group]
            after: list[tuple[Rho, frozenset[int], Outcome]] = []
            for rho, leaked, (records, levels) in branches:
                gone = leaked.intersection(qubits)
                if item.name == "R":
                    for lower in (projectors[0], np.array([[0, 1], [0, 0]], complex)):  # |0><0|, |0><1|
                        after.append((acted(rho, lower, lower, qubits), leaked, (records, levels)))
                elif item.name == "M":
                    if gone:
                        after.append((rho, leaked, ((*records, 1), (*levels, 2))))
                        continue
                    for value, projector in enumerate(projectors):
                        left = acted(rho, projector, projector, qubits)
                        if abs(left).max() > 1e-12:
                            after.append((left, leaked, ((*records, value), (*levels, 0))))
                elif gone:
                    after.append((rho, leaked, (records, levels)))
                elif item.name == "I" and item.tag:
                    p = 2 * float(item.tag.split("(")[1].split(",")[0])
                    one = projectors[1]
                    stays = rho - p / 2 * (acted(rho, one, None, qubits) + acted(rho, None, one, qubits))
                    after.append((stays, leaked, (records, levels)))
                    after.append((p * acted(rho, one, one, qubits), leaked | set(qubits), (records, levels)))
                else:
                    unitary = np.asarray(stim.gate_data(item.name).unitary_matrix, complex)
                    after.append((acted(rho, unitary, unitary, qubits), leaked, (records, levels)))
            branches = after
    out: dict[Outcome, float] = {}
    for rho, _, outcome in branches:
        weight = float(np.trace(rho.reshape(2**n, 2**n)).real)
        if abs(weight) > 1e-12:
            out[outcome] = out.get(outcome, 0.0) + weight
    return out


def counts(circuit: stim.Circuit, shots: int, seed: int) -> Counter[Outcome]:
    sampled = compile_tableau(circuit).sample(0, shots, seed=seed, heralds=True)
    assert sampled.levels is not None
    records = map(tuple, sampled.measurements.astype(int).tolist())
    return Counter(zip(records, map(tuple, sampled.levels.tolist()), strict=True))


def differs(p: dict[Outcome, float], seen: Counter[Outcome], limit: float) -> bool:
    """Whether any outcome is ``limit`` sigma off, or seen though it cannot be. Outcomes that are too rare for normal
    tails may be 20 counts off."""
    shots = seen.total()
    for outcome in p.keys() | seen.keys():
        expected = shots * max(p.get(outcome, 0.0), 0.0)
        if expected < 1e-6 and seen[outcome]:
            return True
        if abs(seen[outcome] - expected) > max(limit * np.sqrt(expected * (1 - expected / shots)), 20):
            return True
    return False


@pytest.mark.parametrize("qubits", [3, 4, 5])
def test_one_place_to_leak_is_exact(qubits: int) -> None:
    """With certain leakage from 1, so that all who stay have 0 of the Pauli that was asked."""
    circuits = 60
    limit = family_limit(3 * circuits * 2**8)
    wrong = []
    for seed in range(circuits):
        circuit = random_circuit(seed, qubits, 1, 1.0)
        if differs(distribution(circuit), counts(circuit, SHOTS, seed), limit):
            wrong.append(seed)
    assert not wrong


def test_several_places_are_exact_where_the_map_is_one() -> None:
    """Where no outcome has a negative weight: the map is of second order there. What is left is small."""
    apart: list[float] = []
    for seed in range(60):
        circuit = random_circuit(seed, 3, 3, 0.2)
        p = distribution(circuit)
        if min(p.values()) < 0:
            continue
        seen = counts(circuit, SHOTS, seed)
        apart.append(sum(abs(p.get(k, 0) - seen[k] / SHOTS) for k in p.keys() | seen.keys()) / 2)
    noise = np.sqrt(2**6 / SHOTS / np.pi)  # total variation of counts of some 64 outcomes
    assert len(apart) > 40 and max(apart) < 2 * noise


def test_what_two_asked_values_say_together() -> None:
    """Both are lost one by one when Y of qubit 0 is measured; their product is the value of the last record."""
    text = "SQRT_Y_DAG 0\nC_NXYZ 0\nH 1\n{}\nCY 1 2\nH 1\nR 1\nH 1\n{}\nCZ 0 1\nYCZ 2 0\nH_YZ 0\nM 0 1 2"
    circuit = stim.Circuit(text.format(leak(0, 0.7), leak(2, 0.7)))
    p = distribution(circuit)
    equal = sum(w for (records, levels), w in p.items() if not any(levels) and records[-1] == 0)
    assert equal > 1.2 * sum(w for (records, levels), w in p.items() if not any(levels)) / 2
    assert not differs(p, counts(circuit, 10 * SHOTS, 1), family_limit(len(p)))


def test_a_sign_between_three_paulis() -> None:
    """Who has not leaked must be 00 or 11: Z of qubit 1 was 0, and YCX, XCY turn it into the product of Z0 and Y1."""
    text = "H 1\n{leak}\nZ_ERROR(0.5) 1\nYCX 1 0\nXCY 1 0\nM 0\nMY 1"
    seen = counts(stim.Circuit(text.format(leak=leak(1, 1.0))), SHOTS, 3)
    stayed = {records: k for (records, levels), k in seen.items() if levels == (0, 0)}
    assert set(stayed) == {(0, 0), (1, 1)}
    assert abs(sum(stayed.values()) - SHOTS / 2) < 5 * np.sqrt(SHOTS) / 2


def test_a_planted_error_is_found() -> None:
    """Leaking half as often."""
    circuit, other = random_circuit(5, 3, 1, 1.0), random_circuit(5, 3, 1, 0.5)
    assert differs(distribution(other), counts(circuit, SHOTS, 5), family_limit(2**8))
