"""The reference circuit: the noiseless outcome that frames are measured against, random outcomes taken as 0."""

from __future__ import annotations

from collections.abc import Sequence

import stim


class Reference:
    """A tableau simulation of the noiseless circuit in which every random measurement comes out 0."""

    def __init__(self, num_qubits: int) -> None:
        self._simulator = stim.TableauSimulator()
        self._simulator.set_num_qubits(num_qubits)
        self.num_qubits = num_qubits
        self.records: list[bool] = []
        self._sample: list[int] | None = None

    def gate(self, name: str, targets: Sequence[int | stim.GateTarget]) -> None:
        """Apply a unitary gate."""
        self._sample = None
        self._simulator.do(stim.CircuitInstruction(name, list(targets)))

    def pauli(self, pauli: int, qubit: int) -> None:
        """Apply X (1), Y (2) or Z (3)."""
        self.gate("IXYZ"[pauli], [qubit])

    def known_z(self, qubit: int) -> int:
        """The definite Z value 0 or 1 of a qubit, -1 if it has none."""
        return (-1, 0, 1)[self._simulator.peek_z(qubit)]

    def known_xz(self, a: int, b: int) -> int | None:
        """The definite value 0 or 1 of X_a Z_b, None if it has none."""
        product = stim.PauliString(self.num_qubits)
        product[a], product[b] = "X", "Z"
        return (1, None, 0)[self._simulator.peek_observable_expectation(product) + 1]

    def z_sample(self) -> list[int]:
        """One outcome of measuring Z of all qubits now: known values, and for the others values that fit together (0
        where free, in the order of qubits). What frames are relative to where a value is needed but not known."""
        if self._sample is None:
            copy = self._simulator.copy()
            self._measured_as_zero(copy, range(self.num_qubits))
            self._sample = [int(copy.peek_z(q) == -1) for q in range(self.num_qubits)]
        return self._sample

    def measure_z(self, qubits: Sequence[int]) -> list[bool]:
        """Outcomes of measuring Z of ``qubits``, random ones 0 where they are free; the records are the caller's to
        append."""
        if any(self._simulator.peek_z(q) == 0 for q in qubits):
            self._sample = None
            self._measured_as_zero(self._simulator, qubits)
        return [self._simulator.peek_z(q) == -1 for q in qubits]

    def _measured_as_zero(self, simulator: stim.TableauSimulator, qubits: Sequence[int]) -> None:
        """Measure Z of ``qubits`` in their order, random outcomes being 0."""
        unknown = [q for q in qubits if simulator.peek_z(q) == 0]
        before = simulator.copy()
        try:
            # In one call: each call turns the whole tableau round.
            simulator.postselect_z(unknown, desired_value=False)
        except ValueError:  # earlier ones decide a later one, as 1
            simulator.set_inverse_tableau(before.current_inverse_tableau())
            for q in unknown:
                if simulator.peek_z(q) == 0:
                    simulator.postselect_z(q, desired_value=False)

    def measure_product(self, factors: list[tuple[int, int]]) -> bool:
        """Outcome of measuring a product of Paulis given as (qubit, Pauli)."""
        observable = stim.PauliString(self.num_qubits)
        for qubit, pauli in factors:
            factor = stim.PauliString(self.num_qubits)
            factor[qubit] = pauli
            observable = observable * factor
        if self._simulator.peek_observable_expectation(observable) == 0:
            self._sample = None
            self._simulator.postselect_observable(observable, desired_value=False)
        return bool(self._simulator.peek_observable_expectation(observable) == -1)

    def reset_z(self, qubits: Sequence[int]) -> None:
        """Reset to |0>, lost outcomes taken as 0 if random."""
        flipped = [q for q, outcome in zip(qubits, self.measure_z(qubits), strict=True) if outcome]
        if flipped:
            self.gate("X", flipped)

    def state(self, lookback: int) -> tuple[object, ...]:
        """What determines everything that follows: the stabilizer group and the last ``lookback`` records."""
        stabilizers = tuple(str(s) for s in self._simulator.canonical_stabilizers())
        return stabilizers, tuple(self.records[-lookback:]) if lookback else ()
