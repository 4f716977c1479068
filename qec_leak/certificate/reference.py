"""The reference of the frame rule: a noiseless run, with a joint sample of values of X, Y and Z beside its tableau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.certificate.cliffords import images_before
from qec_leak.certificate.kernels import CLIFFORD, CZ, FEEDBACK, MEASURE, PAD, RESET, SWAP
from qec_leak.certificate.operations import Operations

_X, _Y, _Z = 1, 2, 3


@dataclass(frozen=True, eq=False)
class Reference:
    """values: uint8 (operations + 1, qubits): the value of Z before each operation.   outcomes: uint8 (records,)."""

    values: npt.NDArray[np.uint8]
    outcomes: npt.NDArray[np.uint8]


def reference_of(operations: Operations) -> Reference:
    """Run the reference, sweep bits 0.

    Each qubit has values of X, Y and Z, 0 at first and after a reset. One-qubit gates exchange them, with their signs;
    a CZ adds the Z of each qubit to X and Y of the other. A random outcome is the value of Z; a decided one becomes it.
    Where the values of Z are not a possible outcome of measuring all of them, those that the tableau decides, from
    those before them, overrule the sample. Measured qubits have X and Y at 0.
    """
    run = _Run(operations.num_qubits)
    values = np.zeros((len(operations.table) + 1, operations.num_qubits), dtype=np.uint8)
    outcomes = np.zeros(operations.num_records, dtype=np.uint8)
    for k, (code, a, b, c) in enumerate(operations.table.tolist()):
        values[k] = run.z_values()
        if code == CLIFFORD:
            run.one_qubit(b, a)
        elif code == CZ:
            run.cz(a, b)
        elif code == SWAP:
            run.swap(a, b)
        elif code == MEASURE:
            outcomes[b] = run.measure(a) ^ c
        elif code == RESET:
            run.reset(a)
        elif code == PAD:
            outcomes[b] = c
        elif code == FEEDBACK and outcomes[b]:
            run.pauli(c, a)
    values[-1] = run.z_values()
    return Reference(values, outcomes)


class _Run:
    def __init__(self, num_qubits: int) -> None:
        self.simulator = stim.TableauSimulator()
        self.simulator.set_num_qubits(num_qubits)
        self.values = np.zeros((num_qubits, 4), dtype=np.uint8)  # of I, X, Y, Z
        self.fits = True

    def z_values(self) -> npt.NDArray[np.uint8]:
        """uint8 (qubits,): the values of Z, made to fit."""
        if not self.fits:
            copy = self.simulator.copy()
            self.values[:, _Z] = [_measured(copy, q, value) for q, value in enumerate(self.values[:, _Z])]
            self.fits = True
        return self.values[:, _Z]

    def one_qubit(self, number: int, qubit: int) -> None:
        name, before, signs = images_before(number)
        self.simulator.do(stim.CircuitInstruction(name, [qubit]))
        self.values[qubit] = self.values[qubit, list(before)] ^ signs
        self.fits = self.fits and before[_Z] == _Z

    def cz(self, a: int, b: int) -> None:
        self.simulator.cz(a, b)
        of_a, of_b = self.values[a, _Z], self.values[b, _Z]
        self.values[a, [_X, _Y]] ^= of_b
        self.values[b, [_X, _Y]] ^= of_a

    def swap(self, a: int, b: int) -> None:
        self.simulator.swap(a, b)
        self.values[[a, b]] = self.values[[b, a]]

    def pauli(self, pauli: int, qubit: int) -> None:
        self.simulator.do(stim.CircuitInstruction("IXYZ"[pauli], [qubit]))
        self.values[qubit, [p for p in (_X, _Y, _Z) if p != pauli]] ^= 1

    def measure(self, qubit: int) -> int:
        outcome = _measured(self.simulator, qubit, self.values[qubit, _Z])
        self.values[qubit] = 0, 0, 0, outcome
        return outcome

    def reset(self, qubit: int) -> None:
        if self.measure(qubit):
            self.simulator.x(qubit)
        self.values[qubit] = 0


def _measured(simulator: stim.TableauSimulator, qubit: int, wanted: int) -> int:
    """Outcome of Z, ``wanted`` if it is random."""
    if simulator.peek_z(qubit) == 0:
        simulator.postselect_z(qubit, desired_value=bool(wanted))
    return int(simulator.peek_z(qubit) == -1)
