"""Turns exceptions into one line and an exit status, without a traceback.

The handler of Ctrl-C is installed before anything slow is imported.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

STATUS_BAD_INPUT = 2
STATUS_INTERRUPTED = 130
STATUS_TERMINATED = 143
STATUS_BROKEN_PIPE = 141
STATUS_INTERNAL = 70

DEBUG_VARIABLE = "QEC_LEAK_DEBUG"
"""Set this environment variable to see the traceback of an error."""

_MAX_LINE = 1200

_interrupted = False


def run_guarded(args: Sequence[str], program: str) -> int:
    """Run a command line; print any error as one line on stderr. Returns the exit status."""
    previous = _install_handlers()
    try:
        _fill_standard_streams()
        from qec_leak.cli.app import cli

        if f"_{program.replace('-', '_').upper()}_COMPLETE" in os.environ:  # the shell asks for completions
            cli.main(args=list(args), prog_name=program)
        _quiet_libraries()
        with cli.make_context(program, list(args)) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return 0
    except BaseException as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return _report(error, program, args)
    finally:
        _restore_handlers(previous)


def check_interrupted() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed but the exception was lost (in a callback of some library)."""
    if _interrupted:
        raise KeyboardInterrupt


def _quiet_libraries() -> None:
    import logging

    # "building the font cache; this may take a moment", said once on each new machine
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def _fill_standard_streams() -> None:
    """Replace closed standard streams by the null device; otherwise the next file that is opened would take their
    number. Raises ValueError if standard output is closed, since the output would be lost silently."""
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    for _ in closed:
        os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        raise ValueError("standard output must be open, but is closed; send it to /dev/null if nobody reads it")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _report(error: BaseException, program: str, args: Sequence[str] = ()) -> int:
    if _interrupted or isinstance(error, KeyboardInterrupt):
        say(f"{program}: {(isinstance(error, KeyboardInterrupt) and str(error)) or 'interrupted; nothing was written'}")
        return STATUS_INTERRUPTED
    import click

    if isinstance(error, click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else STATUS_INTERNAL
    if isinstance(error, BrokenPipeError):
        # The reader of our output has gone; keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STATUS_BROKEN_PIPE
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # click >= 8.2
        click.echo(str(error), err=True)
        return STATUS_BAD_INPUT
    if isinstance(error, click.ClickException):
        hint = ""
        if isinstance(error, click.UsageError) and error.ctx is not None:
            hint = f"; see '{error.ctx.command_path} --help'"
        say(f"{program}: error: {error.format_message().rstrip('.')}{hint}")
        return STATUS_BAD_INPUT
    if isinstance(error, OSError):
        say(f"{program}: error: {_os_message(error)}")
        if error.filename is None and error.errno == errno.ENOSPC:  # standard output: keep Python from trying again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STATUS_BAD_INPUT
    if isinstance(error, RecursionError):
        say(f"{program}: error: the input is nested too deeply; remove some levels")
        return STATUS_BAD_INPUT
    if isinstance(error, MemoryError):
        fix = "lower --distance or --rounds" if {"run", "export"} & set(args) else "ask for less at once"
        say(f"{program}: error: out of memory; {fix}")
        return STATUS_BAD_INPUT
    if isinstance(error, UnicodeEncodeError):
        wrong = error.object[error.start : error.end]
        say(f"{program}: error: arguments must be text, but one has {wrong!r}; correct it")
        return STATUS_BAD_INPUT
    if isinstance(error, ValueError) or (isinstance(error, TypeError) and " must " in str(error)):  # our own form
        say(f"{program}: error: {error}")
        return STATUS_BAD_INPUT
    theirs = _line_of_user(error)
    if theirs is not None:
        what = f"{theirs} raises {type(error).__name__}: {error}"
        say(f"{program}: error: {what}; correct it ({DEBUG_VARIABLE}=1 shows how)")
        return STATUS_BAD_INPUT
    say(
        f"{program}: internal error: {type(error).__name__}: {error}; please report it with the output of "
        f"{DEBUG_VARIABLE}=1"
    )
    return STATUS_INTERNAL


def _line_of_user(error: BaseException) -> str | None:
    """The line of a user's own strategy, patch, process or decoder in which an error began; None if there is none."""
    import sysconfig
    from pathlib import Path

    paths = sysconfig.get_paths()
    not_theirs = [Path(__file__).parents[1], *(Path(paths[key]) for key in ("stdlib", "platlib", "purelib"))]
    found, ours = None, False
    trace = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_absolute() and not any(file.is_relative_to(folder) for folder in not_theirs):
            found = f"{file.name} line {trace.tb_lineno}" if ours else None
        ours = ours or file.is_relative_to(not_theirs[0])
        trace = trace.tb_next
    return found


def _os_message(error: OSError) -> str:
    where = f" '{error.filename2 or error.filename}'" if error.filename else ""
    reason = (error.strerror or str(error)).lower()
    if not where and error.errno == errno.ENOSPC:
        return f"cannot write to standard output: {reason}; send it elsewhere"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"cannot write{where}: {reason}; free some space or choose another --out"
    if error.errno == errno.ENOENT:
        return f"cannot open{where}: {reason}; correct the path"
    return f"cannot open{where}: {reason}; choose another place"


def say(text: str) -> None:
    """One line on stderr, whatever line breaks the message holds."""
    line = " ".join(text.split())
    if len(line) > _MAX_LINE:  # a value that was given, a file perhaps
        line = f"{line[: _MAX_LINE // 2]} ... {line[-_MAX_LINE // 2 :]}"
    line = "".join(c if c.isprintable() else "?" for c in line)
    with contextlib.suppress(OSError, ValueError):  # stderr is closed or full: the exit status must do
        print(line.encode(errors="replace").decode(), file=sys.stderr, flush=True)


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    global _interrupted
    _interrupted = True
    raise KeyboardInterrupt


def _on_terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(STATUS_TERMINATED)  # unwinds, so that temporary files are removed


def _install_handlers() -> dict[int, object]:
    global _interrupted
    _interrupted = False
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {
        signal.SIGINT: signal.signal(signal.SIGINT, _on_interrupt),
        signal.SIGTERM: signal.signal(signal.SIGTERM, _on_terminate),
    }


def _restore_handlers(previous: dict[int, object]) -> None:
    for number, handler in previous.items():
        signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal gave us
