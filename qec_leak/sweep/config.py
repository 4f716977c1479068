"""Sweep files: TOML -> a validated ``Sweep``.

Sections (all but [circuit] and [stop] may be left out)::

    name = "..."                    # and description = "...", for people
    [circuit]                       # keyword arguments of qec_leak.memory_experiment, but the device
    code = "surface"
    rounds = 5
    processes = ["mine:MyNoise"]    # noise processes of your own, "module:attribute"
    [device]
    preset = "miao2023"             # or file = "mine.toml", relative to the sweep file
    without_leakage = false         # Device.without_leakage(), before the overrides
    coherence_scale = 2.0           # Device.scale_coherence(): T1 and T2 of all, before the overrides
    "cz.leakage" = 1e-3             # overrides by dotted key, as Device.replace takes them
    "idle.t2_over_t1" = 0.5         # T2 as a part of T1, so that T1 can be an axis of its own
    [decoder]
    name = "pymatching"             # or "pymatching-correlated", an installed one, "module:attribute"
    [axes]                          # product of all axes, the last one fastest; keys are dotted: SECTION.KEY
    "circuit.distance" = [3, 5]
    "circuit.strategy" = ["NO_RESET", "MLR", "DQLR"]
    "device.cz.leakage" = {log = [1e-5, 1e-3], points = 5}
    "device.preset" = ["miao2023", "willow"]
    [[axes.zip]]                    # axes that go together; each zip is one factor of the product
    "circuit.rounds" = [10, 20]
    "circuit.inject_leakage" = [0.01, 0.02]
    [stop]                          # see StopRule
    max_shots = 40000
    max_errors = 500
    relative_precision = 0.05
    [run]
    seed = 5
    block_shots = 4096              # default: as suits each circuit's size
    [quick]                         # read with quick=True: replaces keys of the other sections, by the same names
    stop.max_shots = 1000
    axes."circuit.distance" = [3]

Nothing is sampled here, but everything is checked, so that mistakes are reported before a sweep starts.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from qec_leak import _checks
from qec_leak._limits import MAX_TEXT_BYTES, read_limited
from qec_leak.sweep import axes, values
from qec_leak.sweep.builder import PointBuilder
from qec_leak.sweep.point import RunSettings, StopRule, Sweep

_SECTIONS = ("circuit", "device", "decoder", "axes", "stop", "run")
_TEXTS = ("name", "description")


class SweepFileError(ValueError):
    """All mistakes of a sweep file, one line each.

    Args:
        mistakes: the lines, also a field of the error.
    """

    def __init__(self, mistakes: Collection[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def read_sweep(
    path: str | os.PathLike[str],
    *,
    quick: bool = False,
    extra: Collection[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> Sweep:
    """Read a sweep file.

    Args:
        path: the file.
        quick: use the values of the section [quick].
        extra: names of further tables that the file may hold, for example [figure]. ``Sweep.extra`` holds them.
        overrides: values that replace those of the file, by dotted key: {"stop.max_shots": 1000}.

    Returns:
        The sweep.

    Raises:
        SweepFileError: the file has mistakes; one line for each, with file and key. It is a ValueError.
        OSError: the file cannot be read.

    Examples:
        >>> from qec_leak.studies import experiments_folder
        >>> len(read_sweep(experiments_folder() / "demo_sweep.toml").points)
        12
    """
    try:
        text = read_limited(path, MAX_TEXT_BYTES).decode("utf-8")
    except OSError as error:
        raise SweepFileError([f"{os.fspath(path)}: cannot be read ({error.strerror}); give a sweep file"]) from None
    except UnicodeDecodeError as error:
        raise SweepFileError([f"{os.fspath(path)}: is not UTF-8 text (byte {error.start}); give a TOML file"]) from None
    except ValueError as error:
        raise SweepFileError([str(error)]) from None
    return parse_sweep(
        text, source=os.fspath(path), folder=Path(path).parent, quick=quick, extra=extra, overrides=overrides
    )


def parse_sweep(
    text: str,
    *,
    source: str = "sweep",
    folder: Path | None = None,
    quick: bool = False,
    extra: Collection[str] = (),
    overrides: Mapping[str, Any] | None = None,
) -> Sweep:
    """Read a sweep from TOML text.

    Args:
        text: what a sweep file holds.
        source: what errors call it.
        folder: where device files are looked for. None: the current folder.
        quick: as for ``read_sweep``.
        extra: as for ``read_sweep``.
        overrides: as for ``read_sweep``.

    Returns:
        The sweep.

    Raises:
        SweepFileError: the text has mistakes; one line for each.

    Examples:
        >>> sweep = parse_sweep('''
        ... [circuit]
        ... distance = 3
        ... rounds = 2
        ... [device]
        ... preset = "miao2023"
        ... [axes]
        ... "circuit.strategy" = ["MLR", "DQLR"]
        ... [stop]
        ... max_shots = 200
        ... ''')
        >>> [point.title for point in sweep.points]
        ['strategy=MLR', 'strategy=DQLR']
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SweepFileError([f"{source}: is not valid TOML: {error}; correct that line"]) from None
    except RecursionError:
        raise SweepFileError([f"{source}: is not valid TOML: too many nested values; write plain ones"]) from None
    mistakes: dict[str, None] = {}  # in order, each once

    def report(where: str, message: str) -> None:
        mistakes.setdefault(f"{source}: {where} {' '.join(message.split())}")

    known = (*_TEXTS, *_SECTIONS, "quick", *extra)
    table = _known_tables(table, known, (*_SECTIONS, "quick", *extra), report)
    for path, value in _replacements(table.get("quick", {}), table, extra, report):
        if quick:
            _replace(table, path, value)
    for dotted, value in (overrides or {}).items():
        mistake = _mistaken_replacement(dotted, value, table, extra)
        if mistake:
            report("", mistake)
        else:
            _replace(table, tuple(dotted.split(".", 1)), value)
    sweep = _build(table, source, folder or Path(), extra, report)
    if mistakes or sweep is None:
        raise SweepFileError(list(mistakes))
    return sweep


