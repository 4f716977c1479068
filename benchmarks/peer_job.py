"""The job that other simulators of leakage can express, in this package's tags.

Stim's rotated surface-code memory as CZ + H with M and R apart. Pauli noise: depolarizing after H and CZ, X before M
and after R. Leakage: a CZ leaks each qubit with a small probability; a leaked qubit depolarizes its partners, may leak
them too, may come back in a random state; it reads a coin, and resets clear it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import stim


@dataclass(frozen=True)
class PeerNoise:
    """Probabilities: of Paulis by operation, and of leakage by CZ: a leaked qubit's partner leaks (``spread``), then
    each qubit leaks (``leak``), then each leaked one returns (``seep``). The properties put the three together."""

    one_qubit: float = 2e-4
    two_qubit: float = 1e-3
    measurement: float = 8e-3
    reset: float = 2e-3
    leak: float = 5e-4
    spread: float = 5e-2
    seep: float = 2e-2

    @property
    def leaks(self) -> float:
        """One of two computational qubits leaks, and stays so (that it returns at once is left out: 1e-5)."""
        return self.leak * (1 - self.seep)

    @property
    def one_leaked(self) -> tuple[float, float, float, float]:
        """One qubit leaked: then both are; only the other one; none; only the same one. In the last two the partner is
        depolarized."""
        spread, seep = self.spread, self.seep
        partner_stays = 1 - spread + spread * seep
        return spread * (1 - seep) ** 2, spread * seep * (1 - seep), seep * partner_stays, (1 - seep) * partner_stays

    @property
    def both_leaked(self) -> tuple[float, float, float]:
        """Both leaked: then the first returns; the second; both."""
        return self.seep * (1 - self.seep), self.seep * (1 - self.seep), self.seep**2


def ideal_circuit(distance: int, rounds: int) -> stim.Circuit:
    """R, H, CZ, M, detectors and the observable, without noise; rounds in a REPEAT."""
    generated = stim.Circuit.generated("surface_code:rotated_memory_z", distance=distance, rounds=rounds)
    circuit = _native(generated)
    circuit.detector_error_model()  # raises if a detector is random
    return circuit


def tagged_circuit(ideal: stim.Circuit, noise: PeerNoise) -> stim.Circuit:
    """The job for this package and, tags left out, for Stim."""
    table = [
        f"({noise.leaks:.6g}, U_U-->2_U) ({noise.leaks:.6g}, U_U-->U_2)",
        *(f"({p:.6g}, 2_U-->{after})" for p, after in zip(noise.one_leaked, ("2_2", "U_2", "U_V", "2_V"), strict=True)),
        *(f"({p:.6g}, U_2-->{after})" for p, after in zip(noise.one_leaked, ("2_2", "2_U", "V_U", "V_2"), strict=True)),
        *(f"({p:.6g}, 2_2-->{after})" for p, after in zip(noise.both_leaked, ("U_2", "2_U", "U_U"), strict=True)),
    ]
    tag = f"LEAKAGE_TRANSITION_2: {' '.join(table)}"
    text = noisy_text(
        ideal,
        noise,
        cz=lambda qubits: [f"CZ {qubits}", f"II_ERROR[{tag}] {qubits}"],
        measure="M[LEAKAGE_PROJECTION_Z: (0.5, 2)]",
    )
    return stim.Circuit(text)


def deltakit_text(ideal: stim.Circuit, noise: PeerNoise) -> str:
    """The job in the words of deltakit-stim, whose CZ depolarizes the partner of a leaked qubit by itself."""
    spread = f"{noise.spread},{noise.spread},0,0"

    def cz(qubits: str) -> list[str]:
        return [f"CZ({spread}) {qubits}", f"LEAKAGE({noise.leak}) {qubits}", f"RELAX({noise.seep}) {qubits}"]

    return noisy_text(ideal, noise, cz=cz)


def leakysim_text(ideal: stim.Circuit, noise: PeerNoise) -> str:
    """The job for leakysim: its channel 0, a table that the script makes, after each CZ; no QUBIT_COORDS."""
    text = noisy_text(ideal, noise, cz=lambda qubits: [f"CZ {qubits}", f"I[leaky<0>] {qubits}"])
    return "\n".join(line for line in text.splitlines() if not line.startswith("QUBIT_COORDS"))


def instruction_list(ideal: stim.Circuit) -> list[tuple[str, list[int]]]:
    """(name, qubits or record lookbacks) of the unrolled circuit, for prism-q: it has no text format."""
    wanted = ("H", "CZ", "M", "R", "DETECTOR", "OBSERVABLE_INCLUDE")
    return [(item.name, [t.value for t in item.targets_copy()]) for item in ideal.flattened() if item.name in wanted]


def noisy_text(
    ideal: stim.Circuit, noise: PeerNoise, *, cz: Callable[[str], list[str]], measure: str = "M", indent: str = ""
) -> str:
    """The circuit with Pauli noise; ``cz(qubits)`` are the lines of a layer of CZ."""
    lines: list[str] = []
    for item in ideal:
        if isinstance(item, stim.CircuitRepeatBlock):
            body = noisy_text(item.body_copy(), noise, cz=cz, measure=measure, indent=indent + "    ")
            lines += [f"REPEAT {item.repeat_count} {{", body, "}"]
            continue
        qubits = " ".join(str(t.value) for t in item.targets_copy() if t.is_qubit_target)
        if item.name == "H":
            lines += [f"H {qubits}", f"DEPOLARIZE1({noise.one_qubit}) {qubits}"]
        elif item.name == "CZ":
            lines += [*cz(qubits), f"DEPOLARIZE2({noise.two_qubit}) {qubits}"]
        elif item.name == "M":
            lines += [f"X_ERROR({noise.measurement}) {qubits}", f"{measure} {qubits}"]
        elif item.name == "R":
            lines += [f"R {qubits}", f"X_ERROR({noise.reset}) {qubits}"]
        else:
            lines.append(str(item))
    return "\n".join(line if line.startswith(" ") else indent + line for line in lines)


def _native(circuit: stim.Circuit) -> stim.Circuit:
    """CX as H CZ H with neighbouring H cancelled, MR as M and R, no TICKs."""
    out = stim.Circuit()
    owed: set[int] = set()  # qubits that still get an H

    def pay(qubits: set[int]) -> None:
        if due := sorted(owed & qubits):
            out.append("H", due)
            owed.difference_update(due)

    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            pay(set(owed))
            out.append(stim.CircuitRepeatBlock(item.repeat_count, _native(item.body_copy())))
            continue
        qubits = [t.value for t in item.targets_copy() if t.is_qubit_target]
        if item.name == "H":
            owed ^= set(qubits)
        elif item.name == "CX":
            owed ^= set(qubits[1::2])
            pay(set(qubits))
            out.append("CZ", qubits)
            owed ^= set(qubits[1::2])
        elif item.name in ("M", "R", "MR"):
            pay(set(owed))
            for name in item.name:  # MR: M, then R
                out.append(name, qubits)
        elif item.name != "TICK":
            out.append(item)
    pay(set(owed))
    return out
