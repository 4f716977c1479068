"""A strategy is a value: its name, and the operations that end a round on a patch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import stim

from qec_leak.circuits.patch import Patch


class Strategy(ABC):
    """A strategy of leakage removal: the operations that end a round.

    The built-in ones are ``Strategy.NO_RESET``, ``Strategy.MLR`` and ``Strategy.DQLR`` (Miao et al., arXiv:2211.04728,
    Fig. 3). A subclass defines these operations (docs/extending.md). Detectors follow from them. The outcome m_t of a
    measure qubit that was reset is the syndrome s_t. Without a reset it is the parity of all syndromes so far, m_t =
    m_(t-1) + s_t mod 2. A detector is always s_t + s_(t-1) mod 2.

    Examples:
        >>> from qec_leak import surface_patch
        >>> print(Strategy.MLR.end_of_round(surface_patch(3), 1))
        R 9 10 11 12 13 14 15 16
    """

    NO_RESET: ClassVar[Strategy]
    MLR: ClassVar[Strategy]
    DQLR: ClassVar[Strategy]

    @property
    def name(self) -> str:
        """Its name in results and pictures."""
        return type(self).__name__

    @property
    def period(self) -> int:
        """Number of rounds after which the ends of rounds repeat."""
        return 1

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the qubits in its circuits. Add "removal" for a strategy that uses removal qubits."""
        return ("data", "measure")

    @abstractmethod
    def end_of_round(self, patch: Patch, number: int) -> stim.Circuit:
        """Ideal operations that end a round, between its measurement and the next round.

        They are one-qubit Cliffords, CZ, CX, resets, and ``II[LEAKAGE_ISWAP] data partner``, without noise. TICKs
        separate moments; there is none before the first moment or after the last. With an empty circuit a round ends
        right after its measurement. Data qubits end as they began. Each measure qubit ends in 0 or as it was measured.

        Args:
            patch: the layout of the qubits.
            number: the round, 1 <= number <= period; the first round is 1.

        Returns:
            The operations.
        """

    def removing_every(self, rounds: int) -> Strategy:
        """The strategy that removes leakage of data qubits only in some rounds (``dqlr_every``).

        Args:
            rounds: leakage is removed in rounds whose number is a multiple of this.

        Returns:
            The strategy; the same one if it removes no leakage of data qubits.
        """
        return self

    def __str__(self) -> str:
        return self.name

    def __format__(self, spec: str) -> str:
        return format(self.name, spec)