def _build(
    table: Mapping[str, Any], source: str, folder: Path, extra: Collection[str], report: axes.Report
) -> Sweep | None:
    for name in _TEXTS:
        if not isinstance(table.get(name, ""), str):
            report("at the top:", _checks.broken_rule(name, "be a string", table[name], "write it in quotes"))
    dimensions, keys = axes.read_axes(table.get("axes", {}), report)
    stop = _checked("stop", table.get("stop", {}), values.STOP, report)
    if "max_shots" not in table.get("stop", {}) and "stop" in table:
        report("[stop]", "`max_shots` must be given, but is missing; every point has to end some time")
    elif "stop" not in table:
        report("[stop]", "must be given, but is missing; add it with `max_shots = ...`")
    run = _checked("run", table.get("run", {}), values.RUN, report)
    builder = PointBuilder(
        {section: dict(axes.flatten(table.get(section, {}))) for section in ("circuit", "device", "decoder")},
        dimensions,
        keys,
        folder,
        report,
    )
    points = builder.points()
    if not points or "max_shots" not in stop:
        return None
    return Sweep(
        points=points,
        stop=StopRule(**stop),
        run=RunSettings(**run),
        axes=keys,
        extra={name: table[name] for name in extra if name in table},
        name=str(table.get("name", "")) or Path(source).stem,
        description=str(table.get("description", "")),
        source=source,
    )


def _known_tables(
    table: Mapping[str, Any], known: Collection[str], tables: Collection[str], report: axes.Report
) -> dict[str, Any]:
    """The tables of known names, after a report of all others; keys that should be tables and are not are left out."""
    out: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            hint = _checks.suggestion(key, known) or f"known sections are {', '.join(known)}"
            report(f"[{key}]", f"must be a known section, but is not; {hint}")
        elif key in tables and not isinstance(value, Mapping):
            report(f"[{key}]", f"must be a table of keys and values, but is {value!r}; write it as a [section]")
        else:
            out[key] = value
    return out


