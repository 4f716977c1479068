"""``qec-leak device``: what a device's CZ and Leakage iSWAP do to levels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qec_leak.cli.options import CODES, StrategyName, complete_device, load_device, refuse_with, refuse_without

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from qec_leak.channels import LeakageChannel
    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.device import Device
    from qec_leak.device.transmon import PairParameters

_SMALLEST_SHOWN = 1e-5
_MOST_SHOWN = 5

_EPILOG = """\b
Examples:
  qec-leak device miao2023
  qec-leak device my_device.toml --pair 3-12 --all
  qec-leak device my_device.toml --distance 5
  qec-leak device projected --set cz.anharmonicity_mhz=200 --toml > mine.toml
"""


@click.command("device", epilog=_EPILOG)
@click.argument("name", metavar="PRESET|FILE", shell_complete=complete_device)
@click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change a parameter; may be repeated.")
@click.option("--pair", metavar="A-B", help="Show the pair of these two qubits.  [default: the device's default pair]")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="List all rows: also those for known values (0 and 1 instead of C), and those of small probability.",
)
@click.option(
    "--distance",
    "-d",
    type=int,
    help="Also draw how much leakage each qubit and pair gains in a round, on a patch of this distance.",
)
@click.option("--code", type=click.Choice(CODES), default="surface", show_default=True, help="Code of that patch.")
@click.option(
    "--strategy", type=StrategyName(), default="MLR", show_default=True, help="Leakage removal of that round."
)
@click.option("--toml", is_flag=True, help="Print the device as TOML and do nothing else.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("."),
    show_default=True,
    help="Folder for the pictures NAME-transport.png/.svg and, with --distance, NAME-lattice.png/.svg.",
)
@click.pass_context
def device_command(
    context: click.Context,
    name: str,
    overrides: tuple[str, ...],
    pair: str | None,
    everything: bool,
    distance: int | None,
    code: str,
    strategy: str,
    toml: bool,
    out: Path,
) -> None:
    """Show what the two-transmon gates of a device do to levels.

    Prints the transport, phases and L1 of the CZ and of the Leakage iSWAP, and the rows of their channels. With
    --distance it also shows which qubits and pairs of a patch gain most leakage.
    """
    if toml:
        refuse_with(context, "--toml", "pair", "everything", "distance", "code", "strategy", "out")
    elif distance is None:
        refuse_without(context, "--distance", "code", "strategy")
    loaded = load_device(name, overrides)
    if toml:
        click.echo(loaded.to_toml(), nl=False)
        return
    parameters = _pair(loaded, pair)
    memory = None if distance is None else _memory(loaded, code, distance, strategy)
    picture = _draw(loaded, parameters, memory, out)  # first: a folder that cannot be written is one line and no table
    click.echo(_summary(loaded, pair, parameters))
    from qec_leak.channels import transport_matrix
    from qec_leak.channels.operations import cz_channel, cz_unitary, leakage_iswap_channel

    click.echo()
    click.echo("CZ: transport of |high low> in percent")
    click.echo(transport_table(transport_matrix(cz_unitary(parameters.cz))))
    click.echo()
    smallest = 0.0 if everything else _SMALLEST_SHOWN
    rest = "rows that change nothing are not listed" + (
        "" if everything else f", nor are probabilities below {smallest:g} (see --all)"
    )
    click.echo(f"CZ: rows of the channel on (high, low), beside the ideal CZ; {rest}")
    click.echo(channel_table(cz_channel(parameters.cz), values=everything, smallest=smallest))
    click.echo()
    click.echo("Leakage iSWAP: rows of the channel on (data, measure)")
    click.echo(channel_table(leakage_iswap_channel(parameters.dqlr), values=True, smallest=smallest))
    if memory is not None:
        click.echo()
        click.echo(_gain_table(memory))
    click.echo()
    click.echo(f"Picture: {', '.join(map(str, picture))} (and .svg)")


def _pair(device: Device, pair: str | None) -> PairParameters:
    from qec_leak.device.transmon import PairParameters

    if pair is None:
        return PairParameters(cz=device.cz, dqlr=device.dqlr)
    parts = pair.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ValueError(f"`--pair` must be two qubit indices, A-B, but is {pair!r}; write for example --pair 3-12")
    if int(parts[0]) == int(parts[1]):
        raise ValueError(f"`--pair` must be two different qubits, A-B, but is {pair!r}; write for example --pair 3-12")
    return device.pair(int(parts[0]), int(parts[1]))


def _summary(device: Device, pair: str | None, parameters: PairParameters) -> str:
    from qec_leak.channels import conditional_phase, leakage_rate, transport_probability
    from qec_leak.channels.operations import cz_unitary
    from qec_leak.cli.report import percent

    cz, dqlr = parameters.cz, parameters.dqlr
    gate, iswap = cz_unitary(cz), _iswap(parameters)
    title = f"{device.label}, {'default pair' if pair is None else f'pair {pair}'}"
    if cz.model == "hamiltonian":
        model = f"from the Hamiltonian: {cz.anharmonicity_mhz:g} MHz, {cz.pulse_ns:g} ns with {cz.ramp_ns:g} ns ramps"
    else:
        model = "given numbers"
    lines = [
        ("CZ", model),
        ("  duration", f"{cz.duration_ns:g} ns"),
        ("  higher frequency", cz.high + (f" ({', '.join(cz.data_high_in or ())})" if cz.data_high_in else "")),
        ("  transport |30> <-> |12>", percent(transport_probability(gate, (3, 0), (1, 2)))),
        ("  transport |31> <-> |22>", percent(transport_probability(gate, (3, 1), (2, 2)))),
        ("  phase of low, high in 2", f"{conditional_phase(gate, partner_level=2):.3f} pi"),
        ("  phase of high, low in 2", f"{conditional_phase(gate, partner_level=2, of='high'):.3f} pi"),
        ("  leakage rate L1", f"{leakage_rate(gate):.3g} (|11> -> |20> {4 * cz.leakage:.3g})"),
        ("  Pauli error", f"{cz.error:.3g}, crosstalk {cz.crosstalk:.3g}"),
        ("Leakage iSWAP", f"{dqlr.anharmonicity_mhz:g} MHz, {dqlr.iswap_ns:g} ns with {dqlr.ramp_ns:g} ns ramps"),
        ("  |20> -> |11>", percent(transport_probability(iswap, (2, 0), (1, 1)) * dqlr.efficiency)),
        ("  Pauli error", f"{dqlr.error:.3g}"),
    ]
    text = "\n".join(f"{key:<26} {value}" for key, value in lines)
    about = f"\n{device.description}" if device.description else ""
    return f"{title}{about}\n\n{text}"


def transport_table(matrix: npt.NDArray[np.float64]) -> str:
    """Where each leaked two-transmon ket goes, in percent, probabilities of at least 0.1 %; kets are |high low>."""
    from qec_leak.channels.operations import LEVELS

    kets = [(high, low) for high in range(LEVELS) for low in range(LEVELS)]
    lines = []
    for column, before in enumerate(kets):
        if max(before) in (2, 3):
            ends = sorted(((float(p), after) for p, after in zip(matrix[:, column], kets, strict=True)), reverse=True)
            shown = [f"|{high}{low}> {100 * p:.1f}" for p, (high, low) in ends if p >= 0.001]
            lines.append(f"  |{before[0]}{before[1]}> --> " + "  ".join(shown))
    return "\n".join(lines)


def channel_table(channel: LeakageChannel, *, values: bool, smallest: float = 0.0) -> str:
    """One line per transition that changes something: labels before and after, Pauli, values, probability.

    Args: values: list rows with known values too. smallest: leave out smaller probabilities.
    """
    from qec_leak.cli.report import text_table

    rows = []
    for incoming, transitions in channel.rows.items():
        if not values and any(label in (0, 1) for label in incoming):
            continue
        for t in sorted(transitions, key=lambda t: -t.probability):
            if t.is_identity(incoming) or t.probability < smallest:
                continue
            rows.append(
                [
                    " ".join(map(str, incoming)),
                    "-->",
                    " ".join(map(str, t.outgoing)),
                    t.pauli if t.pauli.strip("I") else "",
                    _values(t.left_with),
                    _values(t.returned_with),
                    f"{t.probability:.4g}",
                ]
            )
    return text_table([["before", "", "after", "Pauli", "left with", "returned with", "probability"]], rows)


def _values(values: tuple[int | None, ...]) -> str:
    return "" if all(v is None for v in values) else " ".join("-" if v is None else str(v) for v in values)


def _iswap(parameters: PairParameters) -> npt.NDArray[np.complex128]:
    """The ideal Leakage iSWAP on |data measure>, complex128 (25, 25)."""
    from dataclasses import replace

    from qec_leak.channels.operations import leakage_iswap_kraus

    return leakage_iswap_kraus(replace(parameters.dqlr, efficiency=1.0))[0]


def _memory(device: Device, code: str, distance: int, strategy: str) -> MemoryExperiment:
    from qec_leak.circuits.memory import memory_experiment

    return memory_experiment(code=code, distance=distance, rounds=3, strategy=strategy, device=device)


def _gain_table(memory: MemoryExperiment) -> str:
    """The qubits and pairs that gain most leakage in a round."""
    from qec_leak.analysis import leakage_gain
    from qec_leak.cli.report import percent, text_table

    gain = leakage_gain(memory)
    qubits = sorted(gain.by_qubit.items(), key=lambda item: -item[1])[:_MOST_SHOWN]
    pairs = sorted(gain.by_pair.items(), key=lambda item: -item[1])[:_MOST_SHOWN]
    rows = [[f"{q}, {memory.patch.role(q)}", percent(value)] for q, value in qubits]
    rows += [[f"{a}-{b}", percent(value)] for (a, b), value in pairs]
    title = f"Leakage gained in a round of {memory.strategy}, distance {memory.patch.distance}; largest gains first"
    return f"{title}\n{text_table([['qubit or pair', 'gain']], rows)}"


def _draw_gain(memory: MemoryExperiment, title: str, *paths: Path) -> None:
    from qec_leak import figures
    from qec_leak.analysis import leakage_gain

    gain = leakage_gain(memory)
    width, height = figures.lattice_size(memory.patch, bar=True)
    figure, [axes] = figures.new_figure(width=width, height=height)
    figures.plot_leakage_gain(axes, memory.patch, gain.by_qubit, gain.by_pair, title=title)
    figures.save_figure(figure, *paths)


def _draw(device: Device, parameters: PairParameters, memory: MemoryExperiment | None, out: Path) -> list[Path]:
    from qec_leak import figures
    from qec_leak.channels import transport_matrix
    from qec_leak.channels.operations import LEVELS, cz_unitary
    from qec_leak.records import StagedFolder

    figure, (left, right) = figures.new_figure(width=2 * figures.COLUMN_WIDTH, height=3.7, panels=2)
    cz, iswap = transport_matrix(cz_unitary(parameters.cz)), transport_matrix(_iswap(parameters))
    figures.plot_transport_matrix(left, cz, levels=LEVELS, title=f"CZ of {device.label}, percent")
    figures.plot_transport_matrix(right, iswap, levels=LEVELS, title="Leakage iSWAP, percent")
    stem = device.name.replace(" (edited)", "-edited")
    stem = Path(stem).name or "device"
    names = [f"{stem}-transport"] if memory is None else [f"{stem}-transport", f"{stem}-lattice"]
    with StagedFolder(out) as folder:
        paths = [(folder.path(f"{name}.png"), folder.path(f"{name}.svg")) for name in names]
        figures.save_figure(figure, *paths[0])
        if memory is not None:
            _draw_gain(memory, f"{device.label}, {str(memory.strategy).replace('_', ' ')}", *paths[1])
        folder.commit(last=f"{names[0]}.png")
    return [out / f"{name}.png" for name in names]
