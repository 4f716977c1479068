"""Channels must not rely on a known value that leakage can take away.

Where the reference knows the Z value of a qubit, a channel uses its rows for known values. There a Pauli's Z is left
out: it does nothing to a known value. If the value is not sure (program/sure.py), the Z matters in some shots. The
channel is then given the row for unknown values, which is right in all shots. Where nothing reads the z frame
(program/read_z.py) a missing Z changes nothing. There the known value stays, since fewer shots need be visited.
"""

from __future__ import annotations

from collections.abc import Sequence

from qec_leak.channels.channel import LeakageChannel, Row
from qec_leak.program.actions import acts
from qec_leak.program.nested import nested
from qec_leak.program.passes import kept
from qec_leak.program.program import Instruction, Op
from qec_leak.program.read_z import places_with_read_z
from qec_leak.program.sure import unsure_places

KNOWN = 2
"""Bit of a channel's values: the reference knows the value."""


def with_sure_values(
    ops: list[Instruction],
    targets: Sequence[int],
    values: list[int],
    channels: Sequence[LeakageChannel],
    num_qubits: int,
) -> list[Instruction]:
    """The ``ops`` that do something, after removing KNOWN from ``values`` that are not sure and whose z is read.

    A channel without a row for unknown values (LEAKAGE_TRANSITION_Z) keeps its known ones.
    """
    known = {
        k: channels[param]
        for code, start, count, param in ops
        if code in (Op.CHANNEL_1, Op.CHANNEL_2)
        for k in range(start, start + count)
        if values[k] & KNOWN and _says_of_unknown(channels[param])
    }
    if known:
        block = nested(ops)
        for k in known.keys() & unsure_places(block, targets, num_qubits) & places_with_read_z(block, targets):
            values[k] &= ~KNOWN

    def does_something(op: Instruction) -> bool:
        code, start, count, param = op
        return code not in (Op.CHANNEL_1, Op.CHANNEL_2) or acts(channels[param], values[start : start + count])

    return kept(ops, does_something)


def _says_of_unknown(channel: LeakageChannel) -> bool:
    row: Row = tuple("C" for _ in range(channel.num_qubits))
    return not all(t.is_identity(row) for t in channel.rows[row])
