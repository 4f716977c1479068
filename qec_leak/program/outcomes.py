"""Outcomes of Stim's Pauli noise: what it does to frames, with which probability."""

from __future__ import annotations

from collections.abc import Sequence

_PAULI_BITS = (0, 1, 3, 2)
"""Frame bits (x, 2 z) of I, X, Y, Z."""


def pauli_outcomes(name: str, args: Sequence[float]) -> list[tuple[int, float]]:
    """Outcomes (frame bits, probability) of one of Stim's Pauli noise instructions."""
    if name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
        return [(_PAULI_BITS["IXYZ".index(name[0])], args[0])]
    if name == "DEPOLARIZE1":
        return [(b, args[0] / 3) for b in _PAULI_BITS[1:]]
    if name == "PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS[1:], args, strict=True))
    if name == "HERALDED_ERASE":
        return [(b, args[0] / 4) for b in _PAULI_BITS]
    if name == "HERALDED_PAULI_CHANNEL_1":
        return list(zip(_PAULI_BITS, args, strict=True))
    pairs = [a | (b << 2) for a in _PAULI_BITS for b in _PAULI_BITS][1:]
    if name == "DEPOLARIZE2":
        return [(b, args[0] / 15) for b in pairs]
    assert name == "PAULI_CHANNEL_2", name
    return list(zip(pairs, args, strict=True))
