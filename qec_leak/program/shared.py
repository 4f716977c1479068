"""Tables of things that operations name by index; equal things are shared."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Shared(Generic[T]):
    """Different things in the order in which they were added."""

    def __init__(self) -> None:
        self._index: dict[T, int] = {}

    def add(self, thing: T) -> int:
        """Its index."""
        return self._index.setdefault(thing, len(self._index))

    def all(self) -> tuple[T, ...]:
        """The things by index."""
        return tuple(self._index)
