"""``qec-leak completion``: prints the script with which a shell completes commands and options."""

from __future__ import annotations

import click

_EPILOG = """\b
Examples:
  qec-leak completion bash >> ~/.bashrc
  qec-leak completion zsh >> ~/.zshrc
  qec-leak completion fish > ~/.config/fish/completions/qec-leak.fish
"""


@click.command("completion", epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    program = context.find_root().info_name or "qec-leak"
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"
    click.echo(script(context.find_root().command, {}, program, variable).source())
