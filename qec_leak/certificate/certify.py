"""first_order(circuit): whether the engine's rule of frames is exact for one leaked qubit at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import stim

from qec_leak import _checks
from qec_leak.certificate.cases import Case, Cases
from qec_leak.certificate.comparison import Comparison
from qec_leak.certificate.operations import Operations, operations_of
from qec_leak.certificate.reference import reference_of
from qec_leak.certificate.spaces import differing_parity, equal_spaces

OUTPUTS = ("detectors", "records")


@dataclass(frozen=True)
class Place:
    """A case in which the frames' outputs have another distribution than the circuit's.

    line, instruction: where the qubit leaves: line in ``str(circuit)``, text without its tag.   qubit: which one.
    returns_at: line where it is back or reset, None if it stays leaked.
    detectors, observables: of a parity of outputs that only one description decides, or that both decide as another
        value (with outputs="records": records). They count in the circuit with shortened REPEAT blocks.
    values: whether the value with which a qubit left or came back, or a sweep bit, is part of that parity.
    other: (line, qubit) where the other qubit leaves, of two.
    """

    line: int
    instruction: str
    qubit: int
    returns_at: int | None
    detectors: tuple[int, ...]
    observables: tuple[int, ...]
    values: bool
    other: tuple[int, int] | None = None


@dataclass(frozen=True)
class FirstOrder:
    """places_checked: cases that were compared.   failures: those that differ."""

    places_checked: int
    failures: tuple[Place, ...]


def first_order(circuit: stim.Circuit, *, outputs: str = "detectors", second_order: bool = False) -> FirstOrder:
    """Compare the rule of frames with the circuit itself, gates of leaked qubits left out, case by case.

    In a case one qubit leaves at some channel, projected on a value, and is leaked up to some later channel or reset
    that can bring it back, or for ever. Noise is ignored: it shifts both descriptions alike. Both give outputs that
    are affine over GF(2) in independent random bits, and the two affine spaces are compared (ranks): (a) frames on a
    reference, (b) a stabilizer tableau with symbolic signs. The values with which the qubit leaves and comes back and
    the sweep bits are outputs too, so rows of channels may be resolved by value. A leaked qubit reads 1.

    REPEAT blocks are shortened to four iterations (the way in, two periods, the way out), or what lookbacks span and
    one more. Places of return are those within one period, or in the whole circuit if nothing repeats. Places between
    the same two operations on a qubit are one. The reference's values may have a longer period than the block has.

    Args:
        outputs: "detectors" compares detectors and observables together; "records" all records.
        second_order: also two leaked qubits that share a two-qubit gate: the second leaves within one period after the
            first, which is leaked still; both stay, or the first or the second comes back, at its first such place
            after that.
    Raises ValueError naming the instruction for what cannot be certified: circuits that are too large, and products
    (MPP, MXX, SPP, ...) of several qubits of which one can be leaked.
    """
    _checks.check_choice("outputs", outputs, OUTPUTS)
    operations = operations_of(circuit, outputs)
    reference = reference_of(operations)
    checked, failures = 0, []
    comparison = Comparison(operations, reference)
    for case in _cases(operations, second_order):
        checked += 1
        a, b = comparison.maps(case)
        if not equal_spaces(a, b):
            failures.append(_place(case, differing_parity(a, b), operations, outputs))
    return FirstOrder(checked, tuple(failures))


def _cases(operations: Operations, second_order: bool) -> Iterator[Case]:
    cases = Cases(operations)
    yield from cases.one()
    if second_order:
        yield from sorted(cases.two(), key=lambda case: case.events)


def _place(case: Case, parity: list[int], operations: Operations, outputs: str) -> Place:
    spot, other = case.leaves[0], case.leaves[1:]
    detectors, all_outputs = operations.num_detectors, len(operations.parities)
    return Place(
        line=spot.line.number,
        instruction=spot.line.text,
        qubit=spot.qubit,
        returns_at=case.back.number if case.back else None,
        detectors=tuple(k for k in parity if k < detectors),
        observables=tuple(operations.observables[k - detectors] for k in parity if detectors <= k < all_outputs),
        values=any(k >= all_outputs for k in parity),
        other=(other[0].line.number, other[0].qubit) if other else None,
    )
