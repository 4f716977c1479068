"""Program -> Plan: how shots are sampled. Equal programs have equal plans; a plan does not depend on the seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from qec_leak.engine.plan.codes import LAYER_1, LAYER_2, UNREAD
from qec_leak.engine.plan.counts import count_tables, expected_among_leaked, expected_counts
from qec_leak.engine.plan.drawn_noise import DrawnNoise
from qec_leak.engine.plan.formats import BLOCK_SHOTS, QUBIT_BITS, QUBIT_WORDS, beside
from qec_leak.engine.plan.layers import LayerTable, Places, merged_noise, poisson_rates
from qec_leak.engine.plan.sites import SiteTable
from qec_leak.engine.plan.tables import PlanTables
from qec_leak.engine.plan.unread import unread_z
from qec_leak.program import Instruction, Op, Program

_DRAWN = (Op.PAULI_1, Op.PAULI_2, Op.CORRELATED, Op.ELSE_CORRELATED, Op.HERALDED, Op.MEASURE_PAULI, Op.PAD)
"""Operations whose param is an index of noise, or -1 for none."""


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """What kernels are given, and what a block of shots must have room for.

    expected: float64 (operations,): mean number of Poisson events of each operation in a block of shots; nan: none.
    max_targets: most targets of an operation.
    ring_size: records that are kept for lookbacks, a power of two.
    """

    tables: PlanTables
    expected: npt.NDArray[np.float64]
    num_qubits: int
    num_observables: int
    num_measurements: int
    num_sweep_bits: int
    max_targets: int
    ring_size: int
    loop_depth: int


_PLANS: WeakKeyDictionary[Program, Plan] = WeakKeyDictionary()


def plan_of(program: Program) -> Plan:
    """The plan of a program, made once. Raises ValueError for more qubits than codes of events can tell apart."""
    if program not in _PLANS:
        _PLANS[program] = _plan(program)
    return _PLANS[program]


def _plan(program: Program) -> Plan:
    if len(program.qubits) > 1 << QUBIT_BITS:
        raise ValueError(
            f"the circuit must act on at most {1 << QUBIT_BITS:,} qubits, but acts on {len(program.qubits):,}; split it"
        )
    layers, sites, drawn = LayerTable(), SiteTable(), DrawnNoise()
    ops = _lowered(program, layers, sites, drawn)
    targets: list[int] = program.targets.tolist()
    values = program.values.copy()
    for k in unread_z(ops, targets):
        values[k] |= UNREAD
    of_sites = sites.tables()
    flip_rate = _flip_rates(program.readouts)
    expected = expected_counts(ops, layers.rates(), of_sites["site_rate"], flip_rate, BLOCK_SHOTS)
    tables = PlanTables(
        ops=np.array(ops, dtype=np.int32).reshape(-1, 4),
        targets=program.targets,
        values=values,
        loop_counts=program.loop_counts,
        transmon=beside(values & 3, program.targets.astype(np.int64) * QUBIT_WORDS, 2),
        reset_cum=np.cumsum(program.resets, axis=2),
        readout=np.column_stack([program.readouts, flip_rate]),
        level_readout=program.level_readouts,
        can_leak=bool(program.can_leak.any()),
        **layers.tables(),
        **drawn.tables(),
        **of_sites,
        **count_tables(expected, expected_among_leaked(of_sites["site_leaked"])),
    )
    for table in tables:
        if isinstance(table, np.ndarray):
            table.setflags(write=False)
    return Plan(
        tables=tables,
        expected=expected,
        num_qubits=len(program.qubits),
        num_observables=program.num_observables,
        num_measurements=program.num_measurements,
        num_sweep_bits=program.num_sweep_bits,
        max_targets=max((op[2] for op in ops), default=0),
        ring_size=_ring_size(ops, targets),
        loop_depth=_loop_depth(ops),
    )


def _lowered(program: Program, layers: LayerTable, sites: SiteTable, drawn: DrawnNoise) -> list[Instruction]:
    """Operations with sites for channels, layers of Poisson events for Pauli noise that has rates, and an entry of
    ``drawn`` for other noise."""
    targets: list[int] = program.targets.tolist()
    values: list[int] = program.values.tolist()
    places: dict[int, Places] = {}
    ops: list[Instruction] = []
    for code, start, count, param in program.ops.tolist():
        op = code, start, count, param
        if code in (Op.CHANNEL_1, Op.CHANNEL_2):
            op = code, start, count, sites.add(program.channels[param], values[start : start + count])
        elif code in (Op.PAULI_1, Op.PAULI_2) and (rates := poisson_rates(program.noise[param], _arity(code))):
            places[len(places)] = [
                (tuple(targets[k : k + _arity(code)]), rates) for k in range(start, start + count, _arity(code))
            ]
            op = LAYER_1 if code == Op.PAULI_1 else LAYER_2, start, count, len(places) - 1
        elif code in _DRAWN and param >= 0:
            op = code, start, count, drawn.add(program.noise[param])
        ops.append(op)
    return merged_noise(ops, places, layers)


def _arity(code: int) -> int:
    return 1 if code == Op.PAULI_1 else 2


def _flip_rates(readouts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64 (readouts,): Poisson rate of flips of records; 0 where 0 and 1 flip differently, or where there is no
    rate."""
    rates = [poisson_rates(((1, of_0),), 1) if of_0 == of_1 else () for of_0, of_1 in readouts[:, :2].tolist()]
    return np.array([found[0][1] if found else 0.0 for found in rates])


def _ring_size(ops: Sequence[Instruction], targets: Sequence[int]) -> int:
    """A power of two that holds the records of an operation, and those that operations look back to."""
    reach = 1
    for code, start, count, _ in ops:
        if code in (Op.DETECTOR, Op.OBSERVABLE):
            reach = max([reach, *targets[start : start + count]])
        elif code == Op.FEEDBACK:
            reach = max([reach, *targets[start : start + count : 2]])
        elif code in (Op.MEASURE, Op.MEASURE_LEVEL, Op.PAD, Op.HERALDED):
            reach = max(reach, count)
    return 1 << reach.bit_length()


def _loop_depth(ops: Sequence[Instruction]) -> int:
    depth = deepest = 0
    for code, _, _, _ in ops:
        depth += (code == Op.LOOP_BEGIN) - (code == Op.LOOP_END)
        deepest = max(deepest, depth)
    return deepest
