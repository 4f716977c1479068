"""Roles of qubits: as the circuit gives them (``QUBIT_COORDS[role:data](x, y) q``), or guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import stim

from qec_leak._checks import broken_rule, check_choice, ranges
from qec_leak.circuits.moments import operated_qubits
from qec_leak.device.tables import ROLES

_PREFIX = "role:"


def role_tag(role: str) -> str:
    """The tag of a QUBIT_COORDS that gives its qubits this role."""
    return _PREFIX + role


def qubit_roles(circuit: stim.Circuit) -> dict[int, str]:
    r"""Role of every qubit that the circuit operates on: by its QUBIT_COORDS, or else by ``guessed_roles``.

    Args:
        circuit: the circuit.

    Returns:
        The roles by qubit.

    Raises:
        ValueError: a tag has an unknown role, or a qubit two roles.

    Examples:
        >>> import stim
        >>> qubit_roles(stim.Circuit("QUBIT_COORDS[role:measure](0, 0) 0\nR 0\nM 0"))
        {0: 'measure'}
    """
    given = _given(circuit)
    return {qubit: given.get(qubit, role) for qubit, role in _guess(circuit).items()}


def guessed_roles(circuit: stim.Circuit) -> dict[int, str]:
    r"""The roles that the circuit does not give, by qubit.

    A qubit that is measured alone and used again is a "measure" qubit. A qubit that is reset more than once and never
    measured is a "removal" qubit. All others are "data" qubits.

    Args:
        circuit: the circuit.

    Returns:
        The roles by qubit.

    Examples:
        >>> import stim
        >>> guessed_roles(stim.Circuit("R 0 1\nCZ 0 1\nM 1\nCZ 0 1\nM 0 1"))
        {0: 'data', 1: 'measure'}
    """
    given = _given(circuit)
    return {qubit: role for qubit, role in _guess(circuit).items() if qubit not in given}


def guess_note(circuit: stim.Circuit) -> str | None:
    r"""One line that says which roles are guessed, and how to give them.

    Args:
        circuit: the circuit.

    Returns:
        The line; None where the circuit gives all roles.

    Examples:
        >>> import stim
        >>> guess_note(stim.Circuit("QUBIT_COORDS[role:data](0, 0) 0\nR 0\nM 0"))
    """
    guessed = guessed_roles(circuit)
    if not guessed:
        return None
    return f"roles are guessed ({describe(guessed)}); write QUBIT_COORDS[role:data](x, y) q to give them"


def describe(roles: Mapping[int, str]) -> str:
    """Roles by qubit for people: "data 0 to 4, measure 5, 6"."""
    members = {role: [q for q in roles if roles[q] == role] for role in ROLES}
    return ", ".join(f"{role} {ranges(qubits)}" for role, qubits in members.items() if qubits)


def text_without_roles(circuit: stim.Circuit) -> str:
    """The circuit's text without roles. Seeds are derived from it, so that they do not depend on roles."""
    return re.sub(rf"QUBIT_COORDS\[{_PREFIX}\w+\]", "QUBIT_COORDS", str(circuit))


def _given(circuit: stim.Circuit) -> dict[int, str]:
    roles: dict[int, str] = {}
    for item in _walk(circuit, 1):
        if item.name == "QUBIT_COORDS" and item.tag.startswith(_PREFIX):
            role = check_choice(f"QUBIT_COORDS[{item.tag}]", item.tag.removeprefix(_PREFIX), ROLES)
            for target in item.targets_copy():
                if roles.setdefault(target.value, role) != role:
                    rule = f"give each qubit one role, but qubit {target.value} is {roles[target.value]} already"
                    raise ValueError(broken_rule("QUBIT_COORDS", rule, role, "drop one"))
    return roles


def _guess(circuit: stim.Circuit) -> dict[int, str]:
    measured: set[int] = set()
    used_again: set[int] = set()
    reset: set[int] = set()
    reset_again: set[int] = set()
    used: set[int] = set()
    for item in _walk(circuit, 2):
        qubits = operated_qubits(item)
        gate = stim.gate_data(item.name)
        used |= qubits
        used_again |= qubits & measured
        if gate.is_reset:
            reset_again |= qubits & reset
            reset |= qubits
        if gate.produces_measurements and gate.is_single_qubit_gate:
            measured |= qubits
            if gate.is_reset:
                used_again |= qubits
    removal = reset_again - measured
    return {q: "measure" if q in used_again else "removal" if q in removal else "data" for q in sorted(used)}


def _walk(circuit: stim.Circuit, most: int) -> Iterator[stim.CircuitInstruction]:
    """The instructions in their order, a REPEAT block at most ``most`` times."""
    for item in circuit:
        if isinstance(item, stim.CircuitRepeatBlock):
            for _ in range(min(item.repeat_count, most)):
                yield from _walk(item.body_copy(), most)
        else:
            yield item
