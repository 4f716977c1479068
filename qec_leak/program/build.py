"""What a compilation knows and has made so far: the reference, targets, tables, and what is to be judged at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import stim

from qec_leak.channels.channel import LeakageChannel
from qec_leak.circuits import tags
from qec_leak.program.conflict import Conflict
from qec_leak.program.css import css_conflicts, has_leakage
from qec_leak.program.labels import Labels
from qec_leak.program.program import Instruction, Op, Outcomes
from qec_leak.program.reference import Reference
from qec_leak.program.shared import Shared

Numbers = tuple[float, ...]


@dataclass
class Build:
    """A compilation. Qubits are known by their place in ``labels``.

    line, text: of the instruction that is being compiled. records: how many have been made. moves: channels with the
    qubits that they act on; swaps: pairs that exchange levels; computational: qubits that must not be leaked, each with
    the instruction that requires this and its line.
    """

    circuit: stim.Circuit
    labels: Labels
    leaks: bool
    conflicts: tuple[Conflict, ...]
    reference: Reference
    line: int = 1
    text: str = ""
    records: int = 0
    targets: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    loop_counts: list[int] = field(default_factory=list)
    noise: Shared[Outcomes] = field(default_factory=Shared)
    channels: Shared[LeakageChannel] = field(default_factory=Shared)
    resets: Shared[Numbers] = field(default_factory=Shared)
    readouts: Shared[Numbers] = field(default_factory=Shared)
    level_readouts: Shared[Numbers] = field(default_factory=Shared)
    moves: set[tuple[LeakageChannel, tuple[int, ...]]] = field(default_factory=set)
    swaps: set[tuple[int, int]] = field(default_factory=set)
    computational: dict[tuple[int, ...], tuple[str, int]] = field(default_factory=dict)
    parsed: dict[str, tags.Tag | None] = field(default_factory=dict)

    @staticmethod
    def of(circuit: stim.Circuit) -> Build:
        """The start of a compilation."""
        labels, leaks = Labels.of(circuit), has_leakage(circuit)
        conflicts = css_conflicts(circuit, labels) if leaks else ()
        reference = Reference(len(labels.names), carries_sample=leaks, sample_fits=leaks and not conflicts)
        return Build(circuit, labels, leaks, conflicts, reference)

    def error(self, rule: str) -> ValueError:
        """An error of the instruction that is being compiled."""
        return ValueError(f"line {self.line}: `{self.text}` {rule}")

    def op(self, op: Op, targets: Iterable[int], param: int = 0, values: Iterable[int] | None = None) -> Instruction:
        """An operation on new targets; ``values`` are 0 where none are given."""
        start = len(self.targets)
        self.targets.extend(targets)
        count = len(self.targets) - start
        self.values.extend(values if values is not None else [0] * count)
        assert len(self.values) == len(self.targets)
        return int(op), start, count, param

    def add_noise(self, outcomes: Iterable[tuple[int, float]]) -> int:
        """Index of noise with these outcomes; -1 if nothing can happen."""
        possible = tuple((bits, p) for bits, p in outcomes if p > 0)
        return self.noise.add(possible) if possible else -1

    def sampled(self, qubits: Iterable[int]) -> list[int]:
        """The reference's Z values of qubits in its joint sample; zeros where nothing can leak."""
        if not self.leaks:
            return [0 for _ in qubits]
        sample = self.reference.z_sample()
        return [sample[q] for q in qubits]

    def anchor(self, qubits: list[int]) -> Instruction:
        """Set leaked ones of ``qubits`` to the reference's value again, so that they act as |0>."""
        return self.op(Op.ANCHOR, qubits, 0, self.sampled(qubits))

    def stay_computational(self, groups: Iterable[tuple[int, ...]]) -> None:
        """Remember that the instruction has no meaning where a qubit of ``groups`` is leaked."""
        for group in groups:
            self.computational.setdefault(group, (self.text, self.line))

    def parse(self, name: str, text: str) -> tags.Tag | None:
        """The tag of an instruction. Raises ValueError if it is a leakage tag that does not parse."""
        if text not in self.parsed:
            try:
                self.parsed[text] = tags.parse_tag(text)
            except tags.TagError as error:
                raise ValueError(f"line {self.line}: `{name}` has a bad tag: {error}") from None
        return self.parsed[text]


def short(item: stim.CircuitInstruction) -> str:
    """An instruction as errors quote it: 60 characters at most."""
    text = str(item)
    return text if len(text) <= 60 else text[:57] + "..."


def qubits_of(item: stim.CircuitInstruction) -> list[int]:
    """Targets of an instruction that acts on qubits."""
    return [t.value for t in item.targets_copy()]


def coded(target: stim.GateTarget) -> int:
    """A coded Pauli (``Op``)."""
    return 4 * int(target.value) + "IXYZ".index(target.pauli_type)
