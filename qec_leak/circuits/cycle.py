"""How long rounds last: the waiting that fills a cycle of a given length."""

from __future__ import annotations

from dataclasses import dataclass

import stim

from qec_leak._checks import check_positive
from qec_leak.circuits.dress import cycle_ns as cycle_ns_of
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.process import Process
from qec_leak.circuits.round_end import round_end
from qec_leak.circuits.strategy import Strategy
from qec_leak.device import Device

_NEGLIGIBLE_NS = 1e-6
"""Sums of durations differ by rounding; no device waits so little."""


def waits_ns(
    patch: Patch,
    strategy: Strategy,
    rounds: int,
    basis: str,
    device: Device,
    *,
    form: str = "CSS",
    cycle_ns: float | None = None,
    processes: tuple[Process, ...] = (),
) -> tuple[float, ...]:
    """How long the qubits wait at the end of each round, by number of the round, up to the strategy's period.

    cycle_ns: of every round; None: of the device, whose operations may take longer.
    Raises ValueError for a given length that is shorter than the operations of the strategy.
    """
    wanted_ns = device.cycle_ns_of(strategy.name) if cycle_ns is None else check_positive("cycle_ns", cycle_ns)
    if not wanted_ns:
        return (0.0,)
    taken_ns: list[float] = []
    known: dict[str, float] = {}
    for number in range(1, min(strategy.period, rounds) + 1):
        end = str(round_end(strategy, patch, number).operations)
        if end not in known:
            circuit = ideal_memory_circuit(patch, _EveryRound(strategy, number), 2, basis, form=form)
            known[end] = cycle_ns_of(circuit, device, processes)
        taken_ns.append(known[end])
    if cycle_ns is not None and wanted_ns < max(taken_ns):
        rule = f"at least the {max(taken_ns)!r} of {strategy}"
        raise ValueError(f"`cycle_ns` must be {rule}, but is {cycle_ns!r}; raise it")
    return tuple(wait if (wait := wanted_ns - one) > _NEGLIGIBLE_NS else 0.0 for one in taken_ns)


@dataclass(frozen=True)
class _EveryRound(Strategy):
    """Every round ends as one of another strategy's does."""

    strategy: Strategy
    number: int

    @property
    def roles(self) -> tuple[str, ...]:
        return self.strategy.roles

    def end_of_round(self, patch: Patch, number: int) -> stim.Circuit:
        return self.strategy.end_of_round(patch, self.number)
