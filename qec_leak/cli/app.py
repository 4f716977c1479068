"""The group of commands. Slow imports are inside the commands, so that help is instant."""

from __future__ import annotations

import click

from qec_leak.cli import PROGRAM
from qec_leak.cli.certify import certify_command
from qec_leak.cli.completion import completion_command
from qec_leak.cli.device import device_command
from qec_leak.cli.export import export_command
from qec_leak.cli.figure import figure_command
from qec_leak.cli.options import GivenPath
from qec_leak.cli.patch import patch_command
from qec_leak.cli.plot import plot_command
from qec_leak.cli.run import run_command
from qec_leak.cli.sample import sample_command
from qec_leak.cli.scorecard import scorecard_command
from qec_leak.cli.status import status_command
from qec_leak.cli.sweep import sweep_command
from qec_leak.cli.validate import validate_command
from qec_leak.cli.view import view_command

_EPILOG = """\b
Examples:
  qec-leak run --strategy MLR --strategy DQLR --shots 20000 --out results
  qec-leak device miao2023
  qec-leak figure F3a
  qec-leak export --distance 3 --rounds 10 --strategy DQLR --shots 10000 --out data
"""


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        import qec_leak

        click.echo(f"{PROGRAM} {qec_leak.__version__}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EPILOG)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Print the version."
)
def cli() -> None:
    """Simulate leakage in quantum error correction.

    Sample and decode memories of transmons with levels 2 and 3. Compare strategies of leakage removal: NO_RESET, MLR
    and DQLR (Miao et al., Nature Physics 19, 1780).
    """


for _command in (
    run_command,
    view_command,
    device_command,
    patch_command,
    figure_command,
    export_command,
    sample_command,
    certify_command,
    sweep_command,
    status_command,
    plot_command,
    validate_command,
    scorecard_command,
    completion_command,
):
    for _parameter in _command.params:
        if isinstance(_parameter.type, click.Path):
            _parameter.type = GivenPath(_parameter.type)
    cli.add_command(_command)
