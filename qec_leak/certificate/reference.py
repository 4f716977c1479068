"""The reference of the frame rule: one noiseless run, with a joint sample of Z and X values beside its tableau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.certificate.cliffords import clifford_table
from qec_leak.certificate.kernels import CLIFFORD, CZ, FEEDBACK, MEASURE, PAD, RESET, SWAP
from qec_leak.certificate.operations import Operations


@dataclass(frozen=True, eq=False)
class Reference:
    """values: uint8 (operations + 1, qubits): r before each operation.   outcomes: uint8 (records,)."""

    values: npt.NDArray[np.uint8]
    outcomes: npt.NDArray[np.uint8]


def reference_of(operations: Operations) -> Reference:
    """Run the reference. Its values start at 0 and go through gates as a Pauli frame does, a gate that differs from
    the one with positive signs by a Pauli being that gate and the Pauli; random outcomes are the value of Z then, and
    decided ones become it. Sweep bits are 0."""
    table, numbers = clifford_table()
    names = {number: name for name, number in numbers.items()}
    simulator = stim.TableauSimulator()
    simulator.set_num_qubits(operations.num_qubits)
    z, x = np.zeros(operations.num_qubits, dtype=np.uint8), np.zeros(operations.num_qubits, dtype=np.uint8)
    values = np.zeros((len(operations.table) + 1, operations.num_qubits), dtype=np.uint8)
    outcomes = np.zeros(operations.num_records, dtype=np.uint8)
    for k, (code, a, b, c) in enumerate(operations.table.tolist()):
        values[k] = z
        if code == CLIFFORD:
            simulator.do(stim.CircuitInstruction(names[b], [a]))
            of_x, of_z, flip = table[b, 0:2], table[b, 2:4], table[b, 7:9]
            # z holds the x part of the frame: a frame of X flips the value of Z.
            z[a], x[a] = (z[a] & of_x) ^ (x[a] & of_z) ^ flip
        elif code == CZ:
            simulator.cz(a, b)
            x[a] ^= z[b]
            x[b] ^= z[a]
        elif code == SWAP:
            simulator.swap(a, b)
            z[[a, b]], x[[a, b]] = z[[b, a]], x[[b, a]]
        elif code in (MEASURE, RESET):
            if simulator.peek_z(a) == 0:
                simulator.postselect_z(a, desired_value=bool(z[a]))
            z[a] = simulator.peek_z(a) == -1
            if code == MEASURE:
                outcomes[b] = z[a] ^ c
            elif z[a]:
                simulator.x(a)
                z[a] = 0
        elif code == PAD:
            outcomes[b] = c
        elif code == FEEDBACK and outcomes[b]:
            simulator.do(stim.CircuitInstruction("IXYZ"[c], [a]))
            z[a] ^= c != 3
            x[a] ^= c != 1
    values[-1] = z
    return Reference(values, outcomes)