def _mistaken_replacement(dotted: str, value: Any, table: Mapping[str, Any], extra: Collection[str]) -> str:
    """What is wrong with a replacement; "" if nothing is. Keys of an extra table are not known here, so that a
    replacement of them must be in the file, with a value of the same kind."""
    section, dot, key = dotted.partition(".")
    sections = (*_SECTIONS, *extra)
    if dotted in _TEXTS:
        return ""
    if section not in sections:
        hint = _checks.suggestion(section, sections) or f"sections are {', '.join(sections)}"
        return f"`{dotted}` must be SECTION.KEY of a known section, but is not; {hint}"
    if not dot:
        return f"`{dotted}` must be SECTION.KEY, but is a section; write {dotted}.KEY"
    if section in extra:
        there = _extra_keys(section, table)
        if key not in there:
            hint = _checks.suggestion(key, there) or f"[{section}] has {', '.join(there) or 'no keys'}"
            return f"`{dotted}` must replace a key of [{section}], but it has no such key; {hint}"
        if not _alike(value, there[key]):
            return _checks.broken_rule(dotted, f"be of the kind of {there[key]!r}", value, "write such a value")
    return ""


def _extra_keys(section: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Keys and values of an extra table, those that [quick] alone has among them."""
    quick = table.get("quick", {}).get(section, {})
    return {
        **dict(axes.flatten(quick if isinstance(quick, Mapping) else {})),
        **dict(axes.flatten(table.get(section, {}))),
    }


def _alike(value: Any, other: Any) -> bool:
    """Both numbers, or of one type; lists by their elements."""
    if isinstance(other, list):
        kind = other[0] if other else value
        return isinstance(value, list) and bool(value) and all(_alike(item, kind) for item in value)
    if isinstance(other, int | float) and not isinstance(other, bool):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(other)


def _replacements(
    quick: Mapping[str, Any], table: Mapping[str, Any], extra: Collection[str], report: axes.Report
) -> list[tuple[tuple[str, str], Any]]:
    """((section, dotted key), value) of [quick]."""
    out = []
    for section, part in quick.items():
        if not isinstance(part, Mapping):
            fix = "write section.key = value, as in stop.max_shots = 1000"
            report("[quick]", _checks.broken_rule(section, "be a section with keys to replace", part, fix))
            continue
        for key, value in axes.flatten(part):
            mistake = _mistaken_replacement(f"{section}.{key}", value, table, extra)
            if mistake:
                report("[quick]", mistake)
            else:
                out.append(((section, key), value))
    return out


def _replace(table: dict[str, Any], key: tuple[str, ...], value: Any) -> None:
    """Set SECTION's dotted KEY, whether the file wrote it quoted or nested; its other keys keep their order."""
    if len(key) == 1:
        table[key[0]] = value
    elif key[0] in _SECTIONS:
        table[key[0]] = {**dict(axes.flatten(table.get(key[0], {}))), key[1]: value}
    else:
        head, *rest = key[1].split(".", 1)
        inner = dict(table.get(key[0], {}))
        _replace(inner, (head, *rest), value)
        table[key[0]] = inner


def _checked(
    section: str, table: Mapping[str, Any], checks: Mapping[str, values.Check], report: axes.Report
) -> dict[str, Any]:
    out = {}
    for key, value in table.items():
        if key not in checks:
            hint = _checks.suggestion(key, checks) or f"known keys are {', '.join(checks)}"
            report(f"[{section}]", f"`{key}` must be a known key, but is not; {hint}")
            continue
        try:
            out[key] = checks[key](key, value)
        except (TypeError, ValueError) as error:
            report(f"[{section}]", str(error))
    return out
