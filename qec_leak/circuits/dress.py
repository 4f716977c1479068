"""dress: ideal circuit + device -> noisy circuit, its leakage in tags."""

from __future__ import annotations

from collections.abc import Mapping

import stim

from qec_leak import _checks
from qec_leak.circuits.arguments import as_circuit, as_device
from qec_leak.circuits.moments import MEASUREMENTS, Loop, Moment, split_moments
from qec_leak.circuits.noise import NoiseModel
from qec_leak.circuits.overrides import check_overrides_used
from qec_leak.circuits.roles import qubit_roles
from qec_leak.circuits.tags import POPULATION, parse_tag
from qec_leak.device import Device
from qec_leak.device.tables import ROLES


def dress(circuit: stim.Circuit | str, device: Device | str, *, roles: Mapping[int, str] | None = None) -> stim.Circuit:
    """The noisy circuit that ``device`` executes when asked for ``circuit``.

    Pauli noise is Stim's own instructions, labelled by their process in tags, so that Stim's error models and decoders
    see it; leakage is tags on instructions that do nothing in Stim (grammar: ``qec_leak.circuits.tags``). Moments are
    what stands between TICKs; each lasts as long as its slowest operation, and idle noise follows from that.

    Args:
        circuit: one-qubit Cliffords, CZ, CX (executed as H CZ H), measurements, resets, annotations, REPEAT; noise in
            it is kept, and the argument of a measurement flips its record too. Products of Paulis (MPP, MXX, SPP, ..)
            have no duration and no noise on a device, so they are refused. ``II[LEAKAGE_ISWAP] data measure`` asks for
            a Leakage iSWAP, ``I[INJECT_LEAKAGE(P)] q`` for an injection. A stim.Circuit or its text.
        device: a Device or the name of a preset. What it overrides of a qubit or pair has to be in the circuit.
        roles: "data", "measure" or "removal" by qubit, above what ``QUBIT_COORDS[role:data](x, y) q`` in the circuit
            says. Roles that neither gives are guessed (``qec_leak.circuits.guess_note`` says how): a qubit that is
            measured and used again is a measure qubit, one that is reset again and never measured a removal qubit, all
            others are data qubits.
    Raises ValueError naming an instruction that cannot be dressed, or a role or an override that nothing uses;
    TypeError for arguments of other types.
    """
    circuit, device = as_circuit("circuit", circuit), as_device("device", device)
    known = qubit_roles(circuit)
    for qubit, role in (roles or {}).items():
        if qubit not in known:
            rule = "name qubits that the circuit operates on"
            raise ValueError(_checks.broken_rule("roles", rule, qubit, "drop it"))
        known[qubit] = _checks.check_choice(f"roles[{qubit}]", role, ROLES)
    check_overrides_used(device, circuit)
    return dressed(circuit, device, known)


def dressed(circuit: stim.Circuit, device: Device, roles: Mapping[int, str]) -> stim.Circuit:
    """``dress`` with the roles of all qubits, what is not used having been checked."""
    _refuse_tagged(circuit, 1)
    blocks = split_moments(circuit)
    model = NoiseModel(device, roles, circuit)
    out = stim.Circuit()
    _emit(blocks, model, out)
    # Stim prints six digits of a probability: the circuit and its text are to be the same.
    return stim.Circuit(str(out))


def _refuse_tagged(circuit: stim.Circuit, line: int) -> int:
    """Refuse readouts and resets that bring tables of their own; returns the line behind the block."""
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            line = _refuse_tagged(item.body_copy(), line + 1)
        elif stim.gate_data(item.name).is_reset or item.name in MEASUREMENTS:
            tag = parse_tag(item.tag)
            if tag is not None:
                raise ValueError(
                    f"`circuit` must leave readout and reset to the device, but line {line} has {tag.family} on "
                    f"{item.name}; drop the tag, or set the device's"
                )
        line += 1
    return line


def _emit(blocks: tuple[Moment | Loop, ...], model: NoiseModel, out: stim.Circuit) -> None:
    for block in blocks:
        if isinstance(block, Loop):
            body = stim.Circuit()
            _emit(block.body, model, body)
            out.append(stim.CircuitRepeatBlock(block.count, body, tag=block.tag))
        else:
            model.emit(block, out)


def cycle_ns(circuit: stim.Circuit, device: Device) -> float:
    """Time between the first two TICKs tagged LEAKAGE_POPULATION of an ideal circuit, on ``device``; the circuit has
    them outside REPEAT blocks."""
    model = NoiseModel(device, qubit_roles(circuit), circuit)
    passed_ns = [0.0]
    for moment in split_moments(circuit):
        assert isinstance(moment, Moment), moment
        passed_ns[-1] += model.duration_ns(moment)
        if moment.tick is not None and moment.tick.tag == POPULATION:
            passed_ns.append(0.0)
    return passed_ns[1]
