"""A patch is a value: its qubits with roles and coordinates, stabilizers with their CZ order, logical operators, DQLR
pairs."""

from __future__ import annotations

from dataclasses import dataclass

from qec_leak._checks import broken_rule, check_choice
from qec_leak.circuits import verification

Site = tuple[int, int]
"""Coordinates (x, y) of a qubit; x grows to the east and y to the south, as Stim draws them."""


@dataclass(frozen=True, slots=True)
class Stabilizer:
    """One check of the code.

    Attributes:
        basis: "X" or "Z", of the code in its CSS form.
        measure_qubit: the qubit that measures it.
        data_qubits: the data qubit that it meets in each CZ layer; None where it meets none.

    Examples:
        >>> from qec_leak import surface_patch
        >>> surface_patch(3).stabilizers[0].support
        (1, 0)
    """

    basis: str
    measure_qubit: int
    data_qubits: tuple[int | None, ...]

    @property
    def support(self) -> tuple[int, ...]:
        """Data qubits of the check, in the order of the CZ layers."""
        return tuple(qubit for qubit in self.data_qubits if qubit is not None)

    @property
    def weight(self) -> int:
        """Number of data qubits of the check."""
        return len(self.support)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Layout of the logical qubits. Qubits are numbered consecutively: data, then measure, then removal.

    Attributes:
        code: name of the code.
        distance: code distance.
        data_qubits: indices of the data qubits.
        measure_qubits: indices of the measure qubits.
        coordinates: (x, y) of every qubit, by index.
        stabilizers: one per measure qubit, in the order of ``measure_qubits``.
        logical_x: data qubits on which the logical X of the CSS form acts.
        logical_z: data qubits on which the logical Z of the CSS form acts.
        more_logicals: (logical X, logical Z) of further logical qubits; each is an observable of its own.
        removal_qubits: indices of the removal qubits. Only circuits of strategies that use them, such as DQLR, have
            them.
        dqlr_pairs: (data qubit, partner) for every data qubit; no qubit is in two pairs. A partner is a measure qubit
            that the data qubit meets in a CZ layer, or a removal qubit that is as near. Empty for a patch without DQLR.
        xzzx_qubits: data qubits that the XZZX form conjugates with a Hadamard; empty if the code has no such form.
        random_start: True if data qubit k starts in the state of sweep bit k, so that experiments average over initial
            states.

    Examples:
        >>> from qec_leak import surface_patch
        >>> patch = surface_patch(3)
        >>> patch.distance, patch.role(0), patch.logical_operators("Z")
        (3, 'data', ((0, 1, 2),))
    """

    code: str
    distance: int
    data_qubits: tuple[int, ...]
    measure_qubits: tuple[int, ...]
    coordinates: tuple[Site, ...]
    stabilizers: tuple[Stabilizer, ...]
    logical_x: tuple[int, ...]
    logical_z: tuple[int, ...]
    more_logicals: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    removal_qubits: tuple[int, ...] = ()
    dqlr_pairs: tuple[tuple[int, int], ...] = ()
    xzzx_qubits: tuple[int, ...] = ()
    random_start: bool = False

    def verify(self) -> None:
        """Prove that the patch is a code whose detectors are deterministic without noise. Indices fit, DQLR partners
        are neighbours, and stabilizers commute. A logical operator commutes with all stabilizers and anticommutes with
        its partner alone. The CZ layers measure the stabilizers and change nothing else. Raises ValueError naming the
        first thing that is wrong."""
        verification.verify(self)

    def logical_operators(self, basis: str) -> tuple[tuple[int, ...], ...]:
        """Data qubits of the logical operators of ``basis``, one for each observable.

        Args:
            basis: "X" or "Z".

        Returns:
            The qubits of each operator.
        """
        first = self.logical_x if basis == "X" else self.logical_z
        return (first, *(pair[basis == "Z"] for pair in self.more_logicals))

    @property
    def bases(self) -> tuple[str, ...]:
        """Bases that have checks, and can therefore be the basis of a memory; X first."""
        return tuple(sorted({check.basis for check in self.stabilizers}))

    @property
    def on_a_line(self) -> bool:
        """True if all qubits have the same y. Detectors then have the coordinates (x, t)."""
        return len({y for _, y in self.coordinates}) == 1

    def num_detectors(self, rounds: int, basis: str) -> int:
        """Detectors of a memory experiment: the first round and the last comparison have those of ``basis`` only.

        Args:
            rounds: number of rounds.
            basis: "X" or "Z", of the logical state.

        Returns:
            The number.
        """
        of_basis = sum(check.basis == basis for check in self.stabilizers)
        return len(self.stabilizers) * (rounds - 1) + 2 * of_basis

    @property
    def num_layers(self) -> int:
        """Number of CZ layers of a round."""
        return len(self.stabilizers[0].data_qubits)

    def qubits(self, role: str) -> tuple[int, ...]:
        """Indices of the qubits in a role.

        Args:
            role: "data", "measure" or "removal".

        Returns:
            The indices.

        Raises:
            ValueError: there is no such role.
        """
        roles = {"data": self.data_qubits, "measure": self.measure_qubits, "removal": self.removal_qubits}
        return roles[check_choice("role", role, tuple(roles))]

    def role(self, qubit: int) -> str:
        """The role of a qubit.

        Args:
            qubit: its index.

        Returns:
            "data", "measure" or "removal".

        Raises:
            ValueError: the patch has no such qubit.
        """
        for role in ("data", "measure", "removal"):
            if qubit in self.qubits(role):
                return role
        fix = f"use 0 to {len(self.coordinates) - 1}"
        raise ValueError(broken_rule("qubit", f"be a qubit of the {self.code} patch", qubit, fix))


def compass_direction(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Direction from ``start`` to ``end``: "NE", "NW", "SE", "SW", "E", "W", "N" or "S"; "" if they coincide.

    x grows to the east, y to the south, as Stim draws them.
    """
    (x, y), (u, v) = start, end
    return ("S" if v > y else "N" if v < y else "") + ("E" if u > x else "W" if u < x else "")
