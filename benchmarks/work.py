"""What a sampler does for a qubit, round and shot: events handled, random words drawn, words moved. Counted, not timed.

python -m benchmarks.work [--distance 5]
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

import qec_leak as ql
from benchmarks.levels import LEVELS, memory_of
from qec_leak.engine.kernels import BLOCK_SHOTS
from qec_leak.engine.plan import plan_of
from qec_leak.engine.plan.codes import LAYER_1, LAYER_2, UNREAD
from qec_leak.engine.plan.tables import PlanTables
from qec_leak.engine.simd.vectors import WORDS
from qec_leak.program import Op

ROUNDS = 30
_TOUCHED = {Op.H: 4, Op.S: 3, Op.SQRT_X: 3, Op.CZ: 6, Op.RESET: 2, Op.MEASURE: 3, Op.DETECTOR: 3}
"""Words read and written per word of shots, a target (a pair for CZ)."""


def times_run(tables: PlanTables) -> list[int]:
    """How often each operation runs in a shot."""
    times, stack, now = [], [], 1
    for op, _, _, param in tables.ops.tolist():
        if op == Op.LOOP_BEGIN:
            stack.append(now)
            now *= int(tables.loop_counts[param])
        times.append(now)
        if op == Op.LOOP_END:
            now = stack.pop()
    return times


def work_of(level: str, distance: int) -> dict[str, float]:
    """Per qubit, round and shot: events of each kind, leaked shots at two-transmon channels, and words touched."""
    memory = memory_of(level, distance, ROUNDS, ql.Device.preset("miao2023"))
    sampler = ql.compile_sampler(memory.circuit, seed=1)
    program = sampler.program
    plan = plan_of(program)
    tables, expected = plan.tables, np.nan_to_num(plan.expected)
    leaked = sampler.sample(8 * BLOCK_SHOTS).leakage_population.mean(axis=0)
    work: Counter[str] = Counter()
    for (op, start, count, _), times, events in zip(tables.ops.tolist(), times_run(tables), expected, strict=True):
        kind = {LAYER_1: "Pauli, one qubit", LAYER_2: "Pauli, two qubits", int(Op.MEASURE): "record flips"}.get(op)
        if op in (Op.CHANNEL_1, Op.CHANNEL_2):
            kind = "visits by channels"
        if kind is not None:
            work[kind] += times * events / BLOCK_SHOTS
        if op == Op.CHANNEL_2:
            work["leaked shots at two-transmon channels"] += times * leaked[tables.targets[start : start + count]].sum()
        places = count // 2 if op == Op.CZ else count
        unread = tables.values[start : start + count] & UNREAD if op in (Op.RESET, Op.MEASURE) else 0
        work["words touched, of 64 shots"] += times * (places * _TOUCHED.get(op, 0) - np.count_nonzero(unread))
    norm = program.num_qubits * ROUNDS
    return {kind: total / norm for kind, total in work.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--distance", type=int, default=5)
    args = parser.parse_args()
    works = {level: work_of(level, args.distance) for level in LEVELS}
    kinds = list(dict.fromkeys(kind for work in works.values() for kind in work))
    print(f"| per qubit, round and shot, d = {args.distance} | {' | '.join(works)} |")
    print("|---" * (len(works) + 1) + "|")
    for kind in kinds:
        print(f"| {kind} | {' | '.join(f'{work.get(kind, 0.0):.3g}' for work in works.values())} |")
    print(f"\nA block is {WORDS} words of 64 shots.")


if __name__ == "__main__":
    main()
