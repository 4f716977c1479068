"""Decoders by name: built in, installed (entry points "qec_leak.decoders"), or "module:attribute"."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from qec_leak import _checks, _plugins
from qec_leak.decoding.decoder import NEEDS, Decoder
from qec_leak.decoding.matching import Matching

if TYPE_CHECKING:
    import sinter

AnyDecoder: TypeAlias = "str | Decoder | sinter.Decoder"
"""What is taken for a decoder: a name, or a decoder of ours or of sinter's."""


def _leakage_aware(heralds: Literal["none", "levels"]) -> Decoder:
    from qec_leak.decoding.leakage.aware import LeakageAware  # it loads kernels

    return LeakageAware(heralds)


_BUILT_IN: Mapping[str, Decoder | Callable[[], Decoder]] = {
    "pymatching": Matching(),
    "pymatching-correlated": Matching(two_passes=True),
    "leakage-aware": functools.partial(_leakage_aware, "none"),
    "leakage-aware-heralded": functools.partial(_leakage_aware, "levels"),
}
_HERALDED = {"leakage-aware": "leakage-aware-heralded"}
"""Decoders that can do without heralds, and their names with them."""


def _is_decoder(value: object) -> bool:
    if isinstance(value, Decoder):
        return True
    import sinter  # it takes longer than all that is here

    return isinstance(value, sinter.Decoder)


_KIND = _plugins.Kind("qec_leak.decoders", _is_decoder, built_in=_BUILT_IN)


def decoder_names() -> tuple[str, ...]:
    """The names that ``find_decoder`` knows: built in, then those of installed packages.

    Examples:
        >>> decoder_names()[:2]
        ('pymatching', 'pymatching-correlated')
    """
    return _KIND.names()


def find_decoder(decoder: AnyDecoder, *, name: str = "decoder") -> Decoder:
    """Find a decoder by name. A Decoder is returned as it is, and a decoder of sinter is wrapped.

    Args:
        decoder: a name of ``decoder_names()``; or a ``Decoder`` or a ``sinter.Decoder``; or "module:attribute", where
            the attribute is such a decoder, or a class or function without arguments that makes one. If the attribute
            maps names to decoders, like sinter's custom_decoders, "module:attribute:name" is one of them.
        name: what errors call the argument.

    Returns:
        The decoder.

    Raises:
        ValueError: the name is unknown or does not import.
        TypeError: it is no decoder.

    Examples:
        >>> find_decoder("pymatching").needs
        ('events',)
    """
    if not isinstance(decoder, str):
        return _as_decoder(decoder, name, decoder)
    module, _, rest = decoder.partition(":")
    attribute, _, key = rest.partition(":")
    found = _KIND.value(name, f"{module}:{attribute}" if key else decoder)
    return _as_decoder(_held(found, name, decoder, key), name, decoder)


def with_heralds(decoder: str, heralds: str, *, name: str = "heralds") -> str:
    """The name of a decoder that uses these heralds.

    Args:
        decoder: a name of ``decoder_names()``, or "module:attribute".
        heralds: "none" or "levels", those at measurements.
        name: what errors call the argument.

    Returns:
        The name.

    Raises:
        ValueError: heralds are "levels", and the decoder does not use heralds.

    Examples:
        >>> with_heralds("leakage-aware", "levels")
        'leakage-aware-heralded'
    """
    if _checks.check_choice(name, heralds, ("none", "levels")) == "none":
        return {heralded: plain for plain, heralded in _HERALDED.items()}.get(decoder, decoder)
    if decoder in _HERALDED:
        return _HERALDED[decoder]
    if "heralds" not in find_decoder(decoder).needs:
        fix = f"leave it out, or take the decoder {' or '.join(_HERALDED)}"
        raise ValueError(_checks.broken_rule(name, f"be 'none' with {decoder}, which uses none", heralds, fix))
    return decoder


def decoder_name(decoder: AnyDecoder) -> str:
    """Name of a decoder in results: the name by which it was asked for, or its own.

    Args:
        decoder: as for ``find_decoder``.

    Returns:
        The name.

    Examples:
        >>> decoder_name("pymatching")
        'pymatching'
    """
    return decoder if isinstance(decoder, str) else find_decoder(decoder).name


def _held(found: Any, name: str, text: str, key: str) -> Any:
    """``found``, or the one of its decoders that is chosen, where it is a mapping."""
    if not isinstance(found, Mapping):
        return found
    choices = tuple(map(str, found))
    if not key and len(found) != 1:
        fix = f"write {text}:{choices[0]}" if choices else "give one"
        raise ValueError(_checks.broken_rule(name, f"name one of the decoders {', '.join(choices)}", text, fix))
    return found[_checks.check_choice(name, key, choices) if key else choices[0]]


def _as_decoder(value: Any, name: str, given: object) -> Decoder:
    if not _is_decoder(value):
        fix = "give a name, a qec_leak.decoding.Decoder or a sinter.Decoder"
        raise TypeError(_checks.broken_rule(name, "be a decoder or the name of one", given, fix))
    if not isinstance(value, Decoder):
        from qec_leak.decoding.of_sinter import SinterDecoder

        return SinterDecoder(value)
    if not set(value.needs) <= set(NEEDS):
        rule = f"need some of {', '.join(NEEDS)}"
        raise ValueError(_checks.broken_rule(f"{value.name}.needs", rule, value.needs, "correct the decoder"))
    return value
