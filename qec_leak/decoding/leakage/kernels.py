"""Inference for one shot: transmons as chains of levels, errors as edges, detectors as parities, by messages.

A probability p of a flip is written as 1 - 2p, its lean. State of a shot, all float64:

lean: (edges,), of each edge from its errors and from leakage, without what detectors say.
to_a, to_b: (edges,), what an edge tells its detectors: its lean, and what the other detector says of it.
parity: (detectors,), product of what all edges tell a detector, negative where it fired.
own: (events, 3), probability that the event's transmon strikes the slot; kick: (events, 2), that its partner does.
message: (events, 9), what the event's transmon tells its partner of its levels before and after; speaks: (events,)
whether it differs from a computational transmon's.

A transmon is judged with all that it does itself taken out of the state: its own strikes on one detector belong to one
hypothesis, that it is leaked (docs/leakage_decoding.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.engine.simd.jit import entry, inlined, kernel

F64s = npt.NDArray[np.float64]
I32s = npt.NDArray[np.int32]
Masks = npt.NDArray[np.uint8]

FLOOR = 0.02
"""Least size of a lean: what is a coin toss is told as nearly one, so that it can be taken out of a product again."""
CERTAIN = 0.9999
SMALL = 2e-4
"""Changes of probabilities below this are not told."""
LEAKED_ENOUGH, LATER_ENOUGH = 1e-4, 5.0
"""A transmon tells its partner of its levels if it is leaked with this probability, or if this odds ratio of later
evidence speaks for its leaking at this place."""

QUIET = 0.003
"""Transmons that are nowhere leaked with this probability are left alone in later sweeps."""

TRUST = 0.93
"""What detectors say is taken as this much weaker: errors strike several of them, which are weighed as if each stood
for itself. Found by the log-loss of posteriors at d = 5 (docs/leakage_decoding.md)."""

SCRATCH = 28
_LEAVE, _BACK, _KICK, _BOTH, _LATER = 6, 9, 12, 14, 23
"""Entries of a row of scratch: by slot, the factor of a coin toss for level 2 (0-2) and 3 (3-5), leaving, coming back;
of the partner's slots; the table of levels times all factors; what is later says of the next level."""


class Tables(NamedTuple):
    """What kernels read of a model (see LeakageModel). steps: levels from event to event if the partner is
    computational; step: which of them, by event. has_kick: by pair table. awake: chains that are inferred in every
    shot, and not only where they are heralded."""

    chain_start: I32s
    partner: I32s
    side: I32s
    pair: I32s
    step: I32s
    segment: I32s
    pairs: F64s
    kicks: F64s
    has_kick: npt.NDArray[np.bool_]
    steps: F64s
    segments: F64s
    stay: F64s
    leave: F64s
    come_back: F64s
    slot_start: I32s
    slot_edges: I32s
    free_stay: Masks
    free_leave: Masks
    free_back: Masks
    weak: F64s
    kick_covered: npt.NDArray[np.bool_]
    renewed_start: I32s
    renewed: I32s
    mate: I32s
    mate_joint: F64s
    end_a: I32s
    end_b: I32s
    awake: npt.NDArray[np.bool_]


class State(NamedTuple):
    """State of one shot, as above. level: (events, 3), posterior at each event; most: (chains,), largest
    probability of being leaked. signs: (detectors,), -1 where it
    fired, 1 where not, 0 for one that says nothing. scratch: (longest chain, SCRATCH)."""

    lean: F64s
    to_a: F64s
    to_b: F64s
    parity: F64s
    own: F64s
    kick: F64s
    message: F64s
    speaks: npt.NDArray[np.bool_]
    level: F64s
    most: F64s
    signs: F64s
    scratch: F64s


@inlined
def _clamp(x: float) -> float:
    return min(max(x, -CERTAIN), CERTAIN)


@inlined
def _floored(x: float) -> float:
    if x >= 0.0:
        return max(x, FLOOR)
    return min(x, -FLOOR)


@inlined
def _toss(lean: float, x: float, y: float, free: int, weak: float) -> float:
    """P(events | an edge is struck by a coin toss) / P(events | it is as it is).

    lean: the edge's.   x, y: what its detectors say; y is 0 at the boundary.
    free: bits of the ends that nothing else of the same hypothesis makes random.
    weak: lean of all else that the hypothesis does to either end.
    """
    if free == 3:
        return (1.0 + weak * x * y) / (1.0 + lean * (x + y) + x * y)
    if free == 0:
        return 1.0
    return 1.0 / (1.0 + lean * (x if free == 1 else y))


