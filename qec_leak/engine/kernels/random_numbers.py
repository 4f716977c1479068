"""Random numbers of a block.

rng[0] is the state and rng[1] the step of a SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): a word is
mix(state) after state += step. Loops over events keep the state in a local variable, which stays in a register.
"""

from __future__ import annotations

import math

import numpy as np

from qec_leak.engine.kernels.bits import is_below
from qec_leak.engine.kernels.layout import HALF, LOW, ONE, W
from qec_leak.engine.plan.tables import F64, U64, PlanTables
from qec_leak.engine.rng import mix as mix_words
from qec_leak.engine.simd.jit import inlined
from qec_leak.engine.simd.vectors import WORDS, Vector, store_vector, vector_of_steps

_NEVER = np.int64(1) << np.int64(62)


mix = inlined(mix_words)


@inlined
def random_word(rng: U64) -> np.uint64:
    """The next word."""
    state = rng[0] + rng[1]
    rng[0] = state
    return mix(state)


@inlined
def random_vector(rng: U64) -> Vector:
    """The next WORDS words as a vector."""
    vector = mix(vector_of_steps(rng[0], rng[1]))
    rng[0] += W * rng[1]
    return vector


@inlined
def draw_words(count: int, state: np.uint64, step: np.uint64, words: U64) -> np.uint64:
    """Write the next ``count`` words into ``words``, and further ones up to a whole vector. Returns the new state."""
    for k in range(0, count, WORDS):
        store_vector(words, np.uint64(k), mix(vector_of_steps(state + np.uint64(k) * step, step)))
    return state + np.uint64(count) * step


@inlined
def uniform(word: np.uint64) -> float:
    """Top 53 bits as a number in [0, 1); the low 11 bits stay free."""
    return np.float64(np.int64(word >> np.uint64(11))) * (1.0 / 9007199254740992.0)


_LAYERS = 256
_TAIL = 7.69711747013104972
"""Right edge of the lowest layer of an exponential ziggurat (Marsaglia and Tsang, J. Stat. Softw. 5(8), 2000)."""


def _ziggurat_edges() -> F64:
    """Right edges of the layers of equal area under exp(-x), from the tail to 0; edge 0 is the width that gives the
    lowest layer, tail included, that area."""
    area = (_TAIL + 1.0) * math.exp(-_TAIL)
    edges = np.zeros(_LAYERS + 1)
    edges[0], edges[1] = area * math.exp(_TAIL), _TAIL
    for i in range(2, _LAYERS):
        edges[i] = -math.log(math.exp(-edges[i - 1]) + area / edges[i - 1])
    return edges


_EDGES = _ziggurat_edges()


@inlined
def _exponential(state: np.uint64, step: np.uint64) -> tuple[float, np.uint64]:
    """An exponential variate of mean 1, and the new state: a point in a layer, kept if it is under the curve."""
    offset = 0.0
    while True:
        state += step
        word = mix(state)
        layer = np.int64(word & np.uint64(_LAYERS - 1))
        x = uniform(word) * _EDGES[layer]
        if x < _EDGES[layer + 1]:
            return offset + x, state
        if layer == 0:
            offset += _TAIL  # beyond its start the tail has the shape of the whole curve
            continue
        low, high = math.exp(-_EDGES[layer]), math.exp(-_EDGES[layer + 1])
        state += step
        if low + uniform(mix(state)) * (high - low) < math.exp(-x):
            return offset + x, state


@inlined
def gap(state: np.uint64, step: np.uint64, inverse_log: float) -> tuple[int, np.uint64]:
    """Misses before the next hit of probability p, and the new state; ``inverse_log`` = 1/log(1-p), 0 for p = 1."""
    if inverse_log == 0.0:
        return np.int64(0), state
    x, state = _exponential(state, step)
    skip = -inverse_log * x
    return (_NEVER if skip > 1e18 else np.int64(skip)), state


@inlined
def chosen(word: np.uint64, size: np.uint64) -> tuple[np.uint64, np.uint64]:
    """One of ``size`` (below 2^32) things, and 63 random bits for it: ``word`` as a binary fraction times ``size``, its
    integer part and its fraction. For words or vectors."""
    turns = (word >> HALF) * size
    return turns >> HALF, ((turns & LOW) << np.uint64(31)) | (word & (LOW >> ONE))


@inlined
def drawn(word: np.uint64, table: np.uint64, share: U64) -> tuple[np.uint64, np.uint64]:
    """An entry of an alias table, and whether its alias is taken. ``table``: first entry | number of entries << 32."""
    turned, turn = chosen(word, table >> HALF)
    entry = turned + (table & LOW)
    return entry, ONE - is_below(turn, share[entry])


@inlined
def how_many(row: int, t: PlanTables, word: np.uint64) -> int:
    """Events that an operation has in a block: a Poisson variate from the alias table ``row`` of counts."""
    entry, alias = drawn(word, t.count_table[row], t.count_share)
    return np.int64((t.count_is[entry] >> (alias * HALF)) & LOW)
