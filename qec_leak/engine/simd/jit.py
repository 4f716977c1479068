"""How kernels are compiled, and when what was compiled before may be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache

_njit: Any = njit  # whose stubs know neither _nrt nor where a dispatcher keeps its cache
_F = TypeVar("_F", bound=Callable[..., Any])
_PACKAGE = Path(__file__).parents[2]


def _sources_digest() -> str:
    """SHA-256 of all that kernels are made of: the files of the engine, of programs, whose constants they hold, and of
    the inference of leakage."""
    digest = hashlib.sha256()
    for folder in ("engine", "program", "decoding/leakage"):
        for path in sorted((_PACKAGE / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


_SOURCES = _sources_digest()


class _Cache(FunctionCache):
    """Numba's cache on disk takes a function for unchanged while the file that it stands in is; a kernel holds what it
    calls and constants of other files too, so here it is unchanged while all of these are."""

    def _index_key(self, sig: object, codegen: object) -> tuple[object, ...]:
        return (*super()._index_key(sig, codegen), _SOURCES)  # type: ignore[no-untyped-call]


def uncounted(**options: Any) -> Callable[[_F], _F]:
    """Decorates functions that allocate nothing and run without the GIL. Numba would still count references to every
    array that one passes to the next, which costs more than most of them take. ``_nrt=False`` leaves that out, and
    refuses functions that do allocate."""
    return cast(Callable[[_F], _F], _njit(nogil=True, _nrt=False, **options))


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    return uncounted(no_cfunc_wrapper=True, **options)(function)


def entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that Python calls: compiled when it is first called, with all that it calls, and kept on disk."""
    dispatcher = _compiled(function)
    if dispatcher is not function:  # which it is where JIT is disabled
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Callable[..., Any], dispatcher)


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that kernels call. That it is not inlined is said, since Numba else takes what its caller is."""
    return cast(Callable[..., Any], _compiled(function, forceinline=False, no_cpython_wrapper=True))


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, put where it is called: an array is several machine words as an argument, too many for what runs for
    every event."""
    return cast(Callable[..., Any], _compiled(function, forceinline=True, no_cpython_wrapper=True))


def section(function: Callable[..., Any]) -> Callable[..., Any]:
    """A part of its only caller, which is compiled as if it stood there: what is compiled by itself is optimised once
    more in everything that calls it, so each level of calls that holds most of the engine costs seconds."""
    return cast(Callable[..., Any], _compiled(function, inline="always", no_cpython_wrapper=True))
