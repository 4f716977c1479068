"""``qec-leak view``: leakage moving over the lattice, as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from qec_leak.cli.options import check_experiments, experiment_options, sampling_options, split_options

if TYPE_CHECKING:
    from qec_leak.cli.options import ExperimentOptions

_EPILOG = """\b
Examples:
  qec-leak view --distance 5 --rounds 30 --out leakage.html
  qec-leak view --strategy DQLR --moments --rounds 5 --shots 10000
"""


@click.command("view", epilog=_EPILOG)
@experiment_options
@sampling_options
@click.option(
    "--shown",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Number of shots that the page shows one by one, from the first on.",
)
@click.option("--moments", is_flag=True, help="Step through moments, not rounds.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "frames", "tableau"]),
    default="auto",
    show_default=True,
    help="frames: Pauli frames. tableau: one tableau per shot (slow). auto: frames if they are exact, else tableau.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("qec-leak-view.html"),
    show_default=True,
    help="File for the page; an earlier one is replaced.",
)
def view_command(**values: Any) -> None:
    """Show how leakage moves over the lattice, round by round, under each strategy.

    Writes one HTML file, which opens in a browser without a network. It shows P(leaked) of each qubit, detection
    fractions, and single shots with their levels and detection events.
    """
    options, rest = split_options(values)
    _view(options, **rest)


def _view(
    options: ExperimentOptions,
    *,
    shots: int,
    seed: int | None,
    threads: int,
    shown: int,
    moments: bool,
    engine: Literal["auto", "frames", "tableau"],
    out: Path,
) -> None:
    from tqdm import tqdm

    from qec_leak.records import StagedFolder
    from qec_leak.viewer import view

    if shown > shots:
        raise ValueError(f"`--shown` must be at most --shots, {shots}, but is {shown}; lower it")
    if out.suffix not in (".html", ".htm"):
        raise ValueError(f"`--out` must end in .html, but is {str(out)!r}; rename it")
    device = options.load_device()
    memories = {strategy: options.memory(strategy, device) for strategy in options.strategies}
    check_experiments(memories, shots, threads, decode=False)
    with (
        StagedFolder(out.parent) as folder,
        tqdm(total=shots * len(memories), unit=" shots", unit_scale=True, leave=False, disable=None) as bar,
    ):
        page = view(
            memories,
            shots=shots,
            shown=shown,
            seed=seed,
            threads=threads,
            engine=engine,
            where="moments" if moments else "rounds",
            progress=bar.update,
        )
        folder.write_text(out.name, page.html)
        folder.commit(last=out.name)
    click.echo(f"{out}: {', '.join(memories)}, {shots:,} shots each, seed {page.seed}; open it in a browser")
