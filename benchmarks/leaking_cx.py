"""Circuits of CX gates in which qubits leak."""

from __future__ import annotations

import stim


def after_each_cx(circuit: stim.Circuit, *instructions: tuple[str, str]) -> stim.Circuit:
    """The circuit without loops, and behind each CX the instructions (name, tag) on its qubits."""
    out = stim.Circuit()
    for item in circuit.flattened():
        out.append(item)
        if item.name == "CX":
            for name, tag in instructions:
                out.append(name, item.targets_copy(), tag=tag)
    return out


def leaking_cx(distance: int, noise: float, leak: float) -> stim.Circuit:
    """As many rounds as the distance. Each qubit of a CX leaks by itself. A leaked qubit leaves its partner fully
    depolarized and reads a coin."""
    ideal = stim.Circuit.generated(
        "surface_code:rotated_memory_z",
        distance=distance,
        rounds=distance,
        after_clifford_depolarization=noise,
        before_measure_flip_probability=noise,
        after_reset_flip_probability=noise,
    )
    leaking = after_each_cx(
        ideal,
        ("I_ERROR", f"LEAKAGE_TRANSITION_1: ({leak}, U-->2)"),
        ("II_ERROR", "LEAKAGE_TRANSITION_2: (1, 2_U-->2_V) (1, U_2-->V_2)"),
    )
    out = stim.Circuit()
    for item in leaking:
        coin = "LEAKAGE_PROJECTION_Z: (0.5, 2)" if item.name in ("M", "MR") else item.tag
        out.append(item.name, item.targets_copy(), item.gate_args_copy(), tag=coin)
    return out
