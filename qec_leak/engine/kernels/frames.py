"""What moves frames without noise: gates, classical control, anchors on the reference."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import all_if, planes_of, qubit_at, record_at
from qec_leak.engine.kernels.layout import LEAKED, LIST, THREE, ZERO, Shots, W, X, Z
from qec_leak.engine.plan.tables import I32, U64, PlanTables
from qec_leak.engine.simd.jit import inlined, kernel
from qec_leak.engine.simd.vectors import WORDS, Vector, load_vector, store_vector
from qec_leak.program import Op

_H, _S, _SQRT_X, _C_XYZ = int(Op.H), int(Op.S), int(Op.SQRT_X), int(Op.C_XYZ)
_CZ = int(Op.CZ)


@inlined
def _exchange(planes: U64, a: np.uint64, b: np.uint64) -> None:
    vector = load_vector(planes, a)
    store_vector(planes, a, load_vector(planes, b))
    store_vector(planes, b, vector)


@inlined
def xor_into(words: U64, target: np.uint64, source_words: U64, source: np.uint64) -> None:
    """Add a vector modulo 2 to another."""
    store_vector(words, target, load_vector(words, target) ^ load_vector(source_words, source))


@inlined
def xor(planes: U64, source: np.uint64, target: np.uint64) -> None:
    """Add a plane modulo 2 to another."""
    xor_into(planes, target, planes, source)


@inlined
def _cz(planes: U64, a: np.uint64, b: np.uint64) -> None:
    into_a = load_vector(planes, b + X) & ~load_vector(planes, a + LEAKED)
    into_b = load_vector(planes, a + X) & ~load_vector(planes, b + LEAKED)
    store_vector(planes, a + Z, load_vector(planes, a + Z) ^ into_a)
    store_vector(planes, b + Z, load_vector(planes, b + Z) ^ into_b)


@inlined
def _anchored(x: Vector, q: np.uint64, value: int, b: Shots) -> Vector:
    """``x`` of a qubit and, where it is leaked, the reference's Z value (docs/engine.md, rule 2)."""
    if b.population[q]:
        leaked = load_vector(b.planes, planes_of(q) + LEAKED)
        return (x & ~leaked) | (leaked & all_if(value & 1))
    return x


@kernel
def anchor(start: int, count: int, t: PlanTables, b: Shots) -> None:
    """Set the x of leaked qubits to the reference's Z value."""
    for k in range(start, start + count):
        q = qubit_at(t.targets, k)
        x = planes_of(q) + X
        store_vector(b.planes, x, _anchored(load_vector(b.planes, x), q, t.values[np.uint64(k)], b))


@kernel
def apply_gates(op: int, start: int, count: int, t: PlanTables, b: Shots) -> None:
    """A gate on all its targets. A CZ takes no frame into a leaked qubit (docs/engine.md, rule 3)."""
    targets, planes, population = t.targets, b.planes, b.population
    if op == _CZ:
        for k in range(start, start + count, 2):
            p, q = qubit_at(targets, k), qubit_at(targets, k + 1)
            first, second = planes_of(p), planes_of(q)
            if population[p] + population[q]:
                _cz(planes, first, second)
            else:
                xor(planes, second + X, first + Z)
                xor(planes, first + X, second + Z)
        return
    for k in range(start, start + count):
        q = qubit_at(targets, k)
        origin = planes_of(q)
        x, z = load_vector(planes, origin + X), load_vector(planes, origin + Z)
        if op == _H:
            x, z = z, x
        elif op == _S:
            z = x ^ z
        elif op == _SQRT_X:
            x = x ^ z
        elif op == _C_XYZ:  # X -> Y -> Z -> X
            x, z = x ^ z, x
        else:
            x, z = z, x ^ z
        if op != _S:
            x = _anchored(x, q, t.values[np.uint64(k)], b)
        store_vector(planes, origin + X, x)
        store_vector(planes, origin + Z, z)


@kernel
def swaps(start: int, count: int, t: PlanTables, b: Shots) -> None:
    """Exchange planes and lists of leaked shots of pairs of qubits."""
    population, leaked_shots = b.population, b.leaked_shots
    for k in range(start, start + count, 2):
        p, q = qubit_at(t.targets, k), qubit_at(t.targets, k + 1)
        for plane in (X, Z, LEAKED, THREE):
            _exchange(b.planes, planes_of(p) + plane, planes_of(q) + plane)
        first, second = np.int64(p) * LIST, np.int64(q) * LIST
        for i in range(max(population[p], population[q])):
            leaked_shots[first + i], leaked_shots[second + i] = leaked_shots[second + i], leaked_shots[first + i]
        population[p], population[q] = population[q], population[p]


@inlined
def flip_pauli(planes: U64, coded: int, w: np.uint64, mask: np.uint64) -> None:
    """Multiply the Pauli ``coded`` (4*qubit + Pauli) into the frame where ``mask`` and not leaked."""
    origin, pauli = planes_of(coded >> 2) + w, coded & 3
    hit = mask & ~planes[origin + LEAKED]
    if pauli != 3:
        planes[origin + X] ^= hit
    if pauli != 1:
        planes[origin + Z] ^= hit


@kernel
def anticommuting(planes: U64, targets: I32, start: int, count: int, w: np.uint64) -> np.uint64:
    """Shots whose frame anticommutes with the product of the Paulis ``targets`` (4*qubit + Pauli)."""
    out = ZERO
    for k in range(start, start + count):
        origin, pauli = planes_of(targets[k] >> 2) + w, targets[k] & 3
        if pauli != 1:
            out ^= planes[origin + X]
        if pauli != 3:
            out ^= planes[origin + Z]
    return out


@kernel
def pauli_rotation(start: int, count: int, t: PlanTables, b: Shots) -> None:
    """A rotation by pi / 2 about a product of Paulis: frames that anticommute with it are multiplied by it."""
    for v in range(WORDS):
        w = np.uint64(v)
        anti = anticommuting(b.planes, t.targets, start, count, w)
        for k in range(start, start + count):
            flip_pauli(b.planes, t.targets[k], w, anti)


@kernel
def controlled_paulis(targets: I32, start: int, count: int, control: U64, records: int, planes: U64) -> None:
    """Paulis controlled by records (``records`` of them, targets are lookbacks) or by planes of sweep bits (-1)."""
    for k in range(start, start + count, 2):
        first = record_at(control, records - targets[k]) if records >= 0 else np.uint64(targets[k]) * W
        for v in range(WORDS):
            w = np.uint64(v)
            flip_pauli(planes, targets[k + 1], w, control[first + w])
