"""LeakageChannel: a complete, validated, read-only table of what an operation does to transmon levels.

The table is a read-only view of a private dict.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Label = int | Literal["C"]
"""Level label of one transmon: ``"C"`` computational with unknown value, 0 and 1 a known Z value, 2 and 3 leaked."""

Row = tuple[Label, ...]

LABELS: tuple[Label, ...] = ("C", 0, 1, 2, 3)
LEAKED_LABELS = (2, 3)
ROW_SUM_TOLERANCE = 1e-9


def is_leaked(label: Label) -> bool:
    """True for the labels 2 and 3."""
    return label in LEAKED_LABELS


@dataclass(frozen=True, slots=True)
class Transition:
    """One branch of a row: what happens with ``probability`` to transmons that arrive with the row's labels.

    Attributes:
        probability: probability of the branch.
        outgoing: label of each transmon afterwards. A transmon that arrives as ``"C"`` and stays computational is
            ``"C"`` afterwards. A transmon that arrives with a known value (0, 1) and stays computational has a known
            value afterwards. A transmon that returns from leakage is ``"C"``, with its value in ``returned_with``.
        pauli: one of I, X, Y, Z for each transmon. It is I unless the transmon is ``"C"`` before and after.
        left_with: the computational value from which a transmon leaked, else None.
        returned_with: the computational value with which a transmon came back, else None.

    Examples:
        >>> leak = Transition(0.1, (2,), "I", (1,), (None,))
        >>> leak.is_identity(("C",))
        False
    """

    probability: float
    outgoing: Row
    pauli: str
    left_with: tuple[int | None, ...]
    returned_with: tuple[int | None, ...]

    def is_identity(self, incoming: Row) -> bool:
        """True if transmons that arrive as ``incoming`` are left as they were.

        Args:
            incoming: one label a transmon.

        Returns:
            Whether nothing happens.
        """
        return self.outgoing == incoming and not self.pauli.strip("I")


def identity_transition(incoming: Row, probability: float = 1.0) -> Transition:
    """The branch that leaves transmons in ``incoming`` as they are."""
    none = (None,) * len(incoming)
    return Transition(probability, incoming, "I" * len(incoming), none, none)


def all_rows(num_qubits: int) -> Iterator[Row]:
    """Every tuple of incoming labels of a channel on ``num_qubits`` transmons."""
    return itertools.product(LABELS, repeat=num_qubits)


class LeakageChannel:
    """A generalised Pauli channel on k transmons (physics: Wood and Gambetta, arXiv:1704.03081; Miao et al. S1).

    For every tuple of incoming labels in {C, 0, 1, 2, 3}^k it holds a complete distribution over transitions. A channel
    with a missing row, or a row that does not sum to 1, cannot be constructed. Instances are immutable, hashable and
    compare by value.

    Args:
        num_qubits: number of transmons, 1 or 2.
        rows: transitions by incoming labels, one entry for each of 5^num_qubits rows.

    Raises:
        ValueError: a row is missing, unknown, does not sum to 1 or has an impossible branch; the message names it.

    Examples:
        >>> from qec_leak import parse_tag
        >>> channel = parse_tag("LEAKAGE_TRANSITION_1: (0.1, 1-->2) (0.05, 2-->1)").channel
        >>> round(channel.leakage_rate, 6), round(channel.seepage_rate, 6)
        (0.05, 0.05)
    """

    __slots__ = ("_hash", "_num_qubits", "_rows")
    _hash: int  # made when first asked for: caches of what follows from a channel ask often
    _num_qubits: int
    _rows: Mapping[Row, tuple[Transition, ...]]

    def __init__(self, num_qubits: int, rows: Mapping[Row, Iterable[Transition]]) -> None:
        """See the class."""
        if num_qubits not in (1, 2):
            raise ValueError(f"`num_qubits` must be 1 or 2, but is {num_qubits!r}; split the operation into such parts")
        wanted = list(all_rows(num_qubits))
        missing = [row for row in wanted if row not in rows]
        if missing:
            raise ValueError(
                f"`rows` must hold every incoming label, but {missing[0]!r} is missing; add its transitions"
            )
        unknown = [row for row in rows if row not in set(wanted)]
        if unknown:
            raise ValueError(
                f"`rows` must be keyed by {num_qubits} labels of {LABELS!r}, but has {unknown[0]!r}; rename it"
            )
        table = {row: tuple(t for t in rows[row] if t.probability != 0.0) for row in wanted}
        for row, transitions in table.items():
            _check_row(row, transitions)
        object.__setattr__(self, "_num_qubits", num_qubits)
        object.__setattr__(self, "_rows", MappingProxyType(table))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a LeakageChannel is immutable, but `{name}` was assigned; build a new channel instead")

    def __reduce__(self) -> tuple[type[LeakageChannel], tuple[int, dict[Row, tuple[Transition, ...]]]]:
        return LeakageChannel, (self._num_qubits, dict(self._rows))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LeakageChannel):
            return NotImplemented
        return self._num_qubits == other._num_qubits and dict(self._rows) == dict(other._rows)

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash((self._num_qubits, tuple(self._rows.items()))))
            return self._hash

    def __repr__(self) -> str:
        return (
            f"LeakageChannel(num_qubits={self._num_qubits}, leakage_rate={self.leakage_rate:.3g}, "
            f"seepage_rate={self.seepage_rate:.3g})"
        )

    @property
    def num_qubits(self) -> int:
        """Number of transmons, 1 or 2."""
        return self._num_qubits

    @property
    def rows(self) -> Mapping[Row, tuple[Transition, ...]]:
        """All transitions by incoming labels (read-only)."""
        return self._rows

    def transitions(self, incoming: Iterable[Label]) -> tuple[Transition, ...]:
        """Transitions of transmons that arrive with labels ``incoming``; their probabilities sum to 1.

        Args:
            incoming: one label per transmon, e.g. ``(2, "C")``; "C" averages over the values 0 and 1.

        Returns:
            The transitions of the row.

        Raises:
            ValueError: there is no such row.
        """
        row = tuple(incoming)
        if row not in self._rows:
            raise ValueError(
                f"`incoming` must be {self._num_qubits} labels of {LABELS!r}, but is {row!r}; give one label a transmon"
            )
        return self._rows[row]

    @property
    def _computational_row(self) -> Row:
        return tuple("C" for _ in range(self._num_qubits))

    @property
    def leakage_rate(self) -> float:
        """L1: probability that at least one transmon is leaked after computational input (Wood and Gambetta, eq. 5)."""
        row = self._computational_row
        return math.fsum(t.probability for t in self._rows[row] if any(map(is_leaked, t.outgoing)))

    @property
    def seepage_rate(self) -> float:
        """L2: probability that input with at least one leaked transmon becomes computational, averaged over the labels
        {C, 2}^k (Wood and Gambetta, eq. 6, restricted to the first leaked level)."""
        labels: tuple[Label, ...] = ("C", 2)
        weights = []
        for row in itertools.product(labels, repeat=self._num_qubits):
            if any(map(is_leaked, row)):
                states = 2.0 ** sum(label == "C" for label in row)
                back = math.fsum(t.probability for t in self._rows[row] if not any(map(is_leaked, t.outgoing)))
                weights.append((states, back))
        return math.fsum(s * b for s, b in weights) / math.fsum(s for s, _ in weights)

    def pauli_probabilities(self) -> dict[str, float]:
        """Probabilities of the Paulis (identity included) on computational input that stays computational."""
        out: dict[str, float] = {}
        row = self._computational_row
        for t in self._rows[row]:
            if t.outgoing == row:
                out[t.pauli] = out.get(t.pauli, 0.0) + t.probability
        return out

    def leakage_part(self) -> LeakageChannel:
        """The channel with the branches that keep all transmons computational replaced by the identity. A circuit
        carries them as ordinary Pauli noise beside the tag."""
        rows: dict[Row, list[Transition]] = {}
        for row, transitions in self._rows.items():
            if any(map(is_leaked, row)):
                rows[row] = list(transitions)
                continue
            leaving = [t for t in transitions if any(map(is_leaked, t.outgoing))]
            rows[row] = [identity_transition(row, 1.0 - math.fsum(t.probability for t in leaving)), *leaving]
        return LeakageChannel(self._num_qubits, rows)

    def without_branches_below(self, probability: float) -> LeakageChannel:
        """The channel with branches less likely than ``probability`` turned into the identity.

        Args:
            probability: branches below it are dropped.

        Returns:
            The new channel.
        """
        rows: dict[Row, list[Transition]] = {}
        for row, transitions in self._rows.items():
            kept = [t for t in transitions if t.probability >= probability and not t.is_identity(row)]
            rows[row] = [*kept, identity_transition(row, 1.0 - math.fsum(t.probability for t in kept))]
        return LeakageChannel(self._num_qubits, rows)

    @classmethod
    def identity(cls, num_qubits: int) -> LeakageChannel:
        """The channel that does nothing.

        Args:
            num_qubits: number of transmons, 1 or 2.

        Returns:
            The channel.
        """
        return cls(num_qubits, {row: (identity_transition(row),) for row in all_rows(num_qubits)})


def _check_row(row: Row, transitions: tuple[Transition, ...]) -> None:
    for t in transitions:
        if not 0.0 <= t.probability <= 1.0 + ROW_SUM_TOLERANCE:
            raise ValueError(
                f"a transition of row {row!r} must have a probability in [0, 1], but has {t.probability!r}; correct it"
            )
        parts = zip(row, t.outgoing, t.pauli, t.left_with, t.returned_with, strict=True)
        for before, after, pauli, left, returned in parts:
            if not _possible(before, after, pauli, left, returned):
                raise ValueError(
                    f"a transition of row {row!r} must be possible, but has label {before!r} -> {after!r} with Pauli "
                    f"{pauli!r}, left_with {left!r}, returned_with {returned!r}; see Transition"
                )
    total = math.fsum(t.probability for t in transitions)
    if abs(total - 1.0) > ROW_SUM_TOLERANCE:
        raise ValueError(f"row {row!r} must sum to 1, but sums to {total!r}; add the missing branches")


def _possible(before: Label, after: Label, pauli: str, left: int | None, returned: int | None) -> bool:
    if pauli not in "IXYZ" or len(pauli) != 1 or after not in LABELS:
        return False
    if is_leaked(before):
        if is_leaked(after):
            return pauli == "I" and left is None and returned is None
        return after == "C" and pauli == "I" and left is None and returned in (0, 1)
    if returned is not None:
        return False
    if is_leaked(after):
        return pauli == "I" and (left == before if before != "C" else left in (0, 1))
    if before == "C":
        return after == "C" and left is None
    return after in (0, 1) and pauli == "I" and left is None
