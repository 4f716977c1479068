"""Sections and overrides as plain tables: merging, checking, and the dotted keys that address them.

A table is what a TOML file holds: {"cz": {"leakage": 1e-3, ...}, ..., "roles": {"data": {"idle": {...}}}, "qubits":
{"5": {...}}, "pairs": {"3-12": {...}}}. Errors start with the TOML section they are about, e.g. "[qubits.5.idle]".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from qec_leak._checks import suggestion
from qec_leak.device.transmon import (
    CZ_MODEL_KEYS,
    CzParameters,
    DqlrParameters,
    GateParameters,
    IdleParameters,
    ReadoutParameters,
    ResetParameters,
)

Table = dict[str, Any]
ROLES = ("data", "measure", "removal")
GROUPS = ("roles", "qubits", "pairs")

Section = GateParameters | IdleParameters | ReadoutParameters | ResetParameters | CzParameters | DqlrParameters
QUBIT_SECTIONS: dict[str, type[Section]] = {
    "gate": GateParameters,
    "idle": IdleParameters,
    "readout": ReadoutParameters,
    "reset": ResetParameters,
}
PAIR_SECTIONS: dict[str, type[Section]] = {"cz": CzParameters, "dqlr": DqlrParameters}
SECTIONS: dict[str, type[Section]] = {**QUBIT_SECTIONS, **PAIR_SECTIONS}
TOP_KEYS = ("name", "description", "cycle_ns", *SECTIONS, *GROUPS)


def section_keys(section: str) -> tuple[str, ...]:
    """All keys of a section, in the order of its class."""
    return tuple(field.name for field in dataclasses.fields(SECTIONS[section]))


def required_keys(section: str) -> tuple[str, ...]:
    """Keys without which a section is not complete."""
    fields = dataclasses.fields(SECTIONS[section])
    return tuple(field.name for field in fields if field.default is dataclasses.MISSING)


def make_section(section: str, values: Mapping[str, Any], *, where: str | None = None) -> Section:
    """The parameters of one section; errors name it as ``[where]``."""
    label = f"[{section if where is None else where}]"
    check_keys(label, values, section_keys(section))
    for key in required_keys(section):
        if key not in values:
            raise ValueError(f"{label} `{key}` must be given, but is missing; add `{key} = ...`")
    try:
        return SECTIONS[section](**values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{label} {error}") from None


def section_values(parameters: Section) -> Table:
    """The keys of a section that are set, as a plain table."""
    values = {name: getattr(parameters, name) for name in parameters.__dataclass_fields__}
    return {name: value for name, value in values.items() if value is not None and value != ()}


def merged(base: Mapping[str, Any], override: Mapping[str, Any]) -> Table:
    """``base`` with the values of ``override``; None removes a key. A new CZ model drops the keys of the old one, so
    that an override need not remove them one by one."""
    values = dict(base)
    if override.get("model", base.get("model")) != base.get("model"):
        for key in CZ_MODEL_KEYS.get(str(base.get("model")), ()):
            values.pop(key, None)
    values.update(override)
    return {key: value for key, value in values.items() if value is not None}


def override_section(parameters: Section, section: str, override: Mapping[str, Any], *, where: str) -> Section:
    """A section with some values replaced."""
    return make_section(section, merged(section_values(parameters), override), where=where)


def check_keys(label: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse keys of ``table`` that are not known, with the closest known one."""
    known = tuple(known)
    for key in table:
        if key not in known:
            hint = suggestion(str(key), known) or f"known keys are {', '.join(known)}"
            raise ValueError(f"{label} `{key}` must be a known key, but is not; {hint}")


def check_table(label: str, value: object) -> Mapping[str, Any]:
    """``value`` if it is a table."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{label} must be a table of keys and values, but is {value!r}; write it as a [section]")
    return value


def check_overrides(group: str, name: str, table: object) -> dict[str, Table]:
    """The overrides of one role, qubit or pair: known sections, known keys, at least one value each."""
    label = f"[{group}.{name}]"
    sections = PAIR_SECTIONS if group == "pairs" else QUBIT_SECTIONS
    out: dict[str, Table] = {}
    overrides = check_table(label, table)
    check_keys(label, overrides, sections)
    for section, values in overrides.items():
        inner = f"[{group}.{name}.{section}]"
        check_keys(inner, check_table(inner, values), section_keys(section))
        if values:
            out[section] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return out


def parse_qubit(name: object) -> int:
    """Qubit index of a key of [qubits]."""
    text = str(name)
    if isinstance(name, bool) or not _is_index(text) or str(int(text)) != text:
        raise ValueError(f"[qubits] `{text}` must be a qubit index, but is not; write it as in [qubits.5.idle]")
    return int(text)


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def parse_pair(name: object) -> tuple[int, int]:
    """Qubit indices of a key of [pairs]: "3-12" or (3, 12), the lower index first."""
    parts = name.split("-") if isinstance(name, str) else list(name) if isinstance(name, tuple) else []
    if len(parts) != 2 or not all(_is_index(str(p)) for p in parts):
        raise ValueError(f'[pairs] `{name}` must be two qubit indices, but is not; write it as in [pairs."3-12".cz]')
    a, b = (int(part) for part in parts)
    if a >= b:
        fix = f'write "{b}-{a}"' if a > b else "name two qubits"
        raise ValueError(f"[pairs] `{name}` must have its lower index first, but has not; {fix}")
    return a, b


def set_dotted(table: Table, dotted: str, value: object) -> None:
    """Set one value of a device's table by its dotted key ("cz.leakage", "pairs.3-12.cz.leakage"); None removes it."""
    *path, key = dotted.split(".")
    if path == ["cycle_ns"] and key:
        _set_cycle(table, key, value)
        return
    section = path[-1] if path else ""
    is_top = not path and key in ("name", "description", "cycle_ns")
    is_default = len(path) == 1 and section in SECTIONS
    is_override = (
        len(path) == 3 and path[0] in GROUPS and section in (PAIR_SECTIONS if path[0] == "pairs" else QUBIT_SECTIONS)
    )
    if not (is_top or ((is_default or is_override) and key in section_keys(section))):
        prefix, allowed = "", SECTIONS if dotted.split(".")[0] not in GROUPS else {}
        if len(path) == 3 and path[0] in GROUPS:
            prefix, allowed = f"{path[0]}.{path[1]}.", PAIR_SECTIONS if path[0] == "pairs" else QUBIT_SECTIONS
        known = [f"{prefix}{name}.{k}" for name in allowed for k in section_keys(name)]
        fix = (
            suggestion(dotted, known)
            or "write section.key, roles.ROLE.section.key, qubits.N.section.key or pairs.A-B.section.key"
        )
        raise ValueError(f"`{dotted}` must be a key of a device, but is not; {fix}")
    for step in path[:-1]:
        table = table.setdefault(step, {})
    if is_top and value is None and key == "cycle_ns":
        table.pop(key, None)
    elif is_top:
        table[key] = value
    else:
        table[section] = merged(table.get(section, {}), {key: value})


def _set_cycle(table: Table, strategy: str, value: object) -> None:
    """The length of a cycle under one strategy; None removes it."""
    by_strategy = table.get("cycle_ns", {})
    if not isinstance(by_strategy, Mapping):
        raise ValueError(
            f"`cycle_ns.{strategy}` must go with a table by strategy, but cycle_ns is {by_strategy!r}; "
            "set cycle_ns for all strategies, or write [cycle_ns] in a file"
        )
    table["cycle_ns"] = merged(by_strategy, {strategy: value})
