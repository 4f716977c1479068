"""T1 and T2 that change together: T2 is given as a part of T1, since T2 <= 2 T1 must always hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qec_leak._checks import broken_rule, check_positive

RATIO = "t2_over_t1"
_RATIO_KEY = f"idle.{RATIO}"
_MAX_RATIO = 2.0


def is_ratio(dotted: str) -> bool:
    """True for "idle.t2_over_t1", also of a role or qubit: "roles.data.idle.t2_over_t1"."""
    path = dotted.split(".")
    prefix = path[:-2]
    return path[-2:] == _RATIO_KEY.split(".") and (
        not prefix or (len(prefix) == 2 and prefix[0] in ("roles", "qubits"))
    )


def check_ratio(name: str, value: object) -> float:
    """A ratio T2/T1 in (0, 2]."""
    ratio = check_positive(name, value)
    if ratio > _MAX_RATIO:
        raise ValueError(broken_rule(name, "be at most 2", value, "lower it"))
    return ratio


def without_ratios(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` with a "t2_ns" for each "t2_over_t1": this part of the T1 that the changed device has there.

    Args: table: the device as plain nested dicts. changes: values by dotted key.
    """
    out = {key: value for key, value in changes.items() if not is_ratio(key)}
    for key, value in changes.items():
        if is_ratio(key):
            prefix = key.removesuffix(_RATIO_KEY)
            t2_key = f"{prefix}idle.t2_ns"
            if t2_key in changes:
                raise ValueError(f"`{key}` must not be given with `{t2_key}`, but both are; drop one")
            ratio = check_ratio(key, value)
            out[t2_key] = ratio * check_positive("t1_ns", _t1_ns(table, changes, prefix), allow_infinite=True)
    return out


def scaled(table: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Changes that multiply every T1 and T2 of a device by ``factor``, those of roles and qubits too."""
    check_positive("factor", factor)
    sections = {"": table["idle"]}
    for group in ("roles", "qubits"):
        for name, override in table.get(group, {}).items():
            sections[f"{group}.{name}."] = override.get("idle", {})
    return {
        f"{prefix}idle.{key}": factor * values[key]
        for prefix, values in sections.items()
        for key in ("t1_ns", "t2_ns")
        if key in values
    }


def _t1_ns(table: Mapping[str, Any], changes: Mapping[str, Any], prefix: str) -> Any:
    """T1 of the device, a role or a qubit after the changes. A role or qubit without its own T1 has the device's."""
    for place in dict.fromkeys((prefix, "")):
        if not place and prefix.startswith("qubits.") and _some_role_has_t1(table, changes):
            key = f"{prefix}{_RATIO_KEY}"
            raise ValueError(
                f"`{key}` must go with the qubit's own T1 where roles differ; give `{prefix}idle.t1_ns` too"
            )
        if f"{place}idle.t1_ns" in changes:
            return changes[f"{place}idle.t1_ns"]
        section: Any = table
        for step in [*place.split(".")[:-1], "idle"]:
            section = section.get(step, {})
        if "t1_ns" in section:
            return section["t1_ns"]
    raise AssertionError("every device has a T1")


def _some_role_has_t1(table: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    of_roles = table.get("roles", {}).values()
    return any("t1_ns" in override.get("idle", {}) for override in of_roles) or any(
        key.startswith("roles.") and key.endswith(".idle.t1_ns") for key in changes
    )
