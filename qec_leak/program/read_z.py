"""Where the z frame of a qubit can reach a record. Elsewhere a Pauli Z changes nothing that is sampled."""

from __future__ import annotations

from collections.abc import Sequence

from qec_leak.program.nested import Nested
from qec_leak.program.program import Instruction, Op

_READS = {
    Op.H: (("z",), ("x",)),
    Op.S: (("x", "z"), ("z",)),
    Op.SQRT_X: (("x",), ("x", "z")),
    Op.C_XYZ: (("x", "z"), ("x",)),
    Op.C_ZYX: (("z",), ("x", "z")),
}
"""By one-qubit gate: the frames behind it into which x, and into which z, in front of it goes."""

Read = tuple[set[int], set[int]]
"""Qubits whose x, and whose z, can reach a record from here."""


def places_with_read_z(block: Nested, targets: Sequence[int]) -> set[int]:
    """Indices in ``targets`` of channels' qubits whose z behind the channel can reach a record."""
    places: set[int] = set()
    _follow_back(block, targets, (set(), set()), places)
    return places


def _follow_back(block: Nested, targets: Sequence[int], read: Read, places: set[int]) -> None:
    x, z = read
    for op in reversed(block):
        if isinstance(op, tuple):
            _step_back(op, targets, read, places)
            continue
        before = -1
        while before != len(x) + len(z):  # from the end of any iteration
            before = len(x) + len(z)
            behind = set(x), set(z)
            _follow_back(op, targets, read, places)
            front = set(x), set(z)
            x |= behind[0]
            z |= behind[1]
        x.intersection_update(front[0])
        z.intersection_update(front[1])


def _step_back(op: Instruction, targets: Sequence[int], read: Read, places: set[int]) -> None:
    x, z = read
    code, start, count, _ = op
    qubits = targets[start : start + count]
    if code in _READS:
        for q in qubits:
            goes = [any(q in (x if at == "x" else z) for at in behind) for behind in _READS[Op(code)]]
            for frame, reaches in zip(read, goes, strict=True):
                (frame.add if reaches else frame.discard)(q)
    elif code == Op.CZ:
        for a, b in zip(qubits[::2], qubits[1::2], strict=True):
            x.update(p for p, q in ((a, b), (b, a)) if q in z)
    elif code == Op.SWAP:
        for a, b in zip(qubits[::2], qubits[1::2], strict=True):
            for frame in read:
                if (a in frame) != (b in frame):
                    frame.symmetric_difference_update((a, b))
    elif code in (Op.CHANNEL_1, Op.CHANNEL_2):
        places.update(k for k in range(start, start + count) if targets[k] in z)
        x.update(qubits)  # what a channel does depends on values
    elif code == Op.MEASURE:
        x.update(qubits)
        z.difference_update(qubits)
    elif code == Op.RESET:
        x.difference_update(qubits)
        z.difference_update(qubits)
    elif code in (Op.MEASURE_PAULI, Op.PAULI_ROTATION, Op.OBSERVABLE_PAULI):
        for coded in qubits:
            x.add(coded // 4)
            z.add(coded // 4)
