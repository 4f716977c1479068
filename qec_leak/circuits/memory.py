"""memory_experiment: the noisy circuit of a patch, a strategy and a device, and how to read its populations."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import stim

from qec_leak import _checks
from qec_leak._limits import check_size
from qec_leak.circuits.arguments import as_device
from qec_leak.circuits.cycle import waits_ns
from qec_leak.circuits.drawing import patch_svg
from qec_leak.circuits.dress import dressed
from qec_leak.circuits.ideal import check_same_rounds, ideal_memory_circuit
from qec_leak.circuits.overrides import check_memory_overrides
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.patches import choose_patch
from qec_leak.circuits.process import Process
from qec_leak.circuits.processes.named_processes import AnyProcess, find_processes
from qec_leak.circuits.roles import qubit_roles
from qec_leak.circuits.strategies import find_strategy
from qec_leak.circuits.strategy import Strategy
from qec_leak.circuits.tags import IDLE, ISWAP, POPULATION
from qec_leak.device import Device
from qec_leak.device.tables import ROLES

if TYPE_CHECKING:
    from qec_leak.viewer import View


class HasPopulations(Protocol):
    """A batch with populations: float64 (snapshots, qubits, 2), P(level 2) and P(level 3)."""

    @property
    def level_population(self) -> npt.NDArray[np.float64]: ...


@dataclass(frozen=True, eq=False)
class MemoryExperiment:
    """A memory experiment of the logical qubits of a patch.

    Attributes:
        patch: the layout of the qubits.
        strategy: what ends a round.
        rounds: number of rounds.
        basis: "X" or "Z", of the logical state.
        device: the device whose noise the circuit has.
        ideal_circuit: the circuit without the device.
        circuit: the noisy circuit, leakage in tags.
        processes: noise beside the device's own.

    Examples:
        >>> memory = memory_experiment(distance=3, rounds=5, strategy="DQLR")
        >>> len(memory.qubits("data")), len(memory.qubits("measure")), len(memory.qubits("removal"))
        (9, 8, 1)
    """

    patch: Patch
    strategy: Strategy
    rounds: int
    basis: str
    device: Device
    ideal_circuit: stim.Circuit
    circuit: stim.Circuit
    processes: tuple[Process, ...] = ()

    def qubits(self, role: str) -> tuple[int, ...]:
        """Indices of the circuit's qubits in a role.

        Args:
            role: "data", "measure" or "removal". Removal qubits are there with DQLR only.

        Returns:
            The indices, in order.

        Raises:
            ValueError: there is no such role.
        """
        _checks.check_choice("role", role, ROLES)
        return tuple(sorted(q for q, of_qubit in self._roles.items() if of_qubit == role))

    @functools.cached_property
    def _roles(self) -> dict[int, str]:
        return qubit_roles(self.ideal_circuit)

    def moments(self) -> tuple[tuple[int, str], ...]:
        """(round, operation) of every moment, as populations="moments" counts them.

        Round 0 is the preparation, round ``rounds`` + 1 the final measurement. The operation is "R", "CX", "H", "CZ",
        "M", "LEAKAGE_ISWAP" or "IDLE".
        """
        out: list[tuple[int, str]] = []
        number, operation, in_rounds = 0, "", False
        for item in self.ideal_circuit.flattened():
            if item.name == "TICK":
                out.append((number, operation))
                number += item.tag == POPULATION
            elif item.name == "H" and not in_rounds and set(t.value for t in item.targets_copy()) & self._measured:
                in_rounds, number, operation = True, 1, "H"
            elif item.name == "II" and item.tag == ISWAP:
                operation = ISWAP
            elif item.name == "I" and item.tag.startswith(IDLE):
                operation = "IDLE"
            elif item.name in ("R", "CX", "H", "CZ", "M"):
                operation = item.name
        return tuple(out)

    @property
    def _measured(self) -> set[int]:
        return set(self.patch.measure_qubits)

    def level_population(self, batch: HasPopulations, *, role: str = "data") -> npt.NDArray[np.float64]:
        """P(level 2) and P(level 3), averaged over the qubits of ``role``, at each snapshot of a batch.

        Args:
            batch: shots of this circuit with populations. Its snapshots are the ends of rounds, or of all moments if it
                was sampled with populations="moments".
            role: "data", "measure" or "removal".

        Returns:
            float64 (snapshots, 2).
        """
        return np.asarray(batch.level_population[:, list(self.qubits(role))].mean(axis=1))

    def leakage_population(self, batch: HasPopulations, *, role: str = "data") -> npt.NDArray[np.float64]:
        """P(level >= 2), averaged over the qubits of ``role``, at the end of each round.

        Args:
            batch: shots of this circuit with populations.
            role: "data", "measure" or "removal".

        Returns:
            float64 (rounds,).
        """
        return np.asarray(self.level_population(batch, role=role).sum(axis=1))

    def _repr_html_(self) -> str:
        from qec_leak._html import card  # only where a notebook shows it

        qubits = [f"{len(members)} {role}" for role in ROLES if (members := self.qubits(role))]
        rows = {
            "code": f"{self.patch.code}, distance {self.patch.distance}",
            "rounds": self.rounds,
            "basis": self.basis,
            "device": self.device.label,
            "qubits": ", ".join(qubits),
            "detectors": self.circuit.num_detectors,
        }
        if self.processes:
            rows["processes"] = ", ".join(process.label for process in self.processes)
        return card(f"Memory experiment, {self.strategy}", rows, picture=patch_svg(self.patch, self._roles))

    def view(self, path: str | os.PathLike[str] | None = None, **options: Any) -> View:
        """Leakage moving over the lattice as one HTML page: ``qec_leak.view(self, path, **options)``.

        Args:
            path: the file to write. None: the page is returned only; a notebook shows it.
            **options: those of ``qec_leak.view``.

        Returns:
            The page.
        """
        from qec_leak.viewer import view

        return view(self, path, **options)


def memory_experiment(
    *,
    code: str = "surface",
    distance: int | None = None,
    patch: Patch | str | None = None,
    rounds: int,
    basis: str = "Z",
    strategy: Strategy | str = "MLR",
    device: Device | str = "miao2023",
    form: str = "CSS",
    dqlr_every: int = 1,
    inject_leakage: float = 0.0,
    inject_pauli: float = 0.0,
    leak_qubit: int | None = None,
    leak_round: int = 0,
    cycle_ns: float | None = None,
    processes: Iterable[AnyProcess] = (),
) -> MemoryExperiment:
    """A memory experiment on ``device``.

    Args:
        code: "surface" (rotated), "unrotated_surface", or "repetition" (bit flips, random initial bits as sweep bits).
        distance: odd, >= 3. None: 3, or that of ``patch``.
        patch: in place of code and distance: a Patch, as ``surface_patch(2, 3)`` makes one, or "module:attribute".
            It is verified.
        rounds: number of rounds, >= 1.
        basis: "X" or "Z", of the logical state. The patch needs checks of it.
        strategy: what ends a round: "NO_RESET", "MLR", "DQLR" (Miao et al.), "module:attribute", or a Strategy.
        device: a Device or the name of a preset.
        form: "CSS", or "XZZX" (surface code): data qubits of one sublattice stay conjugated with a Hadamard.
        dqlr_every: with DQLR, leakage of data qubits is removed in rounds whose number is a multiple of this.
        inject_leakage: probability <= 0.5 with which a qubit leaks in every round (Miao et al., Fig. 4).
        inject_pauli: probability, per round, of an X on data qubits and of a Z on measure qubits.
        leak_qubit: a qubit that is put into level 2. None: no qubit.
        leak_round: the round at whose start this happens, counted from 0.
        cycle_ns: length of every cycle, to compare strategies in equal time; the qubits idle until its end. None: the
            cycle of the device, and at least as long as the operations take.
        processes: noise beside the device's own: ``Process`` values, or "module:attribute" of them.

    Returns:
        The experiment: its circuits, patch, strategy and device.

    Raises:
        ValueError: an argument breaks its rule; the message names argument, rule and fix.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> memory = memory_experiment(distance=3, rounds=5, basis="X", strategy="DQLR", device="miao2023")
        >>> memory.circuit.num_qubits, memory.circuit.num_detectors
        (18, 40)
    """
    rounds = _checks.check_int("rounds", rounds, minimum=1)
    if patch is None and distance is not None:
        check_size(_checks.check_odd_distance("distance", distance), rounds)  # before the patch is made
    chosen = choose_patch(code, distance, patch)
    resolved = as_device("device", device)
    parsed = find_strategy(strategy).removing_every(_checks.check_int("dqlr_every", dqlr_every, minimum=1))
    check_memory_overrides(resolved, chosen, parsed, basis, form)
    added = find_processes(processes)
    if cycle_ns is not None:
        check_same_rounds(parsed, cycle_ns, dqlr_every)
    idle_ns = waits_ns(chosen, parsed, rounds, basis, resolved, form=form, cycle_ns=cycle_ns, processes=added)
    ideal = ideal_memory_circuit(
        chosen,
        parsed,
        rounds,
        basis,
        form=form,
        inject_leakage=inject_leakage,
        inject_pauli=inject_pauli,
        leak_qubit=leak_qubit,
        leak_round=leak_round,
        idle_ns=idle_ns,
    )
    circuit = dressed(ideal, resolved, qubit_roles(ideal), added)
    return MemoryExperiment(chosen, parsed, rounds, basis, resolved, ideal, circuit, added)
