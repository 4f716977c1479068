"""Inference of one transmon in a shot: levels as a chain, errors as edges, detectors as parities, by messages.

A probability p of a flip is written as 1 - 2p, its lean. State of a shot, all float64:

lean: (edges,), of each edge from its errors and from leakage, without what detectors say.
to_a, to_b: (edges,), what an edge tells its detectors: its lean, and what the other detector says of it.
parity: (detectors,), product of what all edges tell a detector, negative where it fired.
own: (events, 3), probability that the event's transmon strikes the slot; kick: (events, 2), that its partner does.
message: (events, 9), what the event's transmon tells its partner of its levels before and after; speaks: (events,)
whether it differs from a computational transmon's.

A transmon is judged with all that it does itself taken out of the state: its own strikes on one detector belong to one
hypothesis, that it is leaked (docs/leakage_decoding.md).

What runs for every event is inlined: as arguments, the tables are hundreds of machine words, and took half of the time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qec_leak.decoding.leakage.strikes import BACK, LEAVE, STAY
from qec_leak.engine.simd.jit import inlined, kernel

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

MIX = 0.85
"""What a transmon's strikes at an event say counts with this probability, and else says nothing, since events in a row
are not independent. Both were found by calibration and log-loss at d = 5 (docs/leakage_decoding.md)."""
TRUST = 0.96
"""What a detector says is taken as this much weaker."""

SCRATCH = 37
_LEAVE, _BACK, _KICK, BOTH, _LATER, OWN, _APART = 6, 9, 12, 18, 27, 30, 34
"""Entries of a row of scratch. From 0: by slot, the factor of a coin toss for level 2 and 3; for leaving; for coming
back. _KICK: the factors of the partner's slots, by case. BOTH: the table of levels times all factors. _LATER: what is
later says of the next level. OWN: what own slots say of leaving, coming back, staying in 2, and in 3. _APART: what
errors that strike both of the partner's slots take from kicks, by case."""


class Tables(NamedTuple):
    """What kernels read of a model (see LeakageModel). steps: levels from event to event if the partner is
    computational; step: which of them, by event. has_kick, moves: by pair table, whether it kicks, and whether a leaked
    transmon can leak its partner. chain: by event. awake: chains that are inferred in every shot, and not only where
    they are heralded."""

    chain_start: I32s
    partner: I32s
    side: I32s
    pair: I32s
    step: I32s
    segment: I32s
    pairs: F64s
    kicks: F64s
    has_kick: npt.NDArray[np.bool_]
    moves: npt.NDArray[np.bool_]
    chain: I32s
    steps: F64s
    segments: F64s
    stay: F64s
    leave: F64s
    come_back: F64s
    slot_joint: F64s
    twin_joint: F64s
    slot_start: I32s
    slot_edges: I32s
    free: Masks
    kicked: Masks
    weak: F64s
    renewed_start: I32s
    renewed: I32s
    renewed_joint: F64s
    mate: I32s
    mate_joint: F64s
    end_a: I32s
    end_b: I32s
    awake: npt.NDArray[np.bool_]


class State(NamedTuple):
    """State of one shot, as above. level: (events, 3), posterior at each event. scratch: (longest chain, SCRATCH)."""

    lean: F64s
    to_a: F64s
    to_b: F64s
    parity: F64s
    own: F64s
    kick: F64s
    message: F64s
    speaks: npt.NDArray[np.bool_]
    level: F64s
    scratch: F64s


@inlined
def _clamp(x: float) -> float:
    return min(max(x, -CERTAIN), CERTAIN)


@inlined
def floored(x: float) -> float:
    if x >= 0.0:
        return max(x, FLOOR)
    return min(x, -FLOOR)


@inlined
def _flip_odds(x: float, y: float) -> float:
    """What an edge's detectors say: P(events | the edge is flipped) / P(events | it is not)."""
    return (1.0 - x) * (1.0 - y) / ((1.0 + x) * (1.0 + y))


@inlined
def _at_a(m: Tables, s: State, e: int) -> float:
    return _clamp(s.parity[m.end_a[e]] / s.to_a[e])


@inlined
def _at_b(m: Tables, s: State, e: int) -> float:
    return _clamp(s.parity[m.end_b[e]] / s.to_b[e]) if m.end_b[e] >= 0 else 0.0


