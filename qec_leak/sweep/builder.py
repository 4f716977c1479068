"""Makes the points of a sweep file from its sections and axes. It checks every value and every combination."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qec_leak import _checks
from qec_leak._limits import MAX_AXIS_POINTS, check_size
from qec_leak.circuits.dress import cycle_ns as cycle_ns_of
from qec_leak.circuits.ideal import check_same_rounds, ideal_memory_circuit
from qec_leak.circuits.overrides import check_memory_overrides
from qec_leak.circuits.patches import choose_patch
from qec_leak.circuits.processes.named_processes import find_processes
from qec_leak.circuits.strategies import find_strategy
from qec_leak.device import Device, coherence, tables
from qec_leak.sweep import values
from qec_leak.sweep.axes import Report, Step, product
from qec_leak.sweep.point import CIRCUIT_KEYS, PATCH_KEYS, Point, point_metadata

_REQUIRED = ("distance", "rounds")
_DEVICE_SOURCES = ("preset", "file", "without_leakage", "coherence_scale")
_DEFAULT_PRESET = "miao2023"
_MAX_POINTS = MAX_AXIS_POINTS


class PointBuilder:
    """Makes the points; mistakes go to ``report``, and then there are no points."""

    def __init__(
        self,
        sections: Mapping[str, Mapping[str, Any]],
        dimensions: Sequence[Sequence[Step]],
        axis_keys: Sequence[str],
        folder: Path,
        report: Report,
    ) -> None:
        """Args:
        sections: fixed values of circuit, device and decoder by dotted key.
        dimensions, axis_keys: see ``read_axes``.
        folder: where device files are looked for.
        """
        self._dimensions = dimensions
        self._folder = folder
        self._report = report
        self._mistaken: set[str] = set()  # sections
        self._devices: dict[tuple[Any, ...], Device | None] = {}
        self._circuits: set[tuple[Any, ...]] = set()
        self._axis_keys = set(axis_keys)
        self._fixed: Step = {
            f"{section}.{key}": value for section, table in sections.items() for key, value in table.items()
        }

    def points(self) -> tuple[Point, ...]:
        """All points in the order of the product; none if anything is mistaken."""
        fixed, dimensions = self._checked_values()
        for key in _REQUIRED:
            if key == "distance" and "circuit.patch" in self._fixed.keys() | self._axis_keys:
                continue
            if f"circuit.{key}" not in self._fixed.keys() | self._axis_keys:
                message = f"`{key}` must be given, but is missing; add `{key} = ...`, or an axis"
                self._mistake("circuit", "[circuit]", message)
        count = math.prod(len(dimension) for dimension in dimensions)
        if count > _MAX_POINTS:
            message = f"the product must have at most {_MAX_POINTS:,} points, but has {count:,}; shorten an axis"
            self._mistake("axes", "[axes]", message)
            return ()
        points = [self._point({**fixed, **step}, step) for step in product(dimensions)]
        if self._mistaken:
            return ()
        made = tuple(point for point in points if point is not None)
        self._check_different(made)
        return made

    def _check_different(self, points: Sequence[Point]) -> None:
        """Report points that would have the same rows."""
        first: dict[tuple[str, Any], Point] = {}
        for point in points:
            other = first.setdefault((point.decoder, point.metadata), point)
            if other is not point:
                fix = "drop one" if other.device == point.device else "give the devices different names"
                message = (
                    f"all points must differ, but {other.title!r} and {point.title!r} have the same metadata; {fix}"
                )
                self._mistake("axes", "[axes]", message)
                return

    def _mistake(self, section: str, where: str, message: str) -> None:
        self._mistaken.add(section)
        self._report(where, message)

    def _checked_values(self) -> tuple[Step, list[list[Step]]]:
        """Fixed values and dimensions with every value checked on its own and converted."""
        fixed = {key: self._value(key, value, f"[{key.split('.', 1)[0]}]") for key, value in self._fixed.items()}
        for key in self._axis_keys & self._fixed.keys():
            section, name = key.split(".", 1)
            self._mistake("axes", "[axes]", f"`{key}` must be given once, but [{section}] has `{name}` too; drop one")
        dimensions = [
            [{key: self._value(key, value, f"[axes] {key}:") for key, value in step.items()} for step in dimension]
            for dimension in self._dimensions
        ]
        return fixed, dimensions

    def _where(self, key: str) -> str:
        return f"[axes] {key}:" if key in self._axis_keys else f"[{key.split('.', 1)[0]}]"

    def _value(self, key: str, value: Any, where: str) -> Any:
        try:
            return self._convert(key, value)
        except (TypeError, ValueError) as error:
            self._mistake(key.split(".", 1)[0], where, str(error))
            return value

    def _convert(self, key: str, value: Any) -> Any:
        section, _, name = key.partition(".")
        if section == "circuit":
            _known(name, CIRCUIT_KEYS)
            return values.CIRCUIT[name](name, value) if name in values.CIRCUIT else value
        if section == "decoder":
            _known(name, values.DECODER)
            return values.DECODER[name](name, value)
        if section == "device":
            return self._device_value(name, value)
        hint = (
            _checks.suggestion(section, ("circuit", "device", "decoder"))
            or "write circuit.KEY, device.KEY or decoder.KEY"
        )
        raise ValueError(f"`{key}` must be a key of circuit, device or decoder, but is not; {hint}")

    def _device_value(self, name: str, value: Any) -> Any:
        if name == "preset":
            _checks.check_choice("preset", value, Device.presets())
        elif name == "file":
            if not isinstance(value, str):
                raise TypeError(_checks.broken_rule(name, "be the path of a device file", value, "write it in quotes"))
            self._read_device(value)
        elif name == "without_leakage":
            if not isinstance(value, bool):
                raise TypeError(_checks.broken_rule(name, "be true or false", value, "write true"))
        elif name == "coherence_scale":
            return _checks.check_positive(name, value)
        elif coherence.is_ratio(name):
            return coherence.check_ratio(name, value)
        else:
            tables.set_dotted({}, name, None)  # the key; values are checked together
            return _plain(value)
        return value

    def _point(self, settings: Step, labels: Step) -> Point | None:
        circuit = {key.split(".", 1)[1]: v for key, v in settings.items() if key.startswith("circuit.")}
        of_device = {key.split(".", 1)[1]: v for key, v in settings.items() if key.startswith("device.")}
        device = None if "device" in self._mistaken else self._device(of_device)
        if "circuit" not in self._mistaken:
            self._check_circuit(circuit, device, settings)
        if device is None or self._mistaken:
            return None
        overrides = {key: v for key, v in of_device.items() if key not in ("preset", "file") and v is not False}
        return Point(
            circuit=circuit,
            device=device,
            decoder=settings.get("decoder.name", "pymatching"),
            labels={key: settings[key] for key in labels},
            metadata=point_metadata(circuit, device, overrides),
        )

    def _device(self, settings: Step) -> Device | None:
        """The device of these settings; None, after a report, if they do not make one."""
        key = tuple(settings.items())
        if key not in self._devices:
            try:
                self._devices[key] = self._make_device(settings)
            except (TypeError, ValueError) as error:
                self._devices[key] = None
                self._report_device(settings, str(error))
        return self._devices[key]

    def _make_device(self, settings: Step) -> Device:
        if "preset" in settings and "file" in settings:
            raise ValueError("`preset` must not be given with `file`, but both are; drop one")
        if "file" in settings:
            device = self._read_device(settings["file"])
        else:
            device = Device.preset(settings.get("preset", _DEFAULT_PRESET))
        if settings.get("without_leakage"):
            device = device.without_leakage()
        if "coherence_scale" in settings:
            device = device.scale_coherence(settings["coherence_scale"])
        changes = {k: v for k, v in settings.items() if k not in _DEVICE_SOURCES}
        try:
            return device.replace(changes) if changes else device
        except ValueError as error:
            if "2 t1_ns" not in str(error):
                raise
            fix = 'give T2 as "idle.t2_over_t1" instead, or sweep "device.coherence_scale"'
            raise ValueError(f"{error}; {fix}") from None

    def _report_device(self, settings: Step, message: str) -> None:
        """Report the override that an error names, then what is wrong without it, until no override is named."""
        first = True
        while True:
            named = re.findall(r"`([\w.]+)`", message)[:1]
            guilty = [key for key in settings if key.rsplit(".", 1)[-1] in named]
            if first or guilty:
                self._mistake("device", self._where(f"device.{guilty[0]}" if guilty else "device."), message)
            if not guilty:
                return
            first = False
            settings = {key: value for key, value in settings.items() if key != guilty[0]}
            try:
                self._make_device(settings)
                return
            except (TypeError, ValueError) as error:
                message = str(error)

    def _read_device(self, name: str) -> Device:
        device = Device.from_toml(self._folder / name)
        return device.replace(name=device.label)  # a file that began as a preset has its name

    def _check_circuit(self, arguments: Step, device: Device | None, settings: Step) -> None:
        """Report what ``memory_experiment`` would raise, without dressing the circuit."""
        matters = arguments.get("cycle_ns") is not None or (device is not None and (device.qubits or device.pairs))
        timed = device if matters else None
        key = (*sorted((k, repr(v)) for k, v in arguments.items()), timed)
        if key in self._circuits:
            return
        self._circuits.add(key)
        try:
            _check_arguments(arguments, timed)
        except (TypeError, ValueError) as error:
            named = re.search(r"`(\w+)`", str(error))
            where = self._where(f"circuit.{named[1]}") if named else "[circuit]"
            self._mistake("circuit", where, str(error))


def _check_arguments(arguments: Step, device: Device | None) -> None:
    """Raise ValueError for arguments of ``memory_experiment`` that do not go together; ``cycle_ns`` and overrides of
    qubits and pairs are checked on ``device`` if that is given."""
    apart = ("code", "distance", "patch", "strategy", "cycle_ns", "processes")
    others = {k: v for k, v in arguments.items() if k not in apart}
    if "distance" in arguments:
        check_size(arguments["distance"], arguments["rounds"])
    patch = choose_patch(**{key: arguments[key] for key in PATCH_KEYS if key in arguments})
    strategy = find_strategy(arguments.get("strategy", "MLR"))
    basis, rounds = others.pop("basis", "Z"), others.pop("rounds")
    ideal_memory_circuit(patch, strategy, rounds, basis, **others)
    if device is None:
        return
    check_memory_overrides(device, patch, strategy, basis, others.get("form", "CSS"))
    cycle_ns = arguments.get("cycle_ns")
    if cycle_ns is None:
        return
    check_same_rounds(strategy, cycle_ns, arguments.get("dqlr_every", 1))
    two_rounds = ideal_memory_circuit(patch, strategy, 2, basis, form=others.get("form", "CSS"))
    taken_ns = cycle_ns_of(two_rounds, device, find_processes(arguments.get("processes", ())))
    if cycle_ns < taken_ns:
        raise ValueError(f"`cycle_ns` must be at least the {taken_ns!r} of {strategy}, but is {cycle_ns!r}; raise it")


def _known(name: str, known: Sequence[str] | Mapping[str, Any]) -> None:
    if name not in known:
        hint = _checks.suggestion(name, known) or f"known keys are {', '.join(known)}"
        raise ValueError(f"`{name}` must be a known key, but is not; {hint}")


def _plain(value: Any) -> Any:
    """A device's numbers are floats: 0 and 0.0 are one value."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
