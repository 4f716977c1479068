"""``qec-leak export``: circuits, error model and shots into folders laid out as Google's data sets."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from qec_leak.cli.options import experiment_options, sampling_options, split_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from qec_leak.circuits.memory import MemoryExperiment
    from qec_leak.cli.options import ExperimentOptions
    from qec_leak.device import Device
    from qec_leak.records import LeakagePopulations, StagedFolder

SHOT_FILES = (
    "measurements",
    "detection_events",
    "obs_flips_actual",
    "sweep_bits",
    "heralds_level_2",
    "heralds_level_3",
)

_EPILOG = """\b
Example:
  qec-leak export --distance 3 --rounds 10 --basis X --strategy DQLR --shots 10000 --seed 1 --out data

writes data/d3_at_miao2023_DQLR/X/r10/ (the place that Willow's d3_at_q4_5/X/r10/ has) with
\b
  circuit_ideal.stim, circuit_noisy.stim     leakage is in the tags
  circuit_detector_error_model.dem           without leakage
  measurements, detection_events, obs_flips_actual, sweep_bits (if any)
  heralds_level_2, heralds_level_3           was the qubit in that level at the measurement?
  populations.npz, device.toml, metadata.json
"""


@click.command("export", epilog=_EPILOG)
@experiment_options
@sampling_options
@click.option(
    "--format",
    type=click.Choice(["01", "b8", "r8", "ptb64", "hits", "dets"]),
    default="b8",
    show_default=True,
    help="Stim's format of the shot files.",
)
@click.option("--heralds/--no-heralds", default=True, show_default=True, help="Write each shot's levels.")
@click.option(
    "--populations",
    type=click.Choice(["rounds", "moments"]),
    default="rounds",
    show_default=True,
    help="Count leakage at each round's end, or after every moment.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-data"),
    show_default=True,
    help="Folder for the folders; an earlier export of the same experiment is replaced.",
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
    out: Path,
) -> None:
    import secrets

    from tqdm import tqdm

    from qec_leak.records import StagedFolder
    from qec_leak.records.folder import METADATA

    if format == "ptb64" and shots % 64:
        raise ValueError(f"`--shots` must be a multiple of 64 in the format ptb64, but is {shots}; change either")
    device = options.load_device()
    memories = {strategy: options.memory(strategy, device) for strategy in options.strategies}
    seed = secrets.randbits(63) if seed is None else seed
    sampling = {"shots": shots, "seed": seed, "format": format, "populations": populations}
    with ExitStack() as stack:
        folders = {}
        bar = stack.enter_context(
            tqdm(total=shots * len(memories), unit=" shots", unit_scale=True, leave=False, disable=None)
        )
        for strategy, memory in memories.items():
            bar.set_description(strategy)
            target = out / _place(options, device.name, strategy)
            folders[strategy] = folder = stack.enter_context(StagedFolder(target))
            _write_texts(folder, options, memory, device, strategy, sampling)
            _write_shots(
                folder,
                memory,
                shots=shots,
                seed=seed,
                threads=threads,
                format=format,
                heralds=heralds,
                populations=populations,
                progress=bar.update,
            )
        for folder in folders.values():
            folder.commit(last=METADATA, obsolete=_shot_files())  # of another format: they would be read first
    for folder in folders.values():
        click.echo(f"{folder.target}: {shots:,} shots, seed {seed}")


def _place(options: ExperimentOptions, device: str, strategy: str) -> Path:
    """Folder of one experiment, by the pattern of Willow's data set: d3_at_PLACE/BASIS/rNN."""
    code = "" if options.code == "surface" else f"{options.code}_"
    form = "" if options.form == "CSS" else f"_{options.form}"
    safe = "".join(c if c.isalnum() or c in "-." else "-" for c in device).strip(".") or "device"
    return Path(f"{code}d{options.distance}_at_{safe}_{strategy}{form}", options.basis, f"r{options.rounds:02d}")


def _shot_files() -> list[str]:
    """Names of all shot files that an export may write."""
    from qec_leak.records import SHOT_FORMATS

    return [f"{name}.{format}" for name in SHOT_FILES for format in SHOT_FORMATS]


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
    from qec_leak.decode import matching_error_model
    from qec_leak.records.folder import ERROR_MODEL, IDEAL_CIRCUIT, METADATA, NOISY_CIRCUIT

    folder.write_text(IDEAL_CIRCUIT, f"{memory.ideal_circuit}\n")
    folder.write_text(NOISY_CIRCUIT, f"{memory.circuit}\n")
    folder.write_text(ERROR_MODEL, f"{matching_error_model(memory.circuit)}\n")
    folder.write_text("device.toml", device.to_toml())
    record = dataclasses.asdict(options)
    del record["strategies"]
    record = {"qec_leak": qec_leak.__version__, **record, "device": device.name, "strategy": strategy, **sampling}
    folder.write_text(METADATA, json.dumps(record, indent=2) + "\n")


def _write_shots(
    folder: StagedFolder,
    memory: MemoryExperiment,
    *,
    shots: int,
    seed: int,
    threads: int,
    format: str,
    heralds: bool,
    populations: Literal["rounds", "moments"],
    progress: Callable[[int], object],
) -> None:
    import numpy as np

    from qec_leak.analysis import populations_of
    from qec_leak.cli.errors import check_interrupted
    from qec_leak.cli.sampling import batch_shots
    from qec_leak.engine import compile_sampler
    from qec_leak.records import ShotWriter, write_populations
    from qec_leak.records.folder import POPULATIONS
    from qec_leak.records.shot_files import ShotKind

    circuit = memory.circuit
    total: LeakagePopulations | None = None
    with ExitStack() as stack:

        def writer(name: str, num_bits: int, kind: ShotKind) -> ShotWriter:
            path = folder.path(f"{name}.{format}")
            return stack.enter_context(ShotWriter(path, format=format, num_bits=num_bits, kind=kind))

        measurements = writer("measurements", circuit.num_measurements, "measurements")
        events = writer("detection_events", circuit.num_detectors, "detectors")
        flips = writer("obs_flips_actual", circuit.num_observables, "observables")
        sweep = writer("sweep_bits", circuit.num_sweep_bits, "measurements") if circuit.num_sweep_bits else None
        levels = (
            {n: writer(f"heralds_level_{n}", circuit.num_measurements, "measurements") for n in (2, 3)}
            if heralds
            else {}
        )
        sampler = compile_sampler(circuit, seed=seed, threads=threads)
        for batch in sampler.batches(
            shots,
            batch_shots=batch_shots(max(circuit.num_measurements, circuit.num_detectors)),
            populations=populations,
            heralds=heralds,
            measurements=True,
        ):
            assert batch.measurements_b8 is not None, "they were asked for"
            measurements.write(batch.measurements_b8)
            events.write(batch.detection_events_b8)
            flips.write(batch.observable_flips_b8)
            if sweep is not None:
                sweep.write(batch.sweep_bits_b8)
            for level, plane in levels.items():
                plane.write(np.asarray(batch.heralds) == level)
            leaked = populations_of(memory, batch)
            total = leaked if total is None else total + leaked
            progress(batch.shots)
            check_interrupted()
    assert total is not None, "shots >= 1 was checked"
    write_populations(folder.path(POPULATIONS), {str(memory.strategy): total})
