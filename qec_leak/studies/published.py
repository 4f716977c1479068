"""Published: a number of the literature with which a simulated one is compared."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """A published number, in the units of the simulated number of its name.

    source: the paper, or (in a paper's own package) the place in it.
    bound: "<" or ">" where the paper gives a bound only; else "".
    """

    value: float
    source: str
    bound: str = ""
