"""Leakage channels, with what the reference knows of the qubits that they act on."""

from __future__ import annotations

from collections.abc import Iterator

import stim

from qec_leak.circuits import tags
from qec_leak.program.actions import acts
from qec_leak.program.build import Build, qubits_of
from qec_leak.program.knowledge import KNOWN
from qec_leak.program.program import Instruction, Op


def channel(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A channel on all its places; one operation names each qubit once."""
    if tag is None or tag.channel is None:
        return []
    qubits, arity = qubits_of(item), tag.channel.num_qubits
    known = [b.reference.known_z(q) for q in qubits]
    sample = b.reference.z_sample()
    unknown = [sample[q] for q in qubits]
    values = [value + KNOWN * (v >= 0) for value, v in zip(unknown, known, strict=True)]
    if tag.needs_known_z and -1 in known:
        raise ValueError(
            f"line {b.line}: {tag.family} must stand where the qubit has a known Z value, but qubit "
            f"{b.labels.names[qubits[known.index(-1)]]} has none; use LEAKAGE_TRANSITION_1"
        )
    ops = []
    for first, last in _disjoint(qubits, arity):
        if acts(tag.channel, values[first:last]) or acts(tag.channel, unknown[first:last]):
            code = Op.CHANNEL_1 if arity == 1 else Op.CHANNEL_2
            ops.append(b.op(code, qubits[first:last], b.channels.add(tag.channel), values[first:last]))
    if ops:
        b.moves |= {(tag.channel, tuple(qubits[k : k + arity])) for k in range(0, len(qubits), arity)}
    return ops


def _disjoint(qubits: list[int], arity: int) -> Iterator[tuple[int, int]]:
    """(first, last) of stretches of ``qubits``, groups of ``arity``, that name each qubit once."""
    first, seen = 0, set[int]()
    for k in range(0, len(qubits), arity):
        group = set(qubits[k : k + arity])
        if seen & group:
            yield first, k
            first, seen = k, set()
        seen |= group
    yield first, len(qubits)
