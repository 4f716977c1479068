"""``qec-leak run``: sample and decode memory experiments, compare strategies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qec_leak.cli.options import (
    check_experiments,
    decoder_option,
    experiment_options,
    refuse_with,
    sampling_options,
    split_options,
)

if TYPE_CHECKING:
    from qec_leak.cli.options import ExperimentOptions
    from qec_leak.cli.sampling import StrategyResult
    from qec_leak.device import Device
    from qec_leak.records import StagedFolder

_RESERVE_BYTES = 4 << 20
"""More than the result files of all but the largest circuits take; claimed before sampling starts."""

_EPILOG = """\b
Example (the central result of Miao et al., about a minute):
  qec-leak run --code surface --distance 3 --rounds 30 --basis Z
      --strategy NO_RESET --strategy MLR --strategy DQLR
      --device miao2023 --shots 100000 --seed 1 --out results
"""


@click.command("run", epilog=_EPILOG)
@experiment_options
@sampling_options
@decoder_option(default="pymatching-correlated")
@click.option("--correlated", is_flag=True, hidden=True, help="The same as --decoder pymatching-correlated.")
@click.option(
    "--engine",
    type=click.Choice(["frames", "tableau", "exact", "exact-phase-randomised"]),
    default="frames",
    show_default=True,
    help="frames: Pauli frames. tableau: one tableau per shot (slow). exact: state vectors of 5-level transmons (slow, "
    "at most about 9). exact-phase-randomised: the same with random phases on leaked levels.",
)
@click.option("--by-qubit", is_flag=True, help="Also print how much each qubit leaks.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-results"),
    show_default=True,
    help="Folder for the results; earlier results there are replaced.",
)
@click.pass_context
def run_command(context: click.Context, /, **values: Any) -> None:
    """Sample and decode a memory experiment under each strategy.

    Prints a table, and writes these files into the --out folder:

    \b
      results.csv                         logical errors, in sinter's format
      populations.npz                     leakage counts by round, qubit and level
      leakage_by_qubit.csv                leakage of each qubit after the last round
      detections.npz                      detection counts
      leakage.png, detection.png          leakage and detection fraction against round
      leakage_by_qubit.png, detection_by_stabilizer.png    the same on the lattice
      p_ij.png                            pairs of detectors, if there are at most 600 detectors
      device.toml, run.json               what was run

    Pictures are also written as .svg.
    """
    if values.pop("correlated"):
        refuse_with(context, "--correlated", "decoder")
        values["decoder"] = "pymatching-correlated"
    if (heralds := values.pop("heralds")) is not None:
        from qec_leak.decoding import with_heralds

        values["decoder"] = with_heralds(values["decoder"], heralds, name="--heralds")
    options, rest = split_options(values)
    _run(options, **rest)


def _run(
    options: ExperimentOptions,
    *,
    shots: int,
    seed: int | None,
    threads: int,
    decoder: str,
    engine: str,
    by_qubit: bool,
    out: Path,
) -> None:
    import secrets

    from tqdm import tqdm

    from qec_leak.cli.by_qubit import qubit_table
    from qec_leak.cli.report import result_table
    from qec_leak.cli.sampling import sample_and_decode
    from qec_leak.decoding import find_decoder
    from qec_leak.records import StagedFolder

    device = options.load_device()
    memories = {strategy: options.memory(strategy, device) for strategy in options.strategies}
    check_experiments(memories, shots, threads, decode=True)
    find_decoder(decoder, name="--decoder")
    seed = secrets.randbits(63) if seed is None else seed
    results: dict[str, StrategyResult] = {}
    with StagedFolder(out, reserve_bytes=_RESERVE_BYTES) as folder:
        # disable=None: a bar on a terminal only
        with tqdm(total=shots * len(memories), unit=" shots", unit_scale=True, leave=False, disable=None) as bar:
            for strategy, memory in memories.items():
                bar.set_description(strategy)
                results[strategy] = sample_and_decode(
                    memory,
                    _metadata(options, strategy, device, engine),
                    engine=engine,
                    shots=shots,
                    seed=seed,
                    threads=threads,
                    decoder=decoder,
                    progress=bar.update,
                )
        try:
            folder.release_reserve()
            sampling = {"shots": shots, "seed": seed, "threads": threads, "decoder": decoder, "engine": engine}
            _write(folder, options, device, results, sampling)
            folder.commit(last="results.csv", obsolete=["p_ij.png", "p_ij.svg"])
        finally:  # files that cannot be written do not take the table with them, nor the other way round
            click.echo(_headline(options, device, shots, seed, next(iter(results.values())).decoder))
            click.echo(f"\n{result_table(results)}\n\n{_footnote(options, results)}")
            if by_qubit:
                click.echo(f"\n{qubit_table(results)}")
    click.echo()
    drawn = ["leakage", "detection", "leakage_by_qubit", "detection_by_stabilizer"]
    if all(result.correlations is not None for result in results.values()):
        drawn.append("p_ij")
    click.echo(f"Pictures: {', '.join(str(out / f'{name}.png') for name in drawn)} (and .svg)")
    click.echo(f"Counts:   {out / 'results.csv'}, {out / 'populations.npz'}, {out / 'detections.npz'}")
    click.echo(f"Qubits:   {out / 'leakage_by_qubit.csv'}")


def _metadata(options: ExperimentOptions, strategy: str, device: Device, engine: str) -> dict[str, Any]:
    """json_metadata of results.csv. Keys d, r, b, c are the ones that users of sinter know."""
    out: dict[str, Any] = {
        "b": options.basis,
        "c": options.code,
        "d": options.distance,
        "r": options.rounds,
        "strategy": strategy,
        "device": device.name,
    }
    if engine != "frames":
        out["engine"] = engine
    if options.form != "CSS":
        out["form"] = options.form
    if options.overrides:
        out["set"] = list(options.overrides)
    if options.processes:
        out["processes"] = list(options.processes)
    for name in ("patch", "inject_leakage", "inject_pauli", "cycle_ns"):
        if getattr(options, name):
            out[name] = getattr(options, name)
    return dict(sorted(out.items()))  # as sinter writes them: a reader computes the same strong_id


def _headline(options: ExperimentOptions, device: Device, shots: int, seed: int, decoder: str) -> str:
    changed = (*options.overrides, *options.processes)
    changes = f" with {', '.join(changed)}" if changed else ""
    rounds = "1 round" if options.rounds == 1 else f"{options.rounds} rounds"
    return (
        f"{options.code} code, distance {options.distance}, {rounds}, basis {options.basis}, device "
        f"{device.name}{changes}\n{shots:,} shots per strategy, seed {seed}, decoder {decoder}"
    )


def _footnote(options: ExperimentOptions, results: dict[str, StrategyResult]) -> str:
    from qec_leak.cli.report import SATURATED, is_saturated, percent

    saturated = ""
    if any(map(is_saturated, results.values())):
        share = percent(SATURATED, 2)
        saturated = (
            f"\nsaturated: more than {share} of the shots have a logical error; the error per cycle cannot be told"
        )
    return (
        f"leakage: P(level >= 2) at the end of round {options.rounds}; detection: fraction of events, without first "
        "rounds\nand final comparison; interval: values with a likelihood of at least 1/1000 of the maximum" + saturated
    )


def _write(
    folder: StagedFolder,
    options: ExperimentOptions,
    device: Device,
    results: dict[str, StrategyResult],
    sampling: dict[str, Any],
) -> None:
    import dataclasses
    import json

    import sinter

    import qec_leak
    from qec_leak.cli.by_qubit import draw_qubits, qubits_csv
    from qec_leak.cli.pictures import draw_p_ij, draw_stabilizers
    from qec_leak.records import write_populations

    rows = [str(sinter.CSV_HEADER), *(result.task_stats().to_csv_line() for result in results.values())]
    folder.write_text("results.csv", "\n".join(rows) + "\n")
    write_populations(folder.path("populations.npz"), {s: r.populations for s, r in results.items()})
    _write_detections(folder.path("detections.npz"), results)
    folder.write_text("leakage_by_qubit.csv", qubits_csv(results))
    for draw, name in (
        (draw_qubits, "leakage_by_qubit"),
        (draw_stabilizers, "detection_by_stabilizer"),
        (draw_p_ij, "p_ij"),
    ):
        draw(results, folder.path(f"{name}.png"), folder.path(f"{name}.svg"))
    folder.write_text("device.toml", device.to_toml())
    record = {"qec_leak": qec_leak.__version__, **dataclasses.asdict(options), **sampling}
    folder.write_text("run.json", json.dumps(record, indent=2) + "\n")
    _draw(folder, f"{options.code} code, $d={options.distance}$, {options.basis}, {device.label}", results)


def _write_detections(path: Path, results: dict[str, StrategyResult]) -> None:
    """Counts of detection events by strategy: NAME.counts int64 (detectors,), NAME.shots, and each detector's round
    (1-based; rounds + 1 is the final comparison), stabilizer index and weight."""
    import numpy as np

    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for name, result in results.items():
        part = result.detection
        arrays |= {f"{name}.counts": part.counts, f"{name}.shots": np.asarray(part.shots)}
        arrays |= {f"{name}.{field}": getattr(part.layout, field) for field in ("round", "stabilizer", "weight")}
    with open(path, "wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for its options


def _draw(folder: StagedFolder, title: str, results: dict[str, StrategyResult]) -> None:
    from qec_leak import figures

    figure, [axes] = figures.new_figure()
    figures.plot_leakage_population(axes, {s: r.populations for s, r in results.items()}, title=title)
    figures.save_figure(figure, folder.path("leakage.png"), folder.path("leakage.svg"))
    figure, [axes] = figures.new_figure()
    figures.plot_detection_fraction(axes, {s: r.detection for s, r in results.items()}, title=title)
    figures.save_figure(figure, folder.path("detection.png"), folder.path("detection.svg"))
