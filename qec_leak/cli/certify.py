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
    help="Check every place where a qubit can leak.  [default: only if the circuit is not exact as a whole]",
)
def certify_command(circuit: Path, by_rank: bool | None) -> None:
    """Say whether Pauli frames are exact for a Stim circuit with leakage in its tags.

    CIRCUIT is the file, or "-" for standard input. Nothing is sampled. If frames are not exact, `sample` uses the
    tableau engine.
    """
    from qec_leak.cli.sample import read_circuit
    from qec_leak.engine import certify

    click.echo(str(certify(read_circuit(circuit), by_rank=by_rank)))
