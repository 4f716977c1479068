"""Builder: the tables of a Program, filled instruction by instruction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from qec_leak.tableau.gates import gate_table
from qec_leak.tableau.grammar import Tag
from qec_leak.tableau.program import Op, Program
from qec_leak.tableau.tables import LABELS, channel_draws

_STRIDE = len(LABELS)


class Builder:
    """Appends operations; equal noise, channels, readouts and resets are kept once."""

    def __init__(self) -> None:
        self.ops: list[tuple[int, int, int, int, int]] = []
        self.targets: list[int] = []
        self.compact: dict[int, int] = {}
        self.gaps: list[float] = []
        self.chances: list[float] = []
        self.noise: dict[tuple[tuple[int, float], ...], int] = {}
        self.noise_gap: list[int] = []
        self.noise_rows = [0]
        self.noise_cum: list[float] = []
        self.noise_pauli: list[int] = []
        self.channels: dict[int, tuple[int, Tag]] = {}  # the tag is kept, so that its id stays its own
        self.channel_gap: list[int] = []
        self.channel_rows: list[list[int]] = []
        self.channel_cum: list[float] = []
        self.channel_actions: list[tuple[int, int]] = []
        self.readouts: dict[tuple[float, float, float, float], int] = {}
        self.readout_gap: list[int] = []
        self.level_readouts: dict[tuple[float, float, float, float], int] = {}
        self.resets: dict[tuple[float, ...], int] = {}
        self.depth = self.max_depth = 0

    def qubit(self, q: int) -> int:
        """Compact index of a qubit."""
        return self.compact.setdefault(q, len(self.compact))

    def op(self, op: Op, targets: Iterable[int] = (), param: int = 0) -> None:
        start = len(self.targets)
        self.targets.extend(targets)
        stream = -1
        if op in (Op.NOISE_1, Op.NOISE_2, Op.HERALDED):
            stream = self.noise_gap[param]
        elif op in (Op.CHANNEL_1, Op.CHANNEL_2):
            stream = self.channel_gap[param]
        elif op == Op.MEASURE:
            stream = self.readout_gap[param]
        self.ops.append((int(op), start, len(self.targets) - start, param, stream))

    def begin_loop(self, times: int) -> None:
        self.op(Op.LOOP_BEGIN, param=times)
        self.depth += 1
        self.max_depth = max(self.max_depth, self.depth)

    def end_loop(self, first: int) -> None:
        """``first``: index of the first operation of the body."""
        self.op(Op.LOOP_END, param=first)
        self.depth -= 1

    def chance(self, p: float) -> int:
        self.chances.append(p)
        return len(self.chances) - 1

    def _gap(self, p: float) -> int:
        self.gaps.append(p)
        return len(self.gaps) - 1

    def add_noise(self, outcomes: Sequence[tuple[int, float]]) -> int:
        """Index of noise with these (Pauli code, probability) outcomes."""
        kept = tuple((code, p) for code, p in outcomes if p > 0)
        if kept not in self.noise:
            total = sum(p for _, p in kept)
            self.noise[kept] = len(self.noise)
            self.noise_gap.append(self._gap(min(total, 1.0)))
            self.noise_cum += list(itertools.accumulate(p / total for _, p in kept))
            self.noise_pauli += [code for code, _ in kept]
            self.noise_rows.append(len(self.noise_cum))
        return self.noise[kept]

    def add_channel(self, tag: Tag) -> int:
        """Index of the channel of a tag. Raises ValueError for rows that cannot be probabilities."""
        if id(tag) not in self.channels:
            draws = channel_draws(tag)
            starts, most = [], 0.0
            for a, b in itertools.product(range(_STRIDE), repeat=2):
                starts.append(len(self.channel_cum))
                if tag.arity == 1 and a > 0:  # one qubit: rows of (0, its label) only
                    continue
                labels = LABELS[b] if tag.arity == 1 else LABELS[a] + LABELS[b]
                draw = draws[labels]
                self.channel_cum += list(itertools.accumulate(draw.probabilities))
                self.channel_actions += [(0 if tag.arity == 1 else x[0], x[-1]) for x in draw.actions]
                if not set(labels) & {"2", "3"}:
                    most = max(most, sum(draw.probabilities))
            self.channel_rows.append([*starts, len(self.channel_cum)])
            self.channel_gap.append(self._gap(min(most, 1.0)))
            self.channels[id(tag)] = len(self.channels), tag
        return self.channels[id(tag)][0]

    def add_readout(self, one_given_0: float, zero_given_1: float, one_given_2: float, one_given_3: float) -> int:
        readout = (one_given_0, zero_given_1, one_given_2, one_given_3)
        if readout not in self.readouts:
            self.readouts[readout] = len(self.readouts)
            self.readout_gap.append(self._gap(one_given_0) if one_given_0 == zero_given_1 else -1)
        return self.readouts[readout]

    def add_level_readout(self, one_given: dict[int, float], flips: float) -> int:
        readout = (one_given[0], one_given[2], one_given[3], flips)
        return self.level_readouts.setdefault(readout, len(self.level_readouts))

    def add_reset(self, reset: dict[int, list[tuple[float, int]]]) -> int:
        cumulative: list[float] = []
        for level in (2, 3):
            shares = [sum(p for p, out in reset.get(level, []) if out == after) for after in (1, 2, 3)]
            cumulative += itertools.accumulate(shares)
        return self.resets.setdefault(tuple(cumulative), len(self.resets))

    def program(self) -> Program:
        count = max(len(self.compact), 1)
        gates = gate_table()
        return Program(
            num_qubits=count,
            num_words=-(-2 * count // 64),
            loop_depth=self.max_depth,
            ops=np.array(self.ops, np.int64).reshape(-1, 5),
            targets=np.array(self.targets, np.int64),
            gaps=np.array(self.gaps, np.float64),
            chances=np.array(self.chances, np.float64),
            noise_rows=np.array(self.noise_rows, np.int64),
            noise_cum=np.array(self.noise_cum, np.float64),
            noise_pauli=np.array(self.noise_pauli, np.int64),
            channel_rows=np.array(self.channel_rows, np.int64).reshape(-1, _STRIDE**2 + 1),
            channel_cum=np.array(self.channel_cum, np.float64),
            channel_actions=np.array(self.channel_actions, np.uint8).reshape(-1, 2),
            readouts=np.array(list(self.readouts), np.float64).reshape(-1, 4),
            level_readouts=np.array(list(self.level_readouts), np.float64).reshape(-1, 4),
            resets=np.array(list(self.resets), np.float64).reshape(-1, 2, 3),
            gate_linear=gates.linear,
            gate_flips=gates.flips,
            gate_keeps_z=gates.keeps_z,
        )
