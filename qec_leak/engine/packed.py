"""A Program's tables as kernels gather them: by the row, so as words, each with all that is needed of an entry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qec_leak.program import SHARE_BITS, Program

Words = npt.NDArray[np.uint64]

QUBIT_WORDS = 80
"""Words from one qubit's planes to the next. A power of two would put the same plane of all qubits in the same sets of
the caches."""

QUBIT_BITS = 19
"""Bits of a qubit in a code of an event, so that two codes of one qubit and a share are a word."""


ROWS = 36
"""Rows of a class of a site."""


def _beside(low: npt.NDArray[np.generic], high: npt.NDArray[np.generic], bits: int) -> Words:
    return low.astype(np.uint64) | high.astype(np.uint64) << np.uint64(bits)


def _codes(code: Words, arity: int) -> Words:
    """Program's codes of events as kernels read them: Paulis, 2 bits a qubit, then qubits, QUBIT_BITS each."""
    paulis, first, second = code & 15, code >> 4 & 0xFFFFFFF, code >> 32
    return np.asarray(paulis | first << 2 * arity | second << 2 * arity + QUBIT_BITS, dtype=np.uint64)


def _packed_events(program: Program) -> tuple[Words, npt.NDArray[np.int64]]:
    """``event`` and ``layer_start`` of ``packed_tables``."""
    layers: list[Words] = [np.zeros(0, dtype=np.uint64)]
    for first, size, arity in zip(program.layer_start, program.layer_size, program.layer_arity.tolist(), strict=True):
        share, own, alias = program.event[first : first + size].T
        own, alias = _codes(own, arity), _codes(alias, arity)
        whole = share >> SHARE_BITS  # which has one bit too many: the alias is the event itself instead
        share, alias = share - whole, np.where(whole == 1, own, alias)
        both = share | own << SHARE_BITS
        layers.append(both | alias << SHARE_BITS + 2 + QUBIT_BITS if arity == 1 else np.stack([both, alias], 1).ravel())
    words = program.layer_size * program.layer_arity
    return np.concatenate(layers), np.cumsum(words) - words


def packed_tables(program: Program) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays of Tables (engine/kernels/layout.py), all of one dimension and, but for layer_start, uint64.

    event: Program.event. Events on one qubit are a word each: share, own code, alias; those on two are two: share and
        own code, alias. Codes: ``_codes``. layer_start: int64 (layers,): where a layer begins, in words.
    site_coin: Program.site_coin.
    transmon: (targets,): of targets of a channel: the value, 2 bits; where the planes begin, as an index of words.
    site_acts: (3 sites,): bit r is Program.site_acts of row r. site_table: (CLASSES ROWS sites,): Program.site_row,
        and Program.site_size from bit 32.
    branch_does: (entries,): Program.branch_action: an entry's own from bit 0, its alias from bit 16.
    Raises ValueError for more qubits than QUBIT_BITS can tell apart.
    """
    if len(program.qubits) > 1 << QUBIT_BITS:
        raise ValueError(
            f"the circuit must act on at most {1 << QUBIT_BITS:,} qubits, but acts on {len(program.qubits):,}; split it"
        )
    planes = program.targets.astype(np.int64) * QUBIT_WORDS
    rows = np.arange(program.site_acts.shape[2], dtype=np.uint64)
    event, layer_start = _packed_events(program)
    return {
        "event": event,
        "layer_start": layer_start,
        "site_coin": program.site_coin.ravel(),
        "transmon": _beside(program.values & 3, planes, 2),
        "site_acts": (program.site_acts.astype(np.uint64) << rows).sum(axis=2, dtype=np.uint64).ravel(),
        "site_table": _beside(program.site_row, program.site_size, 32).ravel(),
        "branch_does": _beside(program.branch_action[:, 0], program.branch_action[:, 1], 16),
    }
