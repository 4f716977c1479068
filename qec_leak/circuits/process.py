"""A noise process is a value: its label, how long it lasts, where it acts, and its Kraus operators.

``circuits.noise`` writes tags with its twirled operators. ``exact.processes`` reads the labels of the tags and uses the
Kraus operators.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from qec_leak.channels.kraus import Kraus
from qec_leak.circuits.moments import Moment
from qec_leak.circuits.operation import Operation
from qec_leak.circuits.tags import Tag
from qec_leak.device import Device
from qec_leak.device.transmon import PairParameters, QubitParameters


@dataclass(frozen=True, eq=False)
class Chip:
    """A device, and the qubits of a circuit on it.

    Attributes:
        device: the device.
        roles: "data", "measure" or "removal" by qubit.
        coordinates: of QUBIT_COORDS, by qubit.
        moments: makes all moments of the circuit.

    Examples:
        >>> from qec_leak import Device
        >>> chip = Chip(Device.preset("sycamore"), {0: "data", 1: "measure"}, {}, lambda: ())
        >>> chip.qubits, chip.qubit(0).gate.duration_ns
        ((0, 1), 25.0)
    """

    device: Device
    roles: Mapping[int, str]
    coordinates: Mapping[int, list[float]]
    moments: Callable[[], Iterable[Moment]]

    @functools.cached_property
    def qubits(self) -> tuple[int, ...]:
        """Qubits that the circuit uses. They idle when nothing else happens to them."""
        return tuple(sorted(self.roles))

    @functools.cached_property
    def neighbours(self) -> Mapping[int, set[int]]:
        """Coupled qubits: those that share a two-qubit gate anywhere in the circuit."""
        out: dict[int, set[int]] = defaultdict(set)
        for moment in self.moments():
            for operation in moment.operations:
                for group in operation.groups if operation is not None else ():
                    for q in group:
                        out[q] |= {other for other in group if other != q}
        return out

    @functools.cache  # noqa: B019 - a chip lives as long as one walk through a circuit
    def qubit(self, index: int) -> QubitParameters:
        """The device's parameters of a qubit in its role."""
        return self.device.qubit(index, self.roles[index])

    @functools.cache  # noqa: B019 - as above
    def pair(self, first: int, second: int) -> PairParameters:
        """The device's parameters of a pair, in any order."""
        return self.device.pair(first, second)


class Place(NamedTuple):
    """One place where a process acts.

    Attributes:
        qubits: one or two, in the order of its Kraus operators.
        time_ns: duration of an idle; 0 for other operations.
        amount: a number that the circuit gives, such as the population of an injection; else None.
        busy: True if the qubit is busy with an operation whose error already includes the Paulis of waiting. The
            circuit then gets only the leakage part of waiting, and ``kraus`` is asked for operators without Paulis.
        position: places of built-in processes are visited in this order.

    Examples:
        >>> Place((3, 7)).time_ns
        0.0
    """

    qubits: tuple[int, ...]
    time_ns: float = 0.0
    amount: Hashable = None
    busy: bool = False
    position: int = 0


class PauliError(NamedTuple):
    """A noise instruction of Stim's: its name, its probabilities, and its qubits."""

    name: str
    probabilities: tuple[float, ...]
    qubits: tuple[int, ...]


class Process:
    """A noise process; each is a subclass with a label.

    Attributes:
        label: its name in the circuit's tags, ``label|LEAKAGE_TRANSITION_1: ...``.
        on: the kind of operation after which it acts: "gate", "cz", "leakage_iswap", "measurement", "reset",
            "injection" or "idle". An idle process acts at the end of every moment, on the qubits that do nothing in it.
        paulis: True if the Paulis of its twirl are added as noise. False if the error of its operation already
            includes them.
        coherent: True if it moves amplitudes between computational and leaked levels. "phase_randomised" trajectories
            then get random phases before it. Leave it True if in doubt.
        busy_differs: True if some of its places are busy (``Place.busy``).

    Examples:
        A Z error after every measurement:

        >>> import qec_leak as ql
        >>> from qec_leak.circuits.process import PauliError
        >>> class Kick(ql.Process):
        ...     label, on = "kick", "measurement"
        ...     def errors(self, place, chip):
        ...         yield PauliError("Z_ERROR", (0.01,), place.qubits)
        >>> "Z_ERROR[kick](0.01)" in str(ql.memory_experiment(distance=3, rounds=1, processes=[Kick()]).circuit)
        True
    """

    label: str = ""
    on: str = ""
    paulis: bool = True
    coherent: bool = True
    busy_differs: bool = False

    @property
    def has_kraus(self) -> bool:
        """False for a process of Pauli errors alone."""
        return type(self).kraus is not Process.kraus

    def duration_ns(self, operation: Operation, chip: Chip) -> float:
        """Duration of ``operation`` by this process. A moment lasts as long as the longest of its operations.

        Args:
            operation: what the circuit does.
            chip: the device, and the circuit's qubits.

        Returns:
            Nanoseconds.
        """
        return 0.0

    def places(self, operation: Operation, chip: Chip) -> Iterable[Place]:
        """Where it acts during ``operation``: on the qubits of each of its gates, if it is of the kind ``on``.

        Args:
            operation: what the circuit does.
            chip: the device, and the circuit's qubits.

        Yields:
            The places.
        """
        if operation.kind == self.on:
            for position, group in enumerate(operation.groups):
                yield Place(group, operation.time_ns, position=position)

    def parameters(self, place: Place, chip: Chip) -> Any:
        """What the Kraus operators depend on.

        Args:
            place: one of ``places``.
            chip: the device, and the circuit's qubits.

        Returns:
            A hashable value, which follows from ``chip`` and the place's qubits and time.
        """
        return None

    def kraus(self, parameters: Any, *, levels: int) -> Kraus:
        """Kraus operators of the process. A process of ``errors`` alone leaves them out.

        Args:
            parameters: what ``parameters`` returned.
            levels: levels of a transmon, 4 or 5.

        Returns:
            complex128 (levels**k, levels**k) each, for k qubits, the first one most significant; sum K^dagger K = 1.

        Raises:
            NotImplementedError: the process has none.
        """
        raise NotImplementedError

    def errors(self, place: Place, chip: Chip) -> Iterable[PauliError]:
        """Pauli noise beside the Kraus operators.

        A process with Kraus operators must not use Z_ERROR and PAULI_CHANNEL_1, which are written for their twirl.

        Args:
            place: one of ``places``.
            chip: the device, and the circuit's qubits.

        Returns:
            The noise.
        """
        return ()

    def amount_of(self, tag: Tag) -> Hashable:
        """The amount in a tag with this label.

        Args:
            tag: the tag.

        Returns:
            A hashable value; None for processes without an amount.

        Raises:
            ValueError: the tag breaks a rule; the message says which.
        """
        return None


def duration_ns(processes: Iterable[Process], operation: Operation, chip: Chip) -> float:
    """Duration of an operation: the longest that its processes give."""
    return max((process.duration_ns(operation, chip) for process in processes), default=0.0)
