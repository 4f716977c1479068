"""Turns steps into the flat tables of the kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qec_leak._checks import broken_rule
from qec_leak.exact import kernels
from qec_leak.exact.kernels import State, Tables
from qec_leak.exact.steps import Channel, Controlled, Matrix, Measure, Scramble, Step

MAX_STATES = 2**24
"""Basis states of a state vector: 2**24 take 0.7 GB."""
_TINY = 1e-14


class _Builder:
    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.steps: list[tuple[int, int, int, int]] = []
        self.channels: list[tuple[int, int, int]] = []
        self.operators: list[Matrix] = []
        self.readouts: list[tuple[float, ...]] = []
        self.known: dict[bytes, int] = {}

    def channel(self, kraus: Sequence[Matrix]) -> int:
        """Index of a channel, stored once. Likely branches come first."""
        key = b"".join([np.int64(kraus[0].shape[0]).tobytes(), *(k.tobytes() for k in kraus)])
        if key not in self.known:
            weights = [np.einsum("ij,ik->jk", k.conj(), k) for k in kraus]
            for w in weights:
                if np.abs(w - np.diag(np.diag(w))).max() > 1e-9:
                    raise ValueError(
                        broken_rule("kraus", "have diagonal K^dagger K", "other", "split it into such operators")
                    )
            order = sorted(range(len(kraus)), key=lambda i: -float(np.trace(weights[i]).real))
            fixed = all(np.ptp(np.diag(w).real) < _TINY for w in weights)
            self.known[key] = len(self.channels)
            self.channels.append((len(self.operators), len(kraus), int(fixed)))
            self.operators += [kraus[i] for i in order]
        return self.known[key]

    def readout(self, one_given: Sequence[float]) -> int:
        row = tuple(map(float, one_given))
        if row not in self.readouts:
            self.readouts.append(row)
        return self.readouts.index(row)

    def add(self, step: Step) -> None:
        if isinstance(step, Channel):
            code = kernels.KRAUS_1 if len(step.qubits) == 1 else kernels.KRAUS_2
            self.steps.append((code, step.qubits[0], step.qubits[-1], self.channel(step.kraus)))
        elif isinstance(step, Scramble):
            self.steps.append((kernels.SCRAMBLE, step.qubit, 0, 0))
        elif isinstance(step, Measure):
            self.steps.append((kernels.MEASURE, step.qubit, 0, self.readout(step.one_given.tolist())))
        elif isinstance(step, Controlled):
            code = kernels.SWEEP if step.source == "sweep" else kernels.FEEDBACK
            self.steps.append((code, step.qubit, step.bit, self.channel((step.unitary,))))
        else:
            code = kernels.SNAPSHOT_ROUND if step.tagged else kernels.SNAPSHOT_MOMENT
            self.steps.append((code, 0, 0, 0))

    def tables(self, num_qubits: int) -> Tables:
        levels, count = self.levels, len(self.operators)
        weight, diagonal = np.zeros((count, levels**2)), np.zeros((count, levels**2), dtype=complex)
        kind = np.zeros(count, dtype=np.int8)
        first = np.zeros((count, levels**2 + 1), dtype=np.int32)
        rows: list[int] = []
        values: list[complex] = []
        for k, operator in enumerate(self.operators):
            size = operator.shape[0]
            main = np.diag(operator)
            weight[k, :size] = np.sum(np.abs(operator) ** 2, axis=0)
            diagonal[k, :size] = main
            if np.abs(operator - np.diag(main)).max() > _TINY or np.abs(main).min() < _TINY:
                kind[k] = 2
                for j in range(size):
                    first[k, j] = len(rows)
                    for i in np.flatnonzero(np.abs(operator[:, j]) > _TINY):
                        rows.append(int(i))
                        values.append(complex(operator[i, j]))
                first[k, size:] = len(rows)
            else:
                kind[k] = 0 if np.abs(main - main[0]).max() < _TINY else 1
        strides = levels ** np.arange(num_qubits, dtype=np.int64)
        return Tables(
            steps=np.array(self.steps, dtype=np.int32).reshape(-1, 4),
            channels=np.array(self.channels, dtype=np.int32).reshape(-1, 3),
            weight=weight,
            kind=kind,
            diagonal=diagonal,
            first=first,
            row=np.array(rows, dtype=np.int32),
            value=np.array(values, dtype=complex),
            one_given=np.array(self.readouts, dtype=float).reshape(-1, levels),
            strides=strides,
            level=np.stack([(np.arange(levels**num_qubits) // s % levels).astype(np.uint8) for s in strides]),
            levels=levels,
        )


def make_tables(steps: Sequence[Step], num_qubits: int, levels: int) -> Tables:
    """Tables of ``steps`` on qubits 0..num_qubits - 1. Raises ValueError if the state does not fit into memory."""
    if levels**num_qubits > MAX_STATES:
        rule = f"have at most {MAX_STATES} states (levels ** qubits)"
        fix = "use a smaller code (or, in Python, levels=4)"
        raise ValueError(broken_rule("circuit", rule, f"{levels} ** {num_qubits}", fix))
    builder = _Builder(levels)
    for step in steps:
        builder.add(step)
    return builder.tables(num_qubits)


def make_state(tables: Tables, *, tape_depth: int | None = None) -> State:
    """Scratch for one worker; ``tape_depth``: number of choices a tape can hold, None to draw them."""
    size = tables.levels ** len(tables.strides)
    depth = 1 if tape_depth is None else tape_depth
    most = int(max([2, *tables.channels[:, 1].tolist()]))
    return State(
        amplitude=np.zeros((2, size), dtype=complex),
        active=np.zeros((2, size), dtype=np.int32),
        mark=np.full(size, -1, dtype=np.int32),
        now=np.zeros(3, dtype=np.int64),
        weights=np.zeros(most),
        populations=np.zeros(tables.levels**2),
        rng=np.zeros(2, dtype=np.uint64),
        tape=np.zeros((3, depth), dtype=np.int64),
        tape_size=np.array([-1 if tape_depth is None else 0, 0], dtype=np.int64),
        chance=np.zeros(depth),
    )
