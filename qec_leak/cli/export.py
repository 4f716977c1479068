"""``qec-leak export``: circuits, error model and shots into folders laid out as Google's data sets."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from qec_leak.cli.options import check_experiments, experiment_options, sampling_options, split_options
from qec_leak.cli.shot_data import check_format, check_room, shot_data_options

if TYPE_CHECKING:
    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.cli.options import ExperimentOptions
    from qec_leak.device import Device
    from qec_leak.records import StagedFolder

_EPILOG = """\b
Example:
  qec-leak export --distance 3 --rounds 10 --basis X --strategy DQLR --shots 10000 --seed 1 --out data

writes the folder data/d3_at_miao2023_DQLR/X/r10/, like d3_at_q4_5/X/r10/ of Willow's data set, with

\b
  circuit_ideal.stim, circuit_noisy.stim     circuits; leakage is in the tags
  circuit_detector_error_model.dem           error model without leakage
  measurements, detection_events, obs_flips_actual, sweep_bits (if any)
  heralds_level_2, heralds_level_3           which measured qubits were in that level
  levels_2, levels_3                         with --levels: which qubits were in that level at the round's end
  populations.npz, device.toml, metadata.json
"""


@click.command("export", epilog=_EPILOG)
@experiment_options
@sampling_options
@shot_data_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-data"),
    show_default=True,
    help="Folder for the exported folders; an earlier export of the same experiment is replaced.",
)
def export_command(**values: Any) -> None:
    """Write circuits, error model, shots, heralds and leakage populations to files."""
    options, rest = split_options(values)
    _export(options, **rest)


def _export(
    options: ExperimentOptions,
    *,
    shots: int,
    seed: int | None,
    threads: int,
    format: str,
    heralds: bool,
    populations: Literal["rounds", "moments"],
    levels: Literal["rounds", "moments"] | None,
    out: Path,
) -> None:
    import secrets

    from tqdm import tqdm

    from qec_leak.cli.shot_data import shot_files, write_shots_of
    from qec_leak.device.tables import ROLES
    from qec_leak.records import StagedFolder, write_populations
    from qec_leak.records.folder import METADATA, POPULATIONS

    check_format(format, shots)
    device = options.load_device()
    memories = {strategy: options.memory(strategy, device) for strategy in options.strategies}
    check_experiments(memories, shots, threads, decode=False)
    check_room(
        out, [memory.circuit for memory in memories.values()], shots, format=format, heralds=heralds, levels=levels
    )
    seed = secrets.randbits(63) if seed is None else seed
    sampling = {"shots": shots, "seed": seed, "format": format, "populations": populations, "levels": levels}
    with ExitStack() as stack:
        folders = {}
        bar = stack.enter_context(
            tqdm(total=shots * len(memories), unit=" shots", unit_scale=True, leave=False, disable=None)
        )
        for strategy, memory in memories.items():
            bar.set_description(strategy)
            target = out / _place(options, device.label, strategy)
            folders[strategy] = folder = stack.enter_context(StagedFolder(target))
            _write_texts(folder, options, memory, device, strategy, sampling)
            total = write_shots_of(
                folder,
                memory.circuit,
                {role: members for role in ROLES if (members := memory.qubits(role))},
                shots=shots,
                seed=seed,
                threads=threads,
                format=format,
                heralds=heralds,
                populations=populations,
                levels=levels,
                progress=bar.update,
            )
            write_populations(folder.path(POPULATIONS), {strategy: total})
        for folder in folders.values():
            folder.commit(last=METADATA, obsolete=shot_files())
    for folder in folders.values():
        click.echo(f"{folder.target}: {shots:,} shots, seed {seed}")


def _place(options: ExperimentOptions, device: str, strategy: str) -> Path:
    """Folder of one experiment, by the pattern of Willow's data set: d3_at_PLACE/BASIS/rNN."""
    code = "" if options.code == "surface" else f"{_safe(options.code, '-._')}_"
    form = "" if options.form == "CSS" else f"_{options.form}"
    at = _safe(device.replace(" (edited)", "-edited")) or "device"
    added = "".join(f"_{_safe(name)}" for name in options.processes)
    folder = f"{code}d{options.distance}_at_{at}_{_safe(strategy, '-._')}{form}{added}"
    return Path(folder, options.basis, f"r{options.rounds:02d}")


def _safe(name: str, kept: str = "-.") -> str:
    """A name for a folder."""
    return "".join(c if c.isalnum() or c in kept else "-" for c in name).strip(".")


def _write_texts(
    folder: StagedFolder,
    options: ExperimentOptions,
    memory: MemoryExperiment,
    device: Device,
    strategy: str,
    sampling: dict[str, Any],
) -> None:
    import dataclasses
    import json

    import qec_leak
    from qec_leak.decoding import matching_error_model
    from qec_leak.records.folder import ERROR_MODEL, IDEAL_CIRCUIT, METADATA, NOISY_CIRCUIT

    folder.write_text(IDEAL_CIRCUIT, f"{memory.ideal_circuit}\n")
    folder.write_text(NOISY_CIRCUIT, f"{memory.circuit}\n")
    folder.write_text(ERROR_MODEL, f"{matching_error_model(memory.circuit)}\n")
    folder.write_text("device.toml", device.to_toml())
    record = dataclasses.asdict(options)
    del record["strategies"]
    record = {"qec_leak": qec_leak.__version__, **record, "device": device.label, "strategy": strategy, **sampling}
    folder.write_text(METADATA, json.dumps(record, indent=2) + "\n")
