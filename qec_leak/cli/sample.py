"""``qec-leak sample``: sample any Stim circuit with leakage in its tags, or dressed with a device first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from qec_leak.cli.options import (
    check_overrides_act,
    complete_device,
    load_device,
    load_processes,
    process_option,
    sampling_options,
)
from qec_leak.cli.shot_data import check_format, check_room, shot_data_options

if TYPE_CHECKING:
    import stim

_EPILOG = """\b
Examples:
  qec-leak sample circuit_noisy.stim --shots 10000 --seed 1 --out shots
  qec-leak sample my_ideal_circuit.stim --device willow --shots 10000 --out shots
"""


@click.command("sample", epilog=_EPILOG)
@click.argument("circuit", type=click.Path(path_type=Path))
@click.option(
    "--device",
    metavar="PRESET|FILE",
    shell_complete=complete_device,
    help="Add the noise of this device to the circuit first.",
)
@click.option(
    "--set", "overrides", metavar="KEY=VALUE", multiple=True, help="Change a device parameter; may be repeated."
)
@process_option
@sampling_options
@click.option(
    "--engine",
    type=click.Choice(["auto", "frames", "tableau"]),
    default="auto",
    show_default=True,
    help="frames: Pauli frames. tableau: one tableau per shot, slow, exact for every circuit. auto: frames if they are "
    "exact, else tableau.",
)
@shot_data_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-shots"),
    show_default=True,
    help="Folder for the files; earlier files there are replaced.",
)
def sample_command(
    circuit: Path,
    device: str | None,
    overrides: tuple[str, ...],
    processes: tuple[str, ...],
    shots: int,
    seed: int | None,
    threads: int,
    engine: Literal["auto", "frames", "tableau"],
    format: str,
    heralds: bool,
    populations: Literal["rounds", "moments"],
    levels: Literal["rounds", "moments"] | None,
    out: Path,
) -> None:
    """Sample a Stim circuit with leakage in its tags.

    CIRCUIT is the file, or "-" for standard input. Writes the same files as `export` into the --out folder, with the
    noisy circuit among them.
    """
    import json
    import secrets

    from tqdm import tqdm

    import qec_leak
    from qec_leak._limits import check_run
    from qec_leak.circuits.arguments import check_loops
    from qec_leak.circuits.dress import dress
    from qec_leak.circuits.roles import guess_note
    from qec_leak.cli.shot_data import shot_files, write_shots_of
    from qec_leak.engine import certify
    from qec_leak.records import StagedFolder, write_populations
    from qec_leak.records.folder import ERROR_MODEL, METADATA, NOISY_CIRCUIT, POPULATIONS

    check_format(format, shots)
    if overrides and device is None:
        raise ValueError("`--set` must come with --device, but there is none; add --device PRESET|FILE")
    if processes and device is None:
        raise ValueError("`--process` must come with --device, but there is none; add --device PRESET|FILE")
    parsed = read_circuit(circuit)
    check_loops(parsed)
    guess = None
    if device is not None:
        loaded = load_device(device, overrides)
        fix = "the circuit needs II[LEAKAGE_ISWAP]"
        check_overrides_act(overrides, loaded, has_iswap="LEAKAGE_ISWAP" in str(parsed), fix=fix)
        guess = guess_note(parsed)
        parsed = dress(parsed, loaded, processes=load_processes(processes))
    check_run(detectors=parsed.num_detectors, shots=shots, threads=threads, decode=False)
    check_room(out, [parsed], shots, format=format, heralds=heralds, levels=levels)
    error_model = _error_model(parsed)
    counted, notes = _missing(parsed, error_model, populations)
    if guess is not None:
        notes.append(guess)
    if engine == "auto" and (conflicts := certify(parsed, by_rank=False).conflicts):
        notes.append(
            f"sampled with one tableau per shot, since frames are not exact after line {conflicts[0].line} "
            f"(`{conflicts[0].short}`); `qec-leak certify` says more"
        )
    seed = secrets.randbits(63) if seed is None else seed
    with (
        StagedFolder(out) as folder,
        tqdm(total=shots, unit=" shots", unit_scale=True, leave=False, disable=None) as bar,
    ):
        total = write_shots_of(
            folder,
            parsed,
            {},
            shots=shots,
            seed=seed,
            threads=threads,
            engine=engine,
            format=format,
            heralds=heralds,
            populations=populations,
            levels=levels,
            progress=bar.update,
        )
        if counted:
            write_populations(folder.path(POPULATIONS), {"circuit": total})
        folder.write_text(NOISY_CIRCUIT, f"{parsed}\n")
        if error_model is not None:
            folder.write_text(ERROR_MODEL, f"{error_model}\n")
        record = {
            "qec_leak": qec_leak.__version__,
            "source": str(circuit),
            "device": device,
            "set": list(overrides),
            "processes": list(processes),
            "shots": shots,
            "seed": seed,
            "engine": engine,
            "format": format,
            "populations": populations,
            "levels": levels,
        }
        folder.write_text(METADATA, json.dumps(record, indent=2) + "\n")
        unwritten = [ERROR_MODEL] if error_model is None else []
        folder.commit(last=METADATA, obsolete=[*shot_files(), POPULATIONS, *unwritten])
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{out}: {shots:,} shots, seed {seed}")


def read_circuit(path: Path) -> stim.Circuit:
    """The circuit in a file ("-": standard input). Raises ValueError if it does not parse."""
    import sys

    import stim

    from qec_leak._limits import MAX_CIRCUIT_BYTES, read_limited

    try:
        if str(path) != "-":
            data = read_limited(path, MAX_CIRCUIT_BYTES)
        elif sys.stdin is None:
            raise ValueError("standard input is closed")
        else:
            data = sys.stdin.buffer.read(MAX_CIRCUIT_BYTES)
        return stim.Circuit(data.decode("utf-8"))
    except (ValueError, IndexError) as error:  # a UnicodeDecodeError too
        raise ValueError(f"`{path}` must be a Stim circuit, but does not parse ({error}); correct the file") from error


def _missing(
    circuit: stim.Circuit, error_model: stim.DetectorErrorModel | None, populations: str
) -> tuple[bool, list[str]]:
    """Whether there are populations to write, and notes on outputs that are missing."""
    import re

    from qec_leak.circuits.tags import POPULATION
    from qec_leak.decoding import ignored_by_matching

    text, notes = str(circuit), []
    if not re.search(r"LEAKAGE_(TRANSITION|CONTROLLED_ERROR|RESET)", text):
        notes.append("the circuit has no leakage in its tags; --device PRESET|FILE adds the leakage of a device")
    tick = f"TICK[{POPULATION}]" if populations == "rounds" else "TICK"
    counted = bool(re.search(rf"TICK\[[^\]]*{POPULATION}" if populations == "rounds" else "TICK", text))
    if not counted:
        other = ", or give --populations moments" if "TICK" in text else ""
        notes.append(
            f"no populations.npz, since the circuit has no {tick}; add one where leakage is to be counted{other}"
        )
    if error_model is not None and (ignored := ignored_by_matching(error_model)):
        notes.append(ignored)
    return counted, notes


def _error_model(circuit: stim.Circuit) -> stim.DetectorErrorModel | None:
    """The leakage-free error model, decomposed for matching as far as it can be; detectors that are random without
    noise fire in half of its shots. None, with a note, where Stim makes none (of a random observable)."""
    try:
        return circuit.detector_error_model(
            decompose_errors=True,
            ignore_decomposition_failures=True,
            approximate_disjoint_errors=True,
            allow_gauge_detectors=True,
        )
    except ValueError as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        click.echo(f"note: no detector error model is written, since Stim makes none ({reason})", err=True)
        return None
