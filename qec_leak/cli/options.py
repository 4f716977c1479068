"""Options that several commands share, and how their values become a device and memory experiments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.circuits.patch import Patch
    from qec_leak.circuits.process import Process
    from qec_leak.device import Device

_Command = TypeVar("_Command", bound=Callable[..., Any])

if TYPE_CHECKING:
    _Choice = click.Choice[str]
    _ParamType = click.ParamType[Any]
else:
    _Choice, _ParamType = click.Choice, click.ParamType  # no generic types before click 8.2


CODES = ("surface", "repetition", "unrotated_surface")
"""``circuits.patches.code_names()``, which would be slow to import for a line of help."""


class UpperChoice(_Choice):
    """A choice of upper-case words that takes lower case, and ``-`` for ``_``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(str(value).upper().replace("-", "_"), param, ctx)


class StrategyName(_ParamType):
    """The name of a strategy, in any spelling, or "module:attribute"."""

    name = "strategy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from qec_leak.circuits.strategies import strategy_name

        try:
            return strategy_name(str(value), name="--strategy")
        except (TypeError, ValueError) as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from qec_leak.circuits.strategies import installed_strategy_names, strategy_names

        names = (*strategy_names(), *installed_strategy_names())
        return [CompletionItem(name) for name in names if name.upper().startswith(incomplete.upper())]


class GivenPath(_ParamType):
    """A path that is not empty. An empty one would be the current folder."""

    name = "path"

    def __init__(self, path: _ParamType) -> None:
        self.path = path

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "" or "\0" in str(value):
            self.fail("a path must be given, but it is empty" if value == "" else "a path has no null characters")
        return self.path.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        return self.path.shell_complete(ctx, param, incomplete)


