"""Errors that end a sweep early. The results file holds the blocks that were done."""

from __future__ import annotations


class SweepError(RuntimeError):
    """A sweep cannot go on; the message is one line that ends with what to do."""


class SweepInterrupted(KeyboardInterrupt):
    """The sweep was stopped by Ctrl-C. Running blocks were finished and saved. The message says how far the sweep
    is."""
