"""Layers of Pauli noise: all noise between two operations that are not noise, drawn together.

Pauli noise is drawn as Poisson events, each at a place of its own: how many there are, then where and which. A shot may
be struck twice, which the rates allow for. Rates of independent events add up, so neighbouring noise instructions are
one table of (qubits, Pauli, rate), whatever they are called and wherever their probabilities differ.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qec_leak.engine.plan.alias import alias_table
from qec_leak.engine.plan.codes import LAYER_1, LAYER_2
from qec_leak.engine.plan.formats import QUBIT_BITS, SHARE_BITS, Words
from qec_leak.program import Instruction, Op, Outcomes
from qec_leak.program.passes import with_loop_lengths

_NEGLIGIBLE = 1e-15
"""Rates below this are rounding errors."""

_COMMUTE = (Op.SNAPSHOT, Op.DETECTOR, Op.OBSERVABLE)
"""Operations past which Pauli noise may be moved, since they neither read nor change frames."""

Rates = tuple[tuple[int, float], ...]
"""(frame bits x0 z0 x1 z1, rate) of the Poisson events at one place."""

Places = list[tuple[tuple[int, ...], Rates]]
"""(qubits, rates) of an operation."""


@functools.lru_cache(maxsize=4096)
def poisson_rates(outcomes: Outcomes, arity: int) -> Rates:
    """Rates of independent Poisson events (frame bits, rate) that together are the Pauli noise ``outcomes`` on
    ``arity`` qubits; empty if there are none.

    Eigenvalue b of a Pauli channel is sum_a p_a (-1)^<a,b> = exp(sum_a mu_a ((-1)^<a,b> - 1)), so the rates are the
    Walsh transform of its logarithm (any pairing <a,b> of the bits that runs through all signs serves).
    Not all Pauli channels divide so: X and Y without Z, or p >= 1/2, have no rates.
    """
    size: int = 4**arity
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
    """Events of a layer on one qubit or two, and their rates. Codes: bits x0 z0 x1 z1 (0: any Pauli but the identity,
    each as likely), first qubit << 4, second qubit << 32."""

    arity: int
    codes: tuple[int, ...]
    rates: tuple[float, ...]


def _events_of(rates: Sequence[float]) -> Iterator[tuple[int, float]]:
    """(frame bits, rate) of the events at a place whose Paulis have these rates. Bits 0 stand for any Pauli but the
    identity, all equally likely. Depolarizing noise needs this event only, so tables stay small enough for the
    caches."""
    least = min(rates[1:])
    if least > _NEGLIGIBLE:
        yield 0, least * (len(rates) - 1)
    yield from ((bits, rate - least) for bits, rate in enumerate(rates) if bits and rate - least > _NEGLIGIBLE)


class LayerTable:
    """Layers of Pauli noise, equal ones shared."""

    def __init__(self) -> None:
        self._index: dict[_Layer, int] = {}

    def add(self, arity: int, places: Places) -> int:
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

    def rates(self) -> list[float]:
        """Rate a shot of the events of each layer."""
        return [math.fsum(layer.rates) for layer in self._index]

    def tables(self) -> dict[str, Any]:
        """``layer_start``, ``layer_size`` and ``event`` of PlanTables."""
        packed = [_packed(layer) for layer in self._index]
        words = np.array([len(event) for event in packed], dtype=np.int64)
        return {
            "layer_start": np.cumsum(words) - words,
            "layer_size": np.array([len(layer.codes) for layer in self._index], dtype=np.int64),
            "event": np.concatenate([np.zeros(0, dtype=np.uint64), *packed]),
        }


def _packed(layer: _Layer) -> Words:
    """The words of a layer's events."""
    total = math.fsum(layer.rates)
    kept, aliases = alias_table([rate / total for rate in layer.rates])
    share = np.rint(np.array(kept) * 2**SHARE_BITS).astype(np.uint64)
    own = _packed_codes(np.array(layer.codes, dtype=np.uint64), layer.arity)
    whole = share >> np.uint64(SHARE_BITS)  # a whole share has one bit too many, so the alias is the event itself
    share, alias = share - whole, np.where(whole == 1, own, own[aliases])
    both = share | own << np.uint64(SHARE_BITS)
    if layer.arity == 1:
        return np.asarray(both | alias << np.uint64(SHARE_BITS + 2 + QUBIT_BITS))
    return np.stack([both, alias], axis=1).ravel()


def _packed_codes(code: Words, arity: int) -> Words:
    """Codes as kernels read them: Paulis, 2 bits a qubit, then qubits, QUBIT_BITS each."""
    paulis, first, second = code & np.uint64(15), code >> np.uint64(4) & np.uint64(0xFFFFFFF), code >> np.uint64(32)
    return np.asarray(paulis | first << np.uint64(2 * arity) | second << np.uint64(2 * arity + QUBIT_BITS))


def merged_noise(ops: Iterable[Instruction], places: Mapping[int, Places], table: LayerTable) -> list[Instruction]:
    """``ops`` with neighbouring LAYER_1 and LAYER_2 merged into one of each, whose param is a layer of ``table``.
    ``places``: (qubits, rates) by the old param."""
    out: list[Instruction] = []
    waiting: dict[int, Places] = {}
    passed: list[Instruction] = []

    def flush() -> None:
        for code in sorted(waiting):
            out.append((code, 0, 0, table.add(1 if code == LAYER_1 else 2, waiting[code])))
        out.extend(passed)
        waiting.clear()
        passed.clear()

    for op in ops:
        if op[0] in (LAYER_1, LAYER_2):
            waiting.setdefault(op[0], []).extend(places[op[3]])
        elif op[0] in _COMMUTE:
            passed.append(op)
        else:
            flush()
            out.append(op)
    flush()
    return with_loop_lengths(out)
