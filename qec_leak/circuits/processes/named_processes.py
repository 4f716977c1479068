"""Processes that a user brings: by value, installed (entry points "qec_leak.processes"), or by "module:attribute"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias, get_args

from qec_leak import _checks, _plugins
from qec_leak.circuits.operation import Kind
from qec_leak.circuits.process import Process
from qec_leak.circuits.processes import BUILT_IN
from qec_leak.circuits.tags import ALLOWED_GATES

AnyProcess: TypeAlias = "str | Process"
"""What is taken for a process: a value, "module:attribute" of one, or the name of an installed one."""

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_ON = tuple(kind for kind in get_args(Kind) if kind not in ("pair_identity", "wait", "other"))
_KIND = _plugins.Kind(
    "qec_leak.processes",
    lambda value: isinstance(value, Process),
    reserved=tuple(process.label for process in BUILT_IN),
)


def find_processes(processes: Iterable[AnyProcess], *, name: str = "processes") -> tuple[Process, ...]:
    """The processes.

    Args:
        processes: values; or "module:attribute" or names of installed ones, where the attribute is a process, or a
            class or function without arguments that makes one.
        name: what errors call the argument.
    Raises ValueError or TypeError for what is no process, or has a label that is taken or a kind that there is not.
    """
    given: list[AnyProcess] = [processes] if isinstance(processes, str | Process) else list(processes)
    out: list[Process] = []
    for one in given:
        process = _checked(_KIND.value(name, one) if isinstance(one, str) else one, name, one)
        if any(process.label == other.label for other in (*BUILT_IN, *out)):
            taken = ", ".join(other.label for other in (*BUILT_IN, *out))
            rule = f"have a label that is not one of {taken}"
            raise ValueError(_checks.broken_rule(name, rule, process.label, "rename it"))
        out.append(process)
    return tuple(out)


def _checked(value: Any, name: str, given: object) -> Process:
    if not isinstance(value, Process):
        fix = "give a qec_leak.circuits.Process or its module:attribute"
        raise TypeError(_checks.broken_rule(name, "be processes", given, fix))
    if not isinstance(value.label, str) or not _LABEL.fullmatch(value.label):
        rule = "be a letter, and letters, digits, '_', '-' or '.'"
        raise ValueError(_checks.broken_rule(f"{type(value).__name__}.label", rule, value.label, "write one word"))
    if value.label in ALLOWED_GATES:
        rule = "not be the name of a tag"
        raise ValueError(_checks.broken_rule(f"{type(value).__name__}.label", rule, value.label, "rename it"))
    _checks.check_choice(f"{value.label}.on", value.on, _ON)
    return value
