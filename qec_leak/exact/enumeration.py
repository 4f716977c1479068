"""All branches of the trajectories of a small circuit: their expectation without sampling.

The kernel that samples is run once for every sequence of choices that it can make (which Kraus operator, which level,
which sign, which recorded bit), steered by a tape; the probabilities are those that it would have drawn with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qec_leak.exact.density import Expectation
from qec_leak.exact.kernels import run_shot
from qec_leak.exact.steps import Measure, Snapshot, Step
from qec_leak.exact.tables import make_state, make_tables


def enumerate_trajectories(
    steps: Sequence[Step], num_qubits: int, levels: int, *, sweep_bits: Sequence[int] = (), most: int = 1_000_000
) -> Expectation:
    """Expectation over every branch, with all snapshots. Raises ValueError if there are more than ``most`` branches."""
    tables = make_tables(steps, num_qubits, levels)
    measurements = sum(isinstance(step, Measure) for step in steps)
    snapshots = sum(isinstance(step, Snapshot) for step in steps)
    state = make_state(tables, tape_depth=len(steps) * (levels + 1) + 1)
    records, heralds = np.zeros((1, measurements), dtype=np.uint8), np.zeros((1, measurements), dtype=np.uint8)
    sweep, counts = np.array([sweep_bits], dtype=np.uint8), np.zeros((0, 0, 0), dtype=np.int64)
    outcomes: dict[tuple[int, ...], float] = {}
    population = np.zeros((snapshots, num_qubits, 2))
    for _ in range(most):
        state.tape_size[1] = 0
        here = np.zeros_like(population)
        run_shot(tables, state, 2, 0, sweep, records, heralds, counts, here)
        used = int(state.tape_size[1])
        probability = float(np.prod(state.chance[:used]))
        record = tuple(map(int, records[0]))
        outcomes[record] = outcomes.get(record, 0.0) + probability
        population += probability * here
        open_ends = np.flatnonzero(state.tape[2, :used] >= 0)
        if len(open_ends) == 0:
            return Expectation(outcomes, population)
        last = open_ends[-1]
        state.tape[0, :last] = state.tape[1, :last]
        state.tape[0, last] = state.tape[2, last]
        state.tape_size[0] = last + 1
    raise ValueError(f"`steps` must have at most {most} branches, but have more; use fewer noisy steps")
