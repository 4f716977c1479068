"""Parts of a sweep as immutable values: points, stop rules, settings of the run."""

from __future__ import annotations

import hashlib
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qec_leak.circuits.memory import MemoryExperiment, memory_experiment
from qec_leak.circuits.patch import Patch
from qec_leak.circuits.patches import choose_patch
from qec_leak.device import Device
from qec_leak.device.frozen import FrozenMapping

SAMPLED_BY = "qec_leak-"
"""Start of the decoder column of our rows: the name of the sampler is part of sinter's identity, so that shots that
sinter itself samples of the same circuit, which have no leakage, are never added to ours."""

CIRCUIT_KEYS = tuple(name for name in inspect.signature(memory_experiment).parameters if name != "device")
"""Keys of [circuit]: the keyword arguments of ``memory_experiment`` but the device."""

PATCH_KEYS = ("code", "distance", "patch")
"""Those that choose the patch."""

METADATA_NAMES = {"code": "c", "distance": "d", "rounds": "r", "basis": "b", "strategy": "strategy"}
"""Names in json_metadata of the arguments that always are there; c, d, r, b are what users of sinter know."""

_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(memory_experiment).parameters.items()
    if parameter.default is not inspect.Parameter.empty and name not in ("distance", "patch")
}


def circuit_default(name: str) -> Any:
    """Default of an argument of ``memory_experiment``. Raises KeyError if it has none."""
    return _DEFAULTS[name]


MAX_BLOCK_SHOTS = 1 << 14
_BLOCK_BITS = 1 << 23
_SHOTS_STEP = 1024


@dataclass(frozen=True)
class Point:
    """One memory experiment of a sweep, with its decoder.

    Attributes:
        circuit: keyword arguments of ``memory_experiment``, without the device.
        device: with all overrides.
        decoder: its name: "pymatching", that of an installed one, or "module:attribute".
        labels: values of the axes at this point, by dotted key ("circuit.distance", "device.cz.leakage").
        metadata: json_metadata of its rows: c, d, r, b, strategy, device (its name), and under their own names all
            arguments that are not the default, all overrides of the device ("device.cz.leakage") among them.

    Examples:
        >>> from qec_leak.sweep import parse_sweep
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
        >>> sweep.points[1].title
        'strategy=DQLR'
    """

    circuit: Mapping[str, Any]
    device: Device
    decoder: str = "pymatching"
    labels: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("circuit", "labels", "metadata"):
            object.__setattr__(self, name, FrozenMapping(getattr(self, name)))

    def memory(self) -> MemoryExperiment:
        """The memory experiment."""
        return memory_experiment(device=self.device, **self.circuit)

    @property
    def sampler_name(self) -> str:
        """The entry in the decoder column of its rows, for example "qec_leak-pymatching"."""
        return SAMPLED_BY + self.decoder

    @property
    def title(self) -> str:
        """The point in a few words, from its labels: "distance=3 strategy=MLR cz.leakage=0.001"."""
        labels = self.labels or {
            key: self.circuit[key] for key in ("patch", "distance", "rounds") if key in self.circuit
        }
        return " ".join(f"{_short_key(key)}={_text(value)}" for key, value in labels.items())

    def num_detectors(self) -> int:
        """Number of detectors of the circuit."""
        return self.patch().num_detectors(int(self.circuit["rounds"]), self.circuit.get("basis", "Z"))

    def patch(self) -> Patch:
        """The patch of its circuit."""
        return _patch(self.circuit)

    def block_shots(self) -> int:
        """Shots of a block that suit the circuit's size. They depend on the point alone, since seeds depend on
        blocks."""
        fitting = _BLOCK_BITS // self.num_detectors() // _SHOTS_STEP * _SHOTS_STEP
        return max(_SHOTS_STEP, min(MAX_BLOCK_SHOTS, fitting))


