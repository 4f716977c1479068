"""Probabilities of a channel as a circuit's text has them.

The last digits of a matrix product depend on the processor. A circuit's text decides the seeds of its shots and its
strong id, so it must not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from qec_leak.channels.channel import LeakageChannel, Transition
from qec_leak.channels.completion import complete_channel, listed_rows

SIGNIFICANT_DIGITS = 8


def rounded(probability: float) -> float:
    """``probability`` to SIGNIFICANT_DIGITS."""
    return float(f"{probability:.{SIGNIFICANT_DIGITS}g}")


def rounded_channel(channel: LeakageChannel) -> LeakageChannel:
    """``channel`` with rounded probabilities in the rows from which the others follow. The largest of a row is what the
    others leave."""
    return complete_channel(channel.num_qubits, {row: _rounded(ts) for row, ts in listed_rows(channel).items()})


def _rounded(transitions: Sequence[Transition]) -> list[Transition]:
    found = [replace(t, probability=rounded(t.probability)) for t in transitions]
    found.sort(key=lambda t: (-t.probability, repr(t)))
    return [replace(found[0], probability=1.0 - math.fsum(t.probability for t in found[1:])), *found[1:]]
