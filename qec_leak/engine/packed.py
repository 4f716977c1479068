"""A Program's tables as kernels gather them: by the row, so as words, each with all that is needed of an entry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qec_leak.program import QUBIT_WORDS, Program

Words = npt.NDArray[np.uint64]


def _beside(low: npt.NDArray[np.generic], high: npt.NDArray[np.generic], bits: int) -> Words:
    return low.astype(np.uint64) | high.astype(np.uint64) << np.uint64(bits)


def packed_tables(program: Program) -> dict[str, Words]:
    """Arrays of Tables (engine/kernels/layout.py), all uint64 and of one dimension.

    event: Program.event, three words an event. site_coin: Program.site_coin.
    transmon: (targets,): where the planes of the target begin, as an index of words, from bit 2; its value below.
    site_acts: (3 sites,): bit r is Program.site_acts of row r. site_table: (108 sites,): Program.site_row, and
        Program.site_size from bit 32.
    branch_does: (entries,): Program.branch_action: an entry's own from bit 0, its alias from bit 16.
    """
    planes = program.targets.astype(np.int64) * QUBIT_WORDS
    rows = np.arange(program.site_acts.shape[2], dtype=np.uint64)
    return {
        "event": program.event.ravel(),
        "site_coin": program.site_coin.ravel(),
        "transmon": _beside(program.values & 3, planes, 2),
        "site_acts": (program.site_acts.astype(np.uint64) << rows).sum(axis=2, dtype=np.uint64).ravel(),
        "site_table": _beside(program.site_row, program.site_size, 32).ravel(),
        "branch_does": _beside(program.branch_action[:, 0], program.branch_action[:, 1], 16),
    }
