"""Refuses overrides of a qubit or pair that the circuit does not use, which may be a typo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import stim

from qec_leak._checks import ranges
from qec_leak.circuits.ideal import ideal_memory_circuit
from qec_leak.circuits.moments import split_moments, walk_moments
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.strategies.dqlr import DQLR
from qec_leak.circuits.strategy import Strategy
from qec_leak.device import Device

_MAX_PERIOD = 1000
_OPERATION = {
    "gate": "a one-qubit gate",
    "idle": "an operation",
    "readout": "a measurement",
    "reset": "a reset",
    "cz": "a CZ",
    "dqlr": "a Leakage iSWAP",
}
_SECTION = {"gate": "gate", "cz": "cz", "leakage_iswap": "dqlr", "measurement": "readout", "reset": "reset"}
"""The section of the device that says how an operation goes wrong, by its kind."""


def check_overrides_used(device: Device, circuit: stim.Circuit) -> None:
    """Raise ValueError for an override of a qubit or pair that the ideal ``circuit`` does not have, or of a section
    that it uses on other qubits only. A section that the circuit uses nowhere is allowed."""
    if device.qubits or device.pairs:
        _check_used(device, _used(circuit))


def _check_used(device: Device, used: dict[str, set[tuple[int, ...]]]) -> None:
    qubits = used["idle"]
    pairs = used["cz"] | used["dqlr"]
    for q, override in device.qubits.items():
        for section in override:
            if (q,) not in qubits or (used[section] and (q,) not in used[section]):
                where = ranges(q for (q,) in (used[section] or qubits))
                raise ValueError(_message(f"[qubits.{q}.{section}]", "qubit", section, f"use one of {where}"))
    for pair, override in device.pairs.items():
        for section in override:
            if pair not in pairs or (used[section] and pair not in used[section]):
                label = f'[pairs."{pair[0]}-{pair[1]}".{section}]'
                raise ValueError(_message(label, "pair", section, _partners(pair, used[section] or pairs)))


def check_memory_overrides(device: Device, patch: Patch, strategy: Strategy, basis: str, form: str) -> None:
    """``check_overrides_used`` for the memory experiments of a patch: one device serves all strategies, so qubits and
    pairs of any built-in one will do."""
    if not device.qubits and not device.pairs:
        return
    used: dict[str, set[tuple[int, ...]]] = defaultdict(set)
    for one in (strategy, DQLR) if patch.dqlr_pairs else (strategy,):
        circuit = ideal_memory_circuit(patch, one, min(one.period, _MAX_PERIOD) + 1, basis, form=form)
        for section, places in _used(circuit).items():
            used[section] |= places
    _check_used(device, used)


def _message(label: str, kind: str, section: str, fix: str) -> str:
    return f"{label} must be about a {kind} that has {_OPERATION[section]} in the circuit, but is not; {fix}"


def _partners(pair: tuple[int, ...], pairs: Collection[tuple[int, ...]]) -> str:
    for q in pair:
        others = [a if b == q else b for a, b in pairs if q in (a, b)]
        if others:
            return f"qubit {q} has one with {ranges(others)}"
    listed = sorted(f"{a}-{b}" for a, b in pairs)
    return (
        f"pairs of the circuit are {', '.join(listed[:4])}{' ...' if len(listed) > 4 else ''}" if listed else "drop it"
    )


def _used(circuit: stim.Circuit) -> dict[str, set[tuple[int, ...]]]:
    """Qubits (one index) and pairs (two, the lower first) of the circuit, by the device's section that acts on them."""
    used: dict[str, set[tuple[int, ...]]] = defaultdict(set)

    for moment in walk_moments(split_moments(circuit)):
        for operation in moment.operations:
            if operation is None:
                continue
            qubits = {(q,) for q in operation.qubits}
            used["idle"] |= qubits
            section = _SECTION.get(operation.kind)
            if section in ("cz", "dqlr"):
                used[section] |= {(min(pair), max(pair)) for pair in operation.groups}
            elif section is not None:
                used[section] |= qubits
    return used