@inlined
def _apart_by(odds: float, p: float, others: float, q: float, joint: float) -> float:
    """P(events) with errors that strike two edges independently / P(events) with those that strike both.

    odds, others: with which events speak for a flip of either edge.   p, q: probabilities of their errors.
    joint: probability of errors that strike both.
    """
    apart = (1.0 + p * (odds - 1.0)) * (1.0 + q * (others - 1.0))
    return apart / max(apart + joint * (odds - 1.0) * (others - 1.0), 0.5 * apart)


@inlined
def _apart(m: Tables, s: State, k: int, case: int, odds: float, p: float) -> float:
    """The same of an edge and its mate."""
    f = m.mate[k, case]
    if f < 0:
        return 1.0
    others = _flip_odds(TRUST * _at_a(m, s, f), TRUST * _at_b(m, s, f))
    return _apart_by(odds, p, others, 0.5 * (1.0 - s.lean[f]), m.mate_joint[k, case])


@inlined
def _tell(m: Tables, s: State, e: int) -> None:
    """An edge tells its detectors what it is now."""
    lean, a, b = s.lean[e], m.end_a[e], m.end_b[e]
    x = _clamp(s.parity[a] / s.to_a[e])
    y = 0.0
    if b >= 0:
        y = _clamp(s.parity[b] / s.to_b[e])
        new = floored((lean + x) / (1.0 + lean * x))
        s.parity[b] *= new / s.to_b[e]
        s.to_b[e] = new
    new = floored((lean + y) / (1.0 + lean * y))
    s.parity[a] *= new / s.to_a[e]
    s.to_a[e] = new


@inlined
def strike(m: Tables, s: State, i: int, slot: int, before: float, after: float) -> None:
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
                row[BOTH + 3 * x + y] = m.steps[step, x, y]
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
            row[BOTH + 3 * x + y] = (
                a0 * m.segments[segment, 0, y] + a1 * m.segments[segment, 1, y] + a2 * m.segments[segment, 2, y]
            )


@inlined
def _all_of(p: float, toss: float) -> float:
    """The factor of a strike with probability p, of which that of a coin toss is ``toss``."""
    return 1.0 + 2.0 * p * (toss - 1.0)


@inlined
def _kicks(m: Tables, i: int, row: F64s, x: int, y: int) -> float:
    """What the partner's slots say of going from level x to level y."""
    pair, side = m.pair[i], m.side[i]
    if pair < 0 or not m.has_kick[pair]:
        return 1.0
    case = STAY if x and y else LEAVE if y else BACK
    first, second = m.kicks[pair, side, x, y, 0], m.kicks[pair, side, x, y, 1]
    none = (1.0 - 2.0 * first) * (1.0 - 2.0 * second)
    some = _all_of(first, row[_KICK + 2 * case]) * _all_of(second, row[_KICK + 2 * case + 1]) - none
    return none + some * row[_APART + case]


@inlined
def _renewed(m: Tables, s: State, i: int) -> float:
    """P(events | what is struck from here on is random) / P(events | it is as it is). With x and y what the detectors
    of an edge say and lean the edge's, that of an edge is 1 / (1 + lean (x + y) + xy)."""
    out = 1.0
    for k in range(m.renewed_start[i], m.renewed_start[i + 1]):
        e = m.renewed[k]
        if e < 0:
            out *= 1.0 + TRUST * _clamp(s.parity[-1 - e])
            continue
        x, y = TRUST * _at_a(m, s, e), TRUST * _at_b(m, s, e)
        out *= 1.0 + s.lean[e] * (x + y) + x * y
        if m.renewed_joint[k] > 0.0:
            f = m.renewed[k + 1]
            odds = _flip_odds(TRUST * _at_a(m, s, f), TRUST * _at_b(m, s, f))
            p, q = 0.5 * (1.0 - s.lean[e]), 0.5 * (1.0 - s.lean[f])
            out /= _apart_by(_flip_odds(x, y), p, odds, q, m.renewed_joint[k])
    return 1.0 / out


@inlined
def _toss(odds: float, p: float) -> float:
    """The factor of a coin toss on an edge whose errors have probability p: (1 + r) / 2 / (1 + p (r - 1))."""
    return 0.5 * (1.0 + odds) / (1.0 + p * (odds - 1.0))


@inlined
def _open_odds(odds_a: float, odds_b: float, ends: int) -> float:
    """Odds of a flip by what those ends of an edge say that nothing else of the same hypothesis makes random."""
    return (odds_a if ends & 1 else 1.0) * (odds_b if ends & 2 else 1.0)


