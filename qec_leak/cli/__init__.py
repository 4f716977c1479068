"""The command line, ``qec-leak``: one file per command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from qec_leak.cli.errors import STATUS_INTERRUPTED, run_guarded

PROGRAM = "qec-leak"


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, 2 for bad input, 130 after Ctrl-C.

    Args: args: command-line words without the program's name (None: those of this process).
    """
    status = run_guarded(sys.argv[1:] if args is None else args, PROGRAM)
    if args is None and status == STATUS_INTERRUPTED:
        # CPython kills itself with SIGINT at exit if Ctrl-C has ever ended an exec() inside some import: leave before.
        sys.stdout.flush()
        os._exit(status)
    return status
