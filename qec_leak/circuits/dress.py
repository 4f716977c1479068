"""dress: adds the noise of a device to an ideal circuit. Leakage goes into tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import stim

from qec_leak import _checks
from qec_leak.circuits.arguments import as_circuit, as_device
from qec_leak.circuits.moments import Loop, Moment, split_moments, walk_moments
from qec_leak.circuits.noise import NoiseModel
from qec_leak.circuits.overrides import check_overrides_used
from qec_leak.circuits.process import Chip, Process
from qec_leak.circuits.processes.named_processes import AnyProcess, find_processes
from qec_leak.circuits.roles import qubit_roles
from qec_leak.circuits.tags import POPULATION
from qec_leak.device import Device
from qec_leak.device.tables import ROLES


def dress(
    circuit: stim.Circuit | str,
    device: Device | str,
    *,
    roles: Mapping[int, str] | None = None,
    processes: Iterable[AnyProcess] = (),
) -> stim.Circuit:
    r"""The noisy circuit that ``device`` executes when asked for ``circuit``.

    Pauli noise is written as noise instructions of Stim, so that error models and decoders see it. Their tags name the
    process. Leakage is written as tags, which Stim ignores (grammar: ``qec_leak.circuits.tags``). The operations
    between two TICKs are a moment. It lasts as long as its slowest operation, and the other qubits idle.

    Args:
        circuit: a stim.Circuit or its text. It has one-qubit Cliffords, CZ, CX (executed as H CZ H), measurements,
            resets, annotations and REPEAT. Its own noise is kept, and the argument of a measurement flips its record
            too. Products of Paulis (MPP, MXX, SPP, ..) have no duration and no noise on a device, so they are refused.
            ``II[LEAKAGE_ISWAP] data measure`` is a Leakage iSWAP, and ``I[INJECT_LEAKAGE(P)] q`` an injection.
        device: a Device or the name of a preset. The circuit must have all qubits and pairs that it overrides.
        roles: "data", "measure" or "removal" by qubit. They replace the roles of ``QUBIT_COORDS[role:data](x, y) q`` in
            the circuit. All other roles are guessed (``qec_leak.circuits.guess_note`` says which): a qubit that is
            measured and used again is a measure qubit, a qubit that is reset again and never measured is a removal
            qubit, and all others are data qubits.
        processes: noise beside the device's own: ``Process`` values, or "module:attribute" of them.

    Returns:
        The noisy circuit.

    Raises:
        ValueError: an instruction cannot be dressed, or a role or an override is not used; the message names it.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> noisy = dress("R 0 1\nTICK\nCZ 0 1\nTICK\nM 0 1", "miao2023")
        >>> [str(i) for i in noisy if "LEAKAGE_PROJECTION_Z" in i.tag]
        ['M[readout|LEAKAGE_PROJECTION_Z: (1.0, 2) (1.0, 3)](0.0196) 0 1']
    """
    circuit, device = as_circuit("circuit", circuit), as_device("device", device)
    known = qubit_roles(circuit)
    for qubit, role in (roles or {}).items():
        if qubit not in known:
            rule = "name qubits that the circuit operates on"
            raise ValueError(_checks.broken_rule("roles", rule, qubit, "drop it"))
        known[qubit] = _checks.check_choice(f"roles[{qubit}]", role, ROLES)
    check_overrides_used(device, circuit)
    return dressed(circuit, device, known, find_processes(processes))


def dressed(
    circuit: stim.Circuit, device: Device, roles: Mapping[int, str], processes: tuple[Process, ...] = ()
) -> stim.Circuit:
    """``dress`` with the roles of all qubits and checked arguments."""
    blocks = split_moments(circuit, readout_tags=False)
    out = stim.Circuit()
    _emit(blocks, NoiseModel(_chip(circuit, device, roles, blocks), processes), out)
    # Stim prints six digits of a probability: the circuit and its text are to be the same.
    return stim.Circuit(str(out))


def _emit(blocks: tuple[Moment | Loop, ...], model: NoiseModel, out: stim.Circuit) -> None:
    for block in blocks:
        if isinstance(block, Loop):
            body = stim.Circuit()
            _emit(block.body, model, body)
            out.append(stim.CircuitRepeatBlock(block.count, body, tag=block.tag))
        else:
            model.emit(block, out)


def _chip(circuit: stim.Circuit, device: Device, roles: Mapping[int, str], blocks: tuple[Moment | Loop, ...]) -> Chip:
    return Chip(device, roles, circuit.get_final_qubit_coordinates(), lambda: walk_moments(blocks))


def cycle_ns(circuit: stim.Circuit, device: Device, processes: tuple[Process, ...] = ()) -> float:
    """Duration of the first round of an ideal circuit on ``device``. A round ends at a TICK tagged
    LEAKAGE_POPULATION."""
    blocks = split_moments(circuit)
    model = NoiseModel(_chip(circuit, device, qubit_roles(circuit), blocks), processes)
    passed_ns = [0.0]
    for moment in walk_moments(blocks, passes=2):
        passed_ns[-1] += model.duration_ns(moment)
        if moment.tick is not None and moment.tick.tag == POPULATION:
            passed_ns.append(0.0)
    return passed_ns[1]


def tick_durations_ns(
    circuit: stim.Circuit, device: Device, roles: Mapping[int, str], processes: tuple[Process, ...] = ()
) -> list[float] | None:
    """How long what stands before each TICK of an ideal circuit takes, its REPEAT blocks unrolled; None where that is
    more than one moment."""
    flat = circuit.flattened()
    blocks = split_moments(flat)
    model = NoiseModel(_chip(flat, device, roles, blocks), processes)
    out = []
    since_tick: list[float] = []
    for moment in walk_moments(blocks):
        since_tick.append(model.duration_ns(moment))
        if moment.tick is not None:
            if sum(time_ns > 0 for time_ns in since_tick) > 1:
                return None
            out.append(max(since_tick))
            since_tick = []
    return out if not any(since_tick) else None
