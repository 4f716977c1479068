"""The reference circuit: one noiseless run that frames are measured against, and a joint sample of its values.

The joint sample gives each qubit a value of X, Y and Z at every moment. Gates carry the values along, and random
outcomes of measurements are the values. So the values of Z at different moments and the records of the run fit
together. The rule that a leaked qubit acts as |0> needs that: the qubit's frame undoes the value that it has in the
reference.

The values fit together without exception where stabilizers are of two kinds (program/css.py proves it for a circuit).
Elsewhere no assignment of values fits all measurements (Mermin, Rev. Mod. Phys. 65, 803 (1993)). There the tableau's
decisions replace values of the sample.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import stim

Pulled = tuple[tuple[int, ...], int]
"""What one Pauli behind a gate was before it: Paulis 0 to 3 (I, X, Y, Z) of the gate's qubits, and a sign."""


class Reference:
    """A tableau simulation of the noiseless circuit with a joint sample of values (module docstring)."""

    def __init__(self, num_qubits: int, *, carries_sample: bool = True, sample_fits: bool = False) -> None:
        """
        Args:
            carries_sample: False where nothing can leak: values are 0 where the tableau does not decide.
            sample_fits: the joint sample is known to fit for this circuit, so the tableau need not be asked.
        """
        self._simulator = stim.TableauSimulator()
        self._simulator.set_num_qubits(num_qubits)
        self.num_qubits = num_qubits
        self.records: list[bool] = []
        self._values = [[0, 0, 0, 0] for _ in range(num_qubits)]  # of I, X, Y, Z
        self._carries = carries_sample
        self._always_fits = sample_fits
        self._fits = True

    def gate(self, name: str, targets: Sequence[int]) -> None:
        """Apply a unitary gate to qubits; pairs one after another."""
        self._simulator.do(stim.CircuitInstruction(name, list(targets)))
        if not self._carries:
            self._values = [[0, 0, 0, 0] for _ in range(self.num_qubits)]
            self._fits = False
            return
        pulled = _pulled_back(name)
        arity = len(pulled)
        for k in range(0, len(targets), arity):
            before = [self._values[q] for q in targets[k : k + arity]]
            for q, of_qubit in zip(targets[k : k + arity], pulled, strict=True):
                self._values[q] = [0, *(_value(p, before) for p in of_qubit)]
        self._fits = self._fits and all(p in (0, 3) for of_qubit in pulled for p in of_qubit[2][0])

    def rotate(self, name: str, factors: Sequence[stim.GateTarget]) -> None:
        """Apply SPP or SPP_DAG of one product of Paulis; values of qubits in superposition are drawn anew."""
        self._simulator.do(stim.CircuitInstruction(name, stim.target_combined_paulis(list(factors))))
        self._fits = False

    def pauli(self, pauli: int, qubit: int) -> None:
        """Apply X (1), Y (2) or Z (3)."""
        self.gate("IXYZ"[pauli], [qubit])

    def known_z(self, qubit: int) -> int:
        """The definite Z value 0 or 1 of a qubit, -1 if it has none."""
        return (-1, 0, 1)[self._simulator.peek_z(qubit)]

    def z_sample(self) -> list[int]:
        """The Z values of all qubits in the joint sample: one outcome of measuring all of them now."""
        if not (self._fits or self._always_fits):
            copy = self._simulator.copy()
            self._measure(copy, range(self.num_qubits))
            self._fits = True
        return [values[3] for values in self._values]

    def measure_z(self, qubits: Sequence[int]) -> list[bool]:
        """Outcomes of measuring Z of ``qubits``. Random ones are the joint sample's. The caller appends records."""
        self._measure(self._simulator, qubits)
        for q in qubits:
            self._values[q] = [0, 0, 0, self._values[q][3]]
        return [bool(self._values[q][3]) for q in qubits]

    def _measure(self, simulator: stim.TableauSimulator, qubits: Sequence[int]) -> None:
        """Measure Z of ``qubits``. Random outcomes are those of the joint sample; the others replace its values."""
        unknown = [q for q in qubits if simulator.peek_z(q) == 0]
        before = simulator.copy() if unknown else simulator
        try:
            for value in (0, 1):  # in few calls, since each call transposes the whole tableau
                group = [q for q in unknown if self._values[q][3] == value]
                if group:
                    simulator.postselect_z(group, desired_value=bool(value))
        except ValueError:  # an earlier outcome decides a later one differently
            simulator.set_inverse_tableau(before.current_inverse_tableau())
            for q in unknown:
                if simulator.peek_z(q) == 0:
                    simulator.postselect_z(q, desired_value=bool(self._values[q][3]))
        for q in qubits:
            self._values[q][3] = int(simulator.peek_z(q) == -1)

    def measure_product(self, factors: list[tuple[int, int]]) -> bool:
        """Outcome of measuring a product of Paulis given as (qubit, Pauli)."""
        observable = stim.PauliString(self.num_qubits)
        sampled = 0
        for qubit, pauli in factors:
            factor = stim.PauliString(self.num_qubits)
            factor[qubit] = pauli
            observable = observable * factor
            sampled ^= self._values[qubit][pauli]
        if self._simulator.peek_observable_expectation(observable) == 0:
            self._fits = False
            self._simulator.postselect_observable(observable, desired_value=bool(sampled))
        return bool(self._simulator.peek_observable_expectation(observable) == -1)

    def reset_z(self, qubits: Sequence[int]) -> None:
        """Reset to |0>."""
        flipped = [q for q, outcome in zip(qubits, self.measure_z(qubits), strict=True) if outcome]
        if flipped:
            self._simulator.x(*flipped)
        for q in qubits:
            self._values[q] = [0, 0, 0, 0]

    def state(self, lookback: int) -> tuple[object, ...]:
        """What determines everything that follows: the stabilizer group, the joint sample, ``lookback`` records."""
        stabilizers = tuple(str(s) for s in self._simulator.canonical_stabilizers())
        sample = tuple(map(tuple, self._values))
        return stabilizers, sample, tuple(self.records[-lookback:]) if lookback else ()


@functools.cache
def _pulled_back(name: str) -> tuple[tuple[Pulled, ...], ...]:
    """For each qubit of a gate, what its X, Y and Z behind the gate were before it."""
    back = stim.gate_data(name).tableau.inverse()
    return tuple(
        tuple(_pulled(p) for p in (back.x_output(k), back.y_output(k), back.z_output(k))) for k in range(len(back))
    )


def _pulled(pauli: stim.PauliString) -> Pulled:
    return tuple(pauli), int(pauli.sign == -1)


def _value(pulled: Pulled, before: Sequence[Sequence[int]]) -> int:
    paulis, sign = pulled
    return sign ^ functools.reduce(lambda a, b: a ^ b, (v[p] for v, p in zip(before, paulis, strict=True)))
