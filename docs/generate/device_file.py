"""The reference of device files, written from the classes that check them and from the presets.

Units are read off the names, ranges off the errors that wrong values raise, meanings off the classes' docstrings.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
from typing import Any

import griffe

from qec_leak.device import Device
from qec_leak.device.tables import SECTIONS, Section, section_values
from qec_leak.device.transmon import CZ_MODEL_KEYS

INTRODUCTION = """# Device file

A device is a TOML file. It has a `name`, a `description` if you like, and the six sections below. Units are in the
names of the keys. A key that is not on this page is refused, and the error suggests the most similar key. Start from a
preset:

```console
$ qec-leak device willow --toml > mine.toml
$ qec-leak run --device mine.toml --shots 10000
```

| part | what it holds |
|---|---|
| `name` | the name of the device in results; required |
| `description` | free text; optional |
| `[gate]`, `[idle]`, `[readout]`, `[reset]` | one transmon; all four are required |
| `[cz]`, `[dqlr]` | one coupled pair; both are required |
| `[roles.ROLE.SECTION]` | other values for all qubits of a role: `data`, `measure` or `removal` |
| `[qubits.N.SECTION]` | other values for qubit N; they replace those of its role |
| `[pairs."A-B".SECTION]` | other values for one pair, the lower number first; `SECTION` is `cz` or `dqlr` |

`qec-leak patch` shows the numbers of qubits. An override names only the keys that it changes:

```toml
[qubits.4.idle]
t1_ns = 15e3
t2_ns = 20e3

[pairs."4-9".cz]
leakage = 5e-3
```

`--set`, `Device.replace` and sweep files take the same keys with dots: `cz.leakage`, `roles.data.idle.t1_ns`,
`qubits.4.idle.t1_ns`, `pairs.4-9.cz.leakage`. They also take `idle.t2_over_t1`, which gives T2 as a multiple of T1.
"""

UNITS = {"_ns": "ns", "_mhz": "MHz", "_per_us": "1/us"}
NUMBER = 1e12
"""Above all that a device has: it breaks a rule that binds one key to another."""


def page() -> str:
    """The page in Markdown."""
    return "\n".join([INTRODUCTION, *(_section(name) for name in SECTIONS), _example()])


def _section(name: str) -> str:
    kind = SECTIONS[name]
    texts = descriptions(kind)
    rows = "".join(
        f"| `{field.name}` | {unit(kind, field.name)} | {allowed(kind, field.name)} | {_default(field)} | "
        f"{texts[field.name]} |\n"
        for field in dataclasses.fields(kind)
    )
    presets = [Device.preset(preset) for preset in Device.presets()]
    values = "".join(
        f"| `{field.name}` | {' | '.join(_shown(getattr(getattr(p, name), field.name)) for p in presets)} |\n"
        for field in dataclasses.fields(kind)
    )
    summary = inspect.cleandoc(kind.__doc__ or "").splitlines()[0]
    return (
        f"## [{name}] {{ #{name} }}\n\n{summary}\n\n"
        f"| key | unit | range | default | meaning |\n|---|---|---|---|---|\n{rows}\n"
        f"Values of the presets, before their overrides by role:\n\n"
        f"| key | {' | '.join(p.name for p in presets)} |\n|---{'|---' * len(presets)}|\n{values}"
    )


def descriptions(kind: type[Section]) -> dict[str, str]:
    """What the class says of each key. Raises KeyError where it leaves one out."""
    parsed = griffe.Docstring(inspect.cleandoc(kind.__doc__ or "")).parse("google", warnings=False)
    said = {
        a.name: " ".join(a.description.split())
        for part in parsed
        if part.kind.value == "attributes"
        for a in part.value
    }
    return {field.name: said[field.name].replace("``", "`").replace("|", r"\|") for field in dataclasses.fields(kind)}


def unit(kind: type[Section], key: str) -> str:
    """The unit of a key's value."""
    for suffix, text in UNITS.items():
        if key.endswith(suffix):
            return text
    if "phase" in key:
        return "pi"
    return "probability" if allowed(kind, key).startswith("0 to") else ""


def allowed(kind: type[Section], key: str) -> str:
    """The range of a key's value, as errors put it."""
    valid = _valid(kind, key)
    if isinstance(valid[key], str):
        return _words(_rule(kind, valid, key, "?"))
    if isinstance(valid[key], tuple):
        return f"a list of {_words(_rule(kind, valid, key, ['?'])).replace('one of ', '')}"
    rules = [_words(_rule(kind, valid, key, -NUMBER))]
    for probe in (1.0, NUMBER):
        rule = _rule(kind, valid, key, probe)
        if rule and _words(rule) != rules[0]:
            rules.append(_words(rule))
            break
    if not _rule(kind, valid, key, math.inf):
        rules.append("`inf` too")
    return ", ".join(rules)


def _valid(kind: type[Section], key: str) -> dict[str, Any]:
    """Values of a preset's section that has the key."""
    section = next(name for name, of in SECTIONS.items() if of is kind)
    values = section_values(getattr(Device.preset("sycamore"), section))
    if key in values:
        return values
    if key in CZ_MODEL_KEYS["given"]:
        values = {k: v for k, v in values.items() if k not in CZ_MODEL_KEYS["hamiltonian"]}
        return {**values, "model": "given", **dict.fromkeys(CZ_MODEL_KEYS["given"], 0.5)}
    field = kind.__dataclass_fields__[key]
    return {**values, key: field.default, **({"high": "direction"} if key == "data_high_in" else {})}


def _rule(kind: type[Section], valid: dict[str, Any], key: str, value: object) -> str:
    """The rule that a value breaks; empty if it breaks none."""
    try:
        kind(**{**valid, key: value})
    except (TypeError, ValueError) as error:
        found = re.match(r"`(\w+)` must (.*?), but is", str(error))
        assert found, error
        return found[2] if found[1] == key else ""
    return ""


def _words(rule: str) -> str:
    """A rule as a range: "be in [0, 1]" is "0 to 1"."""
    rule = re.sub(r" = [\d.e+-]+$", "", rule.removeprefix("be "))
    rule = re.sub(r"^in \[(\S+), (\S+)\]", r"\1 to \2", rule)
    rule = re.sub(r"'(\w+)'", r"`\1`", rule)
    return {"positive": "above 0", "at least 0": "0 or more"}.get(rule, rule)


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    for model, keys in CZ_MODEL_KEYS.items():
        if field.name in keys:
            return f"required if `model` is `{model}`"
    return _shown(field.default) or "none"


def _shown(value: Any) -> str:
    if value is None or value == ():
        return ""
    return ", ".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else f"{value:g}"


def _example() -> str:
    return f"## A whole file\n\n```toml\n{Device.preset('sycamore').to_toml()}```\n"
