"""``qec-leak certify``: is the frame engine exact for a circuit, and if not, where."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
Example:
  qec-leak certify circuit_noisy.stim
"""


@click.command("certify", epilog=_EPILOG)
@click.argument("circuit", type=click.Path(path_type=Path))
@click.option(
    "--by-rank/--no-by-rank",
    default=None,
    help="Check every place where a qubit leaks; by default only if the circuit is not exact as a whole.",
)
def certify_command(circuit: Path, by_rank: bool | None) -> None:
    """Say whether frames are exact for the Stim circuit in the file CIRCUIT, leakage given in its tags.

    Nothing is sampled. Where frames are not exact, `sample` takes the tableau engine.
    """
    from qec_leak.cli.sample import read_circuit
    from qec_leak.engine import certify

    click.echo(str(certify(read_circuit(circuit), by_rank=by_rank)))