@inlined
def _both(m: Tables, s: State, k: int, x: float, y: float, lean: float) -> float:
    """P(events) with errors that strike an edge and its mate independently / P(events) with those that strike both."""
    f = m.mate[k]
    if f < 0:
        return 1.0
    z = (x + y) / (1.0 + x * y)
    here = (1.0 - z) / (1.0 + z)
    u, v = TRUST * _at_a(m, s, f), TRUST * _at_b(m, s, f)
    z = (u + v) / (1.0 + u * v)
    there = (1.0 - z) / (1.0 + z)
    p, q = 0.5 * (1.0 - lean), 0.5 * (1.0 - s.lean[f])
    apart = (1.0 + p * (here - 1.0)) * (1.0 + q * (there - 1.0))
    return 1.0 / max(1.0 + m.mate_joint[k] * (here - 1.0) * (there - 1.0) / apart, 0.5)


@inlined
def _at_a(m: Tables, s: State, e: int) -> float:
    return _clamp(s.parity[m.end_a[e]] / s.to_a[e])


@inlined
def _at_b(m: Tables, s: State, e: int) -> float:
    return _clamp(s.parity[m.end_b[e]] / s.to_b[e]) if m.end_b[e] >= 0 else 0.0


@inlined
def _tell(m: Tables, s: State, e: int) -> None:
    """An edge tells its detectors what it is now."""
    lean, a, b = s.lean[e], m.end_a[e], m.end_b[e]
    x = _clamp(s.parity[a] / s.to_a[e])
    y = 0.0
    if b >= 0:
        y = _clamp(s.parity[b] / s.to_b[e])
        new = _floored((lean + x) / (1.0 + lean * x))
        s.parity[b] *= new / s.to_b[e]
        s.to_b[e] = new
    new = _floored((lean + y) / (1.0 + lean * y))
    s.parity[a] *= new / s.to_a[e]
    s.to_a[e] = new


@kernel
def _strike(m: Tables, s: State, i: int, slot: int, before: float, after: float) -> None:
    """One cause of the slot's strikes goes from probability ``before`` to ``after``."""
    change = max(1.0 - 2.0 * after, FLOOR) / max(1.0 - 2.0 * before, FLOOR)
    for k in range(m.slot_start[3 * i + slot], m.slot_start[3 * i + slot + 1]):
        e = m.slot_edges[k]
        s.lean[e] *= change
        _tell(m, s, e)


@inlined
def _levels(m: Tables, s: State, i: int, row: F64s) -> None:
    """The table of levels from event i to the next, given what the partner tells."""
    j = m.partner[i]
    if j < 0 or not s.speaks[j]:
        step = m.step[i]
        for x in range(3):
            for y in range(3):
                row[_BOTH + 3 * x + y] = m.steps[step, x, y]
        return
    pair, side, segment = m.pair[i], m.side[i], m.segment[i]
    for x in range(3):
        a0 = a1 = a2 = 0.0
        for u in range(3):
            for v in range(3):
                w = s.message[j, 3 * u + v]
                a0 += w * m.pairs[pair, side, x, u, 0, v]
                a1 += w * m.pairs[pair, side, x, u, 1, v]
                a2 += w * m.pairs[pair, side, x, u, 2, v]
        for y in range(3):
            row[_BOTH + 3 * x + y] = (
                a0 * m.segments[segment, 0, y] + a1 * m.segments[segment, 1, y] + a2 * m.segments[segment, 2, y]
            )


@inlined
def _all_of(p: float, toss: float) -> float:
    """The factor of a strike with probability p, of which that of a coin toss is ``toss``."""
    return 1.0 + 2.0 * p * (toss - 1.0)


@inlined
def _factor(m: Tables, i: int, row: F64s, x: int, y: int) -> float:
    """What own slots say of going from level x to level y at event i."""
    out = 1.0
    for slot in range(3):
        if x == 0:
            if y:
                out *= _all_of(m.leave[i, slot], row[_LEAVE + slot])
        elif y == 0:
            out *= _all_of(m.come_back[i, slot], row[_BACK + slot])
        else:
            out *= _all_of(m.stay[i, slot], row[3 * (x - 1) + slot])
    return out


