"""Values that a user brings, by name: built in, installed by another package (entry points), or "module:attribute"."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qec_leak._checks import broken_rule, suggestion


def is_path(text: str) -> bool:
    """True for a text of the form "module:attribute"."""
    return ":" in text


def _as_written(text: str) -> str:
    return text


@dataclass(frozen=True)
class Kind:
    """A kind of values that have names: strategies, patches, decoders, processes.

    group: of entry points, under which a package installs values of this kind.
    is_value: True for a value of this kind. What is none is called without arguments and makes one.
    built_in: values by name.
    reserved: further names that a package cannot take.
    spelled: the spelling in which names are compared.
    fix: what errors say about a text without ":" where there are no names.
    """

    group: str
    is_value: Callable[[Any], bool]
    built_in: Mapping[str, Any] = field(default_factory=dict)
    reserved: tuple[str, ...] = ()
    spelled: Callable[[str], str] = _as_written
    fix: str = "write for example my_module:MyClass"

    def installed_names(self) -> tuple[str, ...]:
        """Names of installed values, in the order of the alphabet."""
        taken = {self.spelled(name) for name in (*self.built_in, *self.reserved)}
        return tuple(sorted({p.name for p in installed(self.group) if self.spelled(p.name) not in taken}))

    def names(self) -> tuple[str, ...]:
        """Names of built-in values, then of installed ones."""
        return (*self.built_in, *self.installed_names())

    def name_of(self, text: str) -> str:
        """The name as its owner writes it; "module:attribute", and what is no name, as it is."""
        return {self.spelled(name): name for name in self.names()}.get(self.spelled(text), text)

    def find(self, name: str, text: str) -> Any:
        """What ``text`` names; it may be a value, or what makes one.

        Args: name: what errors call the argument.
        Raises ValueError for a name that is unknown, has two owners or does not load.
        """
        found = self._installed_as(name, text)
        by_spelling = {self.spelled(known): value for known, value in self.built_in.items()}
        if self.spelled(text) in by_spelling:
            return by_spelling[self.spelled(text)]
        if found is not None:
            return _loaded(name, found)
        if is_path(text):
            return load_attribute(name, text)
        known = self.names()
        if not known:
            raise ValueError(broken_rule(name, "be module:attribute", text, self.fix))
        listed = ", ".join(repr(one) for one in known)
        fix = suggestion(text, known) or "choose one of them"
        raise ValueError(broken_rule(name, f"be one of {listed}", text, f"{fix}, or give module:attribute"))

    def value(self, name: str, text: str) -> Any:
        """The value that ``text`` names, made where a class or function makes it. The caller checks that it is one.

        Raises what ``find`` and ``made`` raise.
        """
        return self.made(name, text, self.find(name, text))

    def made(self, name: str, text: str, found: Any) -> Any:
        """``found``, or what it returns where it is a class or function. Raises ValueError if it needs arguments."""
        if self.is_value(found) or not callable(found):
            return found
        try:
            return found()
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise  # an error inside of it
            rule = "name a value, or what makes one when called without arguments"
            raise ValueError(broken_rule(name, rule, text, f"the call fails ({error}); correct it")) from error

    def _installed_as(self, name: str, text: str) -> importlib.metadata.EntryPoint | None:
        points = [point for point in installed(self.group) if self.spelled(point.name) == self.spelled(text)]
        owners = [f"the entry point {point.name} = {point.value}" for point in points]
        if points and self.spelled(text) in {self.spelled(known) for known in (*self.built_in, *self.reserved)}:
            owners.insert(0, "qec_leak itself")
        if len(owners) > 1:
            fix = "rename or uninstall what has taken the name"
            raise ValueError(broken_rule(name, f"have one owner, not {' and '.join(owners)}", text, fix))
        return points[0] if points else None


@functools.cache
def installed(group: str) -> tuple[importlib.metadata.EntryPoint, ...]:
    """Entry points of a group, of all installed packages."""
    return tuple(dict.fromkeys(importlib.metadata.entry_points(group=group)))


def _loaded(name: str, point: importlib.metadata.EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:  # whatever the package does
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        fix = f"it raises {reason}; install it again"
        raise ValueError(broken_rule(name, f"load from {point.value}", point.name, fix)) from error


def load_attribute(name: str, text: str) -> Any:
    """What "module:attribute" names: an attribute of a module, or one of its attribute ("module:Class.attribute").

    Modules are looked for where Python finds them, and then in the current folder.
    Args: name: what errors call the argument.
    Raises ValueError where there is no such module or attribute, or importing the module fails.
    """
    module_name, _, path = text.partition(":")
    if not module_name or not path:
        raise ValueError(broken_rule(name, "be module:attribute", text, "write for example my_module:MyClass"))
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        value: Any = importlib.import_module(module_name)
    except Exception as error:  # whatever the module does
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        fix = f"importing {module_name} fails ({reason}); correct the name or the module"
        raise ValueError(broken_rule(name, "name a module that can be imported", text, fix)) from error
    for part in path.split("."):
        if not hasattr(value, part):
            rule = f"name an attribute of {module_name}"
            raise ValueError(broken_rule(name, rule, text, f"there is no {part!r}; correct the name"))
        value = getattr(value, part)
    return value
