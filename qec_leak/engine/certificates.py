"""certify(circuit): is the frame engine exact for a circuit, and if not, where."""

from __future__ import annotations

from dataclasses import dataclass

import stim

from qec_leak import _checks
from qec_leak.certificate import FirstOrder, first_order
from qec_leak.circuits.arguments import as_circuit, check_loops
from qec_leak.program import Conflict, compile_program


@dataclass(frozen=True)
class Certificate:
    """What is proved of the frame engine for a circuit.

    Attributes:
        exact: frames are exact for any number of leaked qubits: nothing can leak, or all stabilizers are of two kinds
            (``qec_leak.program.css``).
        conflicts: instructions that break the two kinds for qubits that can leak, in order.
        by_rank: for each place where one qubit can leak, and come back, whether frames are exact (by ranks over GF(2));
            None if not asked for. Without failures frames are exact to first order in the leakage.

    Examples:
        >>> from qec_leak import certify
        >>> certify("I_ERROR[LEAKAGE_TRANSITION_1: (0.1, 1-->2)] 0").exact
        True
    """

    exact: bool
    conflicts: tuple[Conflict, ...]
    by_rank: FirstOrder | None

    def __str__(self) -> str:
        lines = ["exact: frames sample this circuit as a tableau a shot does, for any number of leaked qubits"]
        if not self.exact:
            lines = ["not exact in general: stabilizers are not of two kinds where qubits can leak"]
        lines += [f"  line {c.line}: `{c.short}`, tied to qubits {_listed(c.qubits)}" for c in self.conflicts[:20]]
        if len(self.conflicts) > 20:
            lines.append(f"  and {len(self.conflicts) - 20} more lines")
        if self.by_rank is not None:
            lines += _rank_lines(self.by_rank)
        return "\n".join(lines)


def certify(circuit: stim.Circuit | str, *, by_rank: bool | None = None) -> Certificate:
    """Decide without sampling whether frames are exact for a circuit whose leakage is in tags.

    Args:
        circuit: a stim.Circuit or its text.
        by_rank: go through all places where one qubit leaks; None: only where the circuit is not exact as a whole. It
            takes seconds for 20 qubits and 8 rounds, and a minute for 50.

    Returns:
        Whether frames are exact, and the instructions because of which they are not.

    Raises:
        ValueError: the circuit cannot be sampled, or is too large to go through by rank.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> import qec_leak as ql
        >>> ql.certify(ql.memory_experiment(distance=3, rounds=2).circuit).exact
        True
    """
    parsed = as_circuit("circuit", circuit)
    check_loops(parsed)
    if by_rank not in (None, True, False):
        raise TypeError(_checks.broken_rule("by_rank", "be True, False or None", by_rank, "choose one"))
    conflicts = compile_program(parsed).conflicts
    wanted = bool(conflicts) if by_rank is None else by_rank
    return Certificate(not conflicts, conflicts, first_order(parsed) if wanted else None)


def _rank_lines(found: FirstOrder) -> list[str]:
    if not found.failures:
        return [f"exact to first order: all {found.places_checked:,} ways in which one qubit leaks and comes back"]
    lines = [f"wrong to first order in {len(found.failures):,} of {found.places_checked:,} ways in which a qubit leaks"]
    for place in found.failures[:20]:
        until = f"until line {place.returns_at}" if place.returns_at else "for good"
        seen = f"detectors {_listed(place.detectors)}" if place.detectors else "no detector"
        lines.append(f"  line {place.line}: `{place.instruction}`, qubit {place.qubit} {until}: {seen}")
    if len(found.failures) > 20:
        lines.append(f"  and {len(found.failures) - 20} more ways")
    return lines


def _listed(numbers: frozenset[int] | tuple[int, ...]) -> str:
    shown = [str(n) for n in sorted(numbers)[:8]]
    return ", ".join(shown) + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")