@inlined
def _kick_factor(m: Tables, i: int, row: F64s, x: int, y: int) -> float:
    """What the partner's slots say of it."""
    pair, side = m.pair[i], m.side[i]
    if pair < 0 or not m.has_kick[pair] or (x and y and m.kick_covered[i]):
        return 1.0
    out = _all_of(m.kicks[pair, side, x, y, 0], row[_KICK])
    return out * _all_of(m.kicks[pair, side, x, y, 1], row[_KICK + 1])


@inlined
def _renewed(m: Tables, s: State, i: int) -> float:
    """P(events | detectors that are struck from here on are random) / P(events | they are as they are)."""
    out = 1.0
    for k in range(m.renewed_start[i], m.renewed_start[i + 1]):
        out *= 1.0 + TRUST * _clamp(s.parity[m.renewed[k]])
    return 1.0 / out


@kernel
def _factors(m: Tables, s: State, i: int, row: F64s) -> None:
    """Fill the row of an event, all but what is later."""
    for slot in range(3):
        two = three = leave = back = 1.0
        for k in range(m.slot_start[3 * i + slot], m.slot_start[3 * i + slot + 1]):
            e = m.slot_edges[k]
            lean, x, y = s.lean[e], TRUST * _at_a(m, s, e), TRUST * _at_b(m, s, e)
            back *= _toss(lean, x, y, m.free_back[k], 1.0)
            if m.leave[i, slot] > 0.0:
                leave *= _toss(lean, x, y, m.free_leave[k], 1.0)
            if m.stay[i, slot] > 0.0:
                both = _both(m, s, k, x, y, lean)
                two *= both * _toss(lean, x, y, m.free_stay[k], m.weak[k, 0])
                three *= both * _toss(lean, x, y, m.free_stay[k], m.weak[k, 1])
        row[slot], row[3 + slot], row[_LEAVE + slot], row[_BACK + slot] = two, three, leave, back
    j = m.partner[i]
    row[_KICK] = row[_KICK + 1] = 1.0
    if j >= 0 and m.has_kick[m.pair[i]]:
        for slot in range(1, 3):
            toss = 1.0
            for k in range(m.slot_start[3 * j + slot], m.slot_start[3 * j + slot + 1]):
                e = m.slot_edges[k]
                free = 3 if m.end_b[e] >= 0 else 1
                toss *= _toss(s.lean[e], TRUST * _at_a(m, s, e), TRUST * _at_b(m, s, e), free, 1.0)
            row[_KICK + slot - 1] = toss
    _levels(m, s, i, row)
    leave = _factor(m, i, row, 0, 1) * _renewed(m, s, i)
    back = _factor(m, i, row, 1, 0)
    two = _factor(m, i, row, 1, 1)
    three = _factor(m, i, row, 2, 1)
    row[_BOTH + 1] *= leave * _kick_factor(m, i, row, 0, 1)
    row[_BOTH + 2] *= leave * _kick_factor(m, i, row, 0, 2)
    row[_BOTH + 3] *= back * _kick_factor(m, i, row, 1, 0)
    row[_BOTH + 4] *= two * _kick_factor(m, i, row, 1, 1)
    row[_BOTH + 5] *= two * _kick_factor(m, i, row, 1, 2)
    row[_BOTH + 6] *= back * _kick_factor(m, i, row, 2, 0)
    row[_BOTH + 7] *= three * _kick_factor(m, i, row, 2, 1)
    row[_BOTH + 8] *= three * _kick_factor(m, i, row, 2, 2)


@kernel
def _take_out(m: Tables, s: State, lo: int, hi: int) -> None:
    """Take what a transmon does itself out of the state."""
    for i in range(lo, hi):
        for slot in range(3):
            if s.own[i, slot] > SMALL:
                _strike(m, s, i, slot, s.own[i, slot], 0.0)
                s.own[i, slot] = 0.0
        j = m.partner[i]
        if j >= 0:
            for k in range(2):
                if s.kick[j, k] > SMALL:
                    _strike(m, s, j, 1 + k, s.kick[j, k], 0.0)
                    s.kick[j, k] = 0.0


