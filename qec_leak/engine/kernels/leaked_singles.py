"""Channels of one transmon on shots that arrive leaked."""

from __future__ import annotations

import numpy as np

from qec_leak.engine.kernels.bits import is_below, qubit_at
from qec_leak.engine.kernels.layout import BIT, DRAWN, FOUR, LIST, LOG_WORD, ONE, STRIDE, THREE, ZERO, Shots
from qec_leak.engine.kernels.random_numbers import chosen, draw_words
from qec_leak.engine.kernels.visits import class_start, events_among, noted_at, visit_of
from qec_leak.engine.kernels.visits_of_singles import make_singles
from qec_leak.engine.plan.sites import LEAKED_CLASS
from qec_leak.engine.plan.tables import PlanTables
from qec_leak.engine.simd.jit import inlined, kernel


@inlined
def _list_leaked(
    listed: np.uint64, q: np.uint64, place: np.uint64, shot: np.uint64, exists: np.uint64, b: Shots
) -> np.uint64:
    """List the visit of a leaked shot to a channel of one transmon, if it exists and is not noted; returns the new
    length."""
    w, bit = shot >> LOG_WORD, shot & BIT
    noting = noted_at(place, w)
    fresh = ~(b.noted[noting] >> bit) & exists
    b.noted[noting] |= fresh << bit
    b.visits[listed] = visit_of(place, FOUR + ((b.planes[q * STRIDE + THREE + w] >> bit) & ONE), shot)
    return listed + fresh


@kernel
def apply_to_leaked_singles(start: int, count: int, site: int, t: PlanTables, b: Shots) -> np.uint64:
    """A channel of one transmon on the shots that arrive leaked. All of them are visited, or Poisson events choose
    random places in the lists of leaked shots, each list taken to be as long as the longest. Returns how many visits
    are listed."""
    most = 0
    for q in range(b.population.shape[0]):  # over all qubits, so that the compiler can vectorise the loop
        most = max(most, b.population[q])
    listed, state, step = ZERO, b.rng[0], b.rng[1]
    if t.site_leaked[site] >= 1.0:
        for k in range(count):
            q = qubit_at(t.targets, start + k)
            for i in range(b.population[q]):
                shot = np.uint64(b.leaked_shots[q * np.uint64(LIST) + np.uint64(i)])
                listed = _list_leaked(listed, q, np.uint64(k), shot, ONE, b)
    elif most:
        events, among = events_among(most * count, site, t, b.rng)
        state, length = b.rng[0], among / count / 2.0**63
        while events > 0:
            drawn = min(events, DRAWN)
            state = draw_words(drawn, state, step, b.words)
            for i in range(drawn):
                k, turn = chosen(b.words[np.uint64(i)], np.uint64(count))
                q, at = qubit_at(t.targets, np.uint64(start) + k), np.uint64(np.float64(np.int64(turn)) * length)
                shot = np.uint64(b.leaked_shots[q * np.uint64(LIST) + at])
                listed = _list_leaked(listed, q, k, shot, is_below(at, np.uint64(b.population[q])), b)
            events -= drawn
        b.rng[0] = state
    make_singles(ZERO, listed, start, class_start(site, LEAKED_CLASS), t, b)
    return listed
