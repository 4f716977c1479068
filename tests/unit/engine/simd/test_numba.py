"""What Numba must go on doing: the private API that qec_leak.engine.simd leans on, and that nothing else does.

These tests import Numba only, so they still run where an unknown Numba keeps the engine from being imported.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba import config

PACKAGE = Path(__file__).parents[4] / "qec_leak"
SIMD = PACKAGE / "engine" / "simd"
PRIVATE_MODULES = ("numba.core", "numba.np", "numba.extending", "llvmlite")
PRIVATE_NAMES = ("_nrt", "_index_key", "no_cfunc_wrapper", "no_cpython_wrapper")


def named(module: str, name: str, *parameters: str) -> Callable[[], bool]:
    """Whether ``name`` of a module is there and its first parameters are called so."""

    def holds() -> bool:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return [*inspect.signature(found).parameters][: len(parameters)] == [*parameters] if parameters else True

    return holds


def takes(**options: Any) -> Callable[[], bool]:
    """Whether njit takes the options, and the function does as it says."""
    return lambda: bool(numba.njit(nogil=True, **options)(lambda a: a[0] + 1)(np.arange(3)) == 1)


def no_wrapper_is_needed() -> bool:
    inner = numba.njit(no_cpython_wrapper=True)(lambda a: a + 1)
    return bool(numba.njit(lambda a: inner(a) + 1)(1) == 3)


def dispatcher_keeps_its_cache() -> bool:
    return hasattr(numba.njit(lambda a: a), "_cache")


def index_key_is_asked() -> bool:
    source = inspect.getsource(importlib.import_module("numba.core.caching"))
    return source.count("self._index_key(") >= 2  # to load and to save


def uncounted_allocation_is_refused() -> bool:
    try:
        numba.njit(_nrt=False)(lambda n: np.zeros(n))(3)
    except numba.NumbaError:
        return True
    return False


CONTRACT = {
    "jit.py: FunctionCache._index_key(sig, codegen) names what was compiled": named(
        "numba.core.caching", "FunctionCache._index_key", "self", "sig", "codegen"
    ),
    "jit.py: FunctionCache asks _index_key when it loads and saves": index_key_is_asked,
    "jit.py: a dispatcher keeps its cache in _cache": dispatcher_keeps_its_cache,
    "jit.py: njit takes _nrt, which leaves reference counts out": takes(_nrt=False),
    "jit.py: njit(_nrt=False) refuses what allocates": uncounted_allocation_is_refused,
    "jit.py: njit takes no_cfunc_wrapper": takes(no_cfunc_wrapper=True),
    "jit.py: njit takes no_cpython_wrapper": no_wrapper_is_needed,
    "jit.py: njit takes forceinline": takes(forceinline=True),
    "jit.py: njit takes inline='always'": takes(inline="always"),
    "lowering.py: templates.AbstractTemplate": named("numba.core.typing.templates", "AbstractTemplate"),
    "lowering.py: templates.infer_global(function)": named("numba.core.typing.templates", "infer_global", "val"),
    "lowering.py: templates.signature(type, *arguments)": named(
        "numba.core.typing.templates", "signature", "return_type", "args"
    ),
    "lowering.py: extending.lower_builtin(function, *types)": named("numba.extending", "lower_builtin", "func"),
    "vectors.py: extending.register_model": named("numba.extending", "register_model", "typecls"),
    "vectors.py: models.PrimitiveModel(manager, type, LLVM's type)": named(
        "numba.extending", "models.PrimitiveModel", "dmm", "fe_type", "be_type"
    ),
    "pointers.py: templates.AttributeTemplate": named("numba.core.typing.templates", "AttributeTemplate"),
    "pointers.py: templates.infer_getattr": named("numba.core.typing.templates", "infer_getattr"),
    "pointers.py: extending.lower_getattr_generic": named("numba.extending", "lower_getattr_generic", "ty"),
    "pointers.py: extending.unbox": named("numba.extending", "unbox", "typeclass"),
    "pointers.py: arrayobj.make_array(type)": named("numba.np.arrayobj", "make_array", "array_type"),
    "pointers.py: arrayobj.populate_array": named(
        "numba.np.arrayobj", "populate_array", "array", "data", "shape", "strides", "itemsize", "meminfo"
    ),
}


@pytest.mark.parametrize("rule", CONTRACT)
@pytest.mark.skipif(config.DISABLE_JIT, reason="nothing is compiled")
def test_numba_keeps_the_contract(rule: str) -> None:
    reason = ""
    try:
        kept = CONTRACT[rule]()
    except Exception as error:
        kept, reason = False, f" ({type(error).__name__}: {error})"
    if not kept:
        pytest.fail(f"Numba {numba.__version__} broke engine/simd/{rule}{reason}", pytrace=False)


def private_uses(source: str) -> Iterator[str]:
    """Private API of Numba, and LLVM, that a module names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            modules += [f"{modules[0]}.{a.name}" for a in node.names] if isinstance(node, ast.ImportFrom) else []
            yield from (m for m in modules if any(m == p or m.startswith(p + ".") for p in PRIVATE_MODULES))
        elif isinstance(node, ast.keyword) and node.arg in PRIVATE_NAMES:
            yield str(node.arg)
        elif isinstance(node, ast.Attribute) and node.attr in (*PRIVATE_NAMES, "_cache"):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            yield from [] if own else [node.attr]


@pytest.mark.parametrize(
    "line",
    [
        "from numba.core.caching import FunctionCache",
        "from numba import njit, extending",
        "import numba.np.arrayobj",
        "from llvmlite import ir",
        "f = njit(_nrt=False)",
        "dispatcher._cache = 1",
    ],
)
def test_private_uses_are_seen(line: str) -> None:
    assert [*private_uses(line)]


def test_private_api_is_used_in_simd_only() -> None:
    users = {p.relative_to(PACKAGE).as_posix(): [*private_uses(p.read_text())] for p in PACKAGE.rglob("*.py")}
    inside = {name for name in users if name.startswith("engine/simd/")}
    assert not {name: uses for name, uses in users.items() if uses and name not in inside}
    assert {name for name in inside if users[name]} == inside - {"engine/simd/__init__.py"}