@dataclass(frozen=True)
class ExperimentOptions:
    """Values of ``experiment_options``."""

    code: str
    distance: int
    patch: str | None
    rounds: int
    basis: str
    form: str
    strategies: tuple[str, ...]
    device: str
    overrides: tuple[str, ...]
    inject_leakage: float
    inject_pauli: float
    cycle_ns: float | None
    processes: tuple[str, ...]

    def load_device(self) -> Device:
        """The device with its overrides, each of which acts on one of the strategies."""
        device = load_device(self.device, self.overrides)
        if self.overrides:
            check_overrides_act(self.overrides, device, has_iswap=self._has_iswap(), fix="add --strategy DQLR")
        return device

    def _patch_arguments(self) -> dict[str, Any]:
        return {"patch": self.patch} if self.patch else {"code": self.code, "distance": self.distance}

    def _has_iswap(self) -> bool:
        from qec_leak.circuits import find_strategy
        from qec_leak.circuits.patches import choose_patch
        from qec_leak.circuits.round_end import iswap_pairs

        patch = choose_patch(**self._patch_arguments())
        return any(iswap_pairs(find_strategy(strategy), patch) for strategy in self.strategies)

    def memory(self, strategy: str, device: Device) -> MemoryExperiment:
        """The memory experiment under one strategy."""
        from qec_leak.circuits.memory import memory_experiment

        return memory_experiment(
            **self._patch_arguments(),
            rounds=self.rounds,
            basis=self.basis,
            form=self.form,
            strategy=strategy,
            device=device,
            inject_leakage=self.inject_leakage,
            inject_pauli=self.inject_pauli,
            cycle_ns=self.cycle_ns,
            processes=load_processes(self.processes),
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
        device = device.replace(name=device.label)  # a file that began as a preset has its name
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
    changes: dict[str, Any] = {}
    for override in overrides:
        key, equals, text = override.partition("=")
        key = key.strip()
        if not equals or not key:
            raise ValueError(f"`--set` must be KEY=VALUE, but is {override!r}; write for example --set cz.leakage=1e-3")
        if key in changes:
            raise ValueError(f"`--set {key}` must be given once, but is given twice; drop one")
        if "\n" in override or "\r" in override:
            raise ValueError(f"`--set` must be one line, but is {override!r}; repeat --set for each KEY=VALUE")
        changes[key] = _value(text.strip())
    return changes


def _value(text: str) -> Any:
    import tomllib

    try:
        value = tomllib.loads(f"value = {text}")["value"]
        if repr(tomllib.loads(f"value = [{text}]")["value"]) == repr([value]):  # all of the text, no comment behind it
            return value
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    return text  # a bare word: TOML would want quotes, a shell has eaten them


def check_overrides_act(overrides: tuple[str, ...], device: Device, *, has_iswap: bool, fix: str) -> None:
    """Refuse a change of the device that has no effect: on the Leakage iSWAP where none is used, on a default that all
    roles override, or on directions that are not used. ``fix``: how to get a Leakage iSWAP."""
    from qec_leak.device.tables import QUBIT_SECTIONS

    roles = ("data", "measure", "removal") if has_iswap else ("data", "measure")
    for key in parse_overrides(overrides):
        path = key.split(".")
        section, name = path[-2:] if len(path) > 1 else ("", "")
        if not has_iswap and (section == "dqlr" or path[:2] == ["roles", "removal"]):
            raise ValueError(f"`--set {key}` must act on something, but no strategy here has a Leakage iSWAP; {fix}")
        if name == "data_high_in" and device.cz.high != "direction" and len(path) == 2:
            raise ValueError(
                f"`--set {key}` must come with cz.high = 'direction', but that is {device.cz.high!r}; "
                "add --set cz.high=direction"
            )
        shadowed = section in QUBIT_SECTIONS and all(name in device.roles.get(r, {}).get(section, {}) for r in roles)
        if len(path) == 2 and shadowed:
            keys = ", ".join(f"roles.{role}.{key}" for role in roles)
            raise ValueError(f"`--set {key}` must act on something, but all roles override it; set {keys}")


def experiment_options(command: _Command) -> _Command:
    """Add the options that define a memory experiment; their values are the fields of ``ExperimentOptions``."""
    options = [
        click.option("--code", type=click.Choice(CODES), default="surface", show_default=True, help="Code."),
        click.option("--distance", "-d", type=int, default=3, show_default=True, help="Code distance, odd."),
        patch_option,
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
            type=StrategyName(),
            metavar="NAME",
            multiple=True,
            help="Leakage removal: NO_RESET, MLR, DQLR, an installed strategy, or MODULE:ATTRIBUTE; may be repeated.  "
            "[default: NO_RESET, MLR and DQLR]",
        ),
        click.option(
            "--device",
            metavar="PRESET|FILE",
            default="miao2023",
            show_default=True,
            shell_complete=complete_device,
            help="Device: a preset or a TOML file.",
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
            help="Pauli errors injected per qubit and round: X on data qubits, Z on measure qubits.",
        ),
        click.option(
            "--cycle-ns",
            metavar="T",
            type=float,
            default=None,
            help="Extend every cycle to this length in ns, to compare strategies in equal time.",
        ),
        process_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def patch_option(command: _Command) -> _Command:
    """Add --patch."""
    return click.option(
        "--patch",
        metavar="NAME",
        help="Your own patch, instead of --code and --distance: MODULE:ATTRIBUTE or the name of an installed one.",
    )(command)


def load_patch(name: str) -> Patch:
    """The patch of --patch. Raises ValueError where --code or --distance is given too."""
    from qec_leak.circuits.patches import find_patch

    refuse_with(click.get_current_context(), "--patch", "code", "distance")
    return find_patch(name, name="--patch")


def process_option(command: _Command) -> _Command:
    """Add --process."""
    return click.option(
        "--process",
        "processes",
        metavar="NAME",
        multiple=True,
        help="Add your own noise process: MODULE:ATTRIBUTE or the name of an installed one; may be repeated.",
    )(command)


def sweep_file_options(command: _Command) -> _Command:
    """Add what changes a sweep file: --quick, --set, --decoder, --process; arguments of ``read_sweep_file``."""
    options = [
        click.option("--quick", is_flag=True, help="Use the values in the section [quick] of the sweep file."),
        click.option(
            "--set",
            "overrides",
            metavar="KEY=VALUE",
            multiple=True,
            help="Change a value of the sweep file, e.g. stop.max_shots=1000; may be repeated.",
        ),
        decoder_option(default=None),
        process_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def load_processes(names: tuple[str, ...]) -> tuple[Process, ...]:
    """The processes of --process."""
    from qec_leak.circuits.processes.named_processes import find_processes

    return find_processes(names, name="--process")


def sampling_options(command: _Command) -> _Command:
    """Add --shots, --seed, --threads."""
    options = [
        click.option(
            "--shots", "-n", type=click.IntRange(min=1), default=100_000, show_default=True, help="Shots per strategy."
        ),
        click.option(
            "--seed",
            type=click.IntRange(min=0, max=2**64 - 1),
            help="Random seed.  [default: a fresh one; it is recorded]",
        ),
        click.option(
            "--threads",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Threads for sampling; `run` also decodes in as many processes.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def decoder_option(*, default: str | None) -> Callable[[_Command], _Command]:
    """Add --decoder and --heralds."""
    named = click.option(
        "--decoder",
        metavar="NAME",
        default=default,
        show_default=default is not None,
        shell_complete=complete_decoder,
        help="Decoder: pymatching, pymatching-correlated, leakage-aware, an installed one, or MODULE:ATTRIBUTE.",
    )
    heralds = click.option(
        "--heralds",
        type=click.Choice(["none", "levels"]),
        default=None,
        help="Information for the decoder leakage-aware: none, or the level of each measured qubit.  [default: none]",
    )
    return lambda command: named(heralds(command))


def split_options(values: dict[str, Any]) -> tuple[ExperimentOptions, dict[str, Any]]:
    """Take the experiment's options out of a command's keyword arguments; returns them and the rest."""
    from qec_leak.circuits.strategies import strategy_names

    names = ExperimentOptions.__dataclass_fields__
    experiment = {name: values[name] for name in names}
    experiment["strategies"] = tuple(dict.fromkeys(experiment["strategies"])) or strategy_names()
    if experiment["patch"] is not None:
        patch = load_patch(experiment["patch"])
        experiment |= {"code": patch.code, "distance": patch.distance}
    return ExperimentOptions(**experiment), {name: v for name, v in values.items() if name not in names}


def check_experiments(memories: Mapping[str, MemoryExperiment], shots: int, threads: int, *, decode: bool) -> None:
    """Refuse a run that exceeds this machine's memory or a year, before it starts."""
    from qec_leak._limits import check_run

    detectors = max(memory.circuit.num_detectors for memory in memories.values())
    check_run(detectors=detectors, shots=shots * len(memories), threads=threads, decode=decode)


def refuse_with(context: click.Context, option: str, *others: str) -> None:
    """Refuse parameters (Python names) that were given and have no effect beside ``option``."""
    for name in _given(context, others):
        raise ValueError(f"`{name}` must not be given with {option}, but is, and would do nothing; drop one of them")


def refuse_without(context: click.Context, option: str, *others: str) -> None:
    """Refuse parameters (Python names) that were given and have no effect without ``option``."""
    for name in _given(context, others):
        raise ValueError(f"`{name}` must come with {option}, but that is missing; add it, or drop {name}")


def _given(context: click.Context, names: Sequence[str]) -> Iterator[str]:
    """Names of those parameters that the command line gives, as written there."""
    for parameter in context.command.params:
        if parameter.name in names and context.get_parameter_source(parameter.name) == ParameterSource.COMMANDLINE:
            yield parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(context)


def complete_decoder(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Shell completion of a decoder's name."""
    from click.shell_completion import CompletionItem

    from qec_leak.decoding import decoder_names

    return [CompletionItem(name) for name in decoder_names() if name.startswith(incomplete)]


def complete_device(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Shell completion of a device: presets, then files."""
    from click.shell_completion import CompletionItem

    from qec_leak.device import Device

    presets = [CompletionItem(name) for name in Device.presets() if name.startswith(incomplete)]
    return presets or [CompletionItem(incomplete, type="file")]
