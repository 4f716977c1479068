"""Experiment files: experiments/NAME.toml, what is sampled for a figure, and its quick variant."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from qec_leak import _checks
from qec_leak.circuits import MemoryExperiment, memory_experiment
from qec_leak.device import Device
from qec_leak.sweep import Point, Sweep, read_sweep
from qec_leak.sweep.version import SOURCES

_PACKAGE = Path(__file__).resolve().parents[1]


def experiments_folder() -> Path:
    """The folder of the experiment files: ``experiments`` of a checkout, or its copy in an installed package."""
    places = (_PACKAGE.parent / "experiments", _PACKAGE / "experiments")
    for place in places:
        if any(place.glob("*.toml")):
            return place
    raise ValueError(f"experiment files must be in {places[0]} or {places[1]}, but are not; install the package again")


@dataclass(frozen=True)
class Experiment:
    """The content of an experiment file. It is a sweep file (``qec_leak.sweep``) that may also have a table [study],
    for settings that only its study reads, and a table [quick] of values that its quick variant replaces.

    sweep: the points, the stop rule and the settings of the run.   quick: whether this is the quick variant.
    """

    sweep: Sweep
    quick: bool = False

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        quick: bool = False,
        overrides: Mapping[str, Any] | None = None,
        device: Device | None = None,
    ) -> Experiment:
        """The experiment in a TOML file.

        Args:
            quick: its quick variant.
            overrides: values that replace those of the file, by dotted key: {"stop.max_shots": 1000}.
            device: what every point is sampled on, instead of the file's devices.
        Raises ValueError, one line for each mistake, with file and key.
        """
        sweep = read_sweep(path, quick=quick, extra=("study",), overrides=overrides)
        if device is not None:
            sweep = replace(sweep, points=tuple(replace(point, device=device) for point in sweep.points))
        return cls(sweep, quick)

    @classmethod
    def find(
        cls,
        name: str,
        *,
        quick: bool = False,
        overrides: Mapping[str, Any] | None = None,
        device: Device | None = None,
    ) -> Experiment:
        """The experiment ``name`` that comes with the package; other arguments as in ``read``."""
        folder = experiments_folder()
        known = sorted(path.stem for path in folder.glob("*.toml"))
        _checks.check_choice("name", name, known)
        return cls.read(folder / f"{name}.toml", quick=quick, overrides=overrides, device=device)

    @property
    def points(self) -> tuple[Point, ...]:
        """All combinations of the axes, the last one running fastest."""
        return self.sweep.points

    @property
    def shots(self) -> int:
        """Shots of each point, at most."""
        return self.sweep.stop.max_shots

    @property
    def seed(self) -> int:
        """The seed."""
        return self.sweep.run.seed

    @property
    def study(self) -> Mapping[str, Any]:
        """The table [study]."""
        return dict(self.sweep.extra.get("study", {}))

    def axis(self, key: str) -> tuple[Any, ...]:
        """The values of one axis by its dotted key, "circuit.strategy" say, in the order of the points."""
        _checks.check_choice("key", key, self.sweep.axes)
        return tuple(dict.fromkeys(point.labels[key] for point in self.points))

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of everything that decides the results: points with their devices as they are now, stop rule, seed,
        [study], and the sources that decide what is sampled, decoded and counted."""
        points = [(dict(point.circuit), point.device.to_toml(), point.decoder) for point in self.points]
        run = asdict(self.sweep.run)
        text = json.dumps([SOURCES, points, asdict(self.sweep.stop), run, self.study], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def record(self) -> dict[str, Any]:
        """What results say of their experiment, for JSON."""
        return {
            "points": [dict(point.metadata) for point in self.points],
            "stop": asdict(self.sweep.stop),
            "run": asdict(self.sweep.run),
            "study": self.study,
            "quick": self.quick,
        }


def memory_of(point: Point, **changes: Any) -> MemoryExperiment:
    """The memory experiment of a point with some arguments replaced; None removes one."""
    arguments = {key: value for key, value in {**point.circuit, **changes}.items() if value is not None}
    return memory_experiment(device=point.device, **arguments)
