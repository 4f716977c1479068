"""Products of Paulis: measurements MPP, MXX, MYY, MZZ and rotations SPP, SPP_DAG."""

from __future__ import annotations

import stim

from qec_leak.circuits import tags
from qec_leak.program.build import Build
from qec_leak.program.products import Factors, simplified
from qec_leak.program.program import Instruction, Op

_PAULI_OF_PAIR = {"MXX": 1, "MYY": 2, "MZZ": 3}


def measured(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A measurement of each product."""
    noise = b.add_noise([(0, sum(item.gate_args_copy()))])
    ops = []
    for group in item.target_groups():
        inverted, factors = _factors(b, group, _PAULI_OF_PAIR.get(item.name, 0))
        outcome = b.reference.measure_product(factors) ^ inverted
        b.reference.records.append(outcome)
        value = 4 * int(outcome)
        if factors:
            values = [value] + [0] * (len(factors) - 1)
            ops.append(b.op(Op.MEASURE_PAULI, [4 * q + p for q, p in factors], noise, values))
        else:
            ops.append(b.op(Op.PAD, [0], noise, [value]))
    return ops


def rotated(b: Build, item: stim.CircuitInstruction, tag: tags.Tag | None) -> list[Instruction]:
    """A rotation by pi / 2 about each product."""
    ops = []
    for group in item.target_groups():
        _, factors = _factors(b, group, 0)
        if factors:
            b.reference.rotate(item.name, group)
            ops.append(b.op(Op.PAULI_ROTATION, [4 * q + p for q, p in factors]))
    return ops


def _factors(b: Build, group: list[stim.GateTarget], pauli: int) -> tuple[bool, Factors]:
    """Whether a product has the sign -1, and its factors, which must not be leaked."""
    product = simplified(group, pauli)
    if product is None:
        raise b.error(
            "must have products that are observables, but one is i or -i times one (as X0*Z0 is); write Y0 for it"
        )
    b.stay_computational([tuple(q for q, _ in product[1])])
    return product
