"""Reference pages of the Python packages: every name in their ``__all__``, in its order."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

import qec_leak

PACKAGES = (*(name for name in qec_leak.__all__ if isinstance(getattr(qec_leak, name), ModuleType)), "sinter")


def source(name: str) -> str:
    """Where the repository holds a package, or a module that is one file."""
    module = importlib.import_module(f"qec_leak.{name}")
    return f"qec_leak/{name}" if hasattr(module, "__path__") else f"qec_leak/{name}.py"


def pages() -> dict[str, Callable[[], str]]:
    """What writes each page, by its place below docs/."""
    out: dict[str, Callable[[], str]] = {"reference/qec_leak.md": _top}
    for name in PACKAGES:
        out[f"reference/{name}.md"] = lambda name=name: _page(f"qec_leak.{name}")
    return out


def _top() -> str:
    names = [name for name in qec_leak.__all__ if name not in PACKAGES]
    return _text(qec_leak, "qec_leak", [f"qec_leak.{name}" for name in names])


def _page(module_name: str) -> str:
    module = importlib.import_module(module_name)
    names = public_names(module)
    at_top = [name for name in names if getattr(qec_leak, name, None) is getattr(module, name)]
    there = [f"[{name}](qec_leak.md#qec_leak.{name})" for name in at_top]
    text = _text(module, module_name, [f"{module_name}.{name}" for name in names if name not in at_top])
    return text + (f"\nAlso here, and in [qec_leak](qec_leak.md): {', '.join(there)}.\n" if there else "")


def public_names(module: ModuleType) -> list[str]:
    """What the module exports: ``__all__``, or its functions and classes without an underscore."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    own = vars(module).items()
    return [k for k, v in own if k[0] != "_" and getattr(v, "__module__", "") == module.__name__ and callable(v)]


def _text(module: ModuleType, name: str, paths: list[str]) -> str:
    summary = f"::: {name}\n    options:\n      members: false\n      show_root_heading: false\n"
    summary += "      show_root_toc_entry: false\n"
    return f"# {name}\n\n{summary}\n" + "".join(f"\n::: {path}\n" for path in paths)