@inlined
def _end_odds(x: float) -> float:
    return (1.0 - x) / (1.0 + x)


@kernel
def _toss_of_many(m: Tables, s: State, at: int, free: Masks, case: int) -> float:
    """The factor of a coin toss that decides all edges of a slot.

    With r the odds of an edge by what its detectors say, its errors have the weight a = 1 + p (r - 1), and with a flip
    more b = r + p (1 - r). Errors that strike two edges at once (j) mix the two: the factor is
    (A + B) / 2 / ((1 - j) A + j B), with products A and B over the edges.
    """
    begin, end, joint = m.slot_start[at], m.slot_start[at + 1], m.slot_joint[at]
    a_all = b_all = d_all = 1.0
    for k in range(begin, end):
        e = m.slot_edges[k]
        p = 0.5 * (1.0 - s.lean[e])
        if k < begin + 2:
            p = max(p - joint, 0.0)
        r = _open_odds(_end_odds(TRUST * _at_a(m, s, e)), _end_odds(TRUST * _at_b(m, s, e)), free[k, case])
        a, b = 1.0 + p * (r - 1.0), r + p * (1.0 - r)
        a_all, b_all, d_all = a_all * a, b_all * b, d_all * a
        if k == begin + 1:
            d_all = (1.0 - joint) * a_all + joint * b_all
    return 0.5 * (a_all + b_all) / d_all


@inlined
def _partner_tosses(m: Tables, s: State, j: int, row: F64s) -> None:
    """Factors of coin tosses on the partner's slots, by case, and what errors that strike both slots take from them."""
    first, second = m.slot_start[3 * j + 1], m.slot_start[3 * j + 2]
    if second != first + 1 or m.slot_start[3 * j + 3] != second + 1:
        for k in range(2):
            for case in range(3):
                row[_KICK + 2 * case + k] = _toss_of_many(m, s, 3 * j + 1 + k, m.kicked, case)
                row[_APART + case] = 1.0
        return
    e, f = m.slot_edges[first], m.slot_edges[second]
    e_a, e_b, p = _end_odds(TRUST * _at_a(m, s, e)), _end_odds(TRUST * _at_b(m, s, e)), 0.5 * (1.0 - s.lean[e])
    f_a, f_b, q = _end_odds(TRUST * _at_a(m, s, f)), _end_odds(TRUST * _at_b(m, s, f)), 0.5 * (1.0 - s.lean[f])
    for case in range(3):
        here, there = _open_odds(e_a, e_b, m.kicked[first, case]), _open_odds(f_a, f_b, m.kicked[second, case])
        row[_KICK + 2 * case], row[_KICK + 2 * case + 1] = _toss(here, p), _toss(there, q)
        row[_APART + case] = _apart_by(here, p, there, q, m.twin_joint[j])


@inlined
def _tosses(m: Tables, s: State, i: int, slot: int, row: F64s) -> None:
    """Factors of coin tosses on a slot of the transmon's own, where such a toss can be."""
    at = 3 * i + slot
    k = m.slot_start[at]
    if m.slot_start[at + 1] != k + 1:
        _tosses_of_many(m, s, i, slot, row)
        return
    two = three = leave = back = 1.0
    e = m.slot_edges[k]
    x, y, p = TRUST * _at_a(m, s, e), TRUST * _at_b(m, s, e), 0.5 * (1.0 - s.lean[e])
    odds_a, odds_b = _end_odds(x), _end_odds(y)
    if m.stay[i, slot] > 0.0:
        two = _toss(_open_odds(odds_a, odds_b, m.free[k, STAY]), p) * _apart(m, s, k, STAY, odds_a * odds_b, p)
        three = two
        if m.free[k, STAY] == 3:  # what kicks that hit one end take from the evidence
            unit = two / (1.0 + x * y)
            two, three = unit * (1.0 + m.weak[k, 0] * x * y), unit * (1.0 + m.weak[k, 1] * x * y)
    if m.leave[i, slot] > 0.0:
        leave = _toss(_open_odds(odds_a, odds_b, m.free[k, LEAVE]), p) * _apart(m, s, k, LEAVE, odds_a * odds_b, p)
    if m.come_back[i, slot] > 0.0:
        back = _toss(_open_odds(odds_a, odds_b, m.free[k, BACK]), p) * _apart(m, s, k, BACK, odds_a * odds_b, p)
    row[slot], row[3 + slot], row[_LEAVE + slot], row[_BACK + slot] = two, three, leave, back


