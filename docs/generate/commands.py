"""The reference of commands, written from the command line itself.

mkdocs-click is not used: it leaves out the texts behind the options, which hold the examples.
"""

from __future__ import annotations

import inspect
import re

import click

from qec_leak.cli import PROGRAM
from qec_leak.cli.app import cli

INTRODUCTION = """# Commands

This page is made from the help of the commands. `qec-leak COMMAND --help` prints the same text. The exit status is 0
after success, 2 for bad input and 130 after Ctrl-C. Bad input gives one line on standard error. It says what is wrong,
where, and how to correct it.
"""


def page() -> str:
    """The page in Markdown."""
    context = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    names = cli.list_commands(context)
    listed = "".join(f"| [`{name}`](#{name}) | {_first_sentence(cli.commands[name])} |\n" for name in names)
    parts = [INTRODUCTION, f"| command | what it does |\n|---|---|\n{listed}"]
    parts += [_section(cli.commands[name], context) for name in names]
    return "\n".join(parts)


def _section(command: click.Command, parent: click.Context) -> str:
    context = click.Context(command, info_name=command.name, parent=parent, **command.context_settings)
    usage = command.get_usage(context).removeprefix("Usage: ")
    rows = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context)) and record[1]
    ]
    table = "".join(f"| `{names.replace('|', chr(92) + '|')}` | {_cell(text)} |\n" for names, text in rows)
    help_text = "\n\n".join(_blocks(command.help or ""))
    epilog = "\n\n".join(_blocks(command.epilog or ""))
    options = f"| option | meaning |\n|---|---|\n{table}"
    return f"## {command.name}\n\n```text\n{usage}\n```\n\n{help_text}\n\n{options}\n{epilog}\n"


def _cell(text: str) -> str:
    return re.sub(r"([|\[\]])", r"\\\1", re.sub(r"\s+", " ", text))


def _first_sentence(command: click.Command) -> str:
    return _cell(inspect.cleandoc(command.help or "").split("\n\n")[0])


def _blocks(text: str) -> list[str]:
    """Paragraphs of a click text in Markdown; those behind backspaces keep their lines."""
    out = []
    for block in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if not block.startswith("\b"):
            out.append(block)
            continue
        lines = block.removeprefix("\b").strip("\n").splitlines()
        while lines and not lines[0].startswith(" "):
            out.append(lines.pop(0))
        if lines:
            out.append("```text\n" + inspect.cleandoc("\n".join(["", *lines])) + "\n```")
    return out
