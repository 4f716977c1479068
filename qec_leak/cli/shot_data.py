"""Shots, heralds and populations of a circuit into files: shared by the commands that write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from qec_leak.cli.errors import check_interrupted

if TYPE_CHECKING:
    from pathlib import Path

    import stim

    from qec_leak.records import LeakagePopulations, ShotWriter, StagedFolder
    from qec_leak.records.shot_files import ShotKind

_Command = TypeVar("_Command", bound=Callable[..., Any])

FORMATS = ("01", "b8", "r8", "ptb64", "hits", "dets")

SHOT_FILES = (
    "measurements",
    "detection_events",
    "obs_flips_actual",
    "sweep_bits",
    "heralds_level_2",
    "heralds_level_3",
    "levels_2",
    "levels_3",
)


def shot_data_options(command: _Command) -> _Command:
    """Add --format, --heralds, --populations, --levels."""
    options = [
        click.option(
            "--format",
            type=click.Choice(FORMATS),
            default="b8",
            show_default=True,
            help="Format of the shot files, one of Stim's.",
        ),
        click.option(
            "--heralds/--no-heralds",
            default=True,
            show_default=True,
            help="Write the level at each measurement, shot by shot.",
        ),
        click.option(
            "--populations",
            type=click.Choice(["rounds", "moments"]),
            default="rounds",
            show_default=True,
            help="Count leakage at the end of each round, or after every moment.",
        ),
        click.option(
            "--levels",
            type=click.Choice(["rounds", "moments"]),
            help="Write the level of every qubit, shot by shot, at the end of each round or after every moment.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def check_format(format: str, shots: int) -> None:
    """Refuse a number of shots that the format cannot hold, before anything is sampled."""
    if format == "ptb64" and shots % 64:
        raise ValueError(f"`--shots` must be a multiple of 64 in the format ptb64, but is {shots}; change either")


def check_room(
    out: Path,
    circuits: Sequence[stim.Circuit],
    shots: int,
    *,
    format: str,
    heralds: bool,
    levels: Literal["rounds", "moments"] | None,
) -> None:
    """Refuse shots whose files the disk has no room for. Sparse formats are taken to be empty."""
    from qec_leak._limits import check_disk
    from qec_leak.records.folder import level_bits

    per_bit = {"01": 1.0, "b8": 1 / 8, "ptb64": 1 / 8}.get(format, 0.0)
    bits = sum(
        c.num_measurements * (3 if heralds else 1)
        + c.num_detectors
        + c.num_observables
        + c.num_sweep_bits
        + (2 * level_bits(c, levels) if levels else 0)
        for c in circuits
    )
    check_disk(out, float(shots) * max(bits * per_bit, len(circuits)), "lower --shots, or choose another --out")


def shot_files() -> list[str]:
    """Names of all shot files that a command may have written, in any format."""
    return [f"{name}.{format}" for name in SHOT_FILES for format in FORMATS]


def write_shots_of(
    folder: StagedFolder,
    circuit: stim.Circuit,
    qubits: Mapping[str, tuple[int, ...]],
    *,
    shots: int,
    seed: int,
    threads: int,
    engine: Literal["auto", "frames", "tableau"] = "auto",
    format: str,
    heralds: bool,
    populations: Literal["rounds", "moments"],
    levels: Literal["rounds", "moments"] | None,
    progress: Callable[[int], object],
) -> LeakagePopulations:
    """Sample ``circuit`` batch by batch into the files ``SHOT_FILES`` of ``folder``.

    Args: qubits: by role, for the populations that are returned. progress: called with the shots finished since its
    last call.
    """
    import numpy as np

    from qec_leak.cli.sampling import batch_shots
    from qec_leak.engine import compile_sampler
    from qec_leak.records import LeakagePopulations, ShotWriter
    from qec_leak.records.folder import level_bits

    noted = level_bits(circuit, levels) if levels else 0
    total: LeakagePopulations | None = None
    with ExitStack() as stack:

        def writer(name: str, num_bits: int, kind: ShotKind) -> ShotWriter:
            path = folder.path(f"{name}.{format}")
            return stack.enter_context(ShotWriter(path, format=format, num_bits=num_bits, kind=kind))

        sampler = compile_sampler(circuit, seed=seed, threads=threads, engine=engine)
        measurements = writer("measurements", circuit.num_measurements, "measurements")
        events = writer("detection_events", circuit.num_detectors, "detectors")
        flips = writer("obs_flips_actual", circuit.num_observables, "observables")
        sweep = writer("sweep_bits", circuit.num_sweep_bits, "measurements") if circuit.num_sweep_bits else None
        leaked = [2, 3] if heralds else []
        heralded = {n: writer(f"heralds_level_{n}", circuit.num_measurements, "measurements") for n in leaked}
        by_shot = {n: writer(f"levels_{n}", noted, "measurements") for n in ((2, 3) if levels else ())}
        for batch in sampler.batches(
            shots,
            batch_shots=batch_shots(max(circuit.num_measurements, circuit.num_detectors, noted)),
            populations=populations,
            heralds=heralds,
            measurements=True,
            levels=levels,
        ):
            assert batch.measurements_b8 is not None and batch.population_counts is not None, "they were asked for"
            measurements.write(batch.measurements_b8)
            events.write(batch.detection_events_b8)
            flips.write(batch.observable_flips_b8)
            if sweep is not None:
                sweep.write(batch.sweep_bits_b8)
            for level, plane in heralded.items():
                plane.write(np.asarray(batch.heralds) == level)
            if by_shot:
                of_shots = np.asarray(batch.levels).reshape(batch.shots, noted)
                for level, plane in by_shot.items():
                    plane.write(of_shots == level)
            part = LeakagePopulations(batch.population_counts, batch.shots, qubits)
            total = part if total is None else total + part
            progress(batch.shots)
            check_interrupted()
    assert total is not None, "shots >= 1 was checked"
    return total