@kernel
def _tosses_of_many(m: Tables, s: State, i: int, slot: int, row: F64s) -> None:
    """The same for a slot of several edges."""
    at = 3 * i + slot
    for case in range(3):
        toss = _toss_of_many(m, s, at, m.free, case)
        for k in range(m.slot_start[at], m.slot_start[at + 1]):
            e = m.slot_edges[k]
            odds = _flip_odds(TRUST * _at_a(m, s, e), TRUST * _at_b(m, s, e))
            toss *= _apart(m, s, k, case, odds, 0.5 * (1.0 - s.lean[e]))
        if case == STAY:
            row[slot] = row[3 + slot] = toss if m.stay[i, slot] > 0.0 else 1.0
        elif case == LEAVE:
            row[_LEAVE + slot] = toss if m.leave[i, slot] > 0.0 else 1.0
        else:
            row[_BACK + slot] = toss if m.come_back[i, slot] > 0.0 else 1.0


@inlined
def fill_row(m: Tables, s: State, i: int, row: F64s) -> None:
    """Fill the row of an event, all but what is later."""
    leave = back = two = three = 1.0
    for slot in range(3):
        if m.slot_start[3 * i + slot] < m.slot_start[3 * i + slot + 1]:
            _tosses(m, s, i, slot, row)
            leave *= _all_of(m.leave[i, slot], row[_LEAVE + slot])
            back *= _all_of(m.come_back[i, slot], row[_BACK + slot])
            two *= _all_of(m.stay[i, slot], row[slot])
            three *= _all_of(m.stay[i, slot], row[3 + slot])
    leave, back = 1.0 + MIX * (leave - 1.0), 1.0 + MIX * (back - 1.0)
    two, three = 1.0 + MIX * (two - 1.0), 1.0 + MIX * (three - 1.0)
    row[OWN], row[OWN + 1], row[OWN + 2], row[OWN + 3] = leave, back, two, three
    leave *= _renewed(m, s, i)
    _levels(m, s, i, row)
    j = m.partner[i]
    if j >= 0 and m.has_kick[m.pair[i]]:
        _partner_tosses(m, s, j, row)
        row[BOTH + 1] *= leave * _kicks(m, i, row, 0, 1)
        row[BOTH + 2] *= leave * _kicks(m, i, row, 0, 2)
        row[BOTH + 3] *= back * _kicks(m, i, row, 1, 0)
        row[BOTH + 4] *= two * _kicks(m, i, row, 1, 1)
        row[BOTH + 5] *= two * _kicks(m, i, row, 1, 2)
        row[BOTH + 6] *= back * _kicks(m, i, row, 2, 0)
        row[BOTH + 7] *= three * _kicks(m, i, row, 2, 1)
        row[BOTH + 8] *= three * _kicks(m, i, row, 2, 2)
    else:
        row[BOTH + 1] *= leave
        row[BOTH + 2] *= leave
        row[BOTH + 3] *= back
        row[BOTH + 4] *= two
        row[BOTH + 5] *= two
        row[BOTH + 6] *= back
        row[BOTH + 7] *= three
        row[BOTH + 8] *= three


@inlined
def take_out(m: Tables, s: State, lo: int, hi: int) -> None:
    """Take what a transmon does itself out of the state."""
    for i in range(lo, hi):
        for slot in range(3):
            if s.own[i, slot] > SMALL:
                strike(m, s, i, slot, s.own[i, slot], 0.0)
                s.own[i, slot] = 0.0
        j = m.partner[i]
        if j >= 0:
            for k in range(2):
                if s.kick[j, k] > SMALL:
                    strike(m, s, j, 1 + k, s.kick[j, k], 0.0)
                    s.kick[j, k] = 0.0