@kernel
def _update_chain(m: Tables, s: State, known: npt.NDArray[np.int8], lo: int, hi: int) -> float:
    """What the events and the neighbours say of one transmon's levels, and what it then tells them; the largest
    probability that it is leaked."""
    _take_out(m, s, lo, hi)
    for i in range(lo, hi):
        row = s.scratch[i - lo]
        _factors(m, s, i, row)
        if known[i] >= 0:
            for x in range(3):
                if x != known[i]:
                    for y in range(3):
                        row[_BOTH + 3 * x + y] = 0.0
    b0 = b1 = b2 = 1.0
    for i in range(hi - 1, lo - 1, -1):
        row = s.scratch[i - lo]
        row[_LATER], row[_LATER + 1], row[_LATER + 2] = b0, b1, b2
        n0 = row[_BOTH] * b0 + row[_BOTH + 1] * b1 + row[_BOTH + 2] * b2
        n1 = row[_BOTH + 3] * b0 + row[_BOTH + 4] * b1 + row[_BOTH + 5] * b2
        n2 = row[_BOTH + 6] * b0 + row[_BOTH + 7] * b1 + row[_BOTH + 8] * b2
        unit = 1.0 / max(n0 + n1 + n2, 1e-300)
        b0, b1, b2 = n0 * unit, n1 * unit, n2 * unit
    f0, f1, f2 = 1.0, 0.0, 0.0
    most = 0.0
    for i in range(lo, hi):
        row = s.scratch[i - lo]
        _tell_partner(m, s, i, row, f0, f1, f2)
        n0 = f0 * row[_BOTH] + f1 * row[_BOTH + 3] + f2 * row[_BOTH + 6]
        n1 = f0 * row[_BOTH + 1] + f1 * row[_BOTH + 4] + f2 * row[_BOTH + 7]
        n2 = f0 * row[_BOTH + 2] + f1 * row[_BOTH + 5] + f2 * row[_BOTH + 8]
        total = 0.0
        for x in range(3):
            f = f0 if x == 0 else f1 if x == 1 else f2
            for y in range(3):
                row[_BOTH + 3 * x + y] *= f * row[_LATER + y]
                total += row[_BOTH + 3 * x + y]
        if total > 0.0:
            for k in range(9):
                row[_BOTH + k] /= total
        most = max(most, 1.0 - row[_BOTH] - row[_BOTH + 1] - row[_BOTH + 2])
        for x in range(3):
            s.level[i, x] = row[_BOTH + 3 * x] + row[_BOTH + 3 * x + 1] + row[_BOTH + 3 * x + 2]
        _tell_errors(m, s, i, row)
        total = n0 + n1 + n2
        if total > 0.0:
            f0, f1, f2 = n0 / total, n1 / total, n2 / total
        else:  # heralds that the tables rule out
            f0, f1, f2 = 1.0 / 3, 1.0 / 3, 1.0 / 3
    return most


@kernel
def _tell_partner(m: Tables, s: State, i: int, row: F64s, f0: float, f1: float, f2: float) -> None:
    """What a transmon tells its partner at event i: the weight of its levels before and after."""
    if m.partner[i] < 0:
        return
    b0, b1, b2 = row[_LATER], row[_LATER + 1], row[_LATER + 2]
    s.speaks[i] = f0 < 1.0 - LEAKED_ENOUGH or b1 + b2 > LATER_ENOUGH * b0
    if not s.speaks[i]:
        return
    segment = m.segment[i]
    total = 0.0
    for x in range(3):
        f = f0 if x == 0 else f1 if x == 1 else f2
        for y in range(3):
            w = m.segments[segment, y, 0] * b0 * _factor(m, i, row, x, 0)
            w += (m.segments[segment, y, 1] * b1 + m.segments[segment, y, 2] * b2) * _factor(m, i, row, x, 1)
            w *= f * _kick_factor(m, i, row, x, y)
            s.message[i, 3 * x + y] = w
    # A computational transmon whose later levels nothing speaks of tells 1 for each level after.
    unit = s.message[i, 0] / f0 if f0 > 0.0 and s.message[i, 0] > 0.0 else 0.0
    if unit <= 0.0:
        for k in range(9):
            total += s.message[i, k]
        unit = max(total, 1e-300)
    for k in range(9):
        s.message[i, k] /= unit


@inlined
def _without(p: float, toss: float) -> float:
    return 1.0 / _all_of(p, toss)


