"""Inference of shots: a first look at each transmon, then those that it suspects together, the most suspect first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.kernels import State, Tables, floored, update_chain
from qec_leak.decoding.leakage.screening import Look, Screen, look_at_chain
from qec_leak.engine.simd.jit import entry, kernel

Bytes = npt.NDArray[np.uint8]
Known = npt.NDArray[np.int8]
F64s = npt.NDArray[np.float64]
I32s = npt.NDArray[np.int32]

_EDGE = 0.3
"""Events at both ends of a chain at which the first look finds less than this times ``quiet`` are left out."""
_PASSED_ON = 0.03
"""A transmon that is leaked with this probability, and can leak its partner, makes the partner suspect."""
_REACH = 16
"""Events after its partner's at which such a transmon is looked at."""


class Suspects(NamedTuple):
    """Transmons that are inferred in a shot.

    first, last: int32 (chains,): from which event to which; none if first is not below last.
    evidence: float64 (chains,): odds by the first look, largest of its events; later the posterior.
    order: int32 (chains,): the suspects.
    """

    first: I32s
    last: I32s
    evidence: F64s
    order: I32s


@kernel
def _suspect(m: Tables, look: Look, c: int, quiet: float, out: Suspects) -> None:
    """Odds of a transmon at the first look, and the events from the first to the last at which it may be leaked."""
    lo, hi = m.chain_start[c], m.chain_start[c + 1]
    most, first, last = 0.0, hi, lo
    for i in range(lo, hi):
        computational = look.forward[i, 0] * look.backward[i, 0]
        leaked = look.forward[i, 1] * look.backward[i, 1]
        if leaked > _EDGE * quiet * computational:
            first, last = min(first, i), i + 1
            most = max(most, leaked / max(computational, 1e-300))
    if most > quiet:
        out.first[c], out.last[c], out.evidence[c] = max(first - 1, lo), last, most
    else:
        out.first[c], out.last[c], out.evidence[c] = 0, 0, 0.0


@kernel
def _sorted(out: Suspects) -> int:
    """Put the suspects into ``order``, the most suspect first; how many there are."""
    n = 0
    for c in range(len(out.first)):
        if out.first[c] < out.last[c]:
            at = n
            while at > 0 and out.evidence[out.order[at - 1]] < out.evidence[c]:
                out.order[at] = out.order[at - 1]
                at -= 1
            out.order[at] = c
            n += 1
    return n


@kernel
def _pass_on(m: Tables, s: State, c: int, first: int, last: int, quiet: float, out: Suspects) -> None:
    """Suspect the partners that a leaked transmon may have leaked, or that may have leaked it."""
    for i in range(first, last):
        j = m.partner[i]
        if j < 0 or not m.moves[m.pair[i]] or 1.0 - s.level[i, 0] < _PASSED_ON:
            continue
        other = m.chain[j]
        if not m.awake[other] or (out.first[other] <= j < out.last[other]):
            continue
        lo, hi = max(j - _REACH, m.chain_start[other]), min(j + _REACH, m.chain_start[other + 1])
        if out.first[other] < out.last[other]:
            lo, hi = min(lo, out.first[other]), max(hi, out.last[other])
        out.first[other], out.last[other] = lo, hi
        out.evidence[other] = max(out.evidence[other], quiet)


@kernel
def _infer(m: Tables, s: State, look: Look, known: Known, sweeps: int, quiet: float, out: Suspects) -> None:
    n = _sorted(out)
    for sweep in range(sweeps):
        for k in range(n):
            c = out.order[k]
            if sweep and out.evidence[c] < quiet:
                continue
            first, last = out.first[c], out.last[c]
            f0, f1 = look.forward[first, 0], look.forward[first, 1]
            before = f1 / max(f0 + f1, 1e-300)
            after = 1.0
            if last < m.chain_start[c + 1]:
                after = look.backward[last, 1] / max(look.backward[last, 0], 1e-300)
            out.evidence[c] = update_chain(m, s, known, first, last, before, min(after, 1e6))
        if sweep + 1 == sweeps:
            break
        for k in range(n):
            c = out.order[k]
            _pass_on(m, s, c, out.first[c], out.last[c], quiet, out)
        n = _sorted(out)


@entry
def reset_state(m: Tables, s: State, signs: F64s) -> None:
    """Have all edges tell their leans, and detectors their signs."""
    for e in range(len(s.lean)):
        s.to_a[e] = s.to_b[e] = floored(s.lean[e])
    for d in range(len(s.parity)):
        s.parity[d] = signs[d]
    for e in range(len(s.lean)):
        s.parity[m.end_a[e]] *= s.to_a[e]
        if m.end_b[e] >= 0:
            s.parity[m.end_b[e]] *= s.to_b[e]