@kernel
def update_chain(
    m: Tables, s: State, known: npt.NDArray[np.int8], lo: int, hi: int, before: float, after: float
) -> float:
    """What the events and the neighbours say of one transmon's levels at events lo to hi, and what it then tells them;
    the largest probability that it is leaked.

    before: probability that it is leaked at ``lo``, from what is before.
    after: what is behind ``hi`` says of a leaked transmon, over what it says of a computational one.
    """
    take_out(m, s, lo, hi)
    for i in range(lo, hi):
        row = s.scratch[i - lo]
        fill_row(m, s, i, row)
        if known[i] >= 0:
            for x in range(3):
                if x != known[i]:
                    for y in range(3):
                        row[BOTH + 3 * x + y] = 0.0
    b0, b1, b2 = 1.0, after, after
    for i in range(hi - 1, lo - 1, -1):
        row = s.scratch[i - lo]
        row[_LATER], row[_LATER + 1], row[_LATER + 2] = b0, b1, b2
        n0 = row[BOTH] * b0 + row[BOTH + 1] * b1 + row[BOTH + 2] * b2
        n1 = row[BOTH + 3] * b0 + row[BOTH + 4] * b1 + row[BOTH + 5] * b2
        n2 = row[BOTH + 6] * b0 + row[BOTH + 7] * b1 + row[BOTH + 8] * b2
        unit = 1.0 / max(n0 + n1 + n2, 1e-300)
        b0, b1, b2 = n0 * unit, n1 * unit, n2 * unit
    f0, f1, f2 = 1.0 - before, before, 0.0
    most = 0.0
    for i in range(lo, hi):
        row = s.scratch[i - lo]
        _tell_partner(m, s, i, row, f0, f1, f2)
        n0 = f0 * row[BOTH] + f1 * row[BOTH + 3] + f2 * row[BOTH + 6]
        n1 = f0 * row[BOTH + 1] + f1 * row[BOTH + 4] + f2 * row[BOTH + 7]
        n2 = f0 * row[BOTH + 2] + f1 * row[BOTH + 5] + f2 * row[BOTH + 8]
        total = 0.0
        for x in range(3):
            f = f0 if x == 0 else f1 if x == 1 else f2
            for y in range(3):
                row[BOTH + 3 * x + y] *= f * row[_LATER + y]
                total += row[BOTH + 3 * x + y]
        if total > 0.0:
            for k in range(9):
                row[BOTH + k] /= total
        most = max(most, 1.0 - row[BOTH] - row[BOTH + 1] - row[BOTH + 2])
        for x in range(3):
            s.level[i, x] = row[BOTH + 3 * x] + row[BOTH + 3 * x + 1] + row[BOTH + 3 * x + 2]
        _tell_errors(m, s, i, row)
        total = n0 + n1 + n2
        if total > 0.0:
            f0, f1, f2 = n0 / total, n1 / total, n2 / total
        else:  # heralds that the tables rule out
            f0, f1, f2 = 1.0 / 3, 1.0 / 3, 1.0 / 3
    return most


@inlined
def _tell_partner(m: Tables, s: State, i: int, row: F64s, f0: float, f1: float, f2: float) -> None:
    """What a transmon tells its partner at event i: the weight of its levels before and after."""
    j = m.partner[i]
    if j < 0 or not m.awake[m.chain[j]]:
        return
    b0, b1, b2 = row[_LATER], row[_LATER + 1], row[_LATER + 2]
    s.speaks[i] = f0 < 1.0 - LEAKED_ENOUGH or b1 + b2 > LATER_ENOUGH * b0
    if not s.speaks[i]:
        return
    segment = m.segment[i]
    total = 0.0
    for x in range(3):
        f = f0 if x == 0 else f1 if x == 1 else f2
        to_computational = row[OWN + 1] if x else 1.0
        to_leaked = row[OWN + 1 + x] if x else row[OWN]
        for y in range(3):
            w = m.segments[segment, y, 0] * b0 * to_computational
            w += (m.segments[segment, y, 1] * b1 + m.segments[segment, y, 2] * b2) * to_leaked
            s.message[i, 3 * x + y] = w * f * _kicks(m, i, row, x, y)
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


@inlined
def _tell_errors(m: Tables, s: State, i: int, row: F64s) -> None:
    """New probabilities of the slots' Paulis: the posterior without what the slot itself said."""
    c = row[BOTH]
    leave = row[BOTH + 1] + row[BOTH + 2]
    back = row[BOTH + 3] + row[BOTH + 6]
    two = row[BOTH + 4] + row[BOTH + 5]
    three = row[BOTH + 7] + row[BOTH + 8]
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
            strike(m, s, i, slot, s.own[i, slot], new)
            s.own[i, slot] = new
    j = m.partner[i]
    if j < 0 or not m.has_kick[m.pair[i]]:
        return
    pair, side = m.pair[i], m.side[i]
    for k in range(2):
        new = 0.0
        for x in range(3):
            for y in range(3):
                new += m.kicks[pair, side, x, y, k] * row[BOTH + 3 * x + y]
        if new > SMALL:
            strike(m, s, j, 1 + k, s.kick[j, k], new)
            s.kick[j, k] = new
