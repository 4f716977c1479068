"""Decoders by name: built in, installed (entry points "qec_leak.decoders"), or "module:attribute"."""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from qec_leak import _checks, _plugins
from qec_leak.decoding.decoder import NEEDS, Decoder
from qec_leak.decoding.matching import Matching

if TYPE_CHECKING:
    import sinter

AnyDecoder: TypeAlias = "str | Decoder | sinter.Decoder"
"""What is taken for a decoder: a name, or a decoder of ours or of sinter's."""

ENTRY_POINTS = "qec_leak.decoders"
"""Group of entry points under which a package installs decoders."""

_BUILT_IN: Mapping[str, Decoder | None] = {
    "pymatching": Matching(),
    "pymatching-correlated": Matching(two_passes=True),
    "leakage-aware": None,
    "leakage-aware-heralded": None,
}
"""None: made when asked for, since it loads kernels."""

_HERALDED = {"leakage-aware": "leakage-aware-heralded"}
"""Decoders that can do without heralds, and their names with them."""


def decoder_names() -> tuple[str, ...]:
    """The names that ``find_decoder`` knows: built in, then those of installed packages."""
    return (*_BUILT_IN, *sorted(set(_installed()) - set(_BUILT_IN)))


def find_decoder(decoder: AnyDecoder, *, name: str = "decoder") -> Decoder:
    """The decoder of a name; a decoder is itself, and one of sinter's is wrapped.

    Args:
        decoder: a name of ``decoder_names()``; or "module:attribute", where the attribute is a decoder of ours or of
            sinter's, a class or function without arguments that makes one, or a mapping of names to decoders (sinter's
            custom_decoders), of which "module:attribute:name" takes one; or such a decoder itself.
        name: what errors call the argument.
    Raises ValueError for a name that is unknown or does not import, TypeError for what is no decoder.
    """
    if not isinstance(decoder, str):
        return _as_decoder(decoder, name, decoder)
    if decoder in _BUILT_IN:
        return _BUILT_IN[decoder] or _leakage_aware(decoder)
    installed = _installed()
    if decoder in installed:
        try:
            found = installed[decoder].load()
        except Exception as error:  # whatever the package does
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            rule = f"load from {installed[decoder].value}"
            raise ValueError(
                _checks.broken_rule(name, rule, decoder, f"it raises {reason}; install it again")
            ) from error
        return _made(found, name, decoder, "")
    if _plugins.is_path(decoder):
        module, _, rest = decoder.partition(":")
        attribute, _, key = rest.partition(":")
        return _made(_plugins.load_attribute(name, f"{module}:{attribute}"), name, decoder, key)
    known = decoder_names()
    fix = _checks.suggestion(decoder, known) or "choose one of them"
    listed = ", ".join(repr(one) for one in known)
    raise ValueError(_checks.broken_rule(name, f"be one of {listed}", decoder, f"{fix}, or give module:attribute"))


def with_heralds(decoder: str, heralds: str, *, name: str = "heralds") -> str:
    """The name of a decoder that uses these heralds.

    Args: heralds: "none" or "levels", those at measurements.   name: what errors call the argument.
    Raises ValueError for "levels" where the decoder has no use for them.
    """
    if _checks.check_choice(name, heralds, ("none", "levels")) == "none":
        return {heralded: plain for plain, heralded in _HERALDED.items()}.get(decoder, decoder)
    if decoder in _HERALDED:
        return _HERALDED[decoder]
    if "heralds" not in find_decoder(decoder).needs:
        fix = f"leave it out, or take the decoder {' or '.join(_HERALDED)}"
        raise ValueError(_checks.broken_rule(name, f"be 'none' with {decoder}, which uses none", heralds, fix))
    return decoder


@functools.cache
def _leakage_aware(name: str) -> Decoder:
    from qec_leak.decoding.leakage.aware import LeakageAware

    return LeakageAware("levels" if name in _HERALDED.values() else "none")


def decoder_name(decoder: AnyDecoder) -> str:
    """What results call a decoder: the name by which it was asked for, or the decoder's own."""
    return decoder if isinstance(decoder, str) else find_decoder(decoder).name


@functools.cache
def _installed() -> Mapping[str, importlib.metadata.EntryPoint]:
    return {point.name: point for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}


def _made(found: Any, name: str, text: str, key: str) -> Decoder:
    """The decoder that an attribute is, makes or holds."""
    if isinstance(found, type) or (callable(found) and not _is_decoder(found)):
        found = found()
    if isinstance(found, Mapping):
        choices = tuple(map(str, found))
        if not key and len(found) != 1:
            fix = f"write {text}:{choices[0]}" if choices else "give one"
            raise ValueError(_checks.broken_rule(name, f"name one of the decoders {', '.join(choices)}", text, fix))
        found = found[_checks.check_choice(name, key, choices) if key else choices[0]]
    return _as_decoder(found, name, text)


def _is_decoder(value: object) -> bool:
    if isinstance(value, Decoder):
        return True
    import sinter  # it takes longer than all that is here

    return isinstance(value, sinter.Decoder)


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
