"""Leakage removal strategies: what ends a round, and how detectors compare rounds."""

from __future__ import annotations

from enum import StrEnum

from qec_leak._checks import check_choice


class Strategy(StrEnum):
    """What happens to leakage at the end of a round (Miao et al., arXiv:2211.04728, Fig. 3).

    NO_RESET: nothing; measure qubits go on from the state that was measured.
    MLR: multi-level reset of the measure qubits.
    DQLR: MLR, then a Leakage iSWAP on pairs of data and measure qubits, then a second reset.
    """

    NO_RESET = "NO_RESET"
    MLR = "MLR"
    DQLR = "DQLR"

    @classmethod
    def parse(cls, text: str) -> Strategy:
        """The strategy called ``text``; case does not matter, and ``-`` is as good as ``_``."""
        name = text.strip().upper().replace("-", "_") if isinstance(text, str) else text
        return cls(check_choice("strategy", name, tuple(member.value for member in cls)))

    @property
    def resets_measure_qubits(self) -> bool:
        """True if every round starts with measure qubits in 0."""
        return self is not Strategy.NO_RESET

    @property
    def removes_data_leakage(self) -> bool:
        """True if the strategy moves leakage off the data qubits."""
        return self is Strategy.DQLR

    @property
    def detector_lookback(self) -> int:
        """How many rounds back a detector looks: m_t is compared with m_(t - lookback).

        Without reset m_t is the running parity of all syndromes so far, m_t = m_(t-1) + s_t mod 2, so that the
        comparison of two syndromes, s_t + s_(t-1), is m_t + m_(t-2): the next neighbour in time.
        """
        return 1 if self.resets_measure_qubits else 2
