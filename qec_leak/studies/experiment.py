"""Experiment files: experiments/NAME.toml, what is sampled for a figure, and its quick variant."""

from __future__ import annotations

import copy
import functools
import hashlib
import inspect
import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qec_leak
from qec_leak import _checks
from qec_leak.circuits import MemoryExperiment, memory_experiment
from qec_leak.device import Device
from qec_leak.device.toml_io import parse, read_text

Table = dict[str, Any]

SECTIONS = ("circuit", "device", "axes", "stop", "run", "study")

_CIRCUIT_KEYS = tuple(key for key in inspect.signature(memory_experiment).parameters if key != "device")
_PACKAGE = Path(__file__).resolve().parents[1]


def experiments_folder() -> Path:
    """The folder of the experiment files: ``experiments`` of a checkout, or its copy in an installed package."""
    places = (_PACKAGE.parent / "experiments", _PACKAGE / "experiments")
    for place in places:
        if any(place.glob("*.toml")):
            return place
    raise ValueError(f"experiment files must be in {places[0]} or {places[1]}, but are not; install the package again")


@dataclass(frozen=True)
class Point:
    """One combination of the axes: arguments of ``memory_experiment``, and overrides of the device by dotted key."""

    circuit: Mapping[str, Any]
    device: Mapping[str, Any]

    def resolved_device(self) -> Device:
        """The device of this point."""
        overrides = {key: value for key, value in self.device.items() if key != "preset"}
        return Device.preset(self.device.get("preset", "miao2023")).replace(overrides)

    def memory(self, **changes: Any) -> MemoryExperiment:
        """The memory experiment of this point, some arguments replaced."""
        return memory_experiment(device=self.resolved_device(), **{**self.circuit, **changes})


@dataclass(frozen=True)
class Experiment:
    """An experiment file, read.

    name: the file's stem.   quick: whether its table [quick] was put over the others.
    tables: [circuit], arguments of ``memory_experiment``; [device], preset and overrides by dotted key; [axes], lists
    of values by dotted key of those two; [stop], ``shots`` of a point; [run], ``seed``; [study], what its study alone
    understands.
    """

    name: str
    tables: Mapping[str, Any]
    quick: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(
        cls, path: str | os.PathLike[str], *, quick: bool = False, overrides: Mapping[str, Any] | None = None
    ) -> Experiment:
        """The experiment in a TOML file.

        Args: quick: with its table [quick] put over the others. overrides: values by dotted key, put over both.
        Raises ValueError or TypeError, one line naming the file and what is wrong in it.
        """
        file = Path(path)
        try:
            table = dict(parse(read_text(file)))
            variant = table.pop("quick", {})
            if quick:
                _merge(table, variant)
            for key, value in (overrides or {}).items():
                _merge(table, functools.reduce(lambda inner, step: {step: inner}, reversed(key.split(".")), value))
            for key in table:
                _checks.check_choice("section", key, SECTIONS)
            out = cls(file.stem, table, quick, dict(overrides or {}))
            for point in out.points():
                for key in point.circuit:
                    _checks.check_choice("circuit", key, _CIRCUIT_KEYS)
                point.resolved_device()
            _ = out.shots, out.seed
        except (TypeError, ValueError) as error:
            raise type(error)(f"{file}: {error}") from None
        return out

    @classmethod
    def find(cls, name: str, *, quick: bool = False, overrides: Mapping[str, Any] | None = None) -> Experiment:
        """The experiment ``name`` that comes with the package."""
        folder = experiments_folder()
        known = sorted(path.stem for path in folder.glob("*.toml"))
        _checks.check_choice("name", name, known)
        return cls.read(folder / f"{name}.toml", quick=quick, overrides=overrides)

    @property
    def shots(self) -> int:
        """Shots of each point."""
        return _checks.check_int("stop.shots", self._section("stop").get("shots"), minimum=1)

    @property
    def seed(self) -> int:
        """Seed of the first point; the others count on from it."""
        return _checks.check_int("run.seed", self._section("run").get("seed", 0), minimum=0)

    @property
    def study(self) -> Mapping[str, Any]:
        """The table [study]."""
        return self._section("study")

    def points(self) -> tuple[Point, ...]:
        """All combinations of the axes, the last one running fastest."""
        axes = self._section("axes")
        flat = {f"{group}.{key}": values for group, keys in axes.items() for key, values in _flat(keys).items()}
        out = []
        for values in itertools.product(*flat.values()):
            circuit, device = dict(self._section("circuit")), _flat(self._section("device"))
            for key, value in zip(flat, values, strict=True):
                group, _, name = key.partition(".")
                _checks.check_choice("axes", group, ("circuit", "device"))
                (circuit if group == "circuit" else device)[name] = value
            out.append(Point(circuit, device))
        return tuple(out)

    def values(self, key: str) -> tuple[Any, ...]:
        """The values on the axis of a dotted key such as "circuit.strategy"."""
        found = functools.reduce(lambda table, step: table[step], key.split("."), self._section("axes"))
        return tuple(found)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of everything that decides the results: tables, devices as they are now, the package's version."""
        devices = [point.resolved_device().to_toml() for point in self.points()]
        text = json.dumps([qec_leak.__version__, self.tables, devices], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _section(self, name: str) -> Table:
        section = self.tables.get(name, {})
        if not isinstance(section, dict):
            raise TypeError(_checks.broken_rule(name, "be a table", section, f"write [{name}]"))
        return section


def _merge(table: Table, over: Mapping[str, Any]) -> None:
    """Put ``over`` on top of ``table``, tables merged, everything else replaced."""
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(table.get(key), dict):
            _merge(table[key], value)
        else:
            table[key] = copy.deepcopy(value)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Table:
    """Nested tables as one, by dotted key."""
    out: Table = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[prefix + key] = value
    return out