@entry
def infer_prior(m: Tables, s: State, known: Known, sweeps: int) -> None:
    """Infer all transmons without detection events: all of ``s.parity`` is 0, and ``s.lean`` is that of errors and
    becomes that with leakage."""
    for _ in range(sweeps):
        for c in range(len(m.chain_start) - 1):
            update_chain(m, s, known, m.chain_start[c], m.chain_start[c + 1], 0.0, 1.0)


@entry
def infer_shots(
    m: Tables,
    screen: Screen,
    usual: State,
    s: State,
    look: Look,
    out: Suspects,
    events_b8: Bytes,
    known: Known,
    sweeps: int,
    quiet: float,
    most: npt.NDArray[np.float32],
    levels: npt.NDArray[np.float32],
    flag_of: I32s,
    kind: int,
    bounds: F64s,
    suspected: float,
    flagged_b8: Bytes,
) -> None:
    """Infer some shots.

    usual: the state without leakage in which no detector fired.   s: the same, and again at the end.
    known: int8 (shots or 1, events), the level at an event: 0, 1 (2) or 2 (3); -1 where it is not known.
    events_b8: uint8 (shots, ceil(detectors/8)).
    quiet: transmons that are nowhere leaked with this probability are left to the first look.
    most: float32 (shots,), written: largest posterior of a transmon.
    levels: float32 (shots, events, 2), written: posterior of levels 2 and 3; no shots: not wanted.
    flag_of: int32 (edges, levels), -1 for none; kind: detectors of a flag.   bounds: float64 (levels,), rising: a flag
        is fired where the lean is below its bound, and not below the one before.
    flagged_b8: uint8 (shots, ceil(detectors and flags/8)), written where ``most`` is above ``suspected``: events and
        flags; no shots: not wanted.
    """
    chains = len(m.chain_start) - 1
    for shot in range(len(events_b8)):
        know = known[shot if len(known) > 1 else 0]
        for d in range(len(s.parity)):
            if (events_b8[shot, d >> 3] >> (d & 7)) & 1:
                s.parity[d] = -s.parity[d]
                for k in range(screen.hit_start[d], screen.hit_start[d + 1]):
                    look.fired[screen.hit_event[k]] |= np.uint8(1 << screen.hit_bit[k])
        for c in range(chains):
            if m.awake[c]:
                look_at_chain(screen, look, know, m.chain_start[c], m.chain_start[c + 1])
                _suspect(m, look, c, quiet, out)
        _infer(m, s, look, know, sweeps, quiet, out)
        most[shot] = 0.0
        for c in range(chains):
            if out.first[c] < out.last[c]:
                most[shot] = max(most[shot], np.float32(out.evidence[c]))
        if len(levels):
            for i in range(len(m.chain)):
                c = m.chain[i]
                if sweeps and out.first[c] <= i < out.last[c]:
                    levels[shot, i, 0], levels[shot, i, 1] = s.level[i, 1], s.level[i, 2]
                elif m.awake[c]:
                    leaked = look.forward[i, 1] * look.backward[i, 1]
                    total = leaked + look.forward[i, 0] * look.backward[i, 0]
                    levels[shot, i, 0], levels[shot, i, 1] = leaked / max(total, 1e-300), 0.0
        if len(flagged_b8) and most[shot] > suspected:
            for k in range(len(events_b8[shot])):
                flagged_b8[shot, k] |= events_b8[shot, k]
            _fire(s, usual, flag_of, kind, bounds, flagged_b8[shot])
        _undo(m, s, usual, out)
        for d in range(len(s.parity)):
            if (events_b8[shot, d >> 3] >> (d & 7)) & 1:
                for k in range(screen.hit_start[d], screen.hit_start[d + 1]):
                    look.fired[screen.hit_event[k]] = 0


@kernel
def _fire(s: State, usual: State, flag_of: I32s, kind: int, bounds: F64s, row: Bytes) -> None:
    """Fire the flags of edges that are likelier in this shot than usual."""
    for e in range(len(s.lean)):
        if s.lean[e] >= bounds[-1] or s.lean[e] >= usual.lean[e]:
            continue
        level = 0
        while s.lean[e] >= bounds[level]:
            level += 1
        flag = flag_of[e, level]
        if flag >= 0:
            for d in range(flag, flag + kind):
                row[d >> 3] |= np.uint8(1 << (d & 7))


@kernel
def _undo(m: Tables, s: State, usual: State, out: Suspects) -> None:
    """Put the state back to that without leakage, in which no detector fired."""
    for e in range(len(s.lean)):
        s.lean[e], s.to_a[e], s.to_b[e] = usual.lean[e], usual.to_a[e], usual.to_b[e]
    for d in range(len(s.parity)):
        s.parity[d] = usual.parity[d]
    for c in range(len(out.first)):
        for i in range(out.first[c], out.last[c]):
            s.speaks[i] = False
            for slot in range(3):
                s.own[i, slot] = 0.0
            j = m.partner[i]
            for k in range(2):
                if j >= 0:
                    s.kick[j, k] = 0.0
        out.first[c] = out.last[c] = 0
