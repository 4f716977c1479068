"""Errors that end a sweep early. The results file holds the blocks that were done."""

from __future__ import annotations


class SweepError(RuntimeError):
    """A sweep cannot go on; the message is one line that ends with what to do."""


class SweepInterrupted(KeyboardInterrupt):
    """Ctrl-C: running blocks were finished and saved; the message says how far the sweep is."""
