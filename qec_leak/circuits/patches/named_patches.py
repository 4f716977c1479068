"""Patches by code and distance, or a user's own: by value, installed (entry points "qec_leak.patches"), or by
"module:attribute"."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from qec_leak import _plugins
from qec_leak._checks import broken_rule, check_choice, check_odd_distance
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.patches.repetition import repetition_patch
from qec_leak.circuits.patches.surface import surface_patch
from qec_leak.circuits.patches.unrotated import unrotated_surface_patch

_MAKERS: Mapping[str, Callable[[int], Patch]] = {
    "surface": surface_patch,
    "repetition": repetition_patch,
    "unrotated_surface": unrotated_surface_patch,
}

_KIND = _plugins.Kind(
    "qec_leak.patches",
    lambda value: isinstance(value, Patch),
    reserved=tuple(_MAKERS),
    fix="write it so; codes are named by code and distance",
)


def code_names() -> tuple[str, ...]:
    """The codes that ``make_patch`` knows."""
    return tuple(_MAKERS)


def make_patch(code: str, distance: int) -> Patch:
    """The patch of a code.

    Args:
        code: "surface", "unrotated_surface" or "repetition".
        distance: odd, >= 3.

    Returns:
        The patch.

    Raises:
        ValueError: there is no such code, or the distance breaks its rule.
        TypeError: an argument is of the wrong type.

    Examples:
        >>> make_patch("surface", 5).distance
        5
    """
    return _made(check_choice("code", code, _MAKERS), check_odd_distance("distance", distance))


def find_patch(patch: Patch | str, *, name: str = "patch") -> Patch:
    """Find a patch by name, and verify it.

    Args:
        patch: a Patch; or "module:attribute" or the name of an installed one, where the attribute is a Patch, or a
            function without arguments that makes one.
        name: what errors call the argument.

    Returns:
        The patch.

    Raises:
        ValueError: it does not import or does not verify.
        TypeError: it is no patch.

    Examples:
        >>> from qec_leak import surface_patch
        >>> find_patch(surface_patch(2, 3)).distance
        2
    """
    found = _KIND.value(name, patch) if isinstance(patch, str) else patch
    if not isinstance(found, Patch):
        fix = "give a qec_leak.circuits.Patch, or module:attribute of one"
        raise TypeError(broken_rule(name, "be a patch", patch, fix))
    _verify(found)
    return found


def choose_patch(code: str = "surface", distance: int | None = None, patch: Patch | str | None = None) -> Patch:
    """The patch of a memory experiment's arguments: ``patch``, or else ``code`` and ``distance``."""
    if patch is None:
        if distance is None:
            raise ValueError("`distance` must be given, but is missing; give it, or a patch")
        return make_patch(code, distance)
    for argument, value, default in (("distance", distance, None), ("code", code, "surface")):
        if value != default:
            raise ValueError(broken_rule(argument, "not be given with a patch, which has its own", value, "drop one"))
    return find_patch(patch)


@functools.lru_cache(maxsize=64)
def _made(code: str, distance: int) -> Patch:
    return _MAKERS[code](distance)


@functools.lru_cache(maxsize=64)
def _verify(patch: Patch) -> None:
    patch.verify()
