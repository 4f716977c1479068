"""Layers of Pauli noise: all that happens between two operations that are not noise, drawn in one go.

Pauli noise is drawn as Poisson events, each at a place of its own: how many there are, then where and which. A shot may
be struck twice, which the rates allow for. Rates of independent events add up, so neighbouring noise instructions are
one table of (qubits, Pauli, rate), whatever they are called and wherever their probabilities differ.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qec_leak.program.program import Op
from qec_leak.program.prune import Instruction, with_loop_lengths
from qec_leak.program.tables import alias_table

SHARE_BITS = 22
"""Bits of an alias table's shares: the engine draws the place in a block of shots from the same 32 bits."""

_NEGLIGIBLE = 1e-15
"""Rates that are rounding."""

_COMMUTE = (Op.PAULI_1, Op.PAULI_2, Op.SNAPSHOT, Op.DETECTOR, Op.OBSERVABLE)
"""What Pauli noise may be moved past: other Pauli noise, and what does not read or change frames."""

Rates = tuple[tuple[int, float], ...]
"""(frame bits x0 z0 x1 z1, rate) of the Poisson events at one place."""


@functools.lru_cache(maxsize=4096)
def poisson_rates(outcomes: tuple[tuple[int, float], ...]) -> Rates:
    """Rates of independent Poisson events (frame bits, rate) that together are the Pauli noise ``outcomes``; empty if
    there are none.

    Eigenvalue b of a Pauli channel is sum_a p_a (-1)^<a,b> = exp(sum_a mu_a ((-1)^<a,b> - 1)), so the rates are the
    Walsh transform of its logarithm (any pairing <a,b> of the bits that runs through all signs serves).
    Not all Pauli channels divide so: X and Y without Z, or p >= 1/2, have no rates.
    """
    size = 4 if max(bits for bits, _ in outcomes) < 4 else 16
    probability = [0.0] * size
    for bits, p in outcomes:
        probability[bits] += p
    probability[0] += 1 - math.fsum(p for _, p in outcomes)
    sign = [[1 - 2 * ((a & b).bit_count() % 2) for b in range(size)] for a in range(size)]
    eigenvalues = [math.fsum(s * p for s, p in zip(row, probability, strict=True)) for row in sign]
    if min(eigenvalues) < 1e-3:
        return ()
    rates = [math.fsum(s * math.log(v) for s, v in zip(row, eigenvalues, strict=True)) / size for row in sign]
    if min(rates[1:]) < -_NEGLIGIBLE:
        return ()
    return tuple((bits, rate) for bits, rate in enumerate(rates) if bits and rate > _NEGLIGIBLE)


@dataclass(frozen=True)
class _Layer:
    """Events of a layer on one qubit or two, as codes in Program.event, and their rates."""

    arity: int
    codes: tuple[int, ...]
    rates: tuple[float, ...]


def _events_of(rates: Sequence[float]) -> Iterator[tuple[int, float]]:
    """(frame bits, rate) of the events at a place whose Paulis have these rates; bits 0: one of all Paulis but the
    identity, each as likely, which is all that depolarizing needs: tables stay small enough for the caches."""
    least = min(rates[1:])
    if least > _NEGLIGIBLE:
        yield 0, least * (len(rates) - 1)
    yield from ((bits, rate - least) for bits, rate in enumerate(rates) if bits and rate - least > _NEGLIGIBLE)


class LayerTable:
    """Layers of Pauli noise, equal ones shared."""

    def __init__(self) -> None:
        self._index: dict[_Layer, int] = {}

    def add(self, arity: int, places: Sequence[tuple[tuple[int, ...], Rates]]) -> int:
        """Index of the layer with the events of ``places``: (``arity`` qubits, rates)."""
        of_place: dict[int, list[float]] = {}
        for qubits, rates in places:
            where = qubits[0] << 4 | (qubits[1] << 32 if arity == 2 else 0)
            row = of_place.setdefault(where, [0.0] * 4**arity)
            for bits, rate in rates:
                row[bits] += rate
        events = {where | bits: rate for where, row in of_place.items() for bits, rate in _events_of(row)}
        layer = _Layer(arity, tuple(events), tuple(events.values()))
        return self._index.setdefault(layer, len(self._index))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        rate = np.array([math.fsum(layer.rates) for layer in self._index])
        size = np.array([len(layer.codes) for layer in self._index], dtype=np.int64)
        event = np.zeros((size.sum(), 3), dtype=np.uint64)
        start = np.cumsum(size) - size
        for first, total, layer in zip(start, rate, self._index, strict=True):
            kept, alias = alias_table([r / total for r in layer.rates])
            rows = slice(first, first + len(kept))
            event[rows, 0] = np.rint(np.array(kept) * 2**SHARE_BITS)
            event[rows, 1] = layer.codes
            event[rows, 2] = np.array(layer.codes, dtype=np.uint64)[alias]
        return {
            "layer_rate": rate,
            "layer_arity": np.array([layer.arity for layer in self._index], dtype=np.int64),
            "layer_start": start,
            "layer_size": size,
            "event": event,
        }


def merged_noise(
    ops: list[Instruction], places: Callable[[Instruction], list[tuple[tuple[int, ...], Rates]]], table: LayerTable
) -> list[Instruction]:
    """``ops`` with neighbouring Pauli noise merged into one layer of one-qubit and one of two-qubit noise; ``places``:
    (qubits, rates) of a noise operation."""
    out: list[Instruction] = []
    waiting: dict[int, list[tuple[tuple[int, ...], Rates]]] = {}
    passed: list[Instruction] = []

    def flush() -> None:
        for code in sorted(waiting):
            out.append((code, 0, 0, table.add(1 if code == Op.PAULI_1 else 2, waiting[code])))
        out.extend(passed)
        waiting.clear()
        passed.clear()

    for op in ops:
        if op[0] in (Op.PAULI_1, Op.PAULI_2):
            waiting.setdefault(op[0], []).extend(places(op))
        elif op[0] in _COMMUTE:
            passed.append(op)
        else:
            flush()
            out.append(op)
    flush()
    return with_loop_lengths(out)