def point_metadata(circuit: Mapping[str, Any], device: Device, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """json_metadata of a point; see ``Point``. Sorted by key, as sinter writes it.

    Args: overrides: what was changed of the device, by dotted key without "device.".
    """
    out: dict[str, Any] = {"device": device.name}
    patch = _patch(circuit)
    chosen = {**_DEFAULTS, **circuit, "code": patch.code, "distance": patch.distance}
    for key, value in chosen.items():
        if key in METADATA_NAMES:
            out[METADATA_NAMES[key]] = str(value) if isinstance(value, str) else value
        elif key != "device" and value != _DEFAULTS.get(key):
            out[key] = value
    out |= {f"device.{key}": value for key, value in overrides.items()}
    return dict(sorted(out.items()))


@dataclass(frozen=True)
class StopRule:
    """When a point has enough shots. The rule is applied after each block, in the order of the blocks.

    Attributes:
        max_shots: never more shots than these.
        max_errors: enough logical errors.
        relative_precision: enough when the standard error of the logical error probability is at most this fraction of
            the probability.

    Examples:
        >>> rule = StopRule(max_shots=1000, max_errors=10)
        >>> rule.stops(500, 5), rule.stops(500, 10)
        (False, True)
    """

    max_shots: int
    max_errors: int | None = None
    relative_precision: float | None = None

    def stops(self, shots: int, errors: int) -> bool:
        """True if these counts are enough.

        Args:
            shots: number of shots.
            errors: number of logical errors.

        Returns:
            Whether the point ends.
        """
        return shots >= self.max_shots or errors >= self.errors_wanted(shots, errors)

    def errors_wanted(self, shots: int, errors: int) -> float:
        """Number of logical errors that ends a point with this error fraction.

        Args:
            shots: number of shots.
            errors: number of logical errors.

        Returns:
            The number; infinity without such a rule.
        """
        wanted = math.inf if self.max_errors is None else float(self.max_errors)
        if self.relative_precision is not None:
            # sqrt(p (1 - p) / n) <= precision p, with p = errors / n
            fails = errors / shots if shots else 0.0
            wanted = min(wanted, max(1.0, (1.0 - fails) / self.relative_precision**2))
        return wanted


@dataclass(frozen=True)
class RunSettings:
    """How a sweep is run.

    Attributes:
        seed: of all points.
        block_shots: shots of a block; None: as many as suit each circuit's size.

    Examples:
        >>> RunSettings().seed
        0
    """

    seed: int = 0
    block_shots: int | None = None


@dataclass(frozen=True)
class Sweep:
    """A validated sweep file.

    Attributes:
        points: all points.
        stop: when a point has enough shots.
        run: how the sweep is run.
        axes: dotted keys in the order of the file.
        extra: the tables that the caller allowed, as they were read.
        name: of the file.
        description: of the file.
        source: what errors call the file.

    Examples:
        >>> from qec_leak.sweep import parse_sweep
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
        >>> len(sweep.points), sweep.axes
        (2, ('circuit.strategy',))
    """

    points: tuple[Point, ...]
    stop: StopRule
    run: RunSettings = RunSettings()
    axes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    description: str = ""
    source: str = "sweep"

    def block_shots(self, point: Point) -> int:
        """Shots of a full block.

        Args:
            point: a point of the sweep.

        Returns:
            The number.
        """
        return self.run.block_shots or point.block_shots()


def block_seed(seed: int, circuit_text: str, first_shot: int) -> int:
    """Seed of the block of a circuit's shots that begins at ``first_shot``: the same for every decoder, so that all
    decoders are compared on the same shots."""
    digest = hashlib.sha256(f"{seed}:{first_shot}:{circuit_text}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def _patch(circuit: Mapping[str, Any]) -> Patch:
    return choose_patch(**{key: circuit[key] for key in PATCH_KEYS if key in circuit})


def _short_key(key: str) -> str:
    return key.split(".", 1)[1] if key.startswith(("circuit.", "device.", "decoder.")) else key


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