@kernel
def _tell_errors(m: Tables, s: State, i: int, row: F64s) -> None:
    """New probabilities of the slots' Paulis: the posterior without what the slot itself said."""
    c = row[_BOTH]
    leave = row[_BOTH + 1] + row[_BOTH + 2]
    back = row[_BOTH + 3] + row[_BOTH + 6]
    two = row[_BOTH + 4] + row[_BOTH + 5]
    three = row[_BOTH + 7] + row[_BOTH + 8]
    if leave + back + two + three < SMALL:
        return
    for slot in range(3):
        if m.slot_start[3 * i + slot] == m.slot_start[3 * i + slot + 1]:
            continue
        p_leave, p_back, p_stay = m.leave[i, slot], m.come_back[i, slot], m.stay[i, slot]
        w_leave = leave / _all_of(p_leave, row[_LEAVE + slot])
        w_back = back / _all_of(p_back, row[_BACK + slot])
        w_two = two / _all_of(p_stay, row[slot])
        w_three = three / _all_of(p_stay, row[3 + slot])
        new = p_leave * w_leave + p_back * w_back + p_stay * (w_two + w_three)
        new /= c + w_leave + w_back + w_two + w_three
        if new > SMALL:
            _strike(m, s, i, slot, s.own[i, slot], new)
            s.own[i, slot] = new
    j = m.partner[i]
    if j < 0 or not m.has_kick[m.pair[i]]:
        return
    pair, side = m.pair[i], m.side[i]
    for k in range(2):
        new = 0.0
        for x in range(3):
            for y in range(3):
                new += m.kicks[pair, side, x, y, k] * row[_BOTH + 3 * x + y]
        if new > SMALL:
            _strike(m, s, j, 1 + k, s.kick[j, k], new)
            s.kick[j, k] = new


@kernel
def _heralded(known: npt.NDArray[np.int8], lo: int, hi: int) -> bool:
    """Whether the transmon is known to be leaked at one of its events."""
    found = False
    for i in range(lo, hi):
        found |= known[i] > 0
    return found


@kernel
def _infer(m: Tables, s: State, known: npt.NDArray[np.int8], sweeps: int, refreshes: int) -> None:
    for e in range(len(s.lean)):
        s.to_a[e] = s.to_b[e] = _floored(s.lean[e])
    for sweep in range(sweeps):
        for d in range(len(s.signs)):
            s.parity[d] = s.signs[d]
        for e in range(len(s.lean)):
            s.parity[m.end_a[e]] *= s.to_a[e]
            if m.end_b[e] >= 0:
                s.parity[m.end_b[e]] *= s.to_b[e]
        for _ in range(refreshes):
            for e in range(len(s.lean)):
                _tell(m, s, e)
        for c in range(len(m.chain_start) - 1):
            if sweep and s.most[c] < QUIET:
                continue
            if m.awake[c] or _heralded(known, m.chain_start[c], m.chain_start[c + 1]):
                s.most[c] = _update_chain(m, s, known, m.chain_start[c], m.chain_start[c + 1])


@entry
def infer_prior(m: Tables, s: State, known: npt.NDArray[np.int8], sweeps: int) -> None:
    """Infer without detection events, all of ``s.signs`` 0: ``s.lean`` is that of errors and becomes that with
    leakage."""
    _infer(m, s, known, sweeps, 0)


@entry
def infer_shots(
    m: Tables,
    prior: State,
    s: State,
    events_b8: npt.NDArray[np.uint8],
    known: npt.NDArray[np.int8],
    sweeps: int,
    refreshes: int,
    levels: npt.NDArray[np.float32],
    leans: npt.NDArray[np.float32],
) -> None:
    """Infer some shots.

    prior: the state without detection events.
    known: int8 (shots or 1, events), the level at an event: 0, 1 (2) or 2 (3); -1 where it is not known.
    events_b8: uint8 (shots, ceil(detectors/8)).
    levels: float32 (shots, events, 2), written: posterior of levels 2 and 3; no shots: not wanted.
    leans: float32 (shots, edges), written: 1 - 2p of each edge; no shots: not wanted.
    """
    for shot in range(len(events_b8)):
        for d in range(len(s.signs)):
            s.signs[d] = -1.0 if (events_b8[shot, d >> 3] >> (d & 7)) & 1 else 1.0
        for e in range(len(s.lean)):
            s.lean[e] = prior.lean[e]
        for i in range(len(s.own)):
            for slot in range(3):
                s.own[i, slot] = prior.own[i, slot]
            for k in range(2):
                s.kick[i, k] = prior.kick[i, k]
            s.speaks[i] = False
            for x in range(3):
                s.level[i, x] = prior.level[i, x]
        for c in range(len(s.most)):
            s.most[c] = 0.0
        _infer(m, s, known[shot if len(known) > 1 else 0], sweeps, refreshes)
        if len(levels):
            for i in range(len(s.level)):
                levels[shot, i, 0] = s.level[i, 1]
                levels[shot, i, 1] = s.level[i, 2]
        if len(leans):
            for e in range(len(s.lean)):
                leans[shot, e] = s.lean[e]
