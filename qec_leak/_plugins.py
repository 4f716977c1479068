"""What a user wrote outside of the package, by its name: "module:attribute"."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from qec_leak._checks import broken_rule


def is_path(text: str) -> bool:
    """True for a text of the form "module:attribute"."""
    return ":" in text


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
