"""How kernels are compiled, and when what was compiled before may be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit
from numba.core.caching import FunctionCache

_njit: Any = njit  # whose stubs know neither _nrt nor where a dispatcher keeps its cache
_PACKAGE = Path(__file__).parents[2]


def _sources_digest() -> str:
    """SHA-256 of all that kernels are made of: the files of the engine, and of programs, whose constants they hold."""
    digest = hashlib.sha256()
    for folder in ("engine", "program"):
        for path in sorted((_PACKAGE / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


_SOURCES = _sources_digest()


class _Cache(FunctionCache):
    """Numba's cache on disk takes a function for unchanged while the file that it stands in is; a kernel holds what it
    calls and constants of other files too, so here it is unchanged while all of these are."""

    def _index_key(self, sig: object, codegen: object) -> tuple[object, ...]:
        return (*super()._index_key(sig, codegen), _SOURCES)  # type: ignore[no-untyped-call]


def _compiled(function: Callable[..., Any], **options: bool) -> Callable[..., Any]:
    """Kernels allocate nothing. Numba would still count references to every array passed from one to the next, which
    costs more than most of them take; _nrt=False leaves that out (and refuses kernels that do allocate)."""
    dispatcher: Any = _njit(nogil=True, _nrt=False, **options)(function)
    if dispatcher is not function:  # which it is where JIT is disabled
        dispatcher._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return dispatcher


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is compiled when it is first called, and is called."""
    return _compiled(function)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same, put where it is called: an array is several machine words as an argument, too many for what runs for
    every event."""
    return _compiled(function, forceinline=True)
