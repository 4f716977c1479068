"""How kernels are compiled, and when earlier compiled code may be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache

_njit: Any = njit  # Any: its stubs know neither _nrt nor the cache of a dispatcher
_F = TypeVar("_F", bound=Callable[..., Any])
_PACKAGE = Path(__file__).parents[2]


def _sources_digest() -> str:
    """SHA-256 of all sources that kernels are made of: the engine, programs, whose constants kernels hold, and the
    inference of leakage."""
    digest = hashlib.sha256()
    for folder in ("engine", "program", "decoding/leakage"):
        for path in sorted((_PACKAGE / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


_SOURCES = _sources_digest()


class _Cache(FunctionCache):
    """Numba's cache on disk, with another rule for when compiled code is still valid. Numba looks only at the file in
    which the function stands. But a kernel also holds what it calls, and constants of other files, so here all of these
    files must be unchanged."""

    def _index_key(self, sig: object, codegen: object) -> tuple[object, ...]:
        return (*super()._index_key(sig, codegen), _SOURCES)  # type: ignore[no-untyped-call]


def uncounted(**options: Any) -> Callable[[_F], _F]:
    """Decorates functions that allocate nothing and run without the GIL. Numba would still count references to every
    array that one function passes to another, which takes longer than most of these functions do. ``_nrt=False``
    leaves the counting out, and refuses functions that allocate."""
    return cast(Callable[[_F], _F], _njit(nogil=True, _nrt=False, **options))


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    return uncounted(no_cfunc_wrapper=True, **options)(function)


def entry(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that Python calls: compiled when it is first called, with all that it calls, and kept on disk."""
    dispatcher = _compiled(function)
    if dispatcher is not function:  # they are the same if JIT is disabled
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Callable[..., Any], dispatcher)


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that kernels call. It must say that it is not inlined: else Numba uses the setting of its caller."""
    return cast(Callable[..., Any], _compiled(function, forceinline=False, no_cpython_wrapper=True))


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, inlined into its caller: an array is several machine words as an argument, too many for a function that
    runs for every event."""
    return cast(Callable[..., Any], _compiled(function, forceinline=True, no_cpython_wrapper=True))


def section(function: Callable[..., Any]) -> Callable[..., Any]:
    """A part of its only caller, compiled as if it stood there. A function that is compiled by itself is optimised
    again in everything that calls it, so each level of calls that holds most of the engine costs seconds."""
    return cast(Callable[..., Any], _compiled(function, inline="always", no_cpython_wrapper=True))
