"""Options that several commands share, and how their values become a device and memory experiments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.device import Device

_Command = TypeVar("_Command", bound=Callable[..., Any])

STRATEGIES = ("NO_RESET", "MLR", "DQLR")

if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # no generic type before click 8.2


class UpperChoice(_Choice):
    """A choice of upper-case words that takes lower case, and ``-`` for ``_``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(str(value).upper().replace("-", "_"), param, ctx)


@dataclass(frozen=True)
class ExperimentOptions:
    """Values of ``experiment_options``."""

    code: str
    distance: int
    rounds: int
    basis: str
    form: str
    strategies: tuple[str, ...]
    device: str
    overrides: tuple[str, ...]
    inject_leakage: float
    inject_pauli: float
    cycle_ns: float | None

    def load_device(self) -> Device:
        """The device with its overrides."""
        return load_device(self.device, self.overrides)

    def memory(self, strategy: str, device: Device) -> MemoryExperiment:
        """The memory experiment under one strategy."""
        from qec_leak.circuits.memory import memory_experiment

        return memory_experiment(
            code=self.code,
            distance=self.distance,
            rounds=self.rounds,
            basis=self.basis,
            form=self.form,
            strategy=strategy,
            device=device,
            inject_leakage=self.inject_leakage,
            inject_pauli=self.inject_pauli,
            cycle_ns=self.cycle_ns,
        )


def load_device(name: str, overrides: tuple[str, ...] = ()) -> Device:
    """A preset's name or a TOML file -> Device, with overrides ``key=value``."""
    from pathlib import Path

    from qec_leak.device import Device

    presets = tuple(Device.presets())
    if name in presets:
        device = Device.preset(name)
    elif Path(name).is_file() or name.endswith(".toml") or "/" in name:
        device = Device.from_toml(name)
    else:
        import difflib

        close = difflib.get_close_matches(name, presets, n=1)
        meant = f"did you mean {close[0]!r}?" if close else "give one of them"
        raise ValueError(
            f"the device must be a preset ({', '.join(presets)}) or a TOML file, but {name!r} is neither; {meant}"
        )
    changes = parse_overrides(overrides)
    return device.replace(changes) if changes else device


def parse_overrides(overrides: tuple[str, ...]) -> dict[str, Any]:
    """``KEY=VALUE`` words as values by dotted key; values are read as TOML, bare words as strings."""
    import tomllib

    changes: dict[str, Any] = {}
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals or not key.strip():
            raise ValueError(f"`--set` must be KEY=VALUE, but is {override!r}; write for example --set cz.leakage=1e-3")
        try:
            changes[key.strip()] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = text.strip()  # a bare word: TOML would want quotes, a shell has eaten them
    return changes


def experiment_options(command: _Command) -> _Command:
    """Add the options that define a memory experiment; their values are the fields of ``ExperimentOptions``."""
    options = [
        click.option(
            "--code", type=click.Choice(["surface", "repetition"]), default="surface", show_default=True, help="Code."
        ),
        click.option("--distance", "-d", type=int, default=3, show_default=True, help="Code distance, odd."),
        click.option(
            "--rounds", "-r", type=click.IntRange(min=1), default=30, show_default=True, help="Number of rounds."
        ),
        click.option(
            "--basis",
            type=UpperChoice(["X", "Z"]),
            default="Z",
            show_default=True,
            help="Basis of the logical state.",
        ),
        click.option(
            "--form",
            type=UpperChoice(["CSS", "XZZX"]),
            default="CSS",
            show_default=True,
            help="Form of the surface code.",
        ),
        click.option(
            "--strategy",
            "strategies",
            type=UpperChoice(STRATEGIES),
            multiple=True,
            help="Leakage removal; may be repeated.  [default: all three]",
        ),
        click.option(
            "--device",
            metavar="PRESET|FILE",
            default="miao2023",
            show_default=True,
            shell_complete=complete_device,
            help="Preset or TOML file.",
        ),
        click.option(
            "--set",
            "overrides",
            metavar="KEY=VALUE",
            multiple=True,
            help="Change a device parameter, e.g. cz.leakage=1e-3; may be repeated.",
        ),
        click.option(
            "--inject-leakage",
            metavar="P",
            type=float,
            default=0.0,
            help="Leakage injected per qubit and round.",
        ),
        click.option(
            "--inject-pauli",
            metavar="P",
            type=float,
            default=0.0,
            help="Errors per qubit and round: X on data, Z on measure.",
        ),
        click.option(
            "--cycle-ns",
            metavar="T",
            type=float,
            default=None,
            help="Fill every cycle up to this length, to compare strategies in equal time.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def sampling_options(command: _Command) -> _Command:
    """Add --shots, --seed, --threads."""
    options = [
        click.option(
            "--shots", "-n", type=click.IntRange(min=1), default=100_000, show_default=True, help="Shots per strategy."
        ),
        click.option("--seed", type=click.IntRange(min=0), help="Random seed.  [default: a fresh one, recorded]"),
        click.option(
            "--threads",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Threads that sample; `run` also decodes in as many processes.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def split_options(values: dict[str, Any]) -> tuple[ExperimentOptions, dict[str, Any]]:
    """Take the experiment's options out of a command's keyword arguments; returns them and the rest."""
    names = ExperimentOptions.__dataclass_fields__
    experiment = {name: values[name] for name in names}
    experiment["strategies"] = tuple(dict.fromkeys(experiment["strategies"])) or STRATEGIES
    return ExperimentOptions(**experiment), {name: v for name, v in values.items() if name not in names}


def complete_device(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Shell completion of a device: presets, then files."""
    from click.shell_completion import CompletionItem

    from qec_leak.device import Device

    presets = [CompletionItem(name) for name in Device.presets() if name.startswith(incomplete)]
    return presets or [CompletionItem(incomplete, type="file")]
